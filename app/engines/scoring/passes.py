"""The three passes over a round: own values, cohort, rank.

Everything is exact until an item, a bonus or deduction item and the final score are rounded, each
once. Columns hold one entry for each park of the cohort, in the order of ``Round.subjects``; points
are whole numbers of the scheme's smallest unit (0.01 for two digits) from their rounding on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from math import lcm
from typing import Any

from app.engines.scoring.cohort import RawValue, Subject
from app.engines.scoring.exact import ONE, ZERO, Ratio, ratio_of, smaller
from app.engines.scoring.formulas import COMPARISONS
from app.engines.scoring.outcomes import AdjustmentLine, ItemLine, Lines, Outcome
from app.engines.scoring.ranking import (
    Graded,
    Standing,
    competition_ranks,
    grade_all,
    present,
)
from app.engines.scoring.rules import CohortRule
from app.engines.scoring.scheme import Adjustment, BaseZero, Block, Indicator, Scheme, TieBreak
from app.engines.scoring.values import Absence, Found, evaluator, row_of

#: Points of one indicator over the cohort: whole units, None = not applicable.
Units = list[int | None]


def score(
    scheme: Scheme, subjects: Iterable[Subject], *, explain: bool = False
) -> dict[str, Outcome]:
    """Id -> outcome of every subject, in their order; their order changes no outcome.

    With ``explain`` every outcome of the cohort has ``lines``, from which ``explanation`` is made.
    """
    given = list(subjects)
    scored = Round(scheme, [one for one in given if one.is_scored], explain=explain).outcomes()
    return {one.id: scored.get(one.id) or unscored(scheme, one) for one in given}


def unscored(scheme: Scheme, subject: Subject) -> Outcome:
    """A park with a veto, or that has not filed: the lowest grade and nothing else."""
    veto = subject.veto or scheme.system_veto.code
    return Outcome(subject.id, scheme.grading.grades[0].code, veto=veto)


def points_without_value(absence: Absence, policy: BaseZero | None) -> Ratio:
    """0, or what the scheme gives where a growth rate has no base."""
    if policy is None or absence not in (Absence.base_zero_positive, Absence.base_zero_other):
        return ZERO
    positive = absence is Absence.base_zero_positive
    return ratio_of(policy.current_positive if positive else policy.current_zero)


def spread(block_max: Decimal, not_applicable: Fraction) -> Ratio:
    """The factor by which a block's other items grow; 1 when nothing with marks is left."""
    left = Fraction(block_max) - not_applicable
    return (Fraction(block_max) / left).as_integer_ratio() if left else ONE


@dataclass
class Column:
    """One indicator over the cohort."""

    indicator: Indicator
    values: list[Found]
    points: list[Ratio] = field(default_factory=list)
    units: Units = field(default_factory=list)
    facts: Any = None


@dataclass
class AdjustmentColumn:
    """One bonus or deduction item over the cohort."""

    adjustment: Adjustment
    quantities: list[RawValue | None]
    points: list[Ratio]
    units: list[int]


