"""What the desk itself notes: that the trail was checked, and that it was taken away."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.actor import Actor
from app.engines import trail
from app.extensions.phrases import clauses, labelled

AUDIT = trail.Ref("audit", 0)
#: Entries checked in a page; the command line checks them all (``flask audit verify``).
VERIFY_MOST = 200_000


def note_verified(actor: Actor, found: trail.Verification) -> None:
    """After a check: it only read, and took as long as it took, so it held up no writer."""
    details = {"ok": found.ok, "checked": found.checked, "reason": found.reason}
    trail.record(actor, "audit.verified", AUDIT, details=details)


def note_export(actor: Actor, *, count: int, filters: Sequence[tuple[str, str]]) -> None:
    """Before a file of the trail leaves the house."""
    told = {"count": count, "filters": clauses(labelled(label, value) for label, value in filters)}
    trail.record(actor, "audit.exported", AUDIT, details=told)
