"""Is a sheet genuine, and is what was published still what was published?"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.rankings import queries
from app.features.rankings.models import RankingSight, RankingSnapshot
from app.features.rankings.rules import chain

MOST_LOOKS, WINDOW = 30, timedelta(minutes=10)


def look(typed: str, *, address: str, now: datetime) -> RankingSnapshot | None:
    """The publication behind a code that somebody typed; ``None`` when there is none.

    Every question counts. Raises ``Refusal`` when the address has asked too often: codes cannot be
    tried out.
    """
    if queries.sights_since(address, now - WINDOW) >= MOST_LOOKS:
        raise Refusal("verify_too_often", minutes=int(WINDOW.total_seconds() // 60))
    code = chain.typed_code(typed)
    found = queries.with_code(code) if code else None
    db.session.add(RankingSight(at=now, address=address, snapshot_id=found.id if found else None))
    db.session.flush()
    return found


def is_whole(snapshot: RankingSnapshot) -> bool:
    """Whether head and rows still have the digest they were published with."""
    stored = queries.stored_rows(snapshot.id)
    rows = [one.published() for one in stored]
    same = all(
        (one.park_id, one.code, one.name, one.kind, one.rank, one.grade)
        == (row.park_id, row.code, row.name, row.kind, row.rank, row.grade)
        and one.final == (None if row.final is None else Decimal(row.final))
        for one, row in zip(stored, rows, strict=True)
    )
    return same and chain.digest(snapshot.head, rows, snapshot.previous_digest) == snapshot.digest


def broken() -> list[tuple[int, int, str]]:
    """``(round, version, why)`` of every publication that is not what was published.

    Three things must agree: the stored rows with the digest, each digest with the one before it,
    and the digest with what the chained trail noted at that moment.
    """
    found = []
    previous = chain.FIRST
    for snapshot in queries.in_chain():
        why = ""
        if snapshot.previous_digest != previous:
            why = "link"
        elif not is_whole(snapshot):
            why = "changed"
        elif snapshot.digest != _noted(snapshot):
            why = "trail"
        if why:
            found.append((snapshot.round_id, snapshot.number, why))
        previous = snapshot.digest
    return found


def _noted(snapshot: RankingSnapshot) -> str:
    for entry in trail.history("ranking_snapshot", snapshot.id):
        if entry.action == "ranking.published":
            return str(entry.details.get("digest", ""))
    return ""
