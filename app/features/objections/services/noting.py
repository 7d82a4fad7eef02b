"""What every act leaves behind: a line of the case, an entry of the trail, whoever is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from io import SEEK_END
from typing import IO

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.objections import policy, queries, rules
from app.features.objections.models import Objection, ObjectionEvent, ObjectionFile

#: Told after each act: ``(actor, case, act)``.
TELLERS: list[Callable[[Actor, Objection, str], None]] = []


class Upload(Struct, frozen=True):
    """A file as it came."""

    stream: IO[bytes]
    name: str


def note(actor: Actor, found: Objection, act: str, text: str, *, now: datetime) -> None:
    event = ObjectionEvent(
        objection_id=found.id,
        park_id=found.park_id,
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        from_zone=actor.sees_all,
        act=act,
        text=text,
    )
    db.session.add(event)
    db.session.flush()
    details = {"number": found.number, "outcome": found.outcome or ""}
    trail.record(actor, f"objection.{act}", found, details=details)
    for tell in TELLERS:
        tell(actor, found, act)


def unfit(uploads: Sequence[Upload]) -> list[str]:
    """The names of files that cannot be kept, as far as name and size tell: said with what else is
    to mend. What is in them is looked at by ``keep``."""
    return [
        one.name
        for one in uploads
        if not one.name.lower().endswith(rules.FILE_ENDINGS)
        or not 0 < _size(one.stream) <= rules.FILE_MOST
    ]


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return size


def keep(actor: Actor, found: Objection, uploads: Sequence[Upload], *, now: datetime) -> None:
    """The files of one act; refuses too many in the case."""
    if len(uploads) > rules.MOST_FILES:
        raise Refusal("objection_files", fields={"files": "objection_files"})
    there = queries.files_from(found.id, zone=actor.sees_all) if uploads else 0
    if there + len(uploads) > rules.MOST_FILES_IN_CASE:
        fields = {"files": "objection_case_files"}
        raise Refusal("objection_case_files", fields=fields, most=rules.MOST_FILES_IN_CASE)
    for one in uploads:
        try:
            stored = files.store(
                actor,
                one.stream,
                one.name,
                kind=policy.FILE,
                allowed=rules.FILE_TYPES,
                max_bytes=rules.FILE_MOST,
                park_id=found.park_id,
            )
        except Refusal as refusal:
            raise Refusal(refusal.code, fields={"files": refusal.code}, **refusal.params) from None
        db.session.add(
            ObjectionFile(
                objection_id=found.id,
                park_id=found.park_id,
                file_key=stored.key,
                from_zone=actor.sees_all,
                at=now,
            )
        )
    db.session.flush()
