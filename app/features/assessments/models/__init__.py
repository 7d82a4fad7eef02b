"""Tables of assessment."""

from __future__ import annotations

from app.features.assessments.models.filings import (
    AssessmentFiling,
    FilingEvidence,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.models.judging import (
    AssessmentAssignment,
    AssessmentMark,
    AssessmentOverride,
    AssessmentPanelist,
    AssessmentResult,
    AssessmentRun,
    AssessmentVeto,
)
from app.features.assessments.models.rounds import AssessmentDocument, AssessmentRound
from app.features.assessments.models.schemes import AssessmentScheme, SchemeVersion

__all__ = [
    "AssessmentAssignment",
    "AssessmentDocument",
    "AssessmentFiling",
    "AssessmentMark",
    "AssessmentOverride",
    "AssessmentPanelist",
    "AssessmentResult",
    "AssessmentRound",
    "AssessmentRun",
    "AssessmentScheme",
    "AssessmentVeto",
    "FilingEvidence",
    "FilingValue",
    "FilingValueChange",
    "SchemeVersion",
]
