"""Values that the zone enters, as its pages show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from app.engines import files
from app.extensions import db
from app.features.assessments.models import AssessmentDocument, AssessmentFiling, FilingValue


def of_round(round_id: int, codes: Collection[str]) -> Mapping[tuple[int, str], FilingValue]:
    """(Filing, code) -> value, as the database has it now."""
    query = (
        sa.select(FilingValue)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(AssessmentFiling.round_id == round_id, FilingValue.code.in_(list(codes)))
    )
    found = db.session.scalars(query, execution_options={"populate_existing": True})
    return {(one.filing_id, one.code): one for one in found}


def documents(round_id: int) -> Sequence[AssessmentDocument]:
    """Newest first."""
    query = sa.select(AssessmentDocument).where(AssessmentDocument.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentDocument.id.desc())).all()


def files_of(papers: Sequence[AssessmentDocument]) -> Mapping[int, files.StoredFile]:
    """Document -> its file."""
    keys = {one.file_key: one.id for one in papers if one.file_key}
    query = sa.select(files.StoredFile).where(files.StoredFile.key.in_(list(keys)))
    return {keys[one.key]: one for one in db.session.scalars(query)}
