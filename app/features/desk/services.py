"""What the desk itself notes: that the trail was checked, and that it was taken away."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.actor import Actor
from app.engines import trail

AUDIT = trail.Ref("audit", 0)
#: Entries checked in a page; the command line checks them all (``flask audit verify``).
VERIFY_MOST = 200_000


def verify_trail(actor: Actor, limit: int = VERIFY_MOST) -> trail.Verification:
    """Check the newest entries of the chain and note the outcome."""
    found = trail.verify(limit)
    details = {"ok": found.ok, "checked": found.checked, "reason": found.reason}
    trail.record(actor, "audit.verified", AUDIT, details=details)
    return found


def note_export(actor: Actor, *, count: int, filters: Sequence[tuple[str, str]]) -> None:
    """Before a file of the trail leaves the house."""
    told = {"count": count, "filters": "；".join(f"{label}：{value}" for label, value in filters)}
    trail.record(actor, "audit.exported", AUDIT, details=told)
