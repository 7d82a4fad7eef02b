"""A rule of a draft is tried while it is typed; what is wrong after saving is in view."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.engines import scoring
from app.features.assessments.rules import scheme_nodes as nodes
from app.features.assessments.services import scheme_trial
from tests.features.assessments.test_scheme_pages import A2, BASE, change, typed
from tests.support import assessments as made


def said(browser: Any, version: Any, at: str, value: str, **changes: str) -> str:
    data = typed(version, at, **changes) | {"try": value}
    return str(browser.post(f"{BASE}/version/{version.id}/try", data=data).json["said"])


def test_after_saving_the_page_opens_where_the_faults_of_the_node_are(
    context: object, as_: Any
) -> None:
    version, browser = made.reference(), as_("operator")
    address = f"{BASE}/version/{version.id}"

    def saved(at: str, **changes: str) -> str:
        data = typed(version, at, **changes)
        return str(browser.post(f"{address}/node", data=data).location).partition("#")[2]

    assert saved(A2, name="场地") == "indicators-0-children-1"
    assert "“场地”已保存。" in browser.page(address)
    assert saved(A2, max_score="5") == "indicators-0"  # the sum of the block is off now
    assert "“场地”已保存；方案还有 1 处错误" in browser.page(address)
    assert saved(A2, value="nothing") == "indicators-0-children-1"
    rule = {"rule.type": "linear", "rule.zero_at.text": "0", "rule.full_at.text": "1"}
    node = {"code": "A9", "name": "新", "max_score": "1", "value": "employees", **rule}
    unknown = {**node, "value": "nothing"}
    assert saved("indicators.0.children.new", **unknown) == "indicators-0-children-5"
    assert saved("indicators.0.children.new", **node) == "indicators-0"
    assert "A9 新 · 代码：代码“A9”已被使用" in browser.page(address)


def test_a_missing_field_is_told_by_its_name(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    change(version, "bonus.0", cap="")
    page = browser.page(f"{BASE}/version/{version.id}")
    assert "P1 荣誉称号：缺少 分数上限" in page


def test_what_does_72_score(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    assert said(browser, version, A2, "72") == "得 2.20 分"
    assert said(browser, version, A2, "72 %", **{"rule.full_at.text": "72"}) == "得 4.00 分"
    assert said(browser, version, A2, "七十二") == "请填写数字，例如 1234.56"
    assert "不在可选范围" in said(
        browser, version, "indicators.0.children.0", "1", **{"rule.bounds.choice": "[]"}
    )
    assert "取决于其他园区" in said(browser, version, "indicators.2.children.0", "72")
    change(
        version, "indicators.0.children.1", value="nothing"
    )  # wrong elsewhere: tried all the same
    assert said(browser, version, "indicators.0.children.4", "80") == "得 2.00 分"


@pytest.mark.parametrize("code", ["A1", "A3", "A4", "B5", "D3", "E2", "E3", "N1"])
def test_the_trial_says_what_the_whole_scheme_says(context: object, code: str) -> None:
    content = made.reference().content
    scheme = scoring.read_scheme(content)
    node = next(one for _place, one in nodes.places(content) if one.get("code") == code)
    for value in map(Decimal, ("0", "1", "2.5", "4", "3000", "100")):
        tried = scheme_trial.points(node, content["scoring"]["item_round"], value)
        if code in scheme.by_code:
            assert tried == scoring.points_for(scheme, code, value)
        else:
            assert tried == min(value, Decimal(5))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"type": "bands", "bands": [{"min": "0"}, {"min": "1000"}, {"min": "3000"}]}, "1000"),
        ({"type": "bands", "bounds": "(]", "bands": [{"max": "2"}, {"max": "5"}]}, "5"),
        ({"type": "linear", "zero_at": "50", "full_at": "90"}, "70"),
        ({"type": "piecewise", "points": [["-20", "0"], ["0", "4"], ["30", "8"]]}, "0"),
        ({"type": "per_unit", "points": "0.5", "cap": "3", "min_units": "2"}, "3"),
        ({"type": "per_unit", "points": "0"}, "1"),
        ({"type": "per_unit", "points": "0", "cap": "3"}, ""),
        ({"type": "threshold_step", "threshold": "3"}, "3"),
        ({"type": "count_map", "map": {"0": "0", "1": "1", "10": "3", "2": "2"}}, "2"),
        ({"type": "expert", "scale": "10"}, "5"),
        ({"type": "expert"}, "50"),
        ({"type": "linear", "zero_at": "some", "full_at": "90"}, ""),
        ({"type": "linear"}, ""),
        ({"type": "bands", "bands": "x"}, ""),
        ({"type": "relative_to_best"}, ""),
        (None, ""),
    ],
)
def test_the_trial_begins_with_a_value_of_the_rule(rule: Any, value: str) -> None:
    assert scheme_trial.start({"rule": rule}) == value


def test_the_trial_offers_its_value_with_the_unit(context: object, as_: Any) -> None:
    version, browser = made.reference(), as_("operator")
    page = browser.page(f"{BASE}/version/{version.id}/node?at={A2}")
    assert 'name="try" value="70"' in page
    assert "data-try-unit>%</span>" in page
    assert "上期没有数据或为 0 时不能相除" in page
    data = typed(version, A2, **{"rule.full_at.text": "100"})
    told = browser.post(f"{BASE}/version/{version.id}/try", data=data).json
    assert told == {"said": "得 2.00 分", "value": "75"}
