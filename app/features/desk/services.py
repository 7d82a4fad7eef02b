"""What the desk itself notes: that the trail was checked or taken away, and who was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.actor import Actor
from app.engines import trail
from app.extensions.phrases import clauses, labelled
from app.features.desk import queries

AUDIT = trail.Ref("audit", 0)
#: Entries checked in a page; the command line checks them all (``flask audit verify``).
VERIFY_MOST = 200_000
#: Refusals noted of one person: the same route so often, and so many in all. Whoever tries every
#: number fills neither the trail nor the disk, and stands in it all the same.
ONCE_EVERY = timedelta(minutes=1)
MOST_AN_HOUR = 60


def note_verified(actor: Actor, found: trail.Verification) -> None:
    """After a check: it only read, and took as long as it took, so it held up no writer."""
    details = {"ok": found.ok, "checked": found.checked, "reason": found.reason}
    trail.record(actor, "audit.verified", AUDIT, details=details)


def note_export(actor: Actor, *, count: int, filters: Sequence[tuple[str, str]]) -> None:
    """Before a file of the trail leaves the house."""
    told = {"count": count, "filters": clauses(labelled(label, value) for label, value in filters)}
    trail.record(actor, "audit.exported", AUDIT, details=told)


def worth_noting(actor: Actor, route: str, *, now: datetime) -> bool:
    """Whether a refusal of this person on this route is news."""
    recent = queries.denials_since(actor.user_id, now - timedelta(hours=1))
    again = any(one.route == route and one.at > now - ONCE_EVERY for one in recent)
    return not again and len(recent) < MOST_AN_HOUR


def note_denied(actor: Actor, *, route: str, endpoint: str, object_id: str, reason: str) -> None:
    """A page, not the row, is the entry's object: strangers' tries do not stand in its history."""
    target = trail.Ref("page", object_id, label=route)
    trail.denied(actor, endpoint, target, reason=reason)
