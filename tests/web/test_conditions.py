"""高级筛选 as text, sentence and clause: strictly read, the same in words, and safe on every column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import scope
from app.extensions.lists import where
from app.extensions.lists.asked import (
    BoolColumn,
    ChoiceColumn,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.periods import PERIODS, days_of
from app.extensions.lists.spec import BadQuery
from app.web.acting import act_as
from tests.support import people

STATES = (("in", "在园"), ("out", "迁出"))
COLUMNS = {
    one.name: one
    for one in (
        TextColumn("name", "名称", None),
        ChoiceColumn("status", "状态", None, holds=None, options=STATES),
        NumberColumn("capital", "注册资本(万元)", None, places=2),
        NumberColumn("staff", "人数", None),
        DateColumn("settled", "入驻日期", None),
        BoolColumn("filed", "备案", None),
    )
}


def tree(text):
    return where.parse(text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("status.any(in)", "状态是“在园”"),
        ("status.none(in,out)", "状态不是“在园”或“迁出”"),
        (
            "and(status.any(in),or(capital.ge(500),name.empty()))",
            "状态是“在园”，且（注册资本不少于 500 万元，或名称为空）",
        ),
        ("capital.between(-1.5,12000)", "注册资本在 -1.5 至 12,000 万元 之间"),
        ("settled.in(last_30)", "入驻日期在近 30 天"),
        ("settled.between(2026-01-01,2026-02-01)", "入驻日期在 2026-01-01 至 2026-02-01 之间"),
        ("name.has('a, (b)''s')", "名称包含“a, (b)'s”"),
        ("or(filed.yes(),filed.empty())", "备案为是，或备案为空"),
    ],
)
@pytest.mark.one_database("it asks no table")
def test_a_text_is_read_said_and_written_again(context, text, words):
    found = tree(text)
    assert found.words() == words
    assert found.text() == text


@pytest.mark.parametrize(
    "text",
    [
        *("x", "and()", "and(", "status", "status.any", "status.any()", "status.any(unknown)"),
        *("status.any(in", "status.any(in))", "status.any(in)x", "STATUS.any(in)", "any(in)"),
        *("unknown.has(a)", "name.drop(a)", "name.has()", "name.has(a,b)", "name.has('')"),
        *("name.has(' ')", "name.has('a\x00')", "name.has(a\nb)", "name.has(a", "name.has('a)"),
        *("capital.ge(x)", "capital.ge(1.005)", "capital.ge(1e3)", "capital.ge(nan)"),
        *("capital.ge('1_0')", f"capital.ge({'9' * 19})", "capital.between(2,1)", "staff.ge(1.5)"),
        *("capital.ge('１２')", f"staff.ge('{'9' * 400}')", "staff.ge('1e999999999')"),
        *("settled.on(2026-02-30)", "settled.on(20260101)", "settled.on(0001-01-01)"),
        *("settled.on(2026-W01-1)", "settled.on(2026-1-1)"),
        *("settled.in(someday)", "settled.between(2026-02-01,2026-01-01)", "settled.in('')"),
        *("filed.yes(1)", "name.empty(1)", "and(status.any(in),)", "and(,status.any(in))"),
        "and(or(and(or(status.any(in),filed.no()),filed.no()),filed.no()),filed.no())",  # too deep
        f"and({','.join(['filed.no()'] * 21)})",
        f"name.has({'长' * 101})",
        f"or({','.join(['name.has(' + '长' * 100 + ')'] * 3)})",  # too long as an address
        "(" * 5_000,
    ],
)
@pytest.mark.one_database("it asks no table")
def test_anything_else_is_refused(context, text):
    with pytest.raises(BadQuery):
        tree(text)


@given(st.text(alphabet="and.or(),'status1 -\x00在", max_size=60))
@settings(max_examples=200, deadline=None)
@pytest.mark.one_database("it asks no table")
def test_whatever_is_typed_is_read_or_refused(text):
    try:
        found = tree(text)
    except BadQuery:
        return
    assert where.parse(found.text(), COLUMNS) == found


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-03-31", "2026-03-31"),
        ("yesterday", "2026-03-30", "2026-03-30"),
        ("this_week", "2026-03-30", "2026-04-05"),
        ("last_week", "2026-03-23", "2026-03-29"),
        ("this_month", "2026-03-01", "2026-03-31"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-01-01", "2026-03-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_7", "2026-03-25", "2026-03-31"),
        ("next_30", "2026-03-31", "2026-04-29"),
    ],
)
@pytest.mark.one_database("it asks no table")
def test_relative_days(name, first, last):
    assert days_of(name, date(2026, 3, 31)) == (date.fromisoformat(first), date.fromisoformat(last))


@given(st.sampled_from(list(PERIODS)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
@settings(max_examples=100, deadline=None)
@pytest.mark.one_database("it asks no table")
def test_a_period_of_now_holds_today(name, today):
    first, last = days_of(name, today)
    assert first <= last
    assert (first <= today <= last) is not (name.startswith(("yesterday", "last_")) and (
        not name.partition("_")[2].isdigit()
    ))  # fmt: skip


SAMPLES = {
    "text": ["a%_\\'"],
    "number": ["1"],
    "date": ["2026-01-01"],
}


def everything_of(column):
    """One condition of each operator of a column, joined by 或."""
    parts = []
    for op, takes in column.operators().items():
        if column.kind == "choice":
            texts = [value for value, _label in column.choices()][: abs(takes)] if takes else []
        else:
            texts = ["last_30"] if op == "in" else SAMPLES.get(column.kind, []) * takes
        if not takes or texts:
            parts.append(where.Condition(column, op, column.read(op, texts)))
    return where.Group(True, tuple(parts))


def test_every_column_of_every_list_can_be_asked_for(app):
    """One statement per column; on PostgreSQL a wrong type would be an error."""
    asked = 0
    with app.test_request_context(), scope.unscoped():
        for register in lists_of(app):
            act_as(people.actor("operator"))
            for column in register.asked_columns():
                tree = everything_of(column)
                if not tree.parts:
                    continue  # a choice without anything to choose yet
                assert where.parse(tree.text(), {column.name: column}).text() == tree.text()
                criteria = register.criteria({}).having(where.NAME, tree)
                criteria = Criteria(register.rules(), values=criteria.values, year=criteria.year)
                found = register.source.count(criteria).number
                assert len(register.source.ids(criteria, 5)) == min(found, 5)
                asked += 1
    assert asked > 150


def lists_of(app):
    return [one for one in app.appbuilder.baseviews if hasattr(one, "asked_columns")]


@pytest.mark.one_database("it asks no table")
def test_columns_are_named_once_and_none_of_codes(app):
    """What a list lets conditions name is seen here: a new column is thought about."""
    with app.test_request_context(), scope.unscoped():
        act_as(people.actor("reviewer"))
        for register in lists_of(app):
            names = [one.name for one in register.asked_columns()]
            assert len(names) == len(set(names)), register
            hidden = {"contact_name", "contact_phone", "email", "phone", "legal_phone"}
            assert not hidden & set(names), register
