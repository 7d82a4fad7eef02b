"""What the desk itself notes: that the trail was checked or taken away, and who was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

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


#: Refusals of a person that were not noted, as far as this process saw them: told with the next
#: one that is. Kept in memory, since a row for each is what the limit is against.
LEFT_OUT: Counter[int | None] = Counter()


class News(StrEnum):
    """What a refusal is to the trail."""

    note = "note"
    limit = "limit"  # the one entry that says that more is not recorded
    none = "none"


def news(actor: Actor, route: str, *, now: datetime) -> News:
    """Whether a refusal of this person on this route is told."""
    recent = queries.denials_since(actor.real.user_id, now - timedelta(hours=1))
    if any(one.route == route and one.at > now - ONCE_EVERY for one in recent):
        return News.none
    if sum(one.action == "access.denied" for one in recent) < MOST_AN_HOUR:
        return News.note
    if any(one.action == "access.limit" for one in recent):
        LEFT_OUT[actor.real.user_id] += 1
        return News.none
    return News.limit


def note_denied(  # noqa: PLR0913 - what a refused request tells of itself
    actor: Actor,
    *,
    route: str,
    endpoint: str,
    object_id: str,
    reason: str,
    posted: Sequence[int] = (),
    last: bool = False,
) -> None:
    """A page, not the row, is the entry's object: strangers' tries do not stand in its history.

    ``last``: the refusal at which the limit is reached; whoever reads the trail sees the gap.
    """
    target = trail.Ref("page", object_id, label=route)
    more: dict[str, object] = {"keys": ",".join(map(str, posted))} if posted else {}
    if last:
        told = {"action": endpoint, "reason": reason, "limit": MOST_AN_HOUR, **more}
        trail.record(actor, "access.limit", target, details=told)
        return
    if left := LEFT_OUT[actor.real.user_id]:
        more["left_out"] = left
    trail.denied(actor, endpoint, target, reason=reason, **more)
