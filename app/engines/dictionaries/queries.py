"""Every SELECT on dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.engines.dictionaries.models import DictionaryEntry as Entry
from app.extensions import by_key, db

#: ``(dictionary, label) -> number of records that hold the word``; features that use one register.
USES: list[Callable[[str, str], int]] = []


def options(dictionary: str, on: date) -> tuple[str, ...]:
    """Labels that may be chosen on a day, in order."""
    query = (
        sa.select(Entry.label)
        .where(
            Entry.dictionary == dictionary,
            sa.or_(Entry.valid_from.is_(None), Entry.valid_from <= on),
            sa.or_(Entry.valid_to.is_(None), Entry.valid_to >= on),
        )
        .order_by(Entry.position, Entry.id)
    )
    return tuple(db.session.scalars(query))


def known(dictionary: str) -> tuple[str, ...]:
    """Every label there ever was, in order, each once."""
    query = sa.select(Entry.label).where(Entry.dictionary == dictionary)
    return tuple(dict.fromkeys(db.session.scalars(query.order_by(Entry.position, Entry.id))))


def retired(dictionary: str, on: date) -> frozenset[str]:
    """Labels that were valid once and may not be chosen on ``on``."""
    return frozenset(known(dictionary)) - frozenset(options(dictionary, on))


def several(ids: Collection[int]) -> list[Entry]:
    """Those of them that are there."""
    return list(db.session.scalars(sa.select(Entry).where(Entry.id.in_(ids))))


def get(entry_id: int) -> Entry:
    return by_key.one(Entry, entry_id)


def locked(entry_id: int) -> Entry:
    """The entry, read again and locked until the transaction ends."""
    return by_key.locked(Entry, entry_id)


def others(dictionary: str, but: int | None) -> list[Entry]:
    """The entries of a dictionary except one."""
    query = sa.select(Entry).where(Entry.dictionary == dictionary, Entry.id != (but or 0))
    return list(db.session.scalars(query))


def uses(dictionary: str, label: str) -> int:
    """How many records hold the word."""
    return sum(count(dictionary, label) for count in USES)


def counts() -> dict[str, int]:
    """Dictionary -> number of its entries."""
    query = sa.select(Entry.dictionary, sa.func.count()).group_by(Entry.dictionary)
    return {name: int(number) for name, number in db.session.execute(query)}


def validity(on: date) -> Any:
    """``valid``, ``coming`` or ``retired`` on a day."""
    return sa.case(
        (Entry.valid_from > on, "coming"),
        (Entry.valid_to < on, "retired"),
        else_="valid",
    )
