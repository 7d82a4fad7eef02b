"""Pages of the register: a total order on every page, and no more statements than said."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.core import scope
from app.extensions import db
from app.extensions.lists.criteria import Criteria, Rules
from app.features.enterprises.views.source import FILTERS, EnterpriseSource
from tests.support import enterprises as made

pytestmark = pytest.mark.usefixtures("context")
LIST = "/desk/enterprises/list/"
SOURCE = EnterpriseSource()
RULES = Rules(FILTERS, ("settled_on", "annual_sales", "name"), ("settled_on", "desc"))


def test_pages_together_are_the_whole_in_order():
    for serial in range(1, 61):
        made.add("P01", serial, annual_sales=Decimal(serial % 7) if serial % 3 else None)
    for sort in ("", "annual_sales", "name"):
        for descending in (False, True):
            pages, whole = _pages_and_whole(sort, descending)
            assert [len(page) for page in pages] == [25, 25, 10, 0], (sort, descending)
            assert [pk for page in pages for pk in page] == whole, (sort, descending)


def _pages_and_whole(sort, descending):
    with made.acting("park1"):
        criteria = [
            Criteria(RULES, sort=sort, descending=descending, page=page, year=made.YEAR)
            for page in (1, 2, 3, 4)
        ]
        pages = [[row.pk for row in SOURCE.rows(one, ("name", "annual_sales"))] for one in criteria]
        whole = [*db.session.scalars(SOURCE.ordered(SOURCE.selected(criteria[0], ()), criteria[0]))]
    return pages, whole


def test_a_page_of_another_park_is_empty_beyond_the_first_too():
    for serial in range(1, 31):
        made.add("P01", serial)
    with made.acting("park2"):
        for page in (1, 2):
            assert SOURCE.rows(Criteria(RULES, page=page, year=made.YEAR), ("name",)) == []


def test_the_list_page_takes_ten_statements(as_):
    for serial in range(1, 31):
        made.add("P01", serial)
    browser = as_("park1")
    browser.page("/desk/enterprises/list/")
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event_on = db.engine if isinstance(db.engine, sa.Engine) else db.engines[None]
    sa.event.listen(event_on, "before_cursor_execute", note)
    try:
        browser.page("/desk/enterprises/list/")
    finally:
        sa.event.remove(event_on, "before_cursor_execute", note)
    reading = [one for one in said if one.startswith("SELECT")]
    assert len(reading) <= 10, reading  # the bell's count is one of them


def test_english_counts_one_enterprise_and_two_enterprises(app, as_, two_parks):
    browser = as_("clerk1")
    browser.set_cookie("lang", "en")
    assert "1 enterprise<" in browser.page("/desk/enterprises/list/")
    with app.app_context(), scope.unscoped():
        made.add("P01", 9)
    assert "2 enterprises<" in browser.page("/desk/enterprises/list/")


def test_a_card_shows_what_the_list_is_sorted_by(as_, two_parks):
    """``rest``: what a card leaves out."""
    browser = as_("clerk1")

    def left_out(label, query):
        cell = re.search(rf'<td([^>]*) data-label="{label}', browser.page(LIST + query))[1]
        return "rest" in cell

    assert not left_out("入驻日期", "")
    assert left_out("入驻日期", "?sort=name")
    assert not left_out("年销售额", "?sort=annual_sales")


def test_the_likely_next_act_of_a_record_stands_last(as_, two_parks):
    page = as_("park1").page(f"/desk/enterprises/show/{two_parks[0]}")
    bar = page.partition('class="page-acts"')[2].partition("</div>")[0]
    places = [bar.index(word) for word in ("删除", "申请迁园", "编辑")]
    assert places == sorted(places)


def test_tabs_of_a_narrowed_list_promise_no_rows_that_are_not_there(as_, context):
    def tabs(query):
        page = as_("clerk1").page(f"/desk/enterprises/list/{query}")
        nav = re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0]
        told = re.findall(r"<a [^>]*>([^<]+)(?:<span class=\"pill[^>]*>([\d,]+)<)?", nav)
        return {label.strip(): number for label, number in told}

    made.add("P01", 1, name="窄窄跨境有限公司")
    made.add("P01", 2, name="宽宽跨境有限公司")
    whole = tabs("")
    assert all(whole.values())
    narrowed = tabs("?q=窄窄")
    assert narrowed.pop("全部") == "1"
    assert set(narrowed.values()) == {""}
    on_a_tab = tabs("?q=窄窄&status=在园")
    assert on_a_tab.pop("在园") == "1"
    assert set(on_a_tab.values()) == {""}
    assert tabs("?status=在园") == whole
