"""首次联系: who must be called by today or should have been is told once a day, on working days."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.engines import calendar
from app.extensions import db
from app.extensions.locks import lock
from app.features.settlements import queries
from app.features.settlements.models import SettlementNudge
from app.features.settlements.services.applying import LOCKS
from app.features.settlements.services.telling import told


def nudge(actor: Actor, now: datetime) -> int:
    """Note and tell each application whose first contact is due or late; returns how many.

    Two workers at once: the second one waits and finds everything noted.
    """
    today = calendar.local(now)
    if not calendar.is_working(today):
        return 0
    lock(LOCKS, "nudge")
    found = queries.to_nudge(today)
    for one in found:
        late = max(0, -calendar.left(one.due_on, today))
        db.session.add(
            SettlementNudge(
                application_id=one.id, park_id=one.park_id, day=today, late=late, at=now
            )
        )
        told(actor, one, "late" if late else "due")
    db.session.flush()
    return len(found)
