"""Which columns of a list conditions may name, each by its type: taken from fields and filters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.extensions import JsonText, Scaled, StringList, UtcDateTime
from app.extensions.lists.asked import (
    BoolColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import (
    BoolFilter,
    ChoiceFilter,
    DateRangeFilter,
    DayRangeFilter,
    Filter,
    KeyFilter,
    MultiFilter,
    NumberRangeFilter,
    TextFilter,
)
from app.web.listing.build import Field

_PLAIN_CHOICES = (ChoiceFilter, KeyFilter, MultiFilter)
#: Filters that ask for what their column holds; a special one asks for something of its own.
_PLAIN = (*_PLAIN_CHOICES, TextFilter, DateRangeFilter, DayRangeFilter, NumberRangeFilter)


def columns_of(
    fields: Iterable[Field], filters: Iterable[Filter], source: ListSource
) -> tuple[Column, ...]:
    """In the order of the fields; what only a filter knows comes after them."""
    by_filter = {one.name: made for one in filters if (made := _of_filter(one)) is not None}
    taken = [one.column for one in filters if type(one) in _PLAIN]
    found_all: list[Column] = []
    for one in fields:
        found = by_filter.pop(one.name, None)
        if found is None and one.asked:
            found = _of_field(one, source, taken)
        if found is not None:
            found_all.append(found)
    return (*found_all, *by_filter.values())


def _of_filter(one: Filter) -> Column | None:
    here = one.name, one.label, lambda: one.column
    if not one.label or one.kind == "keys":
        return None  # a tab without a name of its own; the rows somebody ticked
    if isinstance(one, BoolFilter):
        return BoolColumn(*here)
    if isinstance(one, MultiFilter):
        return ChoiceColumn(*here, holds=lambda value: one.where((value,)), options=one.options)
    if isinstance(one, ChoiceFilter):
        bare = type(one) in _PLAIN_CHOICES and getattr(one.column, "nullable", False)
        return ChoiceColumn(*here, holds=one.where, options=one.choices, bare=bare)
    if isinstance(one, DateRangeFilter):
        return DateColumn(*here, instants=isinstance(one, DayRangeFilter))
    if isinstance(one, NumberRangeFilter):
        return _number(*here, places=one.places, unit=one.unit)
    return TextColumn(*here) if isinstance(one, TextFilter) else None


def _of_field(one: Field, source: ListSource, taken: list[Any]) -> Column | None:
    asked = partial(source.expression, one.name, Criteria(Rules()))
    try:
        column = asked()
    except KeyError:
        return None  # read beside the list, for the rows of a page
    if any(column is other for other in taken):
        return None  # a filter of another name asks for it
    here, kind = (one.name, one.label, asked), getattr(column, "type", None)
    if one.choices:
        codes = {str(code): code for code in one.choices}
        return ChoiceColumn(
            *here,
            holds=lambda value: asked() == codes[value],
            options=tuple((str(code), words) for code, words in one.choices.items()),
            bare=getattr(column, "nullable", True),
        )
    if isinstance(kind, sa.Boolean):
        return BoolColumn(*here)
    if isinstance(kind, sa.Date | UtcDateTime):
        return DateColumn(*here, instants=isinstance(kind, UtcDateTime))
    if isinstance(kind, sa.Integer | Scaled):
        return _number(*here, places=kind.places if isinstance(kind, Scaled) else 0, unit=one.unit)
    words = isinstance(kind, sa.String) and not isinstance(kind, JsonText | StringList)
    return TextColumn(*here) if words else None


def _number(name: str, label: Any, asked: Any, *, places: int, unit: Any) -> Column:
    return NumberColumn(name, label, asked, places=places, unit=unit)
