"""Words of assessment: states, acts, refusals, what is wrong with a value."""

from __future__ import annotations

from app.features.assessments.labels import zone
from app.features.assessments.labels.fill import FILL_ACTS, FILL_REFUSALS
from app.features.assessments.labels.judge import JUDGE_ACTS, JUDGE_OBJECTS, JUDGE_REFUSALS
from app.features.assessments.labels.words import ACTS as SHARED_ACTS
from app.features.assessments.labels.words import (
    PHASE_WORDS,
    ROUND_WORDS,
    SECTION_WORDS,
    SOURCE_WORDS,
    STATE_WORDS,
    TYPED_WORDS,
    VERDICT_WORDS,
)
from app.features.assessments.labels.words import REFUSALS as SHARED_REFUSALS

ACTS = {**SHARED_ACTS, **zone.ACTS, **JUDGE_ACTS, **FILL_ACTS}
OBJECTS = {**zone.OBJECTS, **JUDGE_OBJECTS}
REFUSALS = {**SHARED_REFUSALS, **zone.REFUSALS, **JUDGE_REFUSALS, **FILL_REFUSALS}

__all__ = [
    "ACTS",
    "OBJECTS",
    "PHASE_WORDS",
    "REFUSALS",
    "ROUND_WORDS",
    "SECTION_WORDS",
    "SOURCE_WORDS",
    "STATE_WORDS",
    "TYPED_WORDS",
    "VERDICT_WORDS",
]
