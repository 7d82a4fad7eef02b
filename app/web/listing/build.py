"""Puts a ``ListPage`` together from criteria, rows and what the view declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.core.values import replace
from app.extensions.lists import asked as asking
from app.extensions.lists.asked import WORDS
from app.extensions.lists.criteria import SIZES, Criteria, encoded, page_numbers
from app.extensions.lists.periods import PERIODS
from app.extensions.lists.source import Counted
from app.web.listing.page import Chip, Column, Control, Empty, Link, Pager, Tab


class Field(Struct, frozen=True):
    """A list column: its name in the source and how it is shown."""

    name: str
    label: Any
    numeric: bool = False
    frozen: bool = False
    sortable: bool = True
    unit: Any = ""
    shown: bool = True  # in the list until the person chooses otherwise
    asked: bool = True  # conditions may name it: the column holds what the cell says
    choices: Mapping[Any, Any] | None = None  # code -> its words, where the column holds codes
    personal: bool = False  # named in conditions only by who may see personal columns


def address(base: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{base}?{encoded(pairs)}" if pairs else base


def at(base: str, criteria: Criteria, **kwargs: bool) -> str:
    """The list's address for ``criteria``."""
    return address(base, criteria.arguments(**kwargs))


def columns(fields: Sequence[Field], base: str, criteria: Criteria) -> tuple[Column, ...]:
    """Table heads with the address that sorts by them and how they sort now."""
    name_now, descending = criteria.order()
    heads = []
    for one in fields:
        now = one.name == name_now
        sortable = one.sortable and one.name in criteria.rules.order_columns
        flipped = replace(criteria, sort=one.name, descending=now and not descending, page=1)
        state = ("descending" if descending else "ascending") if now else "none"
        heads.append(
            Column(
                name=one.name,
                label=one.label,
                sort_url=at(base, flipped) if sortable else "",
                aria_sort=state if sortable else "",
                numeric=one.numeric,
                frozen=one.frozen,
                shown=one.shown,
                unit=one.unit,
            )
        )
    return tuple(heads)


