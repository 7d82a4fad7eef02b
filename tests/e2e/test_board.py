"""The 工作台 in a browser: charts are drawn from their tables, follow the theme, open the lists."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

BLUE = {"light": "#0b62c4", "dark": "#4f95e6"}


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize(("who", "language"), [("park1", "zh"), ("operator", "en")])
def test_charts_are_drawn_and_lead_to_their_lists(open_desk, who, language, phone):
    desk = open_desk(who, language=language, phone=phone)
    page = desk.page
    page.goto("/desk/")
    boxes = page.locator("[data-chart]")
    expect(boxes.locator("svg")).to_have_count(boxes.count())
    desk.look("board with its charts")

    funnel = page.locator("[data-of=table-settlements]")
    told = page.locator("#table-settlements [data-counts]")
    drawn = funnel.locator("svg text").all_text_contents()
    for number in told.all_text_contents():
        assert any(text.split()[0] == number for text in drawn), (number, drawn)
    first = told.first.text_content()
    funnel.locator(f'path[fill="{BLUE["light"]}"]').first.click()
    page.wait_for_url("**/desk/settlements/list/**")
    expect(page.locator("p.count[role=status]")).to_contain_text(str(first).strip())


def test_a_chart_takes_the_colours_of_the_theme_and_the_width_of_the_window(open_desk):
    page = open_desk("park1").page
    page.goto("/desk/")
    funnel = page.locator("[data-of=table-settlements]")
    expect(funnel.locator(f'path[fill="{BLUE["light"]}"]').first).to_be_visible()
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(funnel.locator(f'path[fill="{BLUE["dark"]}"]').first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => { const box = document.querySelector('[data-of=table-settlements]');"
        " return Math.abs(box.querySelector('svg').clientWidth - box.clientWidth) < 2; }"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_chart_is_as_high_as_its_box_at_every_width(open_desk):
    """Fewer lines of legend ask for less height: drawn for more, the numbers of the axis are cut."""
    page = open_desk("operator", language="en").page
    page.goto("/desk/")
    charts = page.locator("[data-chart=bars]")
    expect(charts.locator("svg")).to_have_count(charts.count())
    for width in (1440, 1300, 700, 390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-chart=bars]')].every((box) => {"
            " const svg = box.querySelector('svg').getBoundingClientRect();"
            " return Math.abs(svg.width - box.clientWidth) < 2"
            " && Math.abs(svg.height - box.clientHeight) < 2; })"
        )


def test_without_scripts_the_tables_say_it(chrome, server, cookies, open_desk):
    open_desk("park1")  # keeps the cookies
    context = chrome.new_context(
        java_script_enabled=False, base_url=server.address, storage_state=cookies["park1", "zh"]
    )
    page = context.new_page()
    page.goto("/desk/")
    expect(page.locator("[data-chart]").first).to_be_hidden()
    page.locator("summary", has_text="数据表").first.click()
    expect(page.locator("#table-settlements [data-counts]").first).to_be_visible()
    context.close()
