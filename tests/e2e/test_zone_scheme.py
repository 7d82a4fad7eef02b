"""The zone makes a scheme out of the reference, tries a rule, mends a fault, and opens a round that
a park then finds in 考核填报列表."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.core import clock
from tests.e2e.browser import BOTH, BOTH_NAMES

SCHEMES, ROUNDS = "/desk/assessment-schemes", "/desk/assessment-rounds"
#: The worker looks at the clock every 10 seconds.
OPENED_WITHIN = 90_000
NEXT = {"zh": "剩 ", "en": "left"}


def scheme(desk, code: str) -> str:
    """方案: out of the reference, with one fault on the way. Its address."""
    page = desk.page
    page.goto(f"{SCHEMES}/list/")
    desk.link("新建方案").first.click()
    page.locator("[name=code]").fill(code)
    page.locator("[name=name]").fill(f"Scheme {code}")
    desk.button("保存").click()
    page.wait_for_url("**/version/*")
    address = page.url.split("#")[0]
    desk.look("scheme from the reference")
    desk.says("没有错误，可以用于考核。考核发布后这一版本不能再修改。")
    a1 = page.locator("article", has=page.locator(".zone-code", has_text=re.compile("^A1$")))

    a1.last.get_by_role("link", name=desk.say("编辑")).click()
    said = page.locator("[data-try-rule] output")
    page.locator("#try").fill("9999")
    expect(said).to_have_text(desk.say("得 %(points)s 分", points="2.50"))
    page.locator("#try").fill("10000")  # [3000, 10000) ends here
    expect(said).to_have_text(desk.say("得 %(points)s 分", points="3.50"))
    desk.look("one indicator with its example")
    page.locator("[name=max_score]").fill("5")
    desk.button("保存").click()
    page.wait_for_url("**#indicators*")
    expect(page.locator(".zone-faults li")).to_have_count(1)
    desk.look("scheme with a fault")

    a1.last.get_by_role("link", name=desk.say("编辑")).click()
    page.locator("[name=max_score]").fill("4")
    desk.button("保存").click()
    desk.says("没有错误，可以用于考核。考核发布后这一版本不能再修改。")
    expect(page.locator(".zone-faults")).to_have_count(0)
    return address


def planned(desk, address: str, name: str) -> None:
    """考核: its days out of the scheme, from today on; P01 takes part; 发布."""
    page = desk.page
    page.goto(f"{ROUNDS}/add?version={address.rsplit('/', 1)[1]}")
    page.locator("[name=name]").fill(name)
    # The year after the newest assessed one is proposed; this round is one more of the last full year.
    year = clock.last_full_year()
    page.locator("[name=period_from]").fill(f"{year}-01-01")
    for field in ("period_to", "cut_off_on"):
        page.locator(f"[name={field}]").fill(f"{year}-12-31")
    page.locator("[name=previous_id]").select_option("")
    page.locator("[name=opens_on]").fill(clock.today().isoformat())
    page.locator("[name=fill_until]").fill("")
    page.get_by_role("button", name=desk.say("按方案的期限安排日期")).click()
    expect(page.locator("[name=fill_until]")).not_to_have_value("")
    expect(page.locator("#fill_until-hint")).to_contain_text("20")  # working days of the window
    desk.look("plan of a round")
    desk.button("保存").click()
    page.wait_for_url("**/show/*")
    desk.link("参评园区").click()
    row = page.locator("tbody tr", has_text="P01")
    row.locator("[name=park]").check()
    desk.look("parks of a round")
    desk.button("保存").click()
    expect(row.locator("[name=park]")).to_be_checked()
    desk.link("详情").click()
    desk.button("发布").click()
    desk.agree("发布", name)


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_from_the_reference_to_an_open_round(open_desk, language, phone):
    name = f"Round of {language}"
    desk = open_desk("operator", language=language, phone=phone)
    planned(desk, scheme(desk, f"ZONE-{language}"), name)
    state = desk.page.locator(".state-word")
    expect(state).to_contain_text(desk.say("待开始"))
    desk.look("planned round")

    park = open_desk("park1", language=language, phone=phone)
    page = park.page
    line = page.locator("tbody tr, article", has_text=name)
    page.goto("/desk/filings/")
    for _second in range(OPENED_WITHIN // 1000):
        if line.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(line.first).to_contain_text(park.say("填报"))
    park.look("list of rounds")
    desk.page.reload()
    expect(state).to_contain_text(desk.say("填报中"))
