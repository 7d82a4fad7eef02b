"""A scheme as frozen data: what ``reading`` makes of the YAML and the passes compute with.

Points, limits and thresholds are ``Decimal``; names and texts are for people and change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.engines.scoring.exact import Rounding
from app.engines.scoring.formulas import Comparison, Formula
from app.engines.scoring.rules import Rule

#: Types of data items whose value is one number.
NUMERIC = ("number", "integer", "percentage", "multi_choice")
ITEM_TYPES = (*NUMERIC, "level_count", "choice", "text_and_files")
SOURCES = ("park", "platform", "authority")
SYSTEM = "system"


@dataclass(frozen=True)
class DataItem:
    """A raw value that is collected once and may serve several indicators (data item ≠ indicator)."""

    code: str
    name: str
    kind: str
    unit: str = ""
    digits: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    source: str = "park"
    prefill: str = ""
    check: Comparison | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True)
class BaseZero:
    """Points of a growth rate whose base is missing or 0; ``current / base`` is its one division."""

    current_positive: Decimal
    current_zero: Decimal
    current: Formula
    base: Formula


@dataclass(frozen=True)
class Indicator:
    """One scored line. ``value`` is a formula over data items (for ``expert`` the material)."""

    code: str
    name: str
    block: str
    max_score: Decimal
    value: Formula
    rule: Rule
    zero_denominator_is_na: bool
    base_zero: BaseZero | None
    unit: str = ""
    definition: str = ""
    input_type: str = ""
    data_source: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def is_expert(self) -> bool:
        return self.rule.takes == "marks"


@dataclass(frozen=True)
class Block:
    """A level-1 indicator: its score is the sum of its rounded children."""

    code: str
    name: str
    max_score: Decimal
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Adjustment:
    """A bonus or deduction item; ``cap`` limits its points."""

    code: str
    name: str
    cap: Decimal
    rule: Rule
    unit: str = ""
    definition: str = ""
    data_source: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    """A precondition on a raw value; failing it caps the grade, not the score."""

    code: str
    name: str
    item: str
    op: str
    value: Decimal


@dataclass(frozen=True)
class Veto:
    """Ends scoring for a park; ``set_by: system`` is the one for parks that have not filed."""

    code: str
    name: str
    set_by: str


@dataclass(frozen=True)
class Grade:
    """A band of the final score; ``minimum`` belongs to it."""

    code: str
    name: str
    minimum: Decimal


@dataclass(frozen=True)
class Quota:
    """How many parks may hold the highest grade."""

    ratio: Decimal
    rounding: str
    at_least: int


@dataclass(frozen=True)
class Conditions:
    """What the highest grade asks for beside the score; ``rate_percent`` of every block's marks."""

    rate_percent: tuple[Decimal, ...] = ()
    all_gates_pass: bool = False
    no_major_notice: bool = False


@dataclass(frozen=True)
class Grading:
    """Grades from the lowest to the highest and what stands between them."""

    grades: tuple[Grade, ...]
    conditions: Conditions
    quota: Quota | None
    gate_failure_cap: str | None


@dataclass(frozen=True)
class Total:
    """``clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), low, high)``."""

    bonus_cap: Decimal
    deduction_cap: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class TieBreak:
    """``kind``: ``final``, ``block``, ``raw`` or ``value``; ``code`` of what it looks at."""

    text: str
    kind: str
    code: str = ""


@dataclass(frozen=True)
class Template:
    """Who the scheme is."""

    code: str
    name: str
    version: str
    subject_types: tuple[str, ...]
    period_type: str


@dataclass(frozen=True)
class Scheme:
    """A whole scheme, checked: whoever holds one can score with it."""

    template: Template
    items: Mapping[str, DataItem]
    blocks: tuple[Block, ...]
    bonus: tuple[Adjustment, ...]
    deductions: tuple[Adjustment, ...]
    gates: tuple[Gate, ...]
    vetoes: tuple[Veto, ...]
    grading: Grading
    tie_breaks: tuple[TieBreak, ...]
    item_rounding: Rounding
    final_rounding: Rounding
    total: Total

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(one for block in self.blocks for one in block.indicators)

    @cached_property
    def by_code(self) -> Mapping[str, Indicator]:
        return {one.code: one for one in self.indicators}

    @cached_property
    def numeric_index(self) -> Mapping[str, int]:
        """Place of each numeric data item in a row."""
        return {code: at for at, code in enumerate(c for c, i in self.items.items() if i.is_number)}

    @cached_property
    def system_veto(self) -> Veto:
        return next(one for one in self.vetoes if one.set_by == SYSTEM)

    @cached_property
    def experts(self) -> tuple[Indicator, ...]:
        return tuple(one for one in self.indicators if one.is_expert)