def chooser(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The columns one may choose: no addresses, nobody sorts there."""
    return tuple(
        Column(
            name=one.name,
            label=one.label,
            numeric=one.numeric,
            frozen=one.frozen,
            shown=one.shown,
            unit=one.unit,
        )
        for one in fields
    )


def controls(criteria: Criteria, *, skip: frozenset[str]) -> tuple[Control, ...]:
    """One control per filter; ``skip`` are those shown as tabs."""
    return tuple(
        Control(
            name=one.name,
            label=one.label,
            kind=one.kind,
            value=one.shown(criteria.values.get(one.name)),
            options=one.choices(),
            promoted=one.promoted,
            unit=one.unit,
        )
        for one in criteria.rules.filters
        if one.name not in skip and one.kind not in ("keys", "where")
    )


def chips(base: str, criteria: Criteria, *, skip: frozenset[str]) -> tuple[Chip, ...]:
    """What narrows the list now, each with the address without it."""
    shown = []
    if criteria.q:
        shown.append(Chip(_("搜索"), criteria.q, at(base, replace(criteria, q="", page=1))))
    for one in criteria.rules.filters:
        if one.name in criteria.values and one.name not in skip:
            words = one.words(criteria.values[one.name])
            without = at(base, criteria.without(one.name))
            shown.append(Chip(one.label, words, without, built=one.kind == "where"))
    return tuple(shown)


def asked(column: asking.Column) -> dict[str, Any]:
    """A column as the builder of conditions offers it."""
    operators = column.operators()
    if column.kind == "choice" and not column.choices():
        return {}  # nothing to choose from yet
    return {
        "name": column.name,
        "label": str(column.label),
        "kind": column.kind,
        "ops": [[op, str(WORDS[op][0]), takes] for op, takes in operators.items()],
        "choices": [[value, str(label)] for value, label in column.choices()],
    }


def periods() -> list[list[str]]:
    return [[name, str(words)] for name, words in PERIODS.items()]


def said(criteria: Criteria) -> list[tuple[str, str]]:
    """What narrows the list, as (label, words): for what leaves the house."""
    pairs = [(str(_("搜索")), criteria.q)] if criteria.q else []
    return pairs + [
        (str(one.label), one.words(criteria.values[one.name]))
        for one in criteria.rules.filters
        if one.name in criteria.values
    ]


def tabs(
    base: str,
    criteria: Criteria,
    name: str,
    counts: Sequence[tuple[str, Any, str]],
    total: str,
    matching: str,
) -> tuple[Tab, ...]:
    """全部 and one tab per value of the filter ``name``; ``counts``: (value, label, count).

    The counts are of the whole register: of a narrowed list only the open tab says its number, for
    the others would promise rows that a click does not bring.
    """
    now = criteria.values.get(name)
    narrowed = criteria.without(name).is_filtered

    def tab(label: Any, asked: Criteria, count: str, *, active: bool) -> Tab:
        number = (matching if active else "") if narrowed else count
        return Tab(label, at(base, asked), number, active=active)

    first = tab(_("全部"), criteria.without(name), total, active=now is None)
    rest = (
        tab(label, criteria.having(name, value), count, active=now == value)
        for value, label, count in counts
    )
    return (first, *rest)


def years(base: str, criteria: Criteria) -> tuple[tuple[str, str, bool], ...]:
    """Each year on offer, its address, and whether it is the one shown."""
    return tuple(
        (str(year), at(base, replace(criteria, year=year, page=1)), year == criteria.year)
        for year in criteria.rules.years
    )


def pager(
    base: str,
    criteria: Criteria,
    matching: Counted,
    text: Any,
    keys: Sequence[str] = (),
) -> Pager:
    """Page links; beyond a capped count only the next page is offered while pages are full.

    ``keys``: of the page's rows. Who turns the page goes on from its first or last row.
    """
    pages = max(1, -(-matching.number // criteria.size))
    pages = max(pages, criteria.page) if matching.capped else pages
    page = min(criteria.page, pages)

    def link(number: int, *, after: int | None = None, before: int | None = None) -> str:
        return at(base, replace(criteria, page=number, after=after, before=before))

    ends = [int(one) if one.isdigit() else None for one in (*keys[:1], *keys[-1:])] or [None]

    links = tuple(
        ("…", "", False) if number is None else (str(number), link(number), number == page)
        for number in page_numbers(page, pages)
    )
    jump = criteria.arguments(paging=False)
    return Pager(
        page=page,
        pages=pages,
        size=criteria.size,
        sizes=tuple((size, at(base, replace(criteria, size=size, page=1))) for size in SIZES),
        links=links,
        previous_url=link(page - 1, before=ends[0]) if page > 1 else "",
        next_url=link(page + 1, after=ends[-1]) if page < pages or matching.capped else "",
        jump_url=address(base, [*jump, ("page", "")]),
        text=text,
    )


def kept(criteria: Criteria, *, tab: str) -> tuple[tuple[str, str], ...]:
    """Hidden inputs that the search form carries: the tab, year, order, conditions and view."""
    names = {tab, "year", "sort", "size", "where", "view", "columns", "density"} - {""}
    return tuple(pair for pair in criteria.arguments(paging=False) if pair[0] in names)


def empty(criteria: Criteria, base: str, nothing: Callable[[], Empty]) -> Empty:
    """No match: say so and offer to clear; otherwise what the view says of an empty list."""
    if not criteria.is_filtered:
        return nothing()
    everything = address(base, [("view", criteria.view)] if criteria.view else [])
    clear = Link(_("清除全部筛选"), everything, kind="default")
    return Empty(
        "no_match",
        _("没有符合条件的记录"),
        _("请减少筛选条件，或检查关键字是否有误。"),
        (clear,),
    )
