"""A reviewer judges by keys and sends back, experts mark, the zone sees a preview."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import late
from tests.e2e.server import ROOT


@pytest.fixture(scope="module")
def seeded(server):
    """Keys of the round and of park1's filing."""
    command = [sys.executable, "-m", "tests.support.seed_judging"]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=True
    )
    return tuple(int(one) for one in done.stdout.split()[-2:])


def keys_are_careful(page):
    """One letter does not replace a verdict with its reason; what the letters do is told."""
    page.locator('[data-goto="started"]').click()
    expect(page.locator("#item-started h2")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("本项已有结论")
    expect(page.locator('[data-count="corrected"]')).to_have_text("1")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_contain_text("转到佐证材料")
    page.keyboard.press("Escape")


def brought_on(page, park):
    """To the next filing, which a message names without covering the head of the page."""
    expect(page.locator("h1")).to_have_text(park)
    said = page.locator("#toasts .toast-item")
    expect(said).to_contain_text(f"接下来是“{park}”")
    head, box = page.locator("header.top").bounding_box(), said.bounding_box()
    assert box["y"] >= head["y"] + head["height"]


def test_judged_by_keys_and_sent_back(open_desk, seeded, watch):
    watch.expect(400)
    round_id, filing_id = seeded
    desk = open_desk("reviewer")
    page = desk.page
    page.goto(f"/desk/filing-reviews/show/{filing_id}")
    page.get_by_role("button", name="领取审核").click()
    expect(page.locator(".state-word")).to_contain_text("审核中")
    expect(page.locator("[data-viewer-tabs]")).to_contain_text("合同.docx")
    desk.look("cockpit")

    page.keyboard.press("a")  # the first item passes, the next is there without a new page
    expect(page.locator('[data-count="passed"]')).to_have_text("1")
    expect(page.locator("article:visible h2")).not_to_have_text("跨境电商使用面积")
    expect(page.locator("[data-viewer-tabs]")).to_contain_text("佐证文件")

    page.locator('[data-goto="employees"]').click()
    form = page.locator("#item-employees [data-decide]")
    page.keyboard.press("r")  # a return needs its reason: the key leads to the field
    expect(form.locator("[name=reason]")).to_be_focused()
    page.keyboard.type("请补充花名册")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-count="returned"]')).to_have_text("1")

    page.locator('[data-goto="started"]').click()
    form = page.locator("#item-started [data-decide]")
    form.locator("[name=value]").fill("很多")
    form.locator("[name=reason]").fill("首单证明只有 5 家")
    form.locator("[value=corrected]").click()
    wrong = page.locator("#item-started [role=alert]")
    expect(wrong).to_contain_text("请填写整数")
    form = page.locator("#item-started [data-decide]")
    expect(form.locator("[name=value]")).to_have_value("很多")
    form.locator("[name=value]").fill("5")
    form.locator("[value=corrected]").click()
    expect(page.locator('[data-count="corrected"]')).to_have_text("1")

    keys_are_careful(page)

    page.get_by_role("link", name="退回补正").click()
    page.locator("#dialog-back textarea").fill("请按意见补正")
    page.locator("#dialog-back .btn-primary").click()
    brought_on(page, "凤凰保税物流园")  # the next that waits

    page.goto(f"/desk/filing-reviews/board/{round_id}")
    expect(page.locator("table")).to_contain_text("待补正")
    desk.look("board")


def test_an_expert_marks_and_everything_is_saved_by_itself(open_desk, seeded, watch):
    watch.expect(400)
    round_id, filing_id = seeded
    desk = open_desk("expert1", phone=True)
    page = desk.page
    page.goto(f"/desk/expert-panel/marks/{round_id}")
    line = page.locator(f"#mark-{filing_id}-E2")
    line.locator("[name^=mark-]").fill("188")
    expect(line.locator("[role=status]")).to_contain_text("不能大于 100")
    line.locator("[name^=mark-]").fill("88.5")
    expect(line.locator("[role=status]")).to_contain_text("已保存")
    desk.look("marks")
    page.reload()
    expect(line.locator("[name^=mark-]")).to_have_value("88.5")


