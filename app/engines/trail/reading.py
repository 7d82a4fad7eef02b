"""Reading the trail of one object. The caller has already authorised the object itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.engines.trail.models import AuditEntry, AuditHead
from app.extensions import db
from app.extensions.database import ask

MASK = "***"


#: Acts that only look at an object. They are told apart: many looks hide no change.
LOOKS = frozenset({"enterprise.revealed", "organisation.bank_revealed", "settlement.revealed"})


def history(
    object_type: str,
    object_id: int | str,
    *,
    limit: int = 200,
    only: Collection[str] = (),
) -> list[AuditEntry]:
    """Acts on an object, the newest first; without looks (``LOOKS``), or those named ``only``."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.object_type == object_type, AuditEntry.object_id == str(object_id))
        .where(AuditEntry.action.in_(only) if only else AuditEntry.action.not_in(LOOKS))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def history_of(
    object_type: str, object_ids: Collection[int], only: Collection[str], *, limit: int = 200
) -> list[AuditEntry]:
    """These acts on any of the objects, the newest first."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.object_type == object_type)
        .where(AuditEntry.object_id.in_([str(one) for one in object_ids]))
        .where(AuditEntry.action.in_(only))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


_LAST = sa.select(AuditHead.last_id)


def last_number(engine: sa.Engine) -> int:
    """The newest entry's place in the chain: it moves with every act on the platform.

    Asked before every public page, so it is one question outside of any session.
    """
    return int(ask(engine, _LAST) or 0)


def shown_changes(entry: AuditEntry, *, personal: bool) -> dict[str, list[Any]]:
    """The entry's changes as a page may show them; without the right personal values are masked."""
    hidden = frozenset() if personal else frozenset(entry.details.get("personal", ()))
    return {
        name: [MASK if value not in (None, "") else value for value in pair]
        if name in hidden
        else pair
        for name, pair in entry.changes.items()
    }
