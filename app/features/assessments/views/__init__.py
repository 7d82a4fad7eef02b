"""Pages of assessment."""

from __future__ import annotations

from app.features.assessments.views.card import (
    filing_todos,
    grade_todos,
    panel_todos,
    review_todos,
)
from app.features.assessments.views.filling import FilingView
from app.features.assessments.views.panel import PanelView
from app.features.assessments.views.reviewing import FilingReviewView
from app.features.assessments.views.rounds import RoundView
from app.features.assessments.views.schemes import SchemeView
from app.features.assessments.views.scoring import ScoringView
from app.features.assessments.views.zone_values import RoundValuesView

__all__ = [
    "FilingReviewView",
    "FilingView",
    "PanelView",
    "RoundValuesView",
    "RoundView",
    "SchemeView",
    "ScoringView",
    "filing_todos",
    "grade_todos",
    "panel_todos",
    "review_todos",
]
