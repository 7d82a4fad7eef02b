"""Who hears of a publication: every park in it; of a correction those whose figures moved."""

from __future__ import annotations

from typing import Any

from app.core import scope
from app.core.actor import Actor
from app.engines import notices
from app.features.assessments.models import AssessmentRound
from app.features.parks import queries as parks
from app.features.rankings import queries
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.moves import Move

LINK = "/desk/ranking/"


def inform(
    actor: Actor,
    found: AssessmentRound,
    snapshot: RankingSnapshot,
    moved: tuple[Move, ...] | None,
) -> None:
    """A teller of publications, in the transaction of the act; once per version and person."""
    kind = "ranking.published" if moved is None else "ranking.corrected"
    about = None if moved is None else {one.park_id for one in moved}
    params = {
        "round": found.name,
        "number": snapshot.number,
        "until": snapshot.window_until.isoformat(),
    }
    for row in queries.rows(snapshot.id):
        if about is not None and row.park_id not in about:
            continue
        told = {**params, "rank": "—" if row.rank is None else row.rank}
        _tell(actor, kind, told, snapshot, row.park_id)


def withdrawn(actor: Actor, found: AssessmentRound, snapshot: RankingSnapshot) -> None:
    """Every park in a withdrawn publication: whoever read it must not go on with it."""
    params = {"round": found.name, "number": snapshot.number, "reason": snapshot.end_reason}
    for row in queries.rows(snapshot.id):
        _tell(actor, "ranking.withdrawn", params, snapshot, row.park_id)


def _tell(
    actor: Actor, kind: str, params: dict[str, Any], snapshot: RankingSnapshot, park_id: int
) -> None:
    with scope.unscoped():
        people = parks.managers_of(park_id, but=actor.user_id)
    notices.tell(
        people,
        kind,
        params,
        link=f"{LINK}?round={snapshot.round_id}",
        cause=f"{kind}:{snapshot.id}:{park_id}",
    )
