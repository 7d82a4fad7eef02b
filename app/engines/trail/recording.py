"""Writing entries: one after the other, under the lock of the head row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.values import replace
from app.engines.trail.changes import clean, plain
from app.engines.trail.models import HEAD_ID, AuditEntry, AuditHead
from app.extensions import db

#: Fields that the hash covers, in no particular order: the canonical form sorts them.
HASHED = (
    *("id", "at", "actor_id", "actor_name", "action", "object_type", "object_id", "object_label"),
    *("park_id", "changes", "details", "request_id", "address", "prev_hash"),
)


class TrailUnavailableError(RuntimeError):
    """The chain has no head: nothing may be done that could not be recorded."""


class Ref(Struct, frozen=True):
    """An object that is no row at hand: a command, a setting, somebody else's record."""

    type: str
    id: str | int
    label: str = ""
    park_id: int | None = None


def record(  # noqa: PLR0913 - who, what, to which, and the four things an entry may tell
    actor: Actor,
    action: str,
    target: Any,
    *,
    changes: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    label: str | None = None,
    personal: Iterable[str] = (),
) -> AuditEntry:
    """Append an entry to the chain in the caller's transaction.

    ``target`` is a mapped row or a ``Ref``; ``personal`` names the fields of ``changes`` that a
    reader without the right sees masked. Raises when the entry cannot be written: the act fails
    with it (F38).
    """
    db.session.flush()  # the row gets its id, and the head is the last lock this act takes
    told = _told(details, personal)
    entry = _entry(actor, action, _ref_of(target, label), plain(changes or {}), told)
    _append([entry])
    return entry


def record_many(
    actor: Actor,
    action: str,
    tales: Iterable[tuple[Any, Mapping[str, Any]]],
    *,
    details: Mapping[str, Any] | None = None,
    personal: Iterable[str] = (),
) -> Sequence[AuditEntry]:
    """The same act on many targets: an entry for each (target, changes), written as one.

    The chain is made here and the head is moved once, so it is held for as long as one entry's.
    """
    db.session.flush()
    told = _told(details, personal)
    entries = [
        _entry(actor, action, _ref_of(target), plain(changes), told) for target, changes in tales
    ]
    if entries:
        _append(entries)
    return entries


def denied(actor: Actor, action: str, target: Any, **details: Any) -> AuditEntry:
    """Note that the actor was refused ``action`` on somebody else's object."""
    return record(actor, "access.denied", target, details={"action": action, **details})


def hash_of(entry: Any) -> str:
    """SHA-256 of an entry's fields with its predecessor's hash, in canonical JSON."""
    fields = {name: getattr(entry, name) for name in HASHED}
    fields["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _told(details: Mapping[str, Any] | None, personal: Iterable[str]) -> dict[str, Any]:
    told: dict[str, Any] = plain(details or {})
    if hidden := sorted(personal):
        told["personal"] = hidden
    return told


def _entry(
    actor: Actor, action: str, ref: Ref, changes: dict[str, Any], details: dict[str, Any]
) -> AuditEntry:
    """An entry that has no place in the chain yet. Who looks as somebody else acts as themselves."""
    if actor.viewed_by is not None:
        details = {**details, "viewed_as": actor.username}
        actor = actor.real
    if actor.via:
        details = {**details, "token": actor.via}
    return AuditEntry(
        at=clock.now(),
        actor_id=actor.user_id,
        actor_name=_fit(actor.name or actor.username, 128),
        action=_fit(action, 64),
        object_type=_fit(ref.type, 64),
        object_id=_fit(str(ref.id), 64),
        object_label=_fit(ref.label, 200),
        park_id=ref.park_id,
        changes=changes,
        details=details,
        request_id=_fit(actor.request_id, 64),
        address=_fit(actor.address, 64),
    )


def _append(entries: Sequence[AuditEntry]) -> None:
    """Link entries to the last one; the head row makes writers wait for each other."""
    mine = AuditHead.id == HEAD_ID
    head = db.session.execute(
        sa.select(AuditHead.last_id, AuditHead.last_hash).where(mine).with_for_update()
    ).one_or_none()
    if head is None:
        raise TrailUnavailableError("audit_head is empty: run flask deploy")
    last_id, last_hash = head
    for entry in entries:
        entry.id, entry.prev_hash = last_id + 1, last_hash
        entry.hash = hash_of(entry)
        last_id, last_hash = entry.id, entry.hash
    db.session.add_all(entries)
    db.session.flush()
    db.session.execute(
        sa.update(AuditHead)
        .where(mine)
        .values(last_id=last_id, last_hash=last_hash)
        .execution_options(synchronize_session=False)
    )


def _ref_of(target: Any, label: str | None = None) -> Ref:
    if isinstance(target, Ref):
        return target if label is None else replace(target, label=label)
    state = sa.inspect(target)
    key = state.identity or state.mapper.primary_key_from_instance(target)
    return Ref(
        type=str(state.mapper.local_table.name),
        id=",".join(str(part) for part in key),
        label=str(target) if label is None else label,
        park_id=getattr(target, "park_id", None),
    )


def _fit(text: str, length: int) -> str:
    return clean(text)[:length]