def test_marks_that_were_not_saved_stay_in_the_browser(open_desk, seeded, watch):
    watch.expect(400, 503)
    round_id, filing_id = seeded
    desk = open_desk("expert1")
    page = desk.page
    address = f"/desk/expert-panel/marks/{round_id}"
    page.goto(address)
    line = page.locator(f"#mark-{filing_id}-E2")
    saves = "**/desk/expert-panel/mark/**"
    page.route(saves, lambda route: route.fulfill(status=503))
    line.locator("[name^=mark-]").fill("77")
    expect(line.locator("[role=status]")).to_contain_text("已留在本浏览器")
    page.reload()
    expect(line.locator("[name^=mark-]")).to_have_value("77")
    page.get_by_role("button", name="提交评分").click()
    expect(page.locator("[data-marks-held]")).to_contain_text("还没有保存")
    expect(page.locator("dialog#confirm")).not_to_be_visible()
    page.unroute(saves)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(line.locator("[role=status]")).to_contain_text("已保存")
    line.locator("[name^=mark-]").fill("八十")
    page.get_by_role("button", name="提交评分").click()
    expect(line.locator("[role=status]")).to_contain_text("例如 85")
    expect(line.locator("[name^=mark-]")).to_be_focused()
    held = []
    page.route(saves, lambda route: held.insert(0, route), times=1)
    page.reload()
    expect(line.locator("[name^=mark-]")).to_have_value("八十")
    expect(line.locator("[role=status]")).to_contain_text("正在保存")
    line.locator("[name^=mark-]").fill("88.5")
    held[0].continue_()  # the refusal of 八十 arrives after 88.5 was typed
    expect(line.locator("[role=status]")).to_contain_text("已保存")


def test_marks_typed_before_the_script_came_are_saved(open_desk, seeded, watch):
    watch.expect(400)
    round_id, filing_id = seeded
    page = open_desk("expert2").page
    line = page.locator(f"#mark-{filing_id}-E2")
    with late(page, "marks"):
        page.goto(f"/desk/expert-panel/marks/{round_id}")
        line.locator("[name^=mark-]").fill("188")
    expect(line.locator("[role=status]")).to_contain_text("不能大于 100")
    with late(page, "marks"):
        page.reload()  # 188 waits in the browser; what is typed now is newer
        line.locator("[name^=mark-]").fill("66")
    expect(line.locator("[role=status]")).to_contain_text("已保存")
    page.reload()
    expect(line.locator("[name^=mark-]")).to_have_value("66")


def test_a_preview_runs_as_a_job_and_is_read(open_desk, seeded):
    round_id, _filing = seeded
    desk = open_desk("operator")
    page = desk.page
    page.goto(f"/desk/scoring/round/{round_id}")
    desk.look("scoring")
    page.get_by_role("button", name="预计分").click()
    page.wait_for_url("**/desk/scoring/run/*")
    expect(page.locator("table").first).to_contain_text("崖州湾跨境电商产业园")
    desk.look("run")
    page.get_by_role("link", name="得分说明").first.click()
    expect(page.locator("main")).to_contain_text("得 4.00 分，满分 4 分")
    desk.look("why")


def test_a_reason_that_must_be_given_is_missed_in_the_dialog(open_desk, seeded):
    round_id, _filing = seeded
    desk = open_desk("operator", phone=True)
    page = desk.page
    page.goto(f"/desk/assessment-rounds/parks/{round_id}")
    page.get_by_role("button", name="不参评").first.click()
    dialog = page.locator("dialog#confirm")
    error = dialog.locator("#confirm-reason-error")
    expect(error).to_be_hidden()
    expect(dialog.locator("#confirm-reason")).to_be_focused()
    dialog.locator("[data-yes]").click()
    expect(error).to_be_visible()
    expect(dialog.locator("#confirm-reason")).to_be_focused()
    desk.look("dialog without its reason")
    dialog.locator("#confirm-reason").fill("年中开园")
    expect(error).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("恢复参评")
