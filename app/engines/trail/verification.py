"""Checking the chain: every entry again, in constant memory, up to the head row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.engines.trail.models import FIRST_HASH, HEAD_ID, AuditEntry, AuditHead
from app.engines.trail.recording import hash_of
from app.extensions import db

BATCH = 500


class Verification(Struct, frozen=True):
    """Outcome. ``reason``: "" | no_head | gap | link | changed | cut | beyond_head.

    ``head_id`` and ``head_hash`` may be noted elsewhere: a chain rewritten as a whole by the
    owner of the database is consistent in itself and shows only against such a note.
    """

    ok: bool
    checked: int
    first_bad_id: int | None = None
    reason: str = ""
    head_id: int = 0
    head_hash: str = ""


def verify(limit: int | None = None) -> Verification:
    """Check the chain, or only its newest ``limit`` entries; writers may go on meanwhile."""
    last_written = db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
    head = db.session.execute(
        sa.select(AuditHead.last_id, AuditHead.last_hash).where(AuditHead.id == HEAD_ID)
    ).one_or_none()
    if head is None:
        return Verification(ok=False, checked=0, reason="no_head")
    found = _check(head.last_id, head.last_hash, limit)
    if found.ok and last_written > head.last_id:
        return Verification(
            ok=False,
            checked=found.checked,
            first_bad_id=head.last_id + 1,
            reason="beyond_head",
            head_id=head.last_id,
            head_hash=head.last_hash,
        )
    return found


def _check(last_id: int, last_hash: str, limit: int | None) -> Verification:
    start = 1 if limit is None else max(1, last_id - limit + 1)
    previous = _hash_before(start)
    checked, expected = 0, start

    def bad(reason: str) -> Verification:
        return Verification(False, checked, expected, reason, last_id, last_hash)

    if previous is None:
        expected = start - 1
        return bad("gap")
    for entry in _entries(start, last_id):
        if reason := _fault(entry, expected, previous):
            return bad(reason)
        checked, expected, previous = checked + 1, expected + 1, entry.hash
    if expected != last_id + 1:
        return bad("cut")
    if last_id and previous != last_hash:
        expected = last_id
        return bad("link")
    return Verification(True, checked, None, "", last_id, last_hash)


def _fault(entry: Any, expected: int, previous: str) -> str:
    if entry.id != expected:
        return "gap"
    if entry.prev_hash != previous:
        return "link"
    return "" if hash_of(entry) == entry.hash else "changed"


def _hash_before(start: int) -> str | None:
    """The hash that entry ``start`` must carry; ``None`` when its predecessor is gone."""
    if start == 1:
        return FIRST_HASH
    return db.session.scalar(sa.select(AuditEntry.hash).where(AuditEntry.id == start - 1))


def _entries(start: int, last_id: int) -> Iterator[Any]:
    """Plain rows (no ORM objects), fetched in batches by a cursor on the server."""
    query = (
        sa.select(*AuditEntry.__table__.columns)
        .where(AuditEntry.id.between(start, last_id))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=BATCH)
    )
    yield from db.session.execute(query)
