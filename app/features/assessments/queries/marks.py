"""The expert panel: who is in it, an expert's own marks, all of them once it is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.core.errors import NotFound
from app.extensions import db
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentMark,
    AssessmentPanelist,
    AssessmentRound,
)
from app.features.assessments.queries import runs
from app.features.assessments.rules.filing import FILED


def panel(round_id: int) -> Sequence[AssessmentPanelist]:
    query = sa.select(AssessmentPanelist).where(AssessmentPanelist.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentPanelist.id)).all()


def panelist(round_id: int, expert_id: int | None, *, lock: bool = False) -> AssessmentPanelist:
    """``NotFound`` for who is not in the panel."""
    query = sa.select(AssessmentPanelist).where(
        AssessmentPanelist.round_id == round_id, AssessmentPanelist.expert_id == expert_id
    )
    if lock:
        query = query.with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(f"panelist of round {round_id}")
    return found


def rounds_of(expert_id: int | None) -> Sequence[tuple[AssessmentRound, AssessmentPanelist]]:
    """The rounds whose panel the person is in, the newest first."""
    query = (
        sa.select(AssessmentRound, AssessmentPanelist)
        .join(AssessmentPanelist, AssessmentPanelist.round_id == AssessmentRound.id)
        .where(AssessmentPanelist.expert_id == expert_id)
        .order_by(AssessmentRound.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def closed_rounds() -> Sequence[AssessmentRound]:
    """Rounds whose panel is closed, the newest first; scored and published ones as well."""
    query = sa.select(AssessmentRound).where(AssessmentRound.panel_closed_at.is_not(None))
    return db.session.scalars(query.order_by(AssessmentRound.id.desc())).all()


def to_mark(round_id: int) -> Sequence[AssessmentFiling]:
    """Filings that a panel judges: handed in, taking part, not vetoed."""
    vetoed = {one.filing_id for one in runs.vetoes(round_id, alive=True)}
    query = sa.select(AssessmentFiling).where(
        AssessmentFiling.round_id == round_id,
        AssessmentFiling.takes_part,
        AssessmentFiling.state.in_([one.value for one in FILED]),
    )
    found = db.session.scalars(query.order_by(AssessmentFiling.id))
    return [one for one in found if one.id not in vetoed]


def own(round_id: int, expert_id: int | None) -> Mapping[tuple[int, str], AssessmentMark]:
    """An expert's own marks: filing and indicator -> mark."""
    return {
        (one.filing_id, one.indicator): one
        for one in _of_round(round_id)
        if one.expert_id == expert_id
    }


def mark_of(filing_id: int, indicator: str, expert_id: int | None) -> AssessmentMark | None:
    query = sa.select(AssessmentMark).where(
        AssessmentMark.filing_id == filing_id,
        AssessmentMark.indicator == indicator,
        AssessmentMark.expert_id == expert_id,
    )
    return db.session.scalar(query)


def all_of(round_id: int) -> Mapping[tuple[int, str], Sequence[AssessmentMark]]:
    """Filing and indicator -> every mark; who asks has seen to it that the panel is closed."""
    found: dict[tuple[int, str], list[AssessmentMark]] = {}
    for one in _of_round(round_id):
        found.setdefault((one.filing_id, one.indicator), []).append(one)
    return found


def counts(round_id: int) -> Mapping[tuple[int, str], int]:
    """Filing and indicator -> how many marks there are."""
    return {
        key: sum(one.mark is not None for one in many) for key, many in all_of(round_id).items()
    }


def done_by(round_id: int) -> Mapping[int, int]:
    """Expert -> how many answers (marks and abstentions) there are."""
    found: dict[int, int] = {}
    for one in _of_round(round_id):
        if one.mark is not None or one.abstains:
            found[one.expert_id] = found.get(one.expert_id, 0) + 1
    return found


def counting(round_id: int) -> Mapping[int, Mapping[str, Sequence[Decimal]]]:
    """Filing -> indicator -> marks, in an order that says nothing of who gave which."""
    found: dict[int, dict[str, list[Decimal]]] = {}
    for (filing_id, indicator), many in all_of(round_id).items():
        marks = sorted(one.mark for one in many if one.mark is not None)
        if marks:
            found.setdefault(filing_id, {})[indicator] = marks
    return found


def _of_round(round_id: int) -> Sequence[AssessmentMark]:
    query = (
        sa.select(AssessmentMark)
        .join(AssessmentFiling, AssessmentFiling.id == AssessmentMark.filing_id)
        .where(AssessmentFiling.round_id == round_id)
        .order_by(AssessmentMark.id)
    )
    return db.session.scalars(query).all()
