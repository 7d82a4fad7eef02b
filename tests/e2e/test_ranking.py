"""Published, objected to, upheld, judged again by somebody else, version 2, confirmed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES
from tests.e2e.server import ROOT
from tests.support.pdf_text import pages_of, text_of

REASON = "补充协议的面积没有计入，请核对。"
WHY = "异议成立，面积更正"
#: What the sheet says: the same on the screen, on paper and in the PDF, but for who printed it when.
SAID = "main h1, main th, main td, main .paper-facts span, main .paper-notes li, main .paper-signs span"


#: Whether what stands in each button stands within it.
INSIDE = """all => all.every((one) => {
  const box = one.getBoundingClientRect();
  const inner = [...one.children].map((part) => part.getBoundingClientRect());
  return one.scrollWidth <= one.clientWidth && inner.every((part) => part.left >= box.left && part.right <= box.right);
})"""


class Journey:
    """One round, each step as the person whose step it is."""

    def __init__(self, open_desk, language: str, phone: bool, keys: tuple[int, int], name: str):
        self.open = lambda who: open_desk(who, language=language, phone=phone)
        self.round, self.filing = keys
        self.name = name

    def publishes(self):
        desk = self.open("operator")
        desk.page.goto(f"/desk/publications/{self.round}")
        desk.button("公示").click()
        desk.agree("公示", self.name)
        desk.says("“%(round)s”的排名已公示，各园区/基地会收到通知。", round=self.name)

    def objects(self) -> str:
        desk = self.open("park1")
        page = desk.page
        page.goto(f"/desk/ranking/?round={self.round}")
        desk.look("ranking")
        assert page.locator(".page-acts .btn").evaluate_all(INSIDE), "words leave their button"
        desk.link("提出异议").click()
        page.locator("[name=target][value=indicator]").check()
        page.locator("[name=indicators][value=A1]").check()
        page.locator("#reason").fill(REASON)
        page.locator("#honest").check()
        desk.look("objection")
        desk.button("确定提出").click()
        page.wait_for_url("**/objections/show/*")
        return page.url.rsplit("/", 1)[1]

    def upholds(self, number: str):
        """Handled by who did not review it, agreed to by another."""
        desk = self.open("reviewer2")
        page = desk.page
        page.goto(f"/desk/objections/show/{number}")
        desk.button("受理").click()
        page.locator("dialog#confirm .btn-primary").click()
        desk.link("作出结论").click()
        page.locator("[name=outcome][value=upheld]").check()
        page.locator("#answer").fill("补充协议属实。")
        desk.button("作出结论").click()
        page.wait_for_url(f"**/objections/show/{number}")
        desk = self.open("operator")
        desk.page.goto(f"/desk/objections/show/{number}")
        desk.button("答复").click()
        desk.page.locator("dialog#confirm .btn-primary").click()
        desk.says("待发布更正版本")
        desk.look("upheld")

    def corrects(self):
        """The lead opens it, another judges, the lead scores again."""
        lead = self.open("reviewer")
        page = lead.page
        page.goto(f"/desk/filing-reviews/show/{self.filing}?view=all&item=area_cbec_m2")
        lead.link("重新打开").click()
        page.locator("#dialog-reopen textarea").fill("异议成立")
        page.locator("#dialog-reopen .btn-primary").click()
        expect(page.locator("#item-area_cbec_m2")).to_be_visible()
        expect(page.locator("[data-decide]")).to_have_count(0)  # who had judged it does not again
        other = self.open("reviewer2")
        page = other.page
        page.goto(f"/desk/filing-reviews/show/{self.filing}?view=all&item=area_cbec_m2")
        expect(page.locator("[data-decide]")).to_have_count(1)
        other.look("correction")
        page.locator("#item-area_cbec_m2 [value=passed]").click()
        expect(
            page.locator('#item-area_cbec_m2 [value=passed][aria-pressed="true"]')
        ).to_have_count(1)
        park = page.locator("h1").inner_text()
        other.button("审核完成").click()
        page.locator("dialog#confirm .btn-primary").click()
        other.says("已完成“%(park)s”的审核。", park=park)
        lead.page.goto(f"/desk/scoring/round/{self.round}")
        lead.button("正式计分").click()
        lead.agree("正式计分", self.name)
        lead.page.wait_for_url("**/desk/scoring/run/*")

    def publishes_anew(self):
        desk = self.open("operator")
        page = desk.page
        page.goto(f"/desk/publications/{self.round}")
        first = page.locator(".moves-table tbody tr").first
        expect(first.locator("del").first).to_be_visible()
        expect(first.locator("ins").first).to_be_visible()
        desk.look("before and after")
        page.locator("#why").fill(WHY)
        desk.button("发布").click()
        desk.agree("发布", self.name)
        expect(page.locator(".panel-title", has_text="v2")).to_be_visible()

    def confirms(self):
        desk = self.open("operator")
        desk.page.goto(f"/desk/publications/{self.round}")
        desk.button("确认结果").click()
        desk.agree("确认结果", self.name)
        desk.says("“%(round)s”的考核结果已确认，不能再更正。", round=self.name)
        desk.look("confirmed")

    def paper(self, version: int, folder) -> str:
        """The sheet of a version as the park prints it; its PDF says the same."""
        desk = self.open("park1")
        page = desk.page
        page.goto(f"/desk/ranking/?round={self.round}&version={version}")
        address = page.locator('a[href$="/print"]').get_attribute("href")
        table = [plain(one) for one in page.locator(".ranking-table tbody th a").all_inner_texts()]
        page.locator("details.menu > summary", has_text=desk.say("下载")).click()
        made = desk.download(page.locator('a.menu-item[href*="/pdf"]'), folder).read_bytes()
        page.goto(address)
        told = [plain(one) for one in page.locator(SAID).all_inner_texts()]
        drawn = text_of(made)
        missing = [one for one in told if one not in drawn]
        assert not missing, (missing, drawn)
        rows = page.locator("main tbody tr")
        lines = [plain("".join(one.locator("th, td").all_inner_texts())) for one in rows.all()]
        assert [one for one in lines if one not in drawn] == []
        assert [line for line, name in zip(lines, table, strict=True) if name not in line] == []
        assert pages_of(made) == 1
        return "\n".join(lines)


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def seeded(server, name: str) -> tuple[int, int]:
    command = [sys.executable, "-m", "tests.support.seed_ranking", name]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=True
    )
    first, second = done.stdout.split()[-2:]
    return int(first), int(second)


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_published_objected_corrected_confirmed(open_desk, server, tmp_path, language, phone):
    name = f"排名旅程 {language}"
    journey = Journey(open_desk, language, phone, seeded(server, name), name)
    journey.publishes()
    before = journey.paper(1, tmp_path)
    journey.upholds(journey.objects())
    journey.corrects()
    journey.publishes_anew()
    assert journey.paper(1, tmp_path) == before
    assert journey.paper(2, tmp_path) != before
    # the days of the window pass: no clock of a running server can be moved
    server.write(
        "UPDATE ranking_snapshot SET window_from = '2026-01-01', window_until = '2026-01-08' "
        "WHERE round_id = ?",
        journey.round,
    )
    journey.confirms()
