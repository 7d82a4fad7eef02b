"""数据字典 as the 平台运营 uses it."""

from __future__ import annotations

import re

import pytest

from tests.support.forms import errors, save

BASE = "/desk/dictionaries"
NEW = {
    "dictionary": "customs_credit_levels",
    "code": "x-1",
    "label": "试行级",
    "position": "50",
    "valid_from": "2026-06-01",
    "valid_to": "",
}


def test_a_word_is_added_shown_in_its_tab_and_retired(as_):
    browser = as_("operator")
    made = browser.post(f"{BASE}/add", data=NEW)
    assert made.status_code == 303, errors(made.text)
    assert "试行级" in browser.page(f"{BASE}/list/?dictionary=customs_credit_levels")
    assert "试行级" not in browser.page(f"{BASE}/list/?dictionary=gb_t_4754_sections")
    edit = made.location.replace("/show/", "/edit/")
    save(browser, edit, position="50", valid_from="2026-06-01", valid_to="2026-06-30")
    assert "试行级" in browser.page(f"{BASE}/list/?state=retired")
    assert "2026-06-30" in browser.page(f"{made.location}?tab=history")


def test_the_word_itself_does_not_change_by_a_forged_form(as_):
    browser = as_("operator")
    made = browser.post(f"{BASE}/add", data=NEW).location
    edit = made.replace("/show/", "/edit/")
    save(browser, edit, position="1", valid_from="", valid_to="", label="改掉", code="改")
    page = browser.page(made)
    assert "试行级" in page
    assert "改掉" not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"valid_to": "2026-05-01"}, "不能早于生效日期"),
        ({"code": "282-1"}, "已有这个代码"),
        ({"label": "失信"}, "错开日期"),
        ({"position": "many"}, ""),
        ({"valid_from": "yesterday"}, ""),
    ],
)
def test_refusals_stand_beside_the_field(as_, values, words):
    answer = as_("operator").post(f"{BASE}/add", data={**NEW, **values})
    assert answer.status_code == 400
    assert words in errors(answer.text)[0]


def test_a_shipped_word_offers_no_deletion_and_refuses_it(as_):
    browser = as_("operator")
    page = browser.page(f"{BASE}/list/?dictionary=customs_credit_levels")
    assert "/delete/" not in page.replace("/views/", "")
    assert browser.post(f"{BASE}/delete/1").status_code == 303
    assert "随系统提供" in browser.page(f"{BASE}/list/")


def test_a_stale_save_is_a_merge(as_):
    first, second = as_("operator"), as_("operator2")
    made = first.post(f"{BASE}/add", data=NEW).location
    edit = made.replace("/show/", "/edit/")
    page = first.page(edit)
    save(second, edit, position="51", valid_from="2026-06-01", valid_to="")
    mine = {"position": "52", "valid_from": "2026-06-01", "valid_to": "2026-12-31"}
    answer = save(first, edit, answers=409, page=page, **mine)
    assert "测operator2" in answer.text
    save(first, edit, page=answer.text, **mine, **{"merge.position": "theirs"})
    assert "<dd>51</dd>" in re.sub(r"\s", "", first.page(made))