class Round:
    """One scheme over one cohort; ``outcomes`` runs the three passes."""

    def __init__(self, scheme: Scheme, cohort: Sequence[Subject], *, explain: bool) -> None:
        self.scheme, self.subjects, self.explain = scheme, cohort, explain
        self.index = scheme.numeric_index
        self.rows = [row_of(scheme, one) for one in cohort]
        self.columns: dict[str, Column] = {}
        self.not_applicable: dict[str, list[Fraction]] = {}
        self.blocks: dict[str, list[int]] = {}
        self.base: list[int] = []
        self.adjusted: dict[str, dict[str, AdjustmentColumn]] = {"bonus": {}, "deductions": {}}
        self.gained: list[int] = [0] * len(cohort)
        self._item_decimal = scheme.item_rounding.decimal

    def outcomes(self) -> dict[str, Outcome]:
        self._own_values()
        self._cohort_scores()
        finals, first = self._ranked()
        ranks = first
        if self._rank_bonus(first):
            finals, ranks = self._ranked()
        graded = grade_all(self.scheme.grading, self._standings(finals, ranks))
        return {
            subject.id: self._outcome(at, finals[at], (first[at], ranks[at]), graded[subject.id])
            for at, subject in enumerate(self.subjects)
        }

    # pass 1: what a park's own values say

    def _own_values(self) -> None:
        for one in self.scheme.indicators:
            evaluate = evaluator(one, self.index)
            values = [evaluate(*pair) for pair in zip(self.subjects, self.rows, strict=True)]
            self.columns[one.code] = Column(one, values)
        for block in self.scheme.blocks:
            self.not_applicable[block.code] = self._full_marks_not_applicable(block)
        self.failed_gates = [self._failed_gates(row) for row in self.rows]

    def _full_marks_not_applicable(self, block: Block) -> list[Fraction]:
        weights = [Fraction(0)] * len(self.subjects)
        for one in block.indicators:
            if one.zero_denominator_is_na:
                for at, value in enumerate(self.columns[one.code].values):
                    if value is Absence.not_applicable:
                        weights[at] += Fraction(one.max_score)
        return weights

    def _failed_gates(self, row: Sequence[Ratio | None]) -> tuple[str, ...]:
        """Codes of the gates that a raw value does not pass; a missing one never passes."""
        failed = []
        for gate in self.scheme.gates:
            value, (limit, under) = row[self.index[gate.item]], ratio_of(gate.value)
            if value is None or not COMPARISONS[gate.op](value[0] * under, limit * value[1]):
                failed.append(gate.code)
        return tuple(failed)

    # pass 2: points, blocks, base, bonus and deductions

    def _cohort_scores(self) -> None:
        for block in self.scheme.blocks:
            weights = self.not_applicable[block.code]
            together = [spread(block.max_score, one) if one else ONE for one in weights]
            for one in block.indicators:
                self._score_column(self.columns[one.code], together)
            columns = [self.columns[one.code].units for one in block.indicators]
            self.blocks[block.code] = [
                sum(units or 0 for units in park) for park in zip(*columns, strict=True)
            ]
        self.base = [sum(park) for park in zip(*self.blocks.values(), strict=True)]
        for key, adjustments in self._adjustments():
            for item in adjustments:
                self.adjusted[key][item.code] = self._adjust(key, item)

    def _adjustments(self) -> list[tuple[str, tuple[Adjustment, ...]]]:
        return [("bonus", self.scheme.bonus), ("deductions", self.scheme.deductions)]

    def _score_column(self, column: Column, factors: Sequence[Ratio]) -> None:
        one, values = column.indicator, column.values
        rule, full = one.rule, ratio_of(one.max_score)
        if isinstance(rule, CohortRule):
            peers = [value for value in values if value.__class__ is not Absence]
            column.facts = rule.facts(peers, self.rows, self.index)
        points_of = rule.points(full, column.facts)
        absent = {each: points_without_value(each, one.base_zero) for each in Absence}
        column.points = [
            absent[value] if value.__class__ is Absence else points_of(value) for value in values
        ]
        cap = rule.limit(column.facts)
        top = full if cap is None else smaller(full, ratio_of(cap))
        column.units = list(self._rounded(column.points, factors, top))
        if one.base_zero is not None:  # points without a base are limited by the full marks alone
            without = self._rounded(column.points, factors, full)
            for at, value in enumerate(values):
                if value.__class__ is Absence:
                    column.units[at] = without[at]
        if one.zero_denominator_is_na:
            for at, value in enumerate(values):
                if value is Absence.not_applicable:
                    column.units[at] = None

    def _rounded(self, points: Sequence[Ratio], factors: Iterable[Ratio], top: Ratio) -> list[int]:
        """Points limited to 0…``top``, spread, then rounded: the one division of an item."""
        units = self.scheme.item_rounding.units()
        most, under = top
        found: list[int] = []
        for (n, d), (up, down) in zip(points, factors, strict=False):
            if n <= 0:
                found.append(0)
            elif n * under > most * d:
                found.append(units(most * up, under * down))
            else:
                found.append(units(n * up, d * down))
        return found

    def _adjust(self, key: str, item: Adjustment) -> AdjustmentColumn:
        if item.rule.kind == "rank_delta":
            quantities: list[RawValue | None] = [Decimal(gained) for gained in self.gained]
        else:
            quantities = [getattr(subject, key).get(item.code) for subject in self.subjects]
        points_of = adjustment_points(item)
        points = [points_of(quantity) for quantity in quantities]
        cap = item.cap if item.rule.cap is None else min(item.cap, item.rule.cap)
        units = self._rounded(points, repeat(ONE), ratio_of(cap))
        return AdjustmentColumn(item, quantities, points, units)

    def _ranked(self) -> tuple[list[int], list[int]]:
        """Final scores (units) and ranks from what is known so far."""
        finals = self._finals()
        keys = zip(*(self._keys(one, finals) for one in self.scheme.tie_breaks), strict=True)
        return finals, competition_ranks(list(keys) or [()] * len(finals))

    def _finals(self) -> list[int]:
        """The total formula for every park, in whole units of the final rounding."""
        total, unit = self.scheme.total, 10**self.scheme.item_rounding.digits
        limits = (total.bonus_cap, total.deduction_cap, total.low, total.high)
        scale = lcm(unit, *(ratio_of(limit)[1] for limit in limits))
        bonus_cap, deduction_cap, low, high = (int(Fraction(one) * scale) for one in limits)
        step, units = scale // unit, self.scheme.final_rounding.units()
        sums = zip(self.base, self._added("bonus"), self._added("deductions"), strict=True)
        return [
            units(
                min(
                    max(
                        base * step
                        + min(bonus * step, bonus_cap)
                        - min(deduction * step, deduction_cap),
                        low,
                    ),
                    high,
                ),
                scale,
            )
            for base, bonus, deduction in sums
        ]

    def _added(self, key: str) -> list[int]:
        """Bonus or deduction of each park before the cap of all of them."""
        columns = [column.units for column in self.adjusted[key].values()]
        return [sum(park) for park in zip(*columns, strict=True)] or [0] * len(self.subjects)

    def _keys(self, tie: TieBreak, finals: Sequence[int]) -> Sequence[Any]:
        if tie.kind == "final":
            return finals
        if tie.kind == "block":
            return self.blocks[tie.code]
        if tie.kind == "raw":
            return [present(subject.values.get(tie.code)) for subject in self.subjects]
        return [
            present(None if isinstance(value, Absence) else Fraction(*value))
            for value in self.columns[tie.code].values
        ]

    # pass 3: places gained

    def _rank_bonus(self, ranks: Sequence[int]) -> bool:
        """Bonus for places gained in the ranking without it; whether the scheme has any."""
        deltas = [one for one in self.scheme.bonus if one.rule.kind == "rank_delta"]
        for item in deltas:
            self.gained = [
                max(0, (subject.previous_rank or 0) - rank)
                for subject, rank in zip(self.subjects, ranks, strict=True)
            ]
            self.adjusted["bonus"][item.code] = self._adjust("bonus", item)
        return bool(deltas)

    # grades and answers

    def _standings(self, finals: Sequence[int], ranks: Sequence[int]) -> list[Standing]:
        unit = 10**self.scheme.item_rounding.digits
        full = {block.code: Fraction(block.max_score) * unit for block in self.scheme.blocks}
        return [
            Standing(
                id=subject.id,
                final=self.scheme.final_rounding.decimal(finals[at]),
                rank=ranks[at],
                lowest_rate=min(units[at] / full[code] for code, units in self.blocks.items()),
                failed_gates=self.failed_gates[at],
                has_major_notice=has_major_notice(subject),
            )
            for at, subject in enumerate(self.subjects)
        ]

    def _outcome(self, at: int, final: int, ranks: tuple[int, int], graded: Graded) -> Outcome:
        decimal = self._item_decimal
        items = {
            code: None if (units := column.units[at]) is None else decimal(units)
            for code, column in self.columns.items()
        }
        return Outcome(
            id=self.subjects[at].id,
            grade=graded.grade,
            in_cohort=True,
            items=items,
            blocks={code: decimal(units[at]) for code, units in self.blocks.items()},
            base=decimal(self.base[at]),
            bonus={code: decimal(one.units[at]) for code, one in self.adjusted["bonus"].items()},
            deductions={
                code: decimal(one.units[at]) for code, one in self.adjusted["deductions"].items()
            },
            final=self.scheme.final_rounding.decimal(final),
            rank=ranks[1],
            first_rank=ranks[0],
            failed_gates=self.failed_gates[at],
            grade_by_score=graded.by_score,
            grade_steps=graded.steps,
            lines=self._lines(at, items) if self.explain else None,
        )

    def _lines(self, at: int, items: Mapping[str, Decimal | None]) -> Lines:
        lines = tuple(
            ItemLine(
                column.indicator,
                column.values[at],
                column.points[at],
                column.facts,
                self.not_applicable[column.indicator.block][at],
                items[code],
            )
            for code, column in self.columns.items()
        )
        bonus, deductions = (
            tuple(
                AdjustmentLine(
                    column.adjustment,
                    column.quantities[at],
                    column.points[at],
                    self._item_decimal(column.units[at]),
                )
                for column in self.adjusted[key].values()
            )
            for key in ("bonus", "deductions")
        )
        return Lines(self.scheme, self.subjects[at], lines, bonus, deductions)


def adjustment_points(item: Adjustment) -> Callable[[RawValue | None], Ratio]:
    """Points of a bonus or deduction item before its caps; nothing counted gives nothing."""
    points_of = item.rule.points(ratio_of(item.cap), None)

    def points(quantity: RawValue | None) -> Ratio:
        if not quantity:  # None, 0, no level
            return ZERO
        if isinstance(quantity, Mapping):
            return points_of({level: ratio_of(count) for level, count in quantity.items()})
        assert isinstance(quantity, Decimal)
        return points_of(ratio_of(quantity))

    return points


def has_major_notice(subject: Subject) -> bool:
    """Whether any deduction counts something at a level named ``major``."""
    return any(
        isinstance(quantity, Mapping) and quantity.get("major", 0) > 0
        for quantity in subject.deductions.values()
    )
