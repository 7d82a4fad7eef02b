"""A slow network: what is ticked or pressed while a page's scripts are still on their way counts."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e import workbooks
from tests.e2e.browser import late
from tests.e2e.screens import Register, Upload


def test_a_row_that_was_unticked_early_is_not_imported(open_desk, server, tmp_path):
    desk = open_desk("clerk1")
    page = desk.page
    template = desk.download(Register(desk).open().import_entry("下载导入模板"), tmp_path)
    rows = [workbooks.enterprise(serial) for serial in (940_001, 940_002, 940_003)]
    file = workbooks.fill(template, tmp_path / "早.xlsx", rows)
    plan = Upload(desk).open().choose_and_plan(file)
    tick = plan.row(workbooks.FIRST + 1).locator("[data-plan-tick]")
    with late(page, "plan"):
        page.goto(page.url)
        tick.uncheck()
    plan.says(2, 0, 1)
    page.reload()
    expect(tick).not_to_be_checked()
    plan.confirm()
    desk.says("企业导入成功")
    found = server.rows("SELECT name FROM enterprise WHERE name = ?", rows[1]["企业名称"])
    assert found == []


def test_a_button_that_asks_does_so_when_pressed_early(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    row = register.rows.first
    name = row.locator("th a").inner_text()
    with late(desk.page, "dialog", "bulk"):
        register.open()
        row.locator("input[name=pk]").check()
        row.get_by_role("button", name="删除").click()
    expect(desk.page.locator("dialog#confirm")).to_contain_text(name)
    expect(desk.page.locator("[data-bulk-count]")).to_have_text("1")
    desk.page.keyboard.press("Escape")
    expect(register.rows.first).to_contain_text(name)
