"""What scoring says of a park: numbers, rank, grade and, where asked for, how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.engines.scoring.cohort import RawValue, Subject
from app.engines.scoring.exact import Ratio, text_of
from app.engines.scoring.scheme import Adjustment, Indicator, Scheme
from app.engines.scoring.values import Found


class ItemLine(NamedTuple):
    """How an indicator's score came about, as its inputs; ``explanation`` puts it into words.

    ``points`` before limits and spreading; ``facts`` of the cohort; ``not_applicable`` = full marks
    of the park's indicators in the block that do not apply; ``score`` None = not applicable.
    """

    indicator: Indicator
    value: Found
    points: Ratio
    facts: Any
    not_applicable: Fraction
    score: Decimal | None


class AdjustmentLine(NamedTuple):
    """How the points of a bonus or deduction item came about; the quantity of a rank delta is the
    number of places gained."""

    adjustment: Adjustment
    quantity: RawValue | None
    points: Ratio
    score: Decimal


@dataclass(frozen=True, slots=True)
class Lines:
    """The inputs of a park's explanation."""

    scheme: Scheme
    subject: Subject
    items: tuple[ItemLine, ...]
    bonus: tuple[AdjustmentLine, ...]
    deductions: tuple[AdjustmentLine, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one park. Not scored (vetoed, not filed): empty mappings, None, lowest grade.

    ``items``: indicator -> points, None = not applicable. ``grade_by_score`` and ``grade_steps``
    tell how the grade was reached. ``lines`` only where explanations were asked for.
    """

    id: str
    grade: str
    veto: str | None = None
    in_cohort: bool = False
    items: Mapping[str, Decimal | None] = field(default_factory=dict)
    blocks: Mapping[str, Decimal] = field(default_factory=dict)
    base: Decimal | None = None
    bonus: Mapping[str, Decimal] = field(default_factory=dict)
    deductions: Mapping[str, Decimal] = field(default_factory=dict)
    final: Decimal | None = None
    rank: int | None = None
    failed_gates: tuple[str, ...] = ()
    grade_by_score: str = ""
    grade_steps: tuple[str, ...] = ()
    first_rank: int | None = None
    lines: Lines | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer of ``flask assessments score``: decimals as text."""
        return {
            "items": {
                code: "NA" if one is None else text_of(one) for code, one in self.items.items()
            },
            "blocks": _texts(self.blocks),
            "base": None if self.base is None else text_of(self.base),
            "bonus": _texts(self.bonus),
            "deductions": _texts(self.deductions),
            "final": None if self.final is None else text_of(self.final),
            "rank": self.rank,
            "grade": self.grade,
            "failed_gates": list(self.failed_gates),
            "veto": self.veto,
            "in_cohort": self.in_cohort,
        }


def _texts(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: text_of(number) for code, number in numbers.items()}
