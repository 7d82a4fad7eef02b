"""审核: the reason is asked for at its field, and one click decides one item."""

from __future__ import annotations

import re

from playwright.sync_api import expect

LIST = "/desk/reviews/list/"
HIT = """() => {
  const box = document.querySelector("[data-review] button[data-key=a]").getBoundingClientRect();
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return Boolean(there?.closest("button[data-key=a]"));
}"""
EARLY = f"""addEventListener("DOMContentLoaded", () => {{
  if (document.querySelector("[data-review]")) window.early = ({HIT})();
}})"""

#: The pause ends when the test says so.
PAUSED = """{
  const soon = setTimeout;
  window.setTimeout = (act, after) => {
    if (after !== 600) return soon(act, after);
    window.pauseOver = act;
  };
}"""


def _waiting(page) -> int:
    """How many items the first tab counts."""
    page.goto(LIST)
    return int(page.locator(".tabs a[aria-current] .pill").first.inner_text())


def _open_first(page) -> str:
    page.goto(LIST)
    page.locator("tbody tr", has_text="待审核").first.locator("th a").click()
    page.locator("html[data-ready] [data-review]").wait_for()
    return page.url


def test_a_reason_is_asked_for_at_its_field(open_desk):
    desk = open_desk("reviewer")
    page = desk.page
    here = _open_first(page)
    reason, said = page.locator("#reason"), page.locator("#reason-error")
    desk.button("退回修改").click()
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_be_focused()
    expect(said).to_have_text(re.compile("请写明原因"))
    desk.look("review without a reason")
    reason.press_sequentially("面")
    expect(said).to_be_hidden()
    expect(reason).not_to_have_attribute("aria-invalid", "true")
    assert page.url == here


def test_a_double_click_decides_one_item(open_desk):
    desk = open_desk("reviewer")
    page = desk.page
    before = _waiting(page)
    here = _open_first(page)
    desk.button("通过").dblclick()
    page.wait_for_url(lambda url: url != here)
    expect(page.locator("[data-review]")).to_be_visible()
    assert _waiting(page) == before - 1


def test_the_next_item_takes_no_click_that_was_meant_for_the_last(open_desk):
    """As early as can be, the same button under the same finger takes nothing; a moment later it does."""
    page = open_desk("reviewer").page
    page.add_init_script(EARLY)
    _open_first(page)
    assert page.evaluate("window.early") is False
    page.wait_for_function(HIT)


def test_the_next_item_rests_for_a_moment_and_is_seen_to(open_desk):
    """Whoever presses A twice decides one item; the acts of the next one rest until the pause is over."""
    desk = open_desk("reviewer")
    page = desk.page
    before = _waiting(page)
    here = _open_first(page)
    page.add_init_script(PAUSED)
    page.keyboard.press("a")
    page.wait_for_url(lambda url: url != here)
    page.locator("html[data-ready] [data-review]").wait_for()
    approve = desk.button("通过")
    expect(approve).to_be_disabled()
    page.keyboard.press("a")
    page.evaluate("pauseOver()")
    expect(approve).to_be_enabled()
    assert _waiting(page) == before - 1
