"""What changed: old and new values of an ORM row, as JSON knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa

#: Kept by the machinery; they say nothing that the entry itself does not say.
BOOKKEEPING = frozenset({"id", "version", "created_at", "updated_at", "created_by", "updated_by"})


def changes_of(item: Any, fields: Iterable[str] | None = None) -> dict[str, list[Any]]:
    """``{field: [old, new]}`` of what is changed and not flushed yet; a new row's old is ``None``.

    Ask before anything flushes (a query does): a flush forgets the old values.
    """
    state = sa.inspect(item)
    columns = [attribute.key for attribute in state.mapper.column_attrs]
    wanted = set(fields) if fields is not None else set(columns) - BOOKKEEPING
    found: dict[str, list[Any]] = {}
    for name in columns:
        if name not in wanted:
            continue
        history = state.attrs[name].load_history()
        if not history.added and not history.deleted:
            continue
        old, new = _first(history.deleted), _first(history.added)
        if plain(old) != plain(new):
            found[name] = [plain(old), plain(new)]
    return found


def _first(values: Any) -> Any:
    return values[0] if values else None


def plain(value: Any) -> Any:
    """The value in JSON's own types, text without what a database refuses (NUL, lone halves)."""
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    for types, convert in _CONVERT:
        if isinstance(value, types):
            return convert(value)
    return clean(str(value))


def clean(text: str) -> str:
    """Text that both databases store unchanged."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


#: The first fitting line counts: a StrEnum is an Enum before it is text, a datetime before a date.
_CONVERT: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: plain(value.value)),
    (str, clean),
    (Decimal, lambda value: format(value, "f")),
    (datetime, lambda value: (value.astimezone(UTC) if value.tzinfo else value).isoformat()),
    (date | time, lambda value: value.isoformat()),
    (Mapping, lambda value: {clean(str(key)): plain(part) for key, part in value.items()}),
    (set | frozenset, lambda value: sorted((plain(part) for part in value), key=str)),
    (list | tuple, lambda value: [plain(part) for part in value]),
)
