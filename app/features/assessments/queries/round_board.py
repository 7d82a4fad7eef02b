"""What the zone's pages say of rounds: their parks, how far each is, who has not handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from msgspec import Struct

from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts.queries import FULL_NAME
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    AssessmentScheme,
    SchemeVersion,
)
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.rounds import RoundState
from app.features.parks.models import Park


class Taking(Struct, frozen=True):
    """A park in a round."""

    filing: AssessmentFiling
    park: Park


def unfiled() -> Sequence[tuple[AssessmentRound, AssessmentFiling]]:
    """Filings that nobody handed in, of rounds that parks fill in."""
    query = (
        sa.select(AssessmentRound, AssessmentFiling)
        .join(AssessmentFiling, AssessmentFiling.round_id == AssessmentRound.id)
        .where(
            AssessmentRound.state == RoundState.open.value,
            AssessmentRound.rehearsal_of_id.is_(None),
            AssessmentFiling.state == State.draft.value,
            AssessmentFiling.takes_part.is_(True),
        )
        .order_by(AssessmentFiling.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def parks_of(round_id: int) -> Sequence[Taking]:
    """By code."""
    query = (
        sa.select(AssessmentFiling, Park)
        .join(Park, Park.id == AssessmentFiling.park_id)
        .where(AssessmentFiling.round_id == round_id)
        .order_by(Park.code)
    )
    return [Taking(row[0], row[1]) for row in db.session.execute(query)]


def progress(round_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """Round -> how many of its parks have handed in, of how many that take part."""
    filed = sa.func.sum(sa.case((AssessmentFiling.state != State.draft.value, 1), else_=0))
    query = (
        sa.select(AssessmentFiling.round_id, filed, sa.func.count())
        .where(AssessmentFiling.round_id.in_(list(round_ids)), AssessmentFiling.takes_part)
        .group_by(AssessmentFiling.round_id)
    )
    return {row[0]: (int(row[1] or 0), int(row[2])) for row in db.session.execute(query)}


def followed() -> Sequence[AssessmentRound]:
    """Rounds that parks know of, running ones first, then the newest period."""
    parked = (RoundState.draft.value, RoundState.cancelled.value)
    done = AssessmentRound.state.in_([RoundState.confirmed.value, RoundState.archived.value])
    query = (
        sa.select(AssessmentRound)
        .where(AssessmentRound.state.not_in(parked), AssessmentRound.rehearsal_of_id.is_(None))
        .order_by(
            sa.case((done, 1), else_=0), AssessmentRound.period_to.desc(), AssessmentRound.id.desc()
        )
    )
    return db.session.scalars(query).all()


def filing_states(round_id: int) -> Counter[str]:
    """State -> how many of the filings that take part."""
    query = (
        sa.select(AssessmentFiling.state, sa.func.count())
        .where(AssessmentFiling.round_id == round_id, AssessmentFiling.takes_part)
        .group_by(AssessmentFiling.state)
    )
    return Counter({state: int(number) for state, number in db.session.execute(query)})


def state_counts() -> Mapping[str, int]:
    query = sa.select(AssessmentRound.state, sa.func.count()).group_by(AssessmentRound.state)
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def version_options() -> tuple[tuple[str, str], ...]:
    """Versions of schemes, the newest first, for pickers."""
    query = (
        sa.select(SchemeVersion.id, AssessmentScheme.name, SchemeVersion.number)
        .join(AssessmentScheme, AssessmentScheme.id == SchemeVersion.scheme_id)
        .order_by(AssessmentScheme.name, SchemeVersion.number.desc())
    )
    return tuple((str(row[0]), f"{row[1]} v{row[2]}") for row in db.session.execute(query))


def kept_rounds() -> Sequence[AssessmentRound]:
    """Rounds that count: neither rehearsals nor cancelled ones, the newest period first."""
    query = sa.select(AssessmentRound).where(
        AssessmentRound.rehearsal_of_id.is_(None),
        AssessmentRound.state != RoundState.cancelled.value,
    )
    order = AssessmentRound.period_to.desc(), AssessmentRound.id.desc()
    return db.session.scalars(query.order_by(*order)).all()


def names_of(user_ids: Sequence[int | None]) -> Mapping[int, str]:
    query = sa.select(User.id, FULL_NAME).where(User.id.in_([i for i in user_ids if i]))
    return {row[0]: row[1] for row in db.session.execute(query)}


def people_with(role: str) -> tuple[tuple[str, str], ...]:
    """Active people with a role, for pickers."""
    query = sa.select(User.id, FULL_NAME).where(accounts.having_role(role), User.active)
    return tuple((str(row[0]), row[1]) for row in db.session.execute(query.order_by(User.id)))
