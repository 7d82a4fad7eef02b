"""Scoring runs, their results, vetoes and grades set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.extensions import by_key, db
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentOverride,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    AssessmentVeto,
)


def get(run_id: int) -> AssessmentRun:
    return by_key.one(AssessmentRun, run_id)


def of_round(round_id: int) -> Sequence[AssessmentRun]:
    """Newest first."""
    query = sa.select(AssessmentRun).where(AssessmentRun.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentRun.number.desc())).all()


def last(
    round_id: int, *, before: int | None = None, previews: bool = True
) -> AssessmentRun | None:
    """The last finished run of a round, of those before ``before`` if that is given."""
    query = sa.select(AssessmentRun).where(
        AssessmentRun.round_id == round_id, AssessmentRun.state == "done"
    )
    if before is not None:
        query = query.where(AssessmentRun.number < before)
    if not previews:
        query = query.where(AssessmentRun.preview.is_(False))
    return db.session.scalar(query.order_by(AssessmentRun.number.desc()).limit(1))


def next_number(round_id: int) -> int:
    """The caller holds the round's lock."""
    query = sa.select(sa.func.max(AssessmentRun.number)).where(AssessmentRun.round_id == round_id)
    return (db.session.scalar(query) or 0) + 1


def results(run_id: int) -> Sequence[AssessmentResult]:
    """In the order of the ranking; who has no rank comes last."""
    query = sa.select(AssessmentResult).where(AssessmentResult.run_id == run_id)
    order = (AssessmentResult.rank.is_(None), AssessmentResult.rank, AssessmentResult.park_id)
    return db.session.scalars(query.order_by(*order)).all()


def by_park(run_id: int) -> Mapping[int, AssessmentResult]:
    return {one.park_id: one for one in results(run_id)}


def result(run_id: int, park_id: int) -> AssessmentResult | None:
    query = sa.select(AssessmentResult).where(
        AssessmentResult.run_id == run_id, AssessmentResult.park_id == park_id
    )
    return db.session.scalar(query)


def vetoes(round_id: int, *, alive: bool = False) -> Sequence[AssessmentVeto]:
    """Newest first; lifted ones as well unless only the living are asked for."""
    query = (
        sa.select(AssessmentVeto)
        .join(AssessmentFiling, AssessmentFiling.id == AssessmentVeto.filing_id)
        .where(AssessmentFiling.round_id == round_id)
    )
    if alive:
        query = query.where(AssessmentVeto.lifted_at.is_(None))
    return db.session.scalars(query.order_by(AssessmentVeto.id.desc())).all()


def veto(veto_id: int) -> AssessmentVeto:
    return by_key.one(AssessmentVeto, veto_id)


def override(override_id: int) -> AssessmentOverride:
    return by_key.one(AssessmentOverride, override_id)


def veto_locked(veto_id: int) -> AssessmentVeto:
    return by_key.locked(AssessmentVeto, veto_id)


def overrides(round_id: int) -> Sequence[AssessmentOverride]:
    query = (
        sa.select(AssessmentOverride)
        .join(AssessmentFiling, AssessmentFiling.id == AssessmentOverride.filing_id)
        .where(AssessmentFiling.round_id == round_id)
    )
    return db.session.scalars(query.order_by(AssessmentOverride.id.desc())).all()


def waiting_grades(round_id: int) -> Sequence[AssessmentOverride]:
    """等级调整 that nobody has decided yet."""
    return [one for one in overrides(round_id) if one.state == "proposed"]


def rounds_with_waiting_grades(but: int | None) -> Sequence[tuple[AssessmentRound, int]]:
    """Rounds with 等级调整 that somebody else than this person proposed, and how many."""
    query = (
        sa.select(AssessmentRound, sa.func.count(AssessmentOverride.id))
        .join(AssessmentFiling, AssessmentFiling.round_id == AssessmentRound.id)
        .join(AssessmentOverride, AssessmentOverride.filing_id == AssessmentFiling.id)
        .where(AssessmentOverride.state == "proposed", AssessmentOverride.proposed_by != but)
        .group_by(AssessmentRound.id)
        .order_by(AssessmentRound.id)
    )
    return [(row[0], int(row[1])) for row in db.session.execute(query)]


def override_locked(override_id: int) -> AssessmentOverride:
    return by_key.locked(AssessmentOverride, override_id)


def grades_by_hand(round_id: int) -> Mapping[int, AssessmentOverride]:
    """Filing -> the last approved one."""
    found: dict[int, AssessmentOverride] = {}
    for one in overrides(round_id):
        if one.state == "approved":
            found.setdefault(one.filing_id, one)
    return found
