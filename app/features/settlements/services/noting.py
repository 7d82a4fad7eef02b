"""Lines of the log, and files beside them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.settlements.models import SettlementApplication, SettlementEvent, SettlementFile
from app.features.settlements.services.telling import told


class Upload(Struct, frozen=True):
    """A file as it was uploaded."""

    stream: Any
    name: str


class Line(Struct, frozen=True):
    """What an act adds to the log."""

    act: str
    text: str = ""
    reason_code: str | None = None
    details: dict[str, Any] | None = None


def note(
    actor: Actor, application: SettlementApplication, line: Line, *, now: datetime
) -> SettlementEvent:
    """Write the line, tell whom it concerns, then the trail's entry: that comes last (it is the
    lock that everybody waits for)."""
    made = write(actor, application, line, now=now)
    trail.record(actor, f"settlement.{line.act}", application)
    return made


def write(
    actor: Actor, application: SettlementApplication, line: Line, *, now: datetime
) -> SettlementEvent:
    """The line of the log, told to whom it concerns; its trail entry is the caller's."""
    made = SettlementEvent(
        application_id=application.id,
        park_id=application.park_id,
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name[:128] if actor.user_id is not None else "",
        act=line.act,
        state=application.state,
        reason_code=line.reason_code,
        text=line.text,
        details=line.details or {},
    )
    db.session.add(made)
    db.session.flush()
    told(actor, application, line.act)
    return made


def keep(  # noqa: PLR0913 - which file, of what, and what it may be
    actor: Actor,
    application: SettlementApplication,
    upload: Upload,
    *,
    kind: str,
    store: str,
    allowed: Collection[str],
    most: int,
    field: str,
) -> SettlementFile:
    """Keep an upload with its application; a refusal names the form's field."""
    try:
        kept = files.store(
            actor,
            upload.stream,
            upload.name,
            kind=store,
            allowed=frozenset(allowed),
            max_bytes=most,
            park_id=application.park_id,
        )
    except files.StorageUnavailable:
        raise
    except Refusal as refusal:
        raise Refusal(refusal.code, fields={field: refusal.code}, **refusal.params) from refusal
    made = SettlementFile(
        application_id=application.id,
        park_id=application.park_id,
        kind=kind,
        file_key=kept.key,
    )
    db.session.add(made)
    db.session.flush()
    return made
