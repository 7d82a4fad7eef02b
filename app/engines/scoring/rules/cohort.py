"""Rules that look at the other parks of the round (pass 2)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, ClassVar, NamedTuple

from app.engines.scoring.exact import (
    ZERO,
    Ratio,
    exact_text,
    is_below,
    ratio_from,
    ratio_of,
    ratio_of_text,
    text_of,
)
from app.engines.scoring.faults import Section
from app.engines.scoring.formulas import (
    Comparison,
    Formula,
    FormulaError,
    Row,
    compiled,
    divides_by_constant_zero,
    parse,
    parse_comparison,
)
from app.engines.scoring.rules.base import CohortRule, Hit, Points, Rule
from app.engines.scoring.rules.numbers import Pair, number_pairs


def _difference(one: Ratio, other: Ratio) -> int:
    return one[0] * other[1] - other[0] * one[1]


class Best(NamedTuple):
    """The largest peer value (None: no peer) and the number of peers."""

    value: Ratio | None
    peers: int


@dataclass(frozen=True, kw_only=True)
class RelativeToBest(CohortRule):
    """Full marks × value ÷ the largest value of a peer; nothing for all when that is not above 0."""

    kind: ClassVar[str] = "relative_to_best"
    needs_full: ClassVar[bool] = True

    def facts(self, values: Sequence[Any], rows: Sequence[Row], index: Mapping[str, int]) -> Best:
        best: Ratio | None = None
        for value in values:
            if best is None or is_below(best, value):
                best = value
        return Best(best, len(values))

    def points(self, full: Ratio, facts: Best) -> Points:
        if facts.value is None or facts.value[0] <= 0:
            return lambda _value: ZERO
        up, down = full[0] * facts.value[1], full[1] * facts.value[0]
        return lambda value: (value[0] * up, value[1] * down)

    def told(self, facts: Best, value: Any) -> dict[str, str]:
        return {"best": exact_text(facts.value or ZERO), "peers": str(facts.peers)}

    def facts_told(self, told: Mapping[str, str], value: Any) -> Best:
        return Best(ratio_of_text(told["best"]), int(told["peers"]))


class Positions(NamedTuple):
    """How many peers lie strictly below each value, and how many there are."""

    below: Mapping[Ratio, int]
    peers: int


@dataclass(frozen=True, kw_only=True)
class Percentile(CohortRule):
    """Points by the share of peers strictly below; ``steps`` are (share, points), shares rising.
    With fewer than ``min_cohort`` peers the fallback rule decides alone."""

    kind: ClassVar[str] = "percentile"
    keys: ClassVar[tuple[str, ...]] = ("steps", "zero_value_score", "min_cohort", "fallback")
    steps: tuple[Pair, ...]
    zero_value_score: Decimal | None
    min_cohort: int
    fallback: Rule | None

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        steps = tuple(sorted(number_pairs(section, "steps")))
        if len({share for share, _points in steps}) < len(steps):
            section.fault("steps_twice", "steps")
        least = section.whole("min_cohort", 1, at_least=1)
        if least > 1 and not section.has("fallback"):
            section.fault("missing_key", name="fallback")
        zero = section.number("zero_value_score", None)
        return {"steps": steps, "zero_value_score": zero, "min_cohort": least}

    def facts(
        self, values: Sequence[Any], rows: Sequence[Row], index: Mapping[str, int]
    ) -> Positions:
        ordered = sorted(values, key=cmp_to_key(_difference))
        below: dict[Ratio, int] = {}
        start = 0
        for place, value in enumerate(ordered):
            if _difference(ordered[start], value) != 0:
                start = place
            below[value] = start
        return Positions(below, len(ordered))

    def points(self, full: Ratio, facts: Positions) -> Points:
        if facts.peers < self.min_cohort:
            assert self.fallback is not None
            return self.fallback.points(full, None)
        zero = None if self.zero_value_score is None else ratio_of(self.zero_value_score)
        shares = [Fraction(share) * facts.peers for share, _points in self.steps]
        scores = [ZERO, *(ratio_of(points) for _share, points in self.steps)]
        below = facts.below

        def points(value: Ratio) -> Ratio:
            if zero is not None and value[0] == 0:
                return zero
            return scores[bisect_right(shares, below[value])]

        return points

    def limit(self, facts: Positions) -> Decimal | None:
        """The rule's own cap, and that of the fallback where it decides."""
        small = facts.peers < self.min_cohort
        caps = [self.cap, self.fallback.cap if small and self.fallback is not None else None]
        return min((cap for cap in caps if cap is not None), default=None)

    def hit(self, value: Any, facts: Positions) -> Hit:
        if facts.peers < self.min_cohort:
            assert self.fallback is not None
            return {"fallback": self.fallback.kind, **self.fallback.hit(value, None)}
        if self.zero_value_score is not None and value[0] == 0:
            return {"zero_value": text_of(self.zero_value_score)}
        share = Fraction(facts.below[value], facts.peers)
        reached = [step for step, _points in self.steps if step <= share]
        return {"step": text_of(reached[-1]) if reached else "none"}

    def told(self, facts: Positions, value: Any) -> dict[str, str]:
        return {"below": str(facts.below[value]), "peers": str(facts.peers)}

    def facts_told(self, told: Mapping[str, str], value: Any) -> Positions:
        return Positions({value: int(told["below"])}, int(told["peers"]))


