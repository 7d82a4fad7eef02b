"""The list: filters, views, columns, density, order, keys, many at once, dark, two parks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.screens import Register


@pytest.fixture(autouse=True)
def _fresh_preferences(server):
    """Kept columns, density and views belong to the person: each test starts without any."""
    yield
    for table in ("list_preference", "saved_view"):
        if server.rows("SELECT 1 FROM sqlite_master WHERE name = ?", table):
            server.write(f"DELETE FROM {table}")


def test_filters_become_chips_and_stay_in_the_address(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    everything = register.count()
    role = desk.page.locator("details.pick", has_text="企业角色")
    role.locator("summary").click()
    role.get_by_label("卖家").check()
    desk.page.keyboard.press("Escape")
    desk.page.locator("[data-more]").click()
    desk.page.locator("#filters-more select[name=customs_credit]").select_option("常规")
    desk.button("查询").click()
    expect(register.chips).to_have_count(2)
    assert "roles=" in desk.page.url
    assert "customs_credit=" in desk.page.url
    assert "q=" not in desk.page.url  # empty parameters are left out
    desk.look("filtered")
    expect(desk.page.locator(".page-head .count")).to_contain_text(f"{everything}")
    address = desk.page.url

    register.row("").first.get_by_role("link").first.click()
    desk.page.go_back()
    assert desk.page.url == address
    register.chips.filter(has_text="常规").get_by_role("link").click()
    expect(register.chips).to_have_count(1)
    desk.link("清除全部").click()
    expect(register.chips).to_have_count(0)
    assert register.count() == everything


def test_one_search_box_knows_pinyin_initials_and_codes(open_desk, server):
    desk = open_desk("park2")
    name, code, key = server.rows(
        "SELECT e.name, e.uscc, e.name_key FROM enterprise e JOIN park p ON p.id = e.park_id "
        "WHERE p.code = 'P02' ORDER BY e.id DESC LIMIT 1"
    )[0]
    initials = key.split("|")[1]
    for text in (name[2:5], name[3], initials[:6], key.split("|")[0][:12], code[:16]):
        register = Register(desk).open()
        register.search(text)
        expect(register.row(code).first).to_be_visible()


def test_columns_are_chosen_and_ordered_by_buttons(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    chooser = desk.page.locator("details.chooser")
    chooser.locator("summary").click()
    chooser.get_by_label("监管方式", exact=True).uncheck()
    chooser.get_by_label("行业", exact=True).check()
    before = chooser.locator("li").all_inner_texts()
    chooser.get_by_role("button", name="上移 行业").click()
    expect(chooser.locator("li").nth(before.index("行业") - 1)).to_have_text("行业")
    desk.look("chooser")
    chooser.get_by_role("button", name="确定").click()
    expect(register.table.locator("thead")).to_contain_text("行业")
    expect(register.table.locator("thead")).not_to_contain_text("监管方式")
    register.open()
    expect(register.table.locator("thead")).to_contain_text("行业")
    chooser.locator("summary").click()
    chooser.get_by_role("button", name="恢复默认").click()
    expect(register.table.locator("thead")).to_contain_text("监管方式")


def test_density_is_remembered(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    tall = register.rows.first.bounding_box()["height"]
    desk.page.get_by_role("button", name="行高：舒适，改为紧凑").click()
    expect(desk.page.get_by_role("button", name="行高：紧凑，改为舒适")).to_be_visible()
    register.open()
    assert register.rows.first.bounding_box()["height"] < tall


def test_order_by_the_head_says_so(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    head = register.table.locator("thead th", has_text="年销售额")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", re.compile("ascending|descending"))
    first = head.get_attribute("aria-sort")
    head.get_by_role("link").focus()
    desk.page.keyboard.press("Enter")
    expect(head).to_have_attribute(
        "aria-sort", "descending" if first == "ascending" else "ascending"
    )
    expect(register.table.locator("thead [aria-sort]")).to_have_count(1)
    cells = register.rows.locator('[data-label^="年销售额"]').all_inner_texts()
    numbers = [float(text.replace(",", "")) for text in cells if text != "—"]
    assert numbers == sorted(numbers, reverse=first == "ascending")


def test_keys_of_the_list(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    keys = desk.page.keyboard
    desk.page.locator("[data-bulk]").wait_for(state="attached")
    keys.press("/")
    expect(desk.page.locator("[data-search]")).to_be_focused()
    desk.page.locator("[data-search]").blur()
    for key in "jjk":
        keys.press(key)
    expect(register.rows.first).to_have_class(re.compile("here"))
    keys.press("x")
    expect(register.rows.first.locator("input[name=pk]")).to_be_checked()
    expect(desk.page.locator("[data-bulk]")).to_have_class(re.compile(r"\bon\b"))
    keys.press("?")
    expect(desk.page.locator("dialog#keys")).to_be_visible()
    desk.look("keys")
    keys.press("Escape")
    name = register.rows.first.locator("th a").inner_text()
    register.rows.first.locator("th a").focus()
    keys.press("Enter")
    expect(desk.page.locator("h1")).to_have_text(name)

    register.open()
    desk.open_user_menu().locator("[data-keys-help]").click()
    desk.page.locator("[data-keys-switch]").uncheck()
    keys.press("Escape")
    keys.press("j")
    expect(register.table.locator("tr.here")).to_have_count(0)


def test_all_matching_rows_at_once(open_desk):
    desk = open_desk("operator")
    register = Register(desk).open("?q=南海")
    total = register.count_matching()
    assert total > register.rows.count()
    register.table.locator("[data-tick-all]").check()
    bar = desk.page.locator("[data-bulk]")
    expect(bar.locator("[data-bulk-count]")).to_have_text(str(register.rows.count()))
    bar.get_by_text(f"选择全部 {total} 条").click()
    expect(bar.locator("[data-bulk-count]")).to_have_text(str(total))
    desk.look("bulk bar")
    bar.locator("[data-dialog=bulk-status]").click()
    dialog = desk.page.locator("dialog#bulk-status")
    expect(dialog.locator("[data-picked]")).to_have_text(str(total))
    desk.look("bulk dialog")
    dialog.locator("select").select_option("暂停")
    dialog.locator(".btn-primary").click()
    register.open("?q=南海&status=暂停")
    assert register.count_matching() == total


def test_dark_and_light(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    desk.theme("深色")
    expect(desk.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    for address in (
        "/desk/",
        "/desk/enterprises/list/",
        "/desk/enterprises/imports/new",
        "/desk/enterprises/add",
        "/desk/enterprises/export",
    ):
        desk.page.goto(address)
        desk.look(f"dark {address}")
    register.open()
    register.rows.first.get_by_role("link").first.click()
    desk.look("dark record")
    desk.theme("跟随系统")
    expect(desk.page.locator("html")).to_have_attribute("data-theme-choice", "auto")


def test_a_person_of_two_parks_switches(open_desk):
    desk = open_desk("base1")
    register = Register(desk).open()
    here = desk.page.locator("details.park-menu summary").inner_text().strip()
    first = set(register.rows.locator("th a").evaluate_all("all => all.map((a) => a.href)"))
    desk.page.locator("details.park-menu summary").click()
    desk.look("switcher")
    other = desk.page.locator("details.park-menu .menu-item:not([aria-current])")
    name = other.inner_text().strip()
    assert name != here
    other.click()
    expect(desk.page.locator("details.park-menu summary")).to_contain_text(name)
    register.open()
    second = set(register.rows.locator("th a").evaluate_all("all => all.map((a) => a.href)"))
    assert first
    assert second
    assert not first & second


HIDDEN = """() => {
  const box = document.querySelector("[data-table]");
  return [box.querySelector("table").scrollWidth - box.clientWidth, box.className];
}"""
MIDDLES = """() => [...document.querySelectorAll(".search-box, .filters-acts, .list-tools")]
  .map((one) => one.getBoundingClientRect()).map((box) => Math.round(box.top + box.height / 2))"""


def test_no_column_lies_under_the_acts_and_what_scrolls_says_so(open_desk):
    desk = open_desk("park1")
    register = Register(desk).open("?page=3")  # with the longest names of the park
    wider, classes = desk.page.evaluate(HIDDEN)
    assert wider <= 0
    assert "more-after" not in classes
    assert len(set(desk.page.evaluate(MIDDLES))) == 1  # search, three filters and tools: one row
    desk.page.set_viewport_size({"width": 1000, "height": 900})
    box = desk.page.locator("[data-table]")
    expect(box).to_have_class(re.compile("more-after"))
    expect(box).not_to_have_class(re.compile("more-before"))
    box.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    expect(box).to_have_class(re.compile("more-before"))
    expect(box).not_to_have_class(re.compile("more-after"))
    expect(register.row("").first).to_be_visible()
