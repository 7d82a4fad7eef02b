"""The public site as everybody meets it: both widths, 长辈版, 无障碍, dark, Chinese and English."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import fits, scan

PAGES = (
    *("/", "/news", "/parks", "/rankings/", "/verify/"),
    *("/search?q=园区", "/search?q=zzzz", "/documents/legal", "/login"),
)
#: Larger type breaks narrow pages, colours are the same at every width.
MODES = (
    ({}, False),
    ({}, True),
    ({"view": "large"}, True),
    ({"view": "contrast"}, False),
    ({"theme": "dark"}, True),
)
MODE_NAMES = ("plain", "plain-phone", "large-phone", "contrast", "dark-phone")


def first(page, address: str, pattern: str) -> str:
    """The first link of a list that leads to one of its things."""
    page.goto(address)
    links = page.evaluate("[...document.links].map((one) => one.getAttribute('href'))")
    return next(link for link in links if re.fullmatch(pattern, link or ""))


@pytest.mark.parametrize(("mode", "phone"), MODES, ids=MODE_NAMES)
def test_every_page_fits_and_can_be_read(open_desk, server, mode, phone):
    desk = open_desk(phone=phone)
    page = desk.page
    for name, value in mode.items():
        page.context.add_cookies([{"name": name, "value": value, "url": server.address}])
    article = first(page, "/news", r"/news/\d+")
    park = first(page, "/parks", r"/parks/[\w-]+")
    apply = first(page, park, r"/parks/[\w-]+/apply")
    for address in (*PAGES, article, park, apply):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        fits(page)
        scan(page)


def test_the_larger_type_is_chosen_and_remembered(open_desk):
    page = open_desk(phone=True).page
    page.goto("/news")
    size = "document.querySelector('main h1, main h2').getBoundingClientRect().height"
    before = page.evaluate(size)
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).to_have_attribute("data-view", "large")
    assert page.evaluate(size) > before
    page.goto("/parks")
    expect(page.locator("html")).to_have_attribute("data-view", "large")
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).not_to_have_attribute("data-view", "large")
    page.goto("/news")
    assert page.evaluate(size) == before


def test_the_languages_stand_on_one_line_on_a_phone(open_desk):
    page = open_desk(phone=True).page
    page.goto("/verify/")
    page.locator(".util-lang [value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    tops = page.locator(".util-lang [name=lang]").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().top)"
    )
    assert len(set(tops)) == 1
    fits(page)
    scan(page)


def test_a_search_by_initials_finds_and_leads_on(open_desk):
    desk = open_desk()
    page = desk.page
    page.goto("/")
    page.get_by_role("searchbox").first.fill("yzw")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("崖州湾")
    page.locator("main").get_by_role("link").filter(has_text="崖州湾").first.click()
    page.go_back()
    expect(page.get_by_role("searchbox").first).to_have_value("yzw")
