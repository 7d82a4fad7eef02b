"""An explanation as sentences for people, in Chinese and English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask_babel import force_locale

from app.engines import scoring
from app.engines.scoring import rules, wording
from app.engines.scoring.values import Absence
from tests.support import schemes

EXAMPLES = schemes.reference()["examples"]


@pytest.fixture(scope="module")
def told():
    scheme = schemes.reference_scheme()
    subjects = scoring.read_cohort(scheme, EXAMPLES)
    found = scoring.score(scheme, subjects, explain=True)
    return {own: scoring.explained(one) for own, one in found.items() if one.in_cohort}


@pytest.fixture
def say(app, told):
    def sentences(park, code, language="zh"):
        with app.test_request_context(), force_locale(language):
            return wording.sentences(told[park]["items"][code])

    return sentences


WORDED = {
    ("P-A", "A2"): [
        "已出租面积 17000 ㎡",
        "可出租面积 20000 ㎡",
        "17000 / 20000 * 100 = 85 %",
        "得 3.50 分，满分 4 分",
    ],
    ("P-C", "B2"): [
        "当年新增落地企业数 9 家",
        "计 7.2 分，超过上限，按 6 分",
        "板块内有不适用的指标，乘以 1.2",
        "得 7.20 分，分摊后满分 7.2 分（原满分 6 分）",
    ],
    ("P-C", "B3"): [
        "其中已落地数 0 件",
        "已办结入驻申请数 0 件",
        "分母为 0，本指标不适用，分值分摊到同一板块的其他指标",
    ],
    ("P-D", "B1"): ["期末入驻跨境电商企业数 7 家", "低于起评值 8，不得分", "得 0.00 分，满分 7 分"],
    ("P-B", "C1"): [
        "本期跨境电商进出口额 88000.00 万元",
        "同组最高 120000，共 4 家参与比较",
        "得 7.33 分，满分 10 分",
    ],
    ("P-A", "E2"): [
        "创新案例材料 未填",
        "专家评分：88、92、79、95、90",
        "有效评分平均 90",
        "得 4.50 分，满分 5 分",
    ],
    ("P-A", "B4"): ["分档龙头企业数 ge_100m 1、ge_50m 1、ge_10m 5 家", "计 10 分，超过上限，按 4 分", "得 4.00 分，满分 4 分"],
}  # fmt: skip


@pytest.mark.parametrize(("park", "code"), WORDED)
def test_a_score_is_told_in_sentences(say, park, code):
    assert say(park, code) == WORDED[park, code]


def test_codes_of_levels_and_options_are_told_in_the_readers_words(app, told):
    words = {"ge_100m": "1 亿元以上", "none": "无问题"}
    items = told["P-A"]["items"]
    with app.test_request_context(), force_locale("zh"):
        levels = wording.sentences(items["B4"], word=lambda code: words.get(code, code))
        option = wording.sentences(items["E1"], word=lambda code: words.get(code, code))
    assert levels[0] == "分档龙头企业数 1 亿元以上 1、ge_50m 1、ge_10m 5 家"
    assert option[:2] == ["安全与合规检查结论 无问题", "结论为 无问题"]


def test_numbers_without_end_are_told_as_such(say):
    assert "同组合计 约 14.34，计入 3 家" in say("P-A", "C3")
    assert say("P-A", "C3", "en")[-2:] == [
        "The round taken together has about 14.34; 3 parks count",
        "2.83 points of 4",
    ]


def test_a_declared_value_that_was_corrected_is_told(app):
    data = schemes.small([{"code": "a", "value": "x", "rule": {"type": "per_unit", "points": "1"}}])
    (park,) = schemes.scored(data, {"x": "7"}, declared={"x": "9"}, explain=True)
    with app.test_request_context(), force_locale("zh"):
        told = wording.sentences(scoring.explained(park)["items"]["a"])
    assert told == ["x核定 7，申报 9", "得 7.00 分，满分 10 分"]


def test_nothing_hit_and_nobody_to_compare_with_are_told(app):
    rule = {"type": "above_cohort", "points": "1", "cohort_value": "sum(y)"}
    band = {"type": "bands", "bounds": "[)", "bands": [{"min": "5", "score": "1"}]}
    lines = [{"code": "a", "value": "x", "rule": rule}, {"code": "b", "value": "x", "rule": band}]
    (park,) = schemes.scored(schemes.small(lines), {"x": "1"}, explain=True)
    items = scoring.explained(park)["items"]
    with app.test_request_context(), force_locale("zh"):
        assert "同组没有可以合计的数值，不得分" in wording.sentences(items["a"])
        assert "不在任何一档内" in wording.sentences(items["b"])


def test_every_score_of_the_worked_parks_has_sentences_in_both_languages(say, told):
    for park, explanation in told.items():
        for code, item in explanation["items"].items():
            for language in ("zh", "en"):
                said = say(park, code, language)
                assert said
                assert item["score"] == "NA" or item["score"] in said[-1]
                assert "%(" not in "".join(said)


def test_every_absence_and_every_kind_of_hit_has_words():
    assert set(wording.ABSENCES) == {one.value for one in Absence}
    keys = set()
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in ("hit", "_below_least"):
                keys |= {
                    str(key.value)
                    for one in ast.walk(node)
                    if isinstance(one, ast.Dict)
                    for key in one.keys
                    if isinstance(key, ast.Constant)
                }
    beside = {"below", "from", "to", "score"}
    assert keys - beside == set(wording.HITS)