class Together(NamedTuple):
    """The cohort's own value (None: nobody counts, or a zero denominator) and what made it."""

    value: Ratio | None
    sums: Mapping[str, Ratio]
    members: int


@dataclass(frozen=True, kw_only=True)
class AboveCohort(CohortRule):
    """``points_each`` for each unit above the value of the cohort taken together."""

    kind: ClassVar[str] = "above_cohort"
    keys: ClassVar[tuple[str, ...]] = ("cohort_value", "cohort_filter", "points")
    cohort_value: Formula
    cohort_filter: Comparison | None
    points_each: Decimal

    @classmethod
    def fields(cls, section: Section) -> dict[str, Any]:
        text = section.text("cohort_value")
        wish = section.text("cohort_filter", "")
        try:
            value = parse(text)
        except FormulaError as error:
            raise section.fault(error.code, "cohort_value", formula=text, **error.params) from error
        try:
            members = parse_comparison(wish) if wish else None
        except FormulaError as error:
            raise section.fault(
                error.code, "cohort_filter", formula=wish, **error.params
            ) from error
        if divides_by_constant_zero(value):
            section.fault("constant_zero", "cohort_value", formula=text)
        if value.items:
            section.fault("formula_only_sums", "cohort_value", name=value.items[0])
        points = section.number("points")
        return {"cohort_value": value, "cohort_filter": members, "points_each": points}

    @property
    def items(self) -> tuple[str, ...]:
        """Data items that a member must have to count."""
        own = self.cohort_filter.items if self.cohort_filter else ()
        return tuple(dict.fromkeys(self.cohort_value.sums + own))

    def facts(
        self, values: Sequence[Any], rows: Sequence[Row], index: Mapping[str, int]
    ) -> Together:
        members = self._members(rows, index)
        sums = {code: total(row[index[code]] for row in members) for code in self.cohort_value.sums}
        return Together(self.together(sums) if members else None, sums, len(members))

    def _members(self, rows: Sequence[Row], index: Mapping[str, int]) -> list[Row]:
        places = [index[code] for code in self.items]
        holds = self.cohort_filter.holds(index) if self.cohort_filter else None

        def counts(row: Row) -> bool:
            if any(row[place] is None for place in places):
                return False
            try:
                return holds is None or holds(row)
            except ZeroDivisionError:
                return False

        return [row for row in rows if counts(row)]

    def together(self, sums: Mapping[str, Ratio]) -> Ratio | None:
        """``cohort_value`` with the sums put in; None when a denominator is 0."""
        index = {f"sum({code})": place for place, code in enumerate(sums)}
        try:
            return compiled(self.cohort_value.root, index)(tuple(sums.values()))
        except ZeroDivisionError:
            return None

    def points(self, full: Ratio, facts: Together) -> Points:
        if facts.value is None:
            return lambda _value: ZERO
        (each, under), (m, e) = ratio_of(self.points_each), facts.value
        return lambda value: ((value[0] * e - m * value[1]) * each, value[1] * e * under)

    def told(self, facts: Together, value: Any) -> dict[str, str]:
        sums = {f"sum({code})": exact_text(number) for code, number in facts.sums.items()}
        own = {} if facts.value is None else {"cohort_value": exact_text(facts.value)}
        return {**own, **sums, "members": str(facts.members)}

    def facts_told(self, told: Mapping[str, str], value: Any) -> Together:
        sums = {code: ratio_of_text(told[f"sum({code})"]) for code in self.cohort_value.sums}
        members = int(told["members"])
        return Together(self.together(sums) if members else None, sums, members)


def total(numbers: Iterable[Ratio | None]) -> Ratio:
    """The exact sum; added by denominator, so that thousands of them stay small numbers."""
    by_denominator: dict[int, int] = {}
    for number in numbers:
        assert number is not None
        by_denominator[number[1]] = by_denominator.get(number[1], 0) + number[0]
    return ratio_from(sum((Fraction(n, d) for d, n in by_denominator.items()), Fraction(0)))
