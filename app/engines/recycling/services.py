"""What happens to a record in the bin: it comes, is restored, or two people let it go for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound, Refusal, Stale, refuse_if
from app.engines import trail
from app.engines.recycling import queries
from app.engines.recycling.freezing import digest
from app.engines.recycling.labels import VIEW
from app.engines.recycling.models import BinItem
from app.engines.recycling.registry import Kind, against, kind
from app.engines.recycling.retention import kept_until
from app.engines.recycling.telling import tell
from app.extensions import db

REASON_MAX = 200
NAME_MAX, KEY_MAX = 200, 900


class Gone(Struct, frozen=True):
    """A record on its way into the bin, as the feature that deletes it describes it."""

    kind: str
    id: int
    name: str
    park_id: int | None = None
    search: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] | None = None
    private: bool = False


def put(actor: Actor, gone: Iterable[Gone], *, reason: str, now: datetime) -> None:
    """Records into the bin, in the transaction that deletes them and before its trail entry."""
    db.session.add_all(
        BinItem(
            kind=one.kind,
            subject_id=one.id,
            park_id=one.park_id,
            private=one.private,
            name=one.name[:NAME_MAX],
            search_key=(one.search or one.name.lower())[:KEY_MAX],
            facts=trail.plain(one.facts),
            payload=None if one.payload is None else dict(one.payload),
            deleted_at=now,
            deleted_by=actor.user_id,
            reason=reason.strip()[:REASON_MAX],
        )
        for one in gone
    )
    db.session.flush()


def restore(actor: Actor, item_id: int) -> BinItem:
    """恢复: the record is back where it was. A proposal to delete it for good ends with that."""
    found, of = _mine(actor, item_id, "can_restore")
    if not of.may_restore(actor, found.park_id):
        raise Forbidden("bin_not_yours")
    if found.proposed_at is not None:
        tell(actor, found, "restored")
    of.restore(actor, found)
    queries.drop(found.kind, found.subject_id)
    return found


def propose(actor: Actor, item_id: int, *, reason: str, now: datetime) -> BinItem:
    """提出彻底删除: says why, once the record has lain there long enough."""
    found, _of = _mine(actor, item_id, "can_purge")
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise Refusal("bin_reason_missing")
    refuse_if(deletable(found, now))
    if found.proposed_at is not None:
        raise Refusal("bin_proposed")
    found.proposed_at, found.proposed_by, found.proposal = now, actor.user_id, reason
    db.session.flush()
    tell(actor, found, "proposed")
    trail.record(actor, "bin.proposed", _ref(found), details={"reason": reason})
    return found


def take_back(actor: Actor, item_id: int) -> BinItem:
    """撤回: the proposer thinks better of it."""
    found, _of = _proposed(actor, item_id)
    if found.proposed_by != actor.user_id:
        raise Forbidden("bin_not_yours")
    _unpropose(found)
    trail.record(actor, "bin.taken_back", _ref(found))
    return found


def reject(actor: Actor, item_id: int, *, reason: str, seen: int) -> BinItem:
    """驳回: it stays, and the proposer hears why."""
    found, _of = _other(actor, item_id, seen)
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise Refusal("bin_reason_missing")
    tell(actor, found, "rejected", reason=reason)
    _unpropose(found)
    trail.record(actor, "bin.rejected", _ref(found), details={"reason": reason})
    return found


def confirm(actor: Actor, item_id: int, *, seen: int, now: datetime) -> str:
    """彻底删除 by a second person; nothing is left but one entry of the trail. Answers with the name.

    What could be said against it is asked again: days may have passed since it was proposed.
    """
    found, of = _other(actor, item_id, seen)
    refuse_if(deletable(found, now))
    ref, details = _ref(found), {"reason": found.proposal, "proposed_by": found.proposed_by}
    tell(actor, found, "purged")
    facts = of.purge(actor, found)
    details["digest"] = digest([found.kind, found.subject_id, found.name, facts])
    queries.drop(found.kind, found.subject_id)
    trail.record(actor, "bin.purged", ref, details=details)
    return ref.label


def deletable(found: BinItem, now: datetime) -> Refusal | None:
    """Why this record may not be deleted for good (yet)."""
    until = kept_until(found.deleted_at)
    if until is None:
        return Refusal("bin_kept_always")
    if now < until:
        return Refusal("bin_kept", until=f"{until.astimezone(clock.SHANGHAI):%Y-%m-%d}")
    return against(found)


def _mine(actor: Actor, item_id: int, action: str) -> tuple[BinItem, Kind]:
    if not actor.can(action, VIEW):
        raise Forbidden(action)
    found = queries.get(actor, item_id, lock=True)
    of = kind(found.kind)
    if of is None:  # visible kinds only: cannot be
        raise NotFound(f"kind {found.kind}")
    return found, of


def _proposed(actor: Actor, item_id: int) -> tuple[BinItem, Kind]:
    found, of = _mine(actor, item_id, "can_purge")
    if found.proposed_at is None:
        raise Refusal("bin_not_proposed")
    return found, of


def _other(actor: Actor, item_id: int, seen: int) -> tuple[BinItem, Kind]:
    """By somebody else than the proposer, upon the proposal that this person read."""
    found, of = _proposed(actor, item_id)
    refuse_if(alone(actor, found))
    if found.version != seen:
        raise Stale(found)
    return found, of


def alone(actor: Actor, found: BinItem) -> Refusal | None:
    """Why this person may not decide on the proposal: it is their own."""
    own = actor.user_id is None or found.proposed_by == actor.user_id
    return Refusal("bin_second_person") if own else None


def _unpropose(found: BinItem) -> None:
    found.proposed_at = found.proposed_by = found.proposal = None
    db.session.flush()


def _ref(found: BinItem) -> trail.Ref:
    return trail.Ref(found.kind, found.subject_id, label=found.name, park_id=found.park_id)
