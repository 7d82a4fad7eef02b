"""The pictures of the README, taken from the running site; rewritten only with UPDATE_IMAGES=1."""

from __future__ import annotations

import csv
import html
import io
import os
import random
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from playwright.sync_api import Page, expect

from app.cli.demo.enterprises import csv_of
from tests.e2e import workbooks
from tests.e2e.screens import Desk, Register, Upload
from tests.e2e.server import ROOT
from tests.support.people import PASSWORD

FOLDER = ROOT / "docs/images"
FILE = "崖州湾产业园企业名录2026年11月.xlsx"
COLUMNS = (
    "企业名称",
    "统一社会信用代码",
    "监管方式",
    "联系人",
    "联系电话",
    "入驻日期",
    "年销售额(万元)",
    "企业状态",
)
STYLE = """
body { margin: 0; padding: 16px; background: #fff; font: 13px/20px "Noto Sans CJK SC", sans-serif; }
table { border-collapse: collapse; }
td, th { border: 1px solid #d0d5dd; padding: 4px 8px; text-align: left; vertical-align: top; }
thead th, th[scope] { background: #f2f4f7; color: #667085; font-weight: 400; text-align: center; }
td.said { max-width: 420px; }
"""


def keep(page: Page, name: str) -> None:
    """Write the picture when asked to; the picture must be there in any case."""
    file = FOLDER / name
    if os.environ.get("UPDATE_IMAGES") == "1":
        FOLDER.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file, animations="disabled", caret="hide")
    assert file.exists(), f"{name}: take it with UPDATE_IMAGES=1"


def test_the_list_wide_and_on_a_phone(open_desk):
    desk = open_desk("park1")
    register = Register(desk).open("?roles=卖家&roles=服务商&settled_on.from=2022-01-01")
    for number in (1, 3, 4):
        register.rows.nth(number).locator("input[name=pk]").check()
    expect(desk.page.locator("[data-bulk]")).to_be_visible()
    desk.page.evaluate("document.activeElement.blur()")
    keep(desk.page, "enterprises-list.png")
    desk.page.keyboard.press("Control+k")
    desk.page.locator("#palette-text").fill("海棠")
    expect(desk.page.locator("#palette")).to_contain_text("有限公司")
    keep(desk.page, "quick-find.png")
    register.open(
        "?where=and(status.any(在园),or(registered_capital.ge(500),remark.empty()),settled_on.in(last_365))"
    )
    desk.page.locator(".chip [data-conditions-open]").click()
    expect(desk.page.locator(".conditions-said")).to_contain_text("符合条件")
    keep(desk.page, "conditions.png")
    phone = open_desk("park1", phone=True)
    Register(phone).open("?roles=卖家&roles=服务商&settled_on.from=2022-01-01")
    keep(phone.page, "enterprises-phone.png")


def test_the_dialog_and_the_user_centre(visit):
    visitor = visit().open_dialog()
    keep(visitor.page, "sign-in.png")
    visitor.by_haiyiban("法人")
    visitor.haiyiban_account("lanwan", PASSWORD)
    visitor.prove("13800138003")
    visitor.open_centre()
    card = visitor.card("企业信息")
    card.get_by_label("联系人姓名").fill("符文静")
    card.get_by_label("联系电话").fill("13800138003")
    card.get_by_label("信用等级").select_option(index=1)
    card.get_by_role("button", name="保存").click()
    visitor.reads("“企业信息”已保存。")
    visitor.page.goto("/me/")
    expect(visitor.card("企业信息").get_by_label("联系人姓名")).to_have_value("符文静")
    keep(visitor.page, "user-centre.png")


def test_the_application_and_the_information_of_a_park(open_desk):
    company = open_desk("enterprise2").page
    company.goto("/me/provider/")
    expect(company.locator(".ProseMirror")).to_be_visible()
    keep(company, "provider-upgrade.png")
    park = open_desk("park2").page
    park.goto("/desk/park-info/")
    park.locator("#rent_range").scroll_into_view_if_needed()
    expect(park.locator(".profile-asked")).to_have_count(2)
    keep(park, "park-info.png")


def test_the_ranking_as_charts_and_the_dashboard_of_a_round(open_desk):
    park = open_desk("park1").page
    park.goto("/desk/ranking/?view=charts")
    expect(park.locator("[data-chart] svg")).to_have_count(4)
    keep(park, "ranking-charts.png")
    zone = open_desk("operator").page
    zone.goto("/desk/assessment-board/")
    name = zone.locator("#round option").filter(has_text="2025 年度考核").first
    zone.goto(f"/desk/assessment-board/?round={name.get_attribute('value')}")
    expect(zone.locator("[data-chart] svg")).to_have_count(5)
    keep(zone, "round-board.png")


