"""Parts of pages kept between requests: one for each key and language."""

from __future__ import annotations

from markupsafe import Markup

from app.web import fragments
from app.web.listing.page import Control


def test_a_part_is_made_once_for_a_key_and_a_language(app):
    made: list[str] = []

    def caller() -> Markup:
        made.append("x")
        return Markup("<b>{}</b>").format(len(made))

    with app.test_request_context():
        first = fragments.fragment("test", 1, caller=caller)
        assert fragments.fragment("test", 1, caller=caller) is first
        assert fragments.fragment("test", 2, caller=caller) != first
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        fragments.fragment("test", 1, caller=caller)
    assert len(made) == 3


def test_no_more_are_kept_than_said(app):
    with app.test_request_context():
        for number in range(fragments.MOST + 10):
            fragments.fragment("many", number, caller=lambda: Markup("x"))
    assert len(fragments._kept) <= fragments.MOST


def test_a_control_is_kept_for_everybody_only_empty_and_small():
    few, many = ((tuple((str(n), str(n)) for n in range(most))) for most in (100, 101))
    assert Control("park", "园区", "choice", options=few).shared
    assert not Control("park", "园区", "choice", options=many).shared
    assert not Control("park", "园区", "choice", "7", options=few).shared
    assert Control("day", "日期", "date_range", ("", "")).shared
    assert not Control("day", "日期", "date_range", ("", "2026-01-01")).shared
    assert not Control("roles", "角色", "multi", ["a"], options=few).shared
