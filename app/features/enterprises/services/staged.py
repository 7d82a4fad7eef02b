"""Values as they lie in ``import_row``: JSON's own types (the wire form), and back.

A plan compares and keeps the wire form; the typed values come to life only where a person reads
them. ``NATIVE`` goes from the wire straight to what the database stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from app.engines.sheets.model import Kind
from app.engines.sheets.values import revive
from app.features.enterprises.rules import BY_NAME

#: A JSON text of ``import_row`` read; its whole numbers have ten digits at most.
values_of = orjson.loads


def text_of(value: Any) -> str:
    """The JSON text of ``import_row`` as ``JsonText`` writes it: compact, keys in order."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_wire(value: Any) -> Any:
    """A value in JSON's own types; nothing ticked and nothing written are both ``None``."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value) or None
    return value


def revived(values: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Typed values of a staged row, all or the named ones."""
    wanted = values if names is None else names
    return {name: revive(BY_NAME[name].kind, values.get(name)) for name in wanted}


def turned(names: Sequence[str]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Places of ``names`` whose columns are not stored in their wire form, and what makes it."""
    kinds = [(place, BY_NAME[name].kind) for place, name in enumerate(names)]
    return [(place, _STORED[kind]) for place, kind in kinds if kind in _STORED]


def natives_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """From wire values to what both databases' drivers store, in the order of ``names``."""
    turns = [
        (place, _NATIVE[BY_NAME[name].kind])
        for place, name in enumerate(names)
        if BY_NAME[name].kind in _NATIVE
    ]

    def natives(values: Mapping[str, Any]) -> list[Any]:
        cells = list(map(values.get, names))
        for place, turn in turns:
            cells[place] = turn(cells[place])
        return cells

    return natives


def _amount(units: int | None) -> str | None:
    """36050 hundredths as ``360.50``, exactly."""
    if units is None:
        return None
    whole, rest = divmod(abs(units), 100)
    return f"{'-' if units < 0 else ''}{whole}.{rest:02d}"


def _iso(day: date | str | None) -> str | None:
    """SQLite keeps the text, PostgreSQL's driver makes a day of it."""
    return day if day is None or isinstance(day, str) else day.isoformat()


def _words(text: str | None) -> list[str] | None:
    return [word for word in text.split("|") if word] if text else None


def _units(text: str | None) -> int | None:
    """``360.50`` as 36050 hundredths, exactly."""
    if text is None:
        return None
    if text[-3:-2] == ".":
        return int(text[:-3] + text[-2:])
    units = Decimal(text).scaleb(2)
    if units != units.to_integral_value():
        raise ValueError(text)
    return int(units)


@lru_cache(maxsize=8192)
def _day(text: str | None) -> str | None:
    """ISO text of a day that exists."""
    return None if text is None else date.fromisoformat(text).isoformat()


def _list(words: list[str] | None) -> str | None:
    """As ``StringList`` stores it."""
    return f"|{'|'.join(words)}|" if words else None


_STORED: dict[Kind, Callable[[Any], Any]] = {
    Kind.decimal: _amount,
    Kind.date: _iso,
    Kind.multi_choice: _words,
}
_NATIVE: dict[Kind, Callable[[Any], Any]] = {
    Kind.decimal: _units,
    Kind.date: _day,
    Kind.multi_choice: _list,
}
