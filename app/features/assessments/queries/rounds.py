"""Rounds, as the zone sees all of them and a park those it takes part in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app.core.errors import NotFound
from app.engines.scoring import Scheme
from app.extensions import by_key, db
from app.features.assessments.models import AssessmentFiling, AssessmentRound, SchemeVersion
from app.features.assessments.queries import schemes
from app.features.assessments.rules.rounds import RoundState

#: Parks see a round from its opening on.
HIDDEN = (RoundState.draft.value, RoundState.planned.value, RoundState.cancelled.value)


def get(round_id: int) -> AssessmentRound:
    return by_key.one(AssessmentRound, round_id)


def locked(round_id: int) -> AssessmentRound:
    return by_key.locked(AssessmentRound, round_id)


def shown_to_parks() -> sa.ColumnElement[bool]:
    return sa.and_(AssessmentRound.state.not_in(HIDDEN), AssessmentRound.rehearsal_of_id.is_(None))


def of_parks() -> Sequence[tuple[AssessmentRound, AssessmentFiling]]:
    """Rounds with the filings in scope, newest first: 考核填报列表."""
    query = (
        sa.select(AssessmentRound, AssessmentFiling)
        .join(AssessmentFiling, AssessmentFiling.round_id == AssessmentRound.id)
        .where(shown_to_parks())
        .order_by(AssessmentRound.opens_on.desc(), AssessmentFiling.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def for_park(round_id: int) -> AssessmentRound:
    """A round that parks see; ``NotFound`` for any other."""
    query = sa.select(AssessmentRound).where(AssessmentRound.id == round_id, shown_to_parks())
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"round {round_id}")
    return found


def scheme_of(found: AssessmentRound) -> Scheme:
    """The scheme that the round rests on; raises ``scoring.Refused`` while a draft has faults."""
    return schemes.loaded(version_of(found))


def version_of(found: AssessmentRound) -> SchemeVersion:
    return schemes.version(found.scheme_version_id)


def due_to_open(today: date) -> Sequence[int]:
    """Rehearsals are nobody's but the zone's: the clock leaves them alone."""
    query = sa.select(AssessmentRound.id).where(
        AssessmentRound.state == RoundState.planned.value,
        AssessmentRound.opens_on <= today,
        AssessmentRound.rehearsal_of_id.is_(None),
    )
    return db.session.scalars(query.order_by(AssessmentRound.id)).all()


def due_to_close(today: date) -> Sequence[int]:
    query = sa.select(AssessmentRound.id).where(
        AssessmentRound.state == RoundState.open.value,
        AssessmentRound.late_until < today,
        AssessmentRound.rehearsal_of_id.is_(None),
    )
    return db.session.scalars(query.order_by(AssessmentRound.id)).all()


def without_snapshot(today: date) -> Sequence[int]:
    """Rounds that opened before their cut-off, which has passed since."""
    query = sa.select(AssessmentRound.id).where(
        AssessmentRound.state.in_((RoundState.open.value, RoundState.closed.value)),
        AssessmentRound.cut_off_on < today,
        AssessmentRound.snapshot_at.is_(None),
        AssessmentRound.rehearsal_of_id.is_(None),
    )
    return db.session.scalars(query.order_by(AssessmentRound.id)).all()
