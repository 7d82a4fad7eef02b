"""Every SELECT on dictionaries."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.engines.dictionaries.models import DictionaryEntry as Entry
from app.extensions import db


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
