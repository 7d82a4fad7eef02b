"""How the form and the check page show what was typed, level by level, and count it."""

from __future__ import annotations

import re

import pytest

from app.features.assessments.queries import rounds
from app.features.assessments.services import zone_values
from app.features.assessments.services.zone_values import Entry
from app.features.assessments.views.filling_items import computed
from tests.features.assessments.test_filling_pages import JSON, address, autosave
from tests.support import assessments, judging

LEADERS = {"v.leaders.ge_100m": "1", "v.leaders.ge_50m": "两家", "v.leaders.ge_10m": "5"}


@pytest.fixture
def one(context):
    return assessments.filing(assessments.opened(), "P01")


def test_of_counts_by_level_only_the_wrong_one_is_marked(as_, one):
    browser = as_("park1")
    answer = autosave(browser, one, "leaders", **LEADERS)
    assert answer.json["wrong"] == ["ge_50m"]
    assert answer.json["error"] == "5000 万元至 1 亿元：请填写整数，例如 1234"
    item = browser.page(address(one, "?part=B")).partition('id="item-leaders"')[2]
    fields = re.findall(r'<input[^>]*name="v\.leaders\.(\w+)"([^>]*)>', item)
    assert [name for name, rest in fields if "aria-invalid" in rest] == ["ge_50m"]
    assert (
        autosave(browser, one, "leaders", version=2, **LEADERS | {"v.leaders.ge_50m": "2"}).json[
            "wrong"
        ]
        == []
    )


def test_levels_stand_in_the_order_of_the_scheme(as_, one):
    browser = as_("park1")
    autosave(browser, one, "leaders", **LEADERS | {"v.leaders.ge_50m": "2"})
    row = browser.page(address(one, "/check")).partition("<dt>分档龙头企业数")[2]
    assert "1 亿元以上 1、5000 万元至 1 亿元 2、1000 万元至 5000 万元 5" in row[:200]
    rule = browser.page(address(one, "?part=D"))
    assert "按档累计：主办 得 0.5 分、承办 得 0.25 分、联合主办 得 0.25 分、联合承办" in rule


def test_what_is_taken_off_is_shown_with_its_paper_and_can_be_disputed(as_, one):
    paper = judging.paper(rounds.get(one.round_id))
    entry = Entry(one.id, "N3", {"major": "1"}, judging.value(one, "N3").version)
    judging.do("operator", zone_values.enter, one.round_id, [entry], paper)
    browser = as_("park1")
    page = browser.page(address(one, "?part=_deductions"))
    card = page.partition("通报批评或行政处罚")[2].partition("</section>")[0]
    for words in ("较重 1", "主管部门提供", "调查认定书", "对这个数有异议"):
        assert words in card, words
    assert 'name="v.N3' not in card
    assert "已计扣分 5.00" in page or "已计扣分 5" in page
    assert "扣分项" in browser.page(address(one, "?part=A"))
    data = {"code": "N3", "n.N3": str(judging.value(one, "N3").version), "r.N3": "已申诉"}
    assert browser.post(address(one, "/value"), data=data, headers=JSON).status_code == 200
    assert judging.value(judging.fresh(one), "N3").dispute == "已申诉"
    assert autosave(browser, one, "N3", version=4, **{"v.N3.major": "0"}).status_code == 422
    assert "较重 1" in browser.page(address(one, "/check"))


def test_the_count_of_the_section_follows_what_was_saved(as_, one):
    browser = as_("park1")
    assert "已填 0/1" in browser.page(address(one, "?part=C")).partition("data-part-words")[2][:80]
    answer = autosave(browser, one, "employees", **{"v.employees": "620"})
    code, words = answer.json["part"]
    assert (code, "已填 1/1" in words) == ("C", True)


@pytest.mark.parametrize("text", ["12345.678人", "00１２.5", "1,23"])
def test_what_was_refused_stays_as_typed_on_form_and_check_page(as_, one, text):
    browser = as_("park1")
    assert autosave(browser, one, "employees", **{"v.employees": text}).json["error"]
    assert f'value="{text}"' in browser.page(address(one, "?part=C"))
    page = browser.page(address(one, "/check"))
    assert f'<span class="fill-typed">{text}</span>' in page
    assert "园区企业从业人员：请填写整数" in page


def test_a_share_without_end_is_told_with_two_decimals(as_, one):
    assert computed("6200/99", "%") == "约 62.63 %"
    assert computed("1/3", "%") == "约 0.3333 %"
