"""Long work in the page: progress, cancelling, and files that want to hurt."""

from __future__ import annotations

import os
import signal
import zipfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.screens import Plan, Register, Upload
from tests.support.enterprises import csv_bytes, row


def large(folder: Path, first: int, rows: int = 900) -> Path:
    file = folder / f"大名录{first}.csv"
    file.write_bytes(csv_bytes([row(first + number) for number in range(rows)]))
    return file


@contextmanager
def resting(pid: int):
    """The worker does nothing meanwhile: what the page shows then is not a matter of luck."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_large_file_is_read_and_applied_as_a_job(open_desk, server, tmp_path):
    desk = open_desk("park2")
    with resting(server.worker()):
        Upload(desk).open().choose(large(tmp_path, 700_000))
        desk.page.locator("progress").wait_for()
        desk.look("reading")
    plan = Plan(desk)
    plan.has(new=900, changed=0, unchanged=0, error=0)  # it appears by itself
    with resting(server.worker()):
        plan.confirm()
        desk.page.locator("progress").wait_for()
        desk.look("job")
    desk.says("企业导入成功")  # and so does the result
    desk.look("result of a job")
    desk.page.goto("/desk/jobs/")
    desk.look("jobs")
    register = Register(desk).open("?q=三亚测试7000")
    assert register.count_matching() == 100


def test_a_job_can_be_cancelled_and_leaves_nothing(open_desk, server, tmp_path):
    desk = open_desk("base1")
    before = Register(desk).open().count()
    plan = Upload(desk).open().choose_and_plan(large(tmp_path, 710_000, rows=400))
    plan.has(new=400, error=0)
    with resting(server.worker()):
        plan.confirm()
        desk.button("取消任务").click()
        desk.look("cancelled")
    desk.page.reload()
    assert Register(desk).open().count() == before
    assert server.rows("SELECT count(*) FROM job WHERE state = 'cancelled'")[0][0] >= 1


def test_who_goes_on_to_another_page_hears_of_the_end_there(open_desk, server, tmp_path):
    desk = open_desk("park2")
    with resting(server.worker()):
        Upload(desk).open().choose(large(tmp_path, 720_000, rows=400))
        desk.page.locator("progress").wait_for()
        # The page's script has noted the job: before that nobody can hear of it elsewhere.
        desk.page.wait_for_function(
            "() => localStorage.getItem(`jobs:${document.body.dataset.user}`) !== null"
        )
        Register(desk).open()
    said = desk.page.locator("#toasts .toast-item")
    expect(said).to_contain_text("大名录720000.csv")
    expect(said).to_contain_text(desk.say("已完成"))
    desk.look("a job has ended")
    said.get_by_role("link").click()
    Plan(desk).has(new=400, error=0)
    Register(desk).open()
    expect(said).to_have_count(0)


def test_what_may_not_be_asked_any_more_is_asked_once(open_desk, server, watch):
    watch.expect(401, 404)
    desk = open_desk("park2")
    key = f"jobs:{desk.page.locator('body').get_attribute('data-user')}"
    asked: list[str] = []
    desk.page.on("request", lambda one: asked.append(one.url) if "/status" in one.url else None)
    desk.page.route("**/desk/jobs/1/status", lambda route: route.fulfill(status=401))
    urls = '["/desk/jobs/1/status", "/desk/jobs/999999/status"]'
    desk.page.evaluate("([key, urls]) => localStorage.setItem(key, urls)", [key, urls])
    desk.page.reload()
    desk.page.wait_for_function("key => localStorage.getItem(key) === null", arg=key)
    assert len(asked) == 2


def test_hostile_files_are_refused_in_words_and_the_site_lives(open_desk, watch, tmp_path):
    watch.expect(400, 413)
    desk = open_desk("park2")
    for file in hostile(tmp_path):
        upload = Upload(desk).open()
        upload.choose(file)
        refusal = desk.page.locator("#file-error, .blank h2").first
        expect(refusal).to_be_visible()
        desk.look(file.name)
        Register(desk).open()
        expect(desk.page.locator("h1")).to_have_text("企业管理")


def hostile(folder: Path) -> list[Path]:
    damaged = folder / "损坏.xlsx"
    damaged.write_bytes(b"PK\x03\x04" + b"\0" * 2000)
    bomb = folder / "炸弹.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(700):
                sheet.write(b" " * 1024 * 1024)
    disguised = folder / "伪装.xlsx"
    disguised.write_bytes(b"MZ" + b"\x90\x00" * 4000)
    doctype = folder / "实体.xlsx"
    with zipfile.ZipFile(doctype, "w") as archive:
        archive.writestr("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>')
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return [damaged, bomb, disguised, doctype]
