"""Acts on several records at once: read, written and told of together, one unit of work a slice.

A slice is done whole or not at all; the one who calls commits it before the next, so that nobody
waits for the trail's head, or for SQLite's write lock, longer than a slice takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import recycling, trail
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import STATUSES
from app.features.enterprises.services import bulk, counts, locks
from app.features.enterprises.services.register import binned, in_bin

SLICE = 200
#: (park, status that is left, status that is come to) -> records
Moved = Counter[tuple[int, str, str | None]]


@dataclass
class Outcome:
    """What became of the records: ``done``, ``same`` as they were before, refused with the reason,
    or ``gone`` (deleted by somebody else meanwhile)."""

    done: int = 0
    same: int = 0
    gone: int = 0
    refused: list[tuple[str, Refusal]] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.done += other.done
        self.same += other.same
        self.gone += other.gone
        self.refused += other.refused


def slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """``ids`` in ascending order, a unit of work each: whoever locks rows takes them in one order."""
    ordered = sorted(ids)
    return (ordered[start : start + SLICE] for start in range(0, len(ordered), SLICE))


def set_status(actor: Actor, ids: Sequence[int], status: str) -> Outcome:
    """Give records a status."""
    if status not in STATUSES:
        raise Refusal("unknown_status")
    found = _locked(ids)
    fixed = [(item.name, no) for item in found if (no := policy.changing(item)) is not None]
    changed = [one for one in found if one.status != status and not policy.changing(one)]
    moved: Moved = Counter((item.park_id, item.status, status) for item in changed)
    tales = [(item, {"status": [item.status, status]}) for item in changed]
    bulk.write_same(actor, changed, {"status": status})
    _tell(actor, "enterprise.changed", moved, tales)
    same = len(found) - len(changed) - len(fixed)
    return Outcome(len(changed), same=same, gone=len(ids) - len(found), refused=fixed)


def discard(actor: Actor, ids: Sequence[int], *, reason: str, now: datetime) -> Outcome:
    """Move records to the recycle bin; one that may not go there stays and does not stop others."""
    found = _locked(ids)
    done = Outcome(gone=len(ids) - len(found))
    going = []
    for item in found:
        if (no := policy.discarding(item)) is not None:
            done.refused.append((item.name, no))
        else:
            going.append(item)
    moved: Moved = Counter((item.park_id, item.status, None) for item in going)
    values = binned(actor, reason, now)
    bulk.write_same(actor, going, values)
    recycling.put(actor, map(in_bin, going), reason=values["delete_reason"], now=now)
    details = {"reason": values["delete_reason"]}
    _tell(actor, "enterprise.deleted", moved, [(item, {}) for item in going], details)
    done.done = len(going)
    return done


def _locked(ids: Sequence[int]) -> list[Enterprise]:
    """Those that are alive and in scope, with their parks' registers; in this order, as an import
    locks them."""
    locks.parks(queries.parks_of(ids))
    return list(queries.locked_many(ids))


def _tell(
    actor: Actor,
    action: str,
    moved: Moved,
    tales: Sequence[tuple[Enterprise, dict[str, Any]]],
    details: dict[str, Any] | None = None,
) -> None:
    """Counts and, last, what the trail tells."""
    for (park_id, gone, come), number in moved.items():
        counts.move(park_id, gone=gone, come=come, number=number)
    trail.record_many(actor, action, tales, details=details)
