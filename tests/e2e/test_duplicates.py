"""平台运营 finds one company under two codes, compares, merges, and takes the merge back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES

LIST = "/desk/enterprises/duplicates/list/?state=open&place=one"


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_from_the_search_to_the_undone_merge(open_desk, watch, language, phone):
    watch.expect(400, 410)
    desk = open_desk("operator", language=language, phone=phone)
    page = desk.page
    desk.menu("重复企业")
    if not phone:  # far down in a long menu, and yet in sight
        expect(page.locator('.side-nav [aria-current="page"]')).to_be_in_viewport()
    desk.look("list of pairs")
    desk.button("重新查找").click()
    desk.says("已开始查找，完成后刷新本页查看。")
    kept, gone = _compared(desk)
    _merged(desk, gone)
    merge = page.url

    park = open_desk("park2", language=language, phone=phone)
    theirs = page.locator("dl.facts a").filter(has_text=gone).get_attribute("href")
    park.page.goto(theirs)
    expect(park.page.locator("main")).to_contain_text(kept)
    park.look("told to the park")

    page.goto(merge)
    desk.button("撤销合并").click()
    expect(page.locator("#confirm-text")).to_contain_text(gone)
    page.locator("#confirm-reason").fill("核对后不是一家")
    page.keyboard.press("Enter")
    desk.says("已恢复的字段")
    desk.look("merge undone")
    park.page.goto(theirs)
    expect(park.page.locator("h1")).to_have_text(gone)
    page.goto("/desk/enterprises/merges/list/")
    desk.look("list of merges")


def _compared(desk):
    """The first pair of one park: turned round and back, one value chosen by keyboard."""
    page = desk.page
    page.goto(LIST)
    row = page.locator("table.sheet tbody tr").filter(has_text=desk.say("名称相同")).first
    row.get_by_role("link", name=desk.say("比较"), exact=True).click()
    desk.look("comparison")
    heads = page.locator(".compare-heads h2")
    kept, gone = heads.nth(0).inner_text(), heads.nth(1).inner_text()
    desk.link("改为保留这一家").click()
    expect(heads.nth(0)).to_have_text(gone)
    desk.link("改为保留这一家").click()
    choice = page.get_by_role("radio", name=gone).first
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    return kept, gone


def _merged(desk, gone):
    """First without a reason, then with one."""
    page = desk.page
    desk.button("核对合并结果").click()
    expect(page.locator(".notice")).to_contain_text(gone)
    desk.look("check")
    desk.button("合并").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    desk.look("check, refused")
    page.locator("#reason").fill("换发执照后重复录入")
    desk.button("合并").click()
    desk.says("一并转移")
    desk.look("merge")
