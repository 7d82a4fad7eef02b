"""上期名次: what the round before said, taken when the next one opens."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.extensions import db
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.rankings import queries

CONFIRMED = frozenset({RoundState.confirmed, RoundState.archived})


def carry(_actor: Actor, found: AssessmentRound, _now: datetime) -> None:
    """Each filing gets its park's rank in the round before, if that is confirmed."""
    if found.previous_id is None:
        return
    snapshot = queries.current(found.previous_id)
    if snapshot is None or RoundState(rounds.get(found.previous_id).state) not in CONFIRMED:
        return
    ranks = {one.park_id: one.rank for one in queries.rows(snapshot.id)}
    for filing in filings.of_round(found.id):
        filing.previous_rank = ranks.get(filing.park_id)
    db.session.flush()
