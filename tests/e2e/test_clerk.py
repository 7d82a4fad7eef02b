"""The clerk's job from sign-in to export, in each language, wide and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import workbooks
from tests.e2e.browser import BOTH, BOTH_NAMES
from tests.e2e.screens import Export, Plan, Register, Upload

WRONG_MODE = "9710出口"
#: Serial numbers of the rows of each journey: they share the park of one server.
SERIALS = {"zh": 800_000, "en": 803_000}


def journey_rows(known: dict, serial: int) -> list[dict]:
    staff = int(known["员工人数"] or 0)
    return [
        workbooks.enterprise(serial + 1),
        workbooks.enterprise(serial + 2),
        {**known, "员工人数": staff + 1},
        workbooks.enterprise(serial + 3, customs_modes=WRONG_MODE),
        workbooks.enterprise(serial + 4, customs_modes=WRONG_MODE),
        workbooks.enterprise(serial + 5, contact_phone="1380013"),
    ]


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_from_template_to_export(open_desk, watch, tmp_path, language, phone):
    watch.expect(400)  # an export that lacks its purpose
    desk = open_desk("clerk1", language=language, phone=phone)
    serial = SERIALS[language]
    desk.look("desk")
    desk.menu("企业管理")
    register = Register(desk)
    desk.look("list")

    # the template, filled in
    entry = register.import_entry("下载导入模板")
    template = desk.download(entry, tmp_path)
    register.open().import_entry("上传导入模板").click()
    desk.look("upload")
    filled = desk.download(desk.button("下载含现有企业的模板"), tmp_path / "with")
    known = workbooks.rows_of(filled)[serial // 1000 % 10]
    file = workbooks.fill(template, tmp_path / f"名录{serial}.xlsx", journey_rows(known, serial))

    # the plan appears by itself
    plan = Upload(desk).choose_and_plan(file)
    plan.has(new=2, changed=1, unchanged=0, error=3)
    plan.says(2, 1, 3, errors=3)
    desk.look("plan")
    expect(plan.row(5).locator(".cell-changed")).to_contain_text(str(int(known["员工人数"]) + 1))

    mend(desk, plan)

    # one row stays out
    plan.row(4).locator("[data-plan-tick]").uncheck()
    plan.says(4, 1, 1)
    plan.confirm()
    desk.says("企业导入成功")
    expect(plan.page.locator(".import-result .keyfig-value")).to_have_text(["4", "1", "0", "1"])
    desk.look("result")

    # a link of the result, and back
    name = f"三亚测试{serial + 1}号有限公司"
    desk.page.get_by_role("link", name=name).click()
    expect(desk.page.locator("h1")).to_have_text(name)
    desk.look("record")
    desk.page.go_back()
    export_and_import_again(desk, tmp_path, serial)

    plan.undo(file.name)
    desk.says("本次导入已撤销")
    expect(plan.page.locator(".import-result .keyfig-value")).to_have_text(["5", "0", "0"])
    desk.look("undone")
    register.open(f"?q=三亚测试{serial + 1}号")
    desk.look("no match")
    expect(register.rows).to_have_count(0)


def mend(desk, plan: Plan) -> None:
    """The wrong word once for both rows; the phone by typing."""
    popover = plan.open_fix(6, "customs_modes")
    desk.look("popover")
    expect(popover.locator("[name=same]")).to_be_checked()
    expect(popover.locator("select")).to_have_value("9710")
    popover.locator(".btn-primary").click()
    plan.has(new=4, changed=1, unchanged=0, error=1)

    popover = plan.open_fix(8, "contact_phone")
    popover.locator("input[name=value]").fill("13800138123")
    popover.locator("input[name=value]").press("Enter")
    plan.has(new=5, changed=1, unchanged=0, error=0)
    plan.says(5, 1, 0)


def export_and_import_again(desk, folder, serial: int) -> None:
    """导出 of the filtered rows; the file brought back changes nothing."""
    here = desk.page.url
    register = Register(desk).open()
    register.search(f"三亚测试{serial}"[:-1])
    expect(register.rows).to_have_count(4)
    desk.look("filtered list")
    desk.link("导出").click()
    desk.look("export")
    desk.button("导出").click()
    expect(desk.page.locator("[data-error-summary]")).to_be_focused()
    desk.look("export without a purpose")
    exported = Export(desk).save(folder)
    expect(desk.page).to_have_title(re.compile(f"^{desk.say('导出')}"))  # nothing is wrong any more
    expect(desk.page.locator("main p.error, [data-error-summary]")).to_have_count(0)
    again = Upload(desk).open().choose_and_plan(exported)
    again.has(new=0, changed=0, unchanged=4, error=0)
    desk.button("取消").last.click()
    desk.says("已取消，本次没有导入任何数据。")
    desk.page.goto(here)


def test_the_form_that_mends_a_cell_is_seen_in_a_short_plan(open_desk, tmp_path):
    """Two rows and all columns: the table is low and wide, and must not cut the form."""
    desk = open_desk("clerk1")
    template = desk.download(Register(desk).open().import_entry("下载导入模板"), tmp_path)
    rows = [workbooks.enterprise(930_001, customs_modes="9160"), workbooks.enterprise(930_002)]
    file = workbooks.fill(template, tmp_path / "短.xlsx", rows)
    plan = Upload(desk).open().choose_and_plan(file)
    number = workbooks.FIRST
    for tab in ("", "?kind=error"):
        desk.page.goto(desk.page.url.partition("?")[0] + tab)
        cell = plan.error(number, "customs_modes")
        cell.locator("summary").click()
        button = cell.get_by_role("button", name="改正", exact=True)
        button.click(trial=True)  # nothing lies over it
        seen = cell.locator(".fix-popover").bounding_box()
        assert seen["x"] >= 0
        assert seen["y"] >= 0
        assert seen["x"] + seen["width"] <= desk.page.viewport_size["width"]
        desk.look(f"short plan {tab}")
    cell.locator("select").select_option("9610")
    button.click()
    plan.has(new=2, error=0)
    expect(plan.row(number)).to_be_visible()
