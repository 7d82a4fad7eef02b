"""Reading the trail of one object. The caller has already authorised the object itself."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.engines.trail.models import AuditEntry
from app.extensions import db

MASK = "***"


def history(object_type: str, object_id: int | str, *, limit: int = 200) -> list[AuditEntry]:
    """Entries of an object, the newest first."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.object_type == object_type, AuditEntry.object_id == str(object_id))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def shown_changes(entry: AuditEntry, *, personal: bool) -> dict[str, list[Any]]:
    """The entry's changes as a page may show them; without the right personal values are masked."""
    hidden = frozenset() if personal else frozenset(entry.details.get("personal", ()))
    return {
        name: [MASK if value not in (None, "") else value for value in pair]
        if name in hidden
        else pair
        for name, pair in entry.changes.items()
    }
