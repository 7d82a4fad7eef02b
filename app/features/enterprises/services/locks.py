"""One writer per park at a time, as SQLite has it anyway.

An import decides what it writes by what the register holds; between the look and the write nobody
else may write. Taken first, before any row is read to be changed.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.extensions import db

SPACE = 7_261  # any constant: keeps our numbers apart from other advisory locks
#: Of what concerns all parks, the pairs of duplicates: no park has this key, and it comes first.
ALL_PARKS = 0
CERTIFIED = -1  # no park has this key


def parks(park_ids: Iterable[int]) -> None:
    """Lock parks' registers until the transaction ends; always in the same order.

    What is certified stays as it is meanwhile: whoever writes goes by it.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return  # the write lock of SQLite is the whole database's
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(SPACE, CERTIFIED)))
    for park_id in sorted(set(park_ids)):
        db.session.execute(
            sa.select(sa.func.pg_advisory_xact_lock(SPACE, sa.cast(park_id, sa.Integer)))
        )


def certifying() -> None:
    """Wait for whoever writes by what was certified before; taken ahead of any park's lock."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(SPACE, CERTIFIED)))


def park(park_id: int) -> None:
    """Lock one park's register until the transaction ends."""
    parks((park_id,))
