"""高级筛选 and saved views in the browser: by keyboard, in both languages, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES
from tests.e2e.screens import Register


@pytest.fixture(autouse=True)
def _fresh(server):
    """Views and preferences belong to the person: each test starts without any."""
    yield
    for table in ("view_subscription", "list_preference", "saved_view"):
        server.write(f"DELETE FROM {table}")


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_conditions_become_a_view_that_opens_the_list(open_desk, language, phone):
    desk = open_desk("base1", language=language, phone=phone)
    page, keys = desk.page, desk.page.keyboard
    register = Register(desk).open()
    if phone:
        page.locator("[data-filter-open]").click()
    page.locator("[data-conditions-open]").click()
    dialog = page.locator("dialog#conditions")
    expect(dialog).to_be_visible()
    first = dialog.locator(".cond").first
    expect(first.locator("[data-column]")).to_be_focused()
    # By keyboard alone: a column by its first letters, its comparison, the value.
    first.locator("[data-column]").select_option("registered_capital")
    keys.press("Tab")
    expect(first.locator("[data-op]")).to_be_focused()
    first.locator("[data-op]").select_option("ge")
    keys.press("Tab")
    keys.type("500")
    said = dialog.get_by_role("status")
    expect(said).to_contain_text("500")
    grouped(desk, dialog, said)
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert "where=" not in page.url
    edited(desk, register)
    if phone:  # the menu is there before the first view is
        page.locator("details.views > summary", has_text=desk.say("视图")).click()
        expect(page.locator("#view-name")).to_be_in_viewport(ratio=1)
        desk.look("menu of views")
        page.goto("/desk/views/")
        desk.look("no views yet")
    else:
        saved(desk, register)


def grouped(desk, dialog, said):
    """A group of its own: the focus goes along, what is missing is said."""
    say = desk.say
    dialog.get_by_role("button", name=say("新增条件组")).press("Enter")
    group = dialog.locator(".cond-group .cond-group")
    expect(group.locator("[data-column]").first).to_be_focused()
    group.locator("[data-column]").first.select_option("settled_on")
    group.locator("[data-op]").first.select_option("between")
    for place, day in enumerate(("2024-05-01", "2023-05-01")):
        group.locator("[data-values] input").nth(place).fill(day)
    expect(said).to_have_text(say("后一个值不能小于或早于前一个值。"))
    expect(group.locator("[data-values] input").nth(1)).to_have_attribute("aria-invalid", "true")
    desk.look("wrong order")
    group.locator("[data-values] input").nth(1).fill("2024-05-02")
    expect(said).to_contain_text("2024-05-02")
    group.locator("[data-op]").first.select_option("in")
    group.locator("[data-values] select").first.select_option("this_month")
    group.get_by_role("button", name=say("新增条件"), exact=True).press("Enter")
    other = group.locator(".cond").nth(1)
    expect(other.locator("[data-column]")).to_be_focused()
    other.locator("[data-column]").select_option("status")
    dialog.get_by_role("button", name=say("查询"), exact=True).press("Enter")
    expect(dialog).to_be_visible()  # nothing is chosen yet
    expect(said).to_have_text(say("请把每个条件填写完整。"))
    other.get_by_label(say("在园")).check()
    expect(said).to_contain_text(say("本月"))
    desk.look("conditions")
    other.locator("[data-remove]").press("Enter")
    expect(group.locator("[data-remove]").last).to_be_focused()
    group.get_by_role("button", name=say("移除这组条件")).press("Enter")
    expect(dialog.locator(".cond")).to_have_count(1)


def edited(desk, register):
    """A sentence is opened again, a condition taken out of it."""
    page, say, dialog = desk.page, desk.say, desk.page.locator("dialog#conditions")
    register.open("?where=and(registered_capital.ge(500),or(remark.empty(),status.any(在园)))")
    expect(page.locator(".chip.built")).to_contain_text("500")
    desk.look("sentence")
    page.locator(".chip.built [data-conditions-open]").click()
    expect(dialog.locator(".cond")).to_have_count(3)
    dialog.locator(".cond [data-remove]").last.click()
    dialog.get_by_role("button", name=say("查询"), exact=True).click()
    page.wait_for_url("**where=and(registered_capital.ge(500),remark.empty())**")


def saved(desk, register):
    """Kept, changed, kept again, made the default and deleted."""
    page, say = desk.page, desk.say
    views = page.locator("details.views")
    views.locator("summary").click()
    views.locator("#view-name").fill("Big firms")
    views.get_by_role("button", name=say("保存"), exact=True).click()
    expect(views.locator("summary")).to_contain_text("Big firms")
    register.table.locator("thead th a.sort").first.click()
    expect(views.locator("summary")).to_contain_text(say("已更改"))
    page.get_by_role("button", name=say("另存为"), exact=True).click()
    expect(views.locator("#view-name")).to_be_focused()
    desk.look("changed view")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=say("保存更改"), exact=True).click()
    expect(views.locator("summary")).not_to_contain_text(say("已更改"))
    views.locator("summary").click()
    views.get_by_role("link", name=say("设置视图 %(name)s", name="Big firms")).click()
    page.get_by_label(say("打开列表时先显示这个视图")).check()
    page.get_by_label(say("每周一 8:00 把工作簿发到我的消息")).check()
    page.get_by_role("button", name=say("保存"), exact=True).click()
    desk.look("settings of a view")
    register.open()
    assert "view=" in page.url
    views.locator("summary").click()
    desk.look("views")
    views.get_by_role("link", name=say("全部记录")).click()
    page.wait_for_url("**view=all")
    expect(page.locator(".chip")).to_have_count(0)
    page.goto("/desk/views/")
    desk.look("all views")
    page.get_by_role("link", name="Big firms", exact=True).click()
    views.locator("summary").click()
    views.get_by_role("link", name=say("设置视图 %(name)s", name="Big firms")).click()
    page.get_by_role("button", name=say("删除"), exact=True).click()
    desk.agree("删除", "Big firms")
    expect(page.locator(".chip")).to_have_count(0)
    views.locator("summary").click()
    desk.says("还没有保存的视图")
