"""What the zone says of a pair: not the same, or one enterprise in two parks; and takes it back."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import trail
from app.features.enterprises import policy
from app.features.enterprises.models.duplicates import EnterprisePair
from app.features.enterprises.queries import duplicates

REASON_MAX = 200
REASON_MIN = 2


def reason_of(text: str) -> str:
    """A reason that says something, or a ``Refusal`` at its field."""
    words = " ".join(text.replace("\0", "").split())
    if len(words) < REASON_MIN:
        raise Refusal("reason_missing", fields={"reason": "reason_missing"})
    if len(words) > REASON_MAX:
        raise Refusal("reason_too_long", fields={"reason": "reason_too_long"})
    return words


def decide(actor: Actor, pair_id: int, state: str, *, reason: str, now: datetime) -> EnterprisePair:
    """``apart`` (不是重复) or ``linked`` (同一企业, of two parks); remembered for the pair."""
    found = duplicates.locked_pair(pair_id)
    first, second = duplicates.both(found)
    if first.deleted_at is not None or second.deleted_at is not None:
        raise Refusal("pair_gone")
    refuse_if(policy.deciding(found, state, one_park=first.park_id == second.park_id))
    found.reason = reason_of(reason)
    found.state, found.decided_at, found.decided_by = state, now, actor.user_id
    return _told(actor, found, f"enterprise_pair.{state}", f"{first} / {second}")


def take_back(actor: Actor, pair_id: int) -> EnterprisePair:
    """The pair waits for a word again."""
    found = duplicates.locked_pair(pair_id)
    refuse_if(policy.deciding(found, "open", one_park=False))
    first, second = duplicates.both(found)
    had = found.reason
    found.state, found.reason = "open", ""
    found.decided_at = found.decided_by = None
    return _told(actor, found, "enterprise_pair.taken_back", f"{first} / {second}", had)


def _told(
    actor: Actor, found: EnterprisePair, action: str, label: str, had: str = ""
) -> EnterprisePair:
    details = {"reason": found.reason or had}
    trail.record(actor, action, found, label=label, details=details)
    return found
