"""The dress of a list's columns: what a card on a phone shows in its corner, what as a fact."""

from __future__ import annotations

import pytest

from app.web import ui
from app.web.listing.page import Cell, Column, Row

pytestmark = pytest.mark.one_database("it asks no table")


def test_a_card_has_one_corner_for_where_an_entry_stands():
    """A second dot would be written over the first: it is a fact with its label."""
    columns = [Column("state", "状态"), Column("public", "公开情况")]
    cells = (Cell("已通过", dot="success"), Cell("已发布", dot="success"))
    state, public = ui.column_dress(columns, [Row("1", "甲", cells)])
    assert 'class="state"' in state.cell
    assert "state" not in public.cell
    assert 'data-label="公开情况"' in public.cell
