"""Ctrl+K: a page, an act of the page and a record, by keyboard and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import BOTH, BOTH_NAMES


@pytest.mark.parametrize(("language", "phone"), BOTH, ids=BOTH_NAMES)
def test_found_and_opened(open_desk, language, phone):
    desk = open_desk("park1", language=language, phone=phone)
    page = desk.page
    page.goto("/desk/enterprises/list/")
    page.locator("html[data-ready]").wait_for()
    box, text = page.locator("#palette"), page.locator("#palette-text")
    chosen = box.locator("[role=option][aria-selected=true]")

    # a page of the menu, without a word to the server
    if phone:
        page.locator("[data-palette-open]").click()
    else:
        page.keyboard.press("Control+k")
    expect(text).to_be_focused()
    text.fill(desk.say("消息")[:4])
    expect(chosen).to_have_count(1)
    text.fill(desk.say("工作台"))
    expect(chosen).to_contain_text(desk.say("工作台"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/$"))

    # a record
    page.locator("html[data-ready]").wait_for()
    page.locator("[data-palette-open]").click()
    with page.expect_response(re.compile(r"/desk/find/\?q=")):
        text.fill("海南")
    expect(box.get_by_role("group", name=desk.say("企业管理"))).to_be_visible()
    desk.look("the palette with records")
    first = box.get_by_role("group", name=desk.say("企业管理")).locator("[role=option]").first
    name = first.locator("span").inner_text()
    while chosen.locator("span").inner_text() != name:
        page.keyboard.press("ArrowDown")
    expect(text).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_an_act_of_the_page_and_the_switch(open_desk):
    desk = open_desk("park1")
    page = desk.page
    page.goto("/desk/enterprises/list/")
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill("新增企业")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/enterprises/add")
    page.goto("/desk/enterprises/list/")
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()
    page.locator("[data-palette-open]").click()  # the button stays
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
