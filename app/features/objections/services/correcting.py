"""From an upheld objection to the version that holds its correction."""

from __future__ import annotations

from app.core import scope
from app.core.actor import Actor
from app.engines import notices, trail
from app.extensions import db
from app.features.assessments.models import AssessmentRound, AssessmentRun
from app.features.assessments.rules.corrections import Correction
from app.features.objections import queries
from app.features.objections.models import Objection
from app.features.objections.services.handling import about, codes_of
from app.features.objections.services.messages import DESK
from app.features.parks import queries as parks
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.moves import Move


def corrections(round_id: int) -> tuple[Correction, ...]:
    """What may be judged and scored again in a published round, for whoever reviews and scores."""
    return tuple(_correction(one) for one in queries.to_correct(round_id))


def _correction(found: Objection) -> Correction:
    assert found.answered_at is not None
    return Correction(
        about(found), codes_of(found), found.answered_at, found.number, found.reason, found.answer
    )


def against_confirming(round_id: int) -> str | None:
    """What is not answered, or upheld and not corrected, stands against confirming a round."""
    if queries.open_in(round_id):
        return "objections_open"
    return "objections_uncorrected" if queries.to_correct(round_id) else None


def note_corrected(
    actor: Actor,
    found: AssessmentRound,
    snapshot: RankingSnapshot,
    _moved: tuple[Move, ...] | None,
) -> None:
    """A teller of publications: a version answers whatever was upheld before it was scored; who
    objected hears of it, whether or not the own figures moved."""
    scored_at = db.session.get_one(AssessmentRun, snapshot.run_id).started_at
    for one in queries.to_correct(found.id):
        if one.answered_at is None or one.answered_at > scored_at:
            continue
        with scope.unscoped():
            one.corrected_in_id = snapshot.id
            db.session.flush()
            people = parks.managers_of(one.park_id, but=actor.user_id)
        details = {"number": one.number, "version": snapshot.number}
        trail.record(actor, "objection.corrected", one, details=details)
        notices.tell(
            people,
            "objection.corrected",
            details,
            link=f"{DESK}/{one.id}",
            cause=f"objection.corrected:{one.id}",
        )
