"""What the desk reads of the trail for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.engines.trail import AuditEntry
from app.extensions import db


def denials_since(actor_id: int | None, since: datetime) -> list[Any]:
    """``(at, route, action)`` of the person's refused requests, the note of the limit among them."""
    route = AuditEntry.object_label.label("route")
    query = sa.select(AuditEntry.at, route, AuditEntry.action).where(
        AuditEntry.actor_id == actor_id,
        AuditEntry.action.in_(("access.denied", "access.limit")),
        AuditEntry.at > since,
    )
    return list(db.session.execute(query))
