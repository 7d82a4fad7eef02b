"""演练: a copy of a round with its parks' values, to try things with; parks never see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentAssignment,
    AssessmentDocument,
    AssessmentFiling,
    AssessmentMark,
    AssessmentOverride,
    AssessmentPanelist,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    AssessmentVeto,
    FilingEvidence,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services.rounds import NAME_MAX

#: States of a round whose values are there to be copied.
COPIED = frozenset({RoundState.open, RoundState.closed, RoundState.provisional})
_KEYS = frozenset({"id", "version", "created_at", "updated_at", "created_by", "updated_by"})


def copy(actor: Actor, round_id: int, *, name: str, now: datetime) -> AssessmentRound:
    """The round as it stands now, closed for filling in, with its filings and their values.

    Evidence, reviewers, marks and runs stay with the round; the copy begins with the values.
    """
    policy.runs(actor)
    found = queries.locked(round_id)
    if found.rehearsal_of_id is not None:
        raise Refusal("rehearsal_of_rehearsal")
    if RoundState(found.state) not in COPIED:
        raise Refusal("round_state")
    made = _twin(
        found,
        name=name[:NAME_MAX],
        rehearsal_of_id=found.id,
        state=RoundState.closed.value,
        closed_at=now,
        panel_closed_at=None,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    papers = _papers(found.id, made.id)
    for filing in filings.of_round(round_id):
        twin = _twin(filing, round_id=made.id, number=None)
        for value in filings.values(filing.id).values():
            document = papers.get(value.document_id or 0)
            _twin(value, filing_id=twin.id, document_id=document, version=1)
    trail.record(actor, "assessment.rehearsal_made", made, details={"round": found.id})
    return made


def _papers(round_id: int, copy_id: int) -> dict[int, int]:
    query = sa.select(AssessmentDocument).where(AssessmentDocument.round_id == round_id)
    papers = db.session.scalars(query.order_by(AssessmentDocument.id)).all()
    return {one.id: _twin(one, round_id=copy_id).id for one in papers}


def _twin(row: Any, **changes: Any) -> Any:
    """A new row with the same values; its key, version and stamps are its own."""
    model = type(row)
    names = [one.key for one in sa.inspect(model).column_attrs if one.key not in _KEYS]
    made = model(**{**{name: getattr(row, name) for name in names}, **changes})
    db.session.add(made)
    db.session.flush()
    return made


def delete(actor: Actor, round_id: int) -> None:
    """Only a rehearsal goes, with all that hangs on it."""
    policy.runs(actor)
    found = queries.locked(round_id)
    if found.rehearsal_of_id is None:
        raise Refusal("rehearsal_only")
    of_filings = [one.id for one in filings.of_round(round_id)]
    runs = sa.select(AssessmentRun.id).where(AssessmentRun.round_id == round_id)
    run_ids = list(db.session.scalars(runs))
    gone: Sequence[tuple[Any, Any]] = (
        (AssessmentResult, AssessmentResult.run_id.in_(run_ids)),
        (AssessmentRun, AssessmentRun.id.in_(run_ids)),
        (AssessmentOverride, AssessmentOverride.filing_id.in_(of_filings)),
        (AssessmentVeto, AssessmentVeto.filing_id.in_(of_filings)),
        (AssessmentMark, AssessmentMark.filing_id.in_(of_filings)),
        (AssessmentPanelist, AssessmentPanelist.round_id == round_id),
        (AssessmentAssignment, AssessmentAssignment.round_id == round_id),
        (FilingEvidence, FilingEvidence.filing_id.in_(of_filings)),
        (FilingValueChange, FilingValueChange.filing_id.in_(of_filings)),
        (FilingValue, FilingValue.filing_id.in_(of_filings)),
        (AssessmentFiling, AssessmentFiling.id.in_(of_filings)),
        (AssessmentDocument, AssessmentDocument.round_id == round_id),
    )
    for model, which in gone:
        for row in db.session.scalars(sa.select(model).where(which).order_by(model.id.desc())):
            db.session.delete(row)
        db.session.flush()
    trail.record(actor, "assessment.rehearsal_deleted", found)
    db.session.delete(found)
    db.session.flush()
