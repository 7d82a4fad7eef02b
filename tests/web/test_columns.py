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


def test_words_may_take_a_second_line_figures_days_and_codes_never():
    """A long name on the page must not push the last column under the acts."""
    columns = [
        Column("name", "名称", frozen=True),
        Column("park", "园区/基地"),
        Column("role", "角色"),
        Column("code", "代码"),
        Column("at", "时间"),
        Column("contact", "联系人"),
    ]
    short = [
        Cell("甲"),
        Cell("甲园"),
        Cell("卖家"),
        Cell("91460200MA0016400X"),
        Cell("2026-11-23 17:10"),
    ]
    long = [Cell("海棠湾跨境电商有限公司"), Cell("三亚跨境电商人才培训基地"), *short[2:]]
    contact = Cell("郑磊", muted="130****6705")
    rows = [Row("1", "甲", (*short, contact)), Row("2", "乙", (*long, contact))]
    told = [dress.cell for dress in ui.column_dress(columns, rows)]
    assert ["words" in one for one in told] == [True, True, False, False, False, False]
