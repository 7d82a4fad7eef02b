"""A park fills in: half in the browser, with the network gone and the sign-in expired in between,
half by the workbook; then hands in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES, late
from tests.e2e.server import ROOT
from tests.support.assessments import PDF

SAVED = {"zh": "已保存", "en": "Saved at"}
SIGNED = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": PDF}


def opened(server, name: str) -> int:
    """The number of P01's filing in a new round."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.rounds", str(server.folder), name],
        cwd=ROOT,
        env=server.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def by_workbook(page, base: str, folder: Path) -> None:
    with page.expect_download() as waiting:
        page.evaluate(f"location.href = '{base}/template'")
    path = folder / "filled.xlsx"
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            if row[0].value == "employees":
                row[4].value = 620
    book.save(path)
    page.goto(f"{base}/workbook")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator("[name=codes]")).to_have_count(1)


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_filled_in_by_browser_and_workbook(open_desk, server, watch, tmp_path, language, phone):
    watch.expect(400)
    filing = opened(server, f"Journey {language}")
    base = f"/desk/filings/{filing}"
    desk = open_desk("park1", language=language, phone=phone)
    page = desk.page
    page.goto("/desk/filings/")
    desk.look("list of rounds")
    page.goto(f"{base}?part=A")
    desk.look("form")
    state = page.locator("[data-fill-state]")

    page.locator("#v-area_cbec_m2").fill("15,000")
    expect(state).to_contain_text(SAVED[language])
    expect(page.locator("[data-tag=A1]")).to_contain_text("4.00")
    expect(page.locator("[data-part-words]")).to_contain_text("1/5")
    page.goto(f"{base}?part=E")
    expect(page.locator(".fill-parts [aria-current]")).to_be_in_viewport(ratio=0.9)
    page.goto(f"{base}?part=A")

    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#v-staff_fulltime").fill("8")
    expect(state.locator("a")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto(f"{base}?part=A")
    expect(page.locator("#v-staff_fulltime")).to_have_value("8")
    expect(state).to_contain_text(SAVED[language])

    by_workbook(page, base, tmp_path)
    desk.look("differences of the workbook")
    desk.button("确定").click()
    page.wait_for_url(f"**{base}")

    page.goto(f"{base}/check")
    page.locator("#commitment-file").set_input_files(SIGNED)
    desk.button("上传").click()
    expect(page.get_by_text("signed.pdf")).to_be_visible()
    desk.look("check page")
    desk.button("确定").click()
    page.locator("#confirm [data-yes]").click()
    page.wait_for_url("**/receipt")
    expect(page.locator(".fill-number b")).to_contain_text("KH")
    desk.look("receipt")


def test_what_is_typed_before_the_script_came_is_saved(open_desk, server, watch):
    watch.expect(503)
    base = f"/desk/filings/{opened(server, 'Late script')}"
    page = open_desk("park1").page
    state, area = page.locator("[data-fill-state]"), page.locator("#v-area_cbec_m2")
    with late(page, "fill"):
        page.goto(f"{base}?part=A")
        area.fill("12,000")
    expect(state).to_contain_text("已保存")
    page.route("**/value", lambda route: route.fulfill(status=503))
    area.fill("13,000")
    expect(page.locator("[data-item=area_cbec_m2].unsaved")).to_be_visible()
    page.unroute("**/value")
    with late(page, "fill"):
        page.reload()  # 13,000 waits in the browser; what is typed now is newer
        area.fill("14,000")
    expect(page.locator("[data-item=area_cbec_m2].unsaved")).to_have_count(0)
    expect(state).to_contain_text("已保存")
    page.reload()
    expect(area).to_have_value("14,000")
