"""A visitor applies, the park speaks with them and lands it, the enterprise is in the register."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from app.cli.demo.enterprises import code_of
from tests.e2e.browser import BOTH, BOTH_NAMES

SERIALS = {"zh": 650_001, "en": 650_004}


def code_for(server, number: str) -> str:
    """The code as the simulated phone shows it (the message goes out after the answer)."""
    address = f"http://127.0.0.1:{server.sandbox_port}/api/messages?phone={number}"
    for _ in range(100):
        with urllib.request.urlopen(address, timeout=5) as answer:
            texts = json.load(answer)["messages"]
        if texts:
            return re.search(r"(\d{6})", texts[0]["text"])[1]
        time.sleep(0.1)
    raise AssertionError("no code came")


def _apply(visit, server, company: str, number: str) -> str:
    """As a visitor, without signing in; the reference number."""
    page = visit.page
    page.goto("/parks/P01/apply")
    page.locator("#company").fill(company)
    page.locator("#contact_name").fill("旅程人")
    page.locator("#phone").fill(number)
    visit.look("application form")
    page.locator("[data-get-code]").click()
    expect(page.locator("[data-get-code]")).to_be_disabled()
    page.locator("#code").fill(code_for(server, number))
    page.locator("#agree").check()
    page.get_by_role("button", name="提交申请").last.click()
    page.wait_for_url("**/apply/done**")
    visit.look("application sent")
    return page.locator(".settle-number dd").first.inner_text()


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_from_the_form_to_the_register(open_desk, server, watch, language, phone):
    watch.expect(400)
    serial = SERIALS[language]
    company, number = f"三亚旅程{serial}号有限公司", f"13910{serial}"

    reference = _apply(open_desk(phone=phone), server, company, number)

    desk = open_desk("park1", language=language, phone=phone)
    desk.menu("入驻申请处理")
    desk.look("list of applications")
    desk.page.goto(f"/desk/settlements/list/?q={reference}")
    desk.page.get_by_role("link", name="旅程人").click()
    desk.look("application")
    desk.page.locator("#follow-text").fill("约了下周看场地")
    desk.button("跟进").click()
    desk.says("处理记录")
    expect(desk.page.locator(".history")).to_contain_text("约了下周看场地")

    desk.link("已落地").click()
    dialog = desk.page.locator("dialog[data-open]")
    expect(dialog).to_be_visible()
    desk.look("landing asks once more")
    dialog.locator("#land-uscc").fill("91460200")
    dialog.get_by_role("button", name=desk.say("确定")).click()
    expect(dialog.locator("#land-uscc")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator("#land-name")).to_have_value(company)
    dialog.locator("#land-uscc").fill(code_of(serial))
    dialog.get_by_role("button", name=desk.say("确定")).click()
    desk.page.wait_for_url("**/show/*")
    expect(dialog).to_have_count(0)

    desk.page.goto(f"/desk/enterprises/list/?q={code_of(serial)}")
    expect(desk.page.get_by_role("link", name=company)).to_be_visible()
