"""What a panel's head says of where its values came from, and what each value says itself."""

from __future__ import annotations

import pytest

from app.web.listing.page import Cell, Fact
from app.web.listing.sourced import shared_source

pytestmark = pytest.mark.one_database("it asks no table")

IMPORT = "导入 · 2026-11-23 · 陈海燕"


def fact(source: str = "", *, url: str = "", proven: bool = False) -> Fact:
    return Fact("名称", Cell("甲"), source=source, source_url=url, proven=proven)


@pytest.mark.parametrize(
    ("facts", "words", "rest"),
    [
        ([fact(IMPORT), fact(IMPORT), fact()], IMPORT, False),
        ([fact(IMPORT), fact(IMPORT), fact("手工录入 · 2026-11-23")], IMPORT, True),
        ([fact(IMPORT), fact(IMPORT), fact("海易办认证", proven=True)], IMPORT, True),
        ([fact(IMPORT), fact("手工录入")], None, None),  # neither is the common one
        ([fact(IMPORT), fact()], None, None),  # one value says its own
        ([fact(IMPORT, url="/1"), fact(IMPORT, url="/2")], None, None),  # two imports of a day
        ([fact("海易办认证", proven=True)] * 3, None, None),  # each with its lock
        ([], None, None),
    ],
)
def test_what_most_values_share_is_said_once(facts, words, rest):
    shared = shared_source(facts)
    assert (shared and shared.words) == words
    assert (shared and shared.rest) == rest


def test_what_differs_or_is_certified_keeps_its_own_line():
    shared = shared_source([fact(IMPORT), fact(IMPORT)])
    assert shared is not None
    assert shared.covers(fact(IMPORT))
    assert not shared.covers(fact("手工录入"))
    assert not shared.covers(fact(IMPORT, proven=True))
