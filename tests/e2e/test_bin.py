"""The recycle bin from the first deletion to the second person's word, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

PROPOSED = "三亚试填示例有限公司"
OLD = "三亚重名登记贸易有限公司"
LIVING = "海南旧址电子商务有限公司"
BIN = "/desk/bin/list/?kind=enterprise"

#: Names in rows and cards over which the word of their state lies.
LYING_OVER = """() => [...document.querySelectorAll(".sheet tbody tr")].filter((row) => {
  const name = row.querySelector("th.name a").getBoundingClientRect();
  const state = row.querySelector("td.state").getBoundingClientRect();
  const across = Math.min(name.right, state.right) - Math.max(name.left, state.left);
  const down = Math.min(name.bottom, state.bottom) - Math.max(name.top, state.top);
  return across > 1 && down > 1;
}).map((row) => row.innerText)"""


def test_deleted_undone_and_many_restored(open_desk, server):
    desk = open_desk("park1")
    page = desk.page
    number, name = server.rows(
        "SELECT e.id, e.name FROM enterprise e JOIN park p ON p.id = e.park_id "
        "WHERE e.deleted_at IS NULL AND p.code = 'P01' ORDER BY e.id LIMIT 1"
    )[0]
    page.goto(f"/desk/enterprises/show/{number}")
    page.locator(".page-acts").get_by_role("button", name="删除").click()
    dialog = page.locator("dialog#confirm")
    expect(dialog.locator("[data-hanging]")).to_contain_text("导入记录")
    desk.look("delete dialog")
    dialog.locator("#confirm-reason").fill("重复登记")
    dialog.locator("[data-yes]").click()
    desk.says("“%(name)s”已删除，可在回收站恢复。", name=name)
    undo = page.locator(".toast-item").get_by_role("button", name="撤销")
    desk.look("undo")
    undo.click()
    desk.says("“%(name)s”已恢复。", name=name)
    page.goto(f"/desk/enterprises/show/{number}")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.goto(f"{BIN}&stage=kept")
    page.locator("tbody tr", has_text=LIVING).locator("input[name=pk]").check()
    page.locator("[data-bulk]").get_by_role("button", name="恢复").click()
    page.locator("dialog#confirm [data-yes]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("恢复结果")
    expect(page.locator(".review-results li")).to_have_count(1)
    desk.look("results")
    page.get_by_role("link", name=LIVING).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LIVING)


@pytest.mark.parametrize("phone", [False, True])
def test_the_second_person_reads_and_decides(open_desk, phone):
    one, other = open_desk("park1"), open_desk("operator", phone=phone, language="en")
    title = OLD if phone else PROPOSED
    if phone:
        one.page.goto(BIN)
        row = one.page.locator("tbody tr", has_text=OLD)
        row.get_by_role("button", name="彻底删除").click()
        one.page.locator("dialog#confirm #confirm-reason").fill("误登记")
        one.look("propose")
        one.page.locator("dialog#confirm [data-yes]").click()
        one.says("已提出彻底删除“%(name)s”，等待另一人确认。", name=OLD)
    page = other.page
    page.goto("/desk/")
    expect(page.get_by_text("Permanent deletions to confirm")).to_be_visible()
    page.goto("/desk/bin/list/?stage=waiting")
    other.look("bin")
    assert page.evaluate(LYING_OVER) == []
    page.get_by_role("link", name=title).first.click()
    other.look("record")
    page.get_by_role("link", name="Change history").click()
    expect(page.get_by_text("Permanent deletion proposed")).to_be_visible()
    page.get_by_role("button", name="Reject" if phone else "Confirm permanent deletion").click()
    dialog = page.locator("dialog#confirm")
    expect(dialog).to_contain_text(title)
    if phone:
        dialog.locator("#confirm-reason").fill("Still needed")
    other.look("decide")
    dialog.locator("[data-yes]").click()
    said = "stays in the recycle bin" if phone else "has been deleted permanently"
    expect(page.locator(".toasts")).to_contain_text(said)
