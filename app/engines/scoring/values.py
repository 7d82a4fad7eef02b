"""Pass 1: every indicator's value out of one park's raw values, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from app.engines.scoring.cohort import Subject
from app.engines.scoring.exact import Ratio, ratio_of
from app.engines.scoring.formulas import Item, Node, Operation, Row, compiled
from app.engines.scoring.rules import Expert, Value
from app.engines.scoring.scheme import BaseZero, Indicator, Scheme


class Absence(Enum):
    """Why an indicator has no value. All but ``not_applicable`` are scored, with 0 points unless
    the base is missing or 0."""

    missing = "missing"
    too_few_marks = "too_few_marks"
    base_zero_positive = "base_zero_positive"
    base_zero_other = "base_zero_other"
    zero_denominator = "zero_denominator"
    not_applicable = "not_applicable"


Found = Value | Absence
Evaluate = Callable[[Subject, Row], Found]


def row_of(scheme: Scheme, subject: Subject) -> list[Ratio | None]:
    """The numeric data items of a park as ratios, in the scheme's order; None = missing."""
    get = subject.values.get
    row: list[Ratio | None] = []
    for code in scheme.numeric_index:
        value = get(code)
        row.append(None if value is None else value.as_integer_ratio())  # type: ignore[union-attr]
    return row


def evaluator(indicator: Indicator, index: Mapping[str, int]) -> Evaluate:
    """A function from a park and its row to the indicator's value or the absence of one."""
    rule = indicator.rule
    if isinstance(rule, Expert):
        return _panel(indicator.code, rule)
    if rule.takes == "levels":
        return _levels(indicator.value.items[0])
    if rule.takes == "choice":
        return _option(indicator.value.items[0])
    if indicator.base_zero is not None:
        return _growth(indicator, indicator.base_zero, index)
    return _number(indicator, index)


def _panel(code: str, rule: Expert) -> Evaluate:
    def evaluate(subject: Subject, _row: Row) -> Found:
        mean = rule.mean([ratio_of(mark) for mark in subject.marks.get(code, ())])
        return Absence.too_few_marks if mean is None else mean

    return evaluate


def _levels(code: str) -> Evaluate:
    def evaluate(subject: Subject, _row: Row) -> Found:
        value = subject.values.get(code)
        if value is None:
            return Absence.missing
        assert isinstance(value, Mapping)
        return {level: ratio_of(count) for level, count in value.items()}

    return evaluate


def _option(code: str) -> Evaluate:
    def evaluate(subject: Subject, _row: Row) -> Found:
        value = subject.values.get(code)
        assert value is None or isinstance(value, str)
        return Absence.missing if value is None else value

    return evaluate


def _number(indicator: Indicator, index: Mapping[str, int]) -> Evaluate:
    places = [index[code] for code in indicator.value.items]
    calculate = compiled(indicator.value.root, index)
    absent = _without_denominator(indicator)

    def evaluate(_subject: Subject, row: Row) -> Found:
        for place in places:
            if row[place] is None:
                return Absence.missing
        try:
            return calculate(row)
        except ZeroDivisionError:
            return absent

    return evaluate


def _without_denominator(indicator: Indicator) -> Absence:
    if indicator.zero_denominator_is_na:
        return Absence.not_applicable
    return Absence.zero_denominator


def _growth(indicator: Indicator, policy: BaseZero, index: Mapping[str, int]) -> Evaluate:
    """A value with a policy for a base that is missing or 0; everything else must be there."""
    outside = [index[code] for code in dict.fromkeys(_beside(indicator.value.root, policy))]
    within = [index[code] for code in policy.base.items]
    current, base = compiled(policy.current.root, index), compiled(policy.base.root, index)
    calculate = compiled(indicator.value.root, index)

    def evaluate(_subject: Subject, row: Row) -> Found:
        if any(row[place] is None for place in outside):
            return Absence.missing
        if any(row[place] is None for place in within) or base(row)[0] == 0:
            positive = current(row)[0] > 0
            return Absence.base_zero_positive if positive else Absence.base_zero_other
        return calculate(row)

    return evaluate


def _beside(node: Node, policy: BaseZero) -> Sequence[str]:
    """Codes outside the denominator."""
    if isinstance(node, Item):
        return [node.code]
    if not isinstance(node, Operation):
        return []
    right = [] if node.sign == "/" else _beside(node.right, policy)
    return [*_beside(node.left, policy), *right]