def test_two_records_of_one_company(open_desk):
    desk = open_desk("operator")
    desk.page.goto("/desk/enterprises/duplicates/list/?state=open&place=one")
    desk.page.get_by_role("link", name="比较", exact=True).first.click()
    expect(desk.page.locator(".sheet.merge")).to_be_visible()
    desk.page.evaluate("document.activeElement.blur()")
    keep(desk.page, "duplicates.png")


def test_the_plan_and_the_error_workbook(open_desk, chrome, tmp_path):
    desk = open_desk("park1")
    plan = Upload(desk).open().choose_and_plan(a_months_file(desk, tmp_path))
    desk.page.locator("tr.row-error").first.wait_for()
    number = int(desk.page.locator("tr.row-error").first.get_attribute("data-row") or 0)
    plan.open_fix(number, "customs_modes")
    keep(desk.page, "import-plan.png")
    desk.page.keyboard.press("Escape")
    errors = desk.download(desk.button("下载错误清单"), tmp_path)
    page = chrome.new_page(viewport={"width": 1200, "height": 400})
    page.set_content(as_html(errors))
    box = page.locator("table").bounding_box()
    page.set_viewport_size({"width": int(box["width"]) + 33, "height": int(box["height"]) + 33})
    expect(page.locator("td.said").first).to_be_visible()
    keep(page, "error-workbook.png")
    page.close()
    desk.button("取消").last.click()


def a_months_file(desk: Desk, folder: Path) -> Path:
    """A clerk's file of a month: some changed, some new, most as they are, three wrong cells."""
    Upload(desk).open()
    template = desk.download(desk.link("下载导入模板"), folder)
    filled = desk.download(desk.button("下载含现有企业的模板"), folder / "with")
    rows = workbooks.rows_of(filled)[:40]
    made = csv_of(12, 990_000, random.Random(7)).decode()
    fresh = list(csv.DictReader(io.StringIO(made)))
    for number, row in enumerate(fresh):
        rows.insert(1 + number * 2, row)
    for number in (0, 4, 14):
        rows[number]["员工人数"] = int(rows[number]["员工人数"]) + 6
        rows[number]["年销售额(万元)"] = float(rows[number]["年销售额(万元)"]) + 676.85
    rows[6]["企业状态"] = "暂停"
    for number in (5, 11, 23):
        rows[number]["监管方式"] = "9710出口"
    rows[13]["联系电话"] = "1380013"
    return workbooks.fill(template, folder / FILE, rows, only=COLUMNS)


def as_html(file: Path) -> str:
    """The error rows of the workbook with the colours and notes that it carries."""
    sheet = openpyxl.load_workbook(file)[workbooks.DATA]
    said = next(cell.column for cell in sheet[1] if cell.value and "错误说明" in str(cell.value))
    wrong = [row for row in sheet.iter_rows(min_row=2) if row[said - 1].value]
    marked = {cell.column for row in wrong for cell in row if is_marked(cell)}
    shown = sorted({1, 2, 3, said} | marked)
    head = "".join(f"<th>{get_column_letter(column)}</th>" for column in shown)
    lines = [[sheet.cell(1, column) for column in shown]]
    lines += [[row[column - 1] for column in shown] for row in wrong]
    body = "".join(
        f"<tr><th scope=row>{line[0].row}</th>{''.join(cell_html(cell, said) for cell in line)}</tr>"
        for line in lines
    )
    return f"<style>{STYLE}</style><table><thead><tr><th></th>{head}</tr></thead>{body}</table>"


def is_marked(cell: openpyxl.cell.Cell) -> bool:
    return bool(cell.comment) or cell.fill.fill_type == "solid"


def cell_html(cell: openpyxl.cell.Cell, said: int) -> str:
    css = []
    if cell.fill.fill_type == "solid":
        css.append(f"background:#{str(cell.fill.fgColor.rgb)[-6:]}")
    if cell.font.color is not None and isinstance(cell.font.color.rgb, str):
        css.append(f"color:#{cell.font.color.rgb[-6:]}")
    if cell.font.bold:
        css.append("font-weight:600")
    kind = " class=said" if cell.column == said and cell.row > 1 else ""
    words = html.escape(str(cell.value or "")).replace("\n", "<br>")
    return f'<td{kind} style="{";".join(css)}">{words}</td>'


def test_the_recycle_bin(open_desk):
    desk = open_desk("park1")
    desk.page.goto("/desk/bin/list/")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("回收站")
    keep(desk.page, "recycle-bin.png")


def test_a_token_and_the_documentation(open_desk):
    page = open_desk("park1").page
    page.goto("/me/tokens/add")
    if "/me/proof" not in page.url:  # else the sign-in is of an earlier test: the picture is there
        page.get_by_label("名称").fill("ERP 同步")
        page.get_by_label("读取企业", exact=True).check()
        page.get_by_label("新增和修改企业", exact=True).check()
        keep(page, "api-token.png")
    page.goto("/api/v1/docs")
    keep(page, "api-docs.png")
