"""Which assessment counted a record of a register while it was alive."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.extensions import db
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.rules.rounds import RoundState

#: What was counted is final from here on: the numbers stand by themselves.
FINAL = (RoundState.confirmed.value, RoundState.archived.value, RoundState.cancelled.value)


def round_counting(park_id: int | None, until: datetime) -> AssessmentRound | None:
    """A round, not final yet, that took a park's values from its registers before ``until``."""
    query = (
        sa.select(AssessmentRound)
        .join(AssessmentFiling, AssessmentFiling.round_id == AssessmentRound.id)
        .join(FilingValue, FilingValue.filing_id == AssessmentFiling.id)
        .where(
            AssessmentFiling.park_id == park_id,
            FilingValue.taken_at < until,
            AssessmentRound.state.not_in(FINAL),
            AssessmentRound.rehearsal_of_id.is_(None),
        )
    )
    return db.session.scalar(query.order_by(AssessmentRound.id.desc()).limit(1))
