"""Who may read a file of a filing: the policy says it of everybody but experts, who need a panel."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.actor import Actor
from app.engines.files import StoredFile
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentPanelist,
    AssessmentRound,
    FilingEvidence,
)
from app.features.assessments.queries import rounds
from app.features.assessments.rules.filing import FILED


def may_read(actor: Actor, file: StoredFile) -> bool:
    """Evidence."""
    return policy.may_read_paper(actor, file) or _for_the_panel(actor, file)


def _for_the_panel(actor: Actor, file: StoredFile) -> bool:
    """An expert reads what lies with the indicators that they mark, in rounds whose panel they are
    in, of filings that are handed in."""
    if not (actor.sees_all and actor.can("can_mark", policy.PANEL_VIEW)):
        return False
    query = (
        sa.select(FilingEvidence.code, AssessmentRound)
        .join(AssessmentFiling, AssessmentFiling.id == FilingEvidence.filing_id)
        .join(AssessmentRound, AssessmentRound.id == AssessmentFiling.round_id)
        .join(AssessmentPanelist, AssessmentPanelist.round_id == AssessmentRound.id)
        .where(
            FilingEvidence.file_key == file.key,
            FilingEvidence.removed_at.is_(None),
            AssessmentFiling.takes_part,
            AssessmentFiling.state.in_([one.value for one in FILED]),
            AssessmentPanelist.expert_id == actor.user_id,
        )
    )
    return any(
        code in one.value.items
        for code, found in db.session.execute(query)
        for one in rounds.scheme_of(found).experts
    )
