"""Scoring of an assessment round (face of the engine): plain Python, importable without Flask.

A scheme is data (docs/scoring.md), a cohort is the parks of one round, the result is exact.
"""

from __future__ import annotations

from app.engines.scoring.cohort import RawValue, Subject, read_cohort, remarks
from app.engines.scoring.explanation import explained
from app.engines.scoring.faults import Fault, Refused
from app.engines.scoring.formulas import Comparison
from app.engines.scoring.outcomes import Lines, Outcome
from app.engines.scoring.passes import score
from app.engines.scoring.reading import read_scheme
from app.engines.scoring.recomputing import recompute
from app.engines.scoring.scheme import Adjustment, Block, DataItem, Indicator, Scheme
from app.engines.scoring.trying import points_for

__all__ = [
    "Adjustment",
    "Block",
    "Comparison",
    "DataItem",
    "Fault",
    "Indicator",
    "Lines",
    "Outcome",
    "RawValue",
    "Refused",
    "Scheme",
    "Subject",
    "explained",
    "points_for",
    "read_cohort",
    "read_scheme",
    "recompute",
    "remarks",
    "score",
]
