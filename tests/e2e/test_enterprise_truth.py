"""A certified company in the register, and its way from one park to another."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.core import clock
from tests.e2e.browser import BOTH, BOTH_NAMES

#: Certified in the demo: credit code -> name.
COMPANIES = {
    "zh": ("91460200MA5T700010", "三亚海丝跨境电子商务有限公司"),
    "en": ("91460200MA5T700023", "三亚珊瑚直播文化有限公司"),
}
#: In the demo P01 has an objection under way: nothing moves out of it.
OTHER = "崖州湾跨境电商产业园"


def _added(desk, code: str, name: str) -> None:
    """Typed by hand under another name: what is certified stands."""
    page = desk.page
    page.goto("/desk/enterprises/add")
    page.locator("#name").fill("手写的名字")
    page.locator("#uscc").fill(code)
    page.locator("#settled_on").fill(clock.today().isoformat())
    page.locator("#contact_name").fill("旅程人")
    page.locator("#contact_phone").fill("13800138000")
    desk.button("保存").click()
    page.wait_for_url("**/show/*")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator(".fact-source").filter(has=page.locator("svg")).first).to_be_visible()
    desk.look("record with sources")


def _locked(desk, name: str) -> None:
    desk.link("编辑").click()
    expect(desk.page.locator("#name")).to_have_value(name)
    expect(desk.page.locator("#name")).to_have_attribute("readonly", "")
    desk.look("form with locked fields")
    desk.button("保存").click()
    desk.page.wait_for_url("**/show/*")


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_certified_stands_and_the_enterprise_moves_with_both_consents(open_desk, language, phone):
    code, name = COMPANIES[language]
    desk = open_desk("park2", language=language, phone=phone)
    _added(desk, code, name)
    _locked(desk, name)
    record = desk.page.url

    desk.link("申请迁园").click()
    desk.page.locator("#to_park_id").select_option(label=OTHER)
    desk.page.locator("#reason").fill("租约到期")
    desk.look("form of a move")
    desk.button("提交申请").click()
    desk.page.wait_for_url("**/moves/show/*")
    desk.look("move that waits")
    move = desk.page.url

    other = open_desk("park1", language=language, phone=phone)
    other.page.goto("/desk/")
    other.says("等待本园区同意的迁园")
    other.page.goto(move)
    other.look("move to answer")
    other.button("同意").click()
    other.agree("同意", name)
    other.says("已迁园")
    other.page.locator("dd").get_by_role("link", name=name).click()
    other.says("迁自")
    other.look("record that moved in")
    other.page.goto("/desk/enterprises/moves/list/")
    other.look("list of moves")

    desk.page.goto(record)
    desk.says("已迁往")
    expect(desk.link("编辑")).to_have_count(0)
    desk.look("record that moved away")
