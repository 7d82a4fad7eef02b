"""Why a score is what it is: structured data for people, pages and files, made on demand.

Scoring keeps the inputs of each line (``Lines``); ``explained`` turns them into plain JSON data that
stands for itself: ``recompute`` needs nothing else to arrive at the same score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.engines.scoring.cohort import RawValue, Subject
from app.engines.scoring.exact import (
    Ratio,
    Rounding,
    exact_text,
    ratio_from,
    ratio_of,
    smaller,
    text_of,
)
from app.engines.scoring.outcomes import AdjustmentLine, ItemLine, Lines, Outcome
from app.engines.scoring.passes import spread
from app.engines.scoring.rules import AboveCohort, CohortRule, Value
from app.engines.scoring.scheme import Block, Indicator, Scheme
from app.engines.scoring.values import Absence, Found

NOT_APPLICABLE = "NA"


def explained(outcome: Outcome) -> dict[str, Any]:
    """The explanation of one park as JSON data; numbers are exact text (``"1/3"`` where decimals
    never end). Of a park that is not scored it is its veto alone.

    ``outcome`` must come from ``score(..., explain=True)``.
    """
    if not outcome.in_cohort:
        return {"id": outcome.id, "veto": outcome.veto, "grade": {"grade": outcome.grade}}
    assert outcome.lines is not None, "score with explain=True"
    lines, scheme = outcome.lines, outcome.lines.scheme
    total = _total(scheme, outcome)
    return {
        "id": outcome.id,
        "veto": None,
        "rounding": {
            "items": _rounding(scheme.item_rounding),
            "final": _rounding(scheme.final_rounding),
        },
        "items": {one.indicator.code: _item(one, lines) for one in lines.items},
        "blocks": {one.code: _block(one, outcome) for one in scheme.blocks},
        "base": total["base"],
        "bonus": {one.adjustment.code: _adjustment(one) for one in lines.bonus},
        "deductions": {one.adjustment.code: _adjustment(one) for one in lines.deductions},
        "total": total,
        "rank": _rank(outcome),
        "grade": {
            "grade": outcome.grade,
            "by_score": outcome.grade_by_score,
            "steps": list(outcome.grade_steps),
            "failed_gates": list(outcome.failed_gates),
        },
    }


def _rounding(rounding: Rounding) -> dict[str, str]:
    return {"digits": str(rounding.digits), "mode": rounding.mode}


def _block(block: Block, outcome: Outcome) -> dict[str, Any]:
    left_out = [one.code for one in block.indicators if outcome.items[one.code] is None]
    return {
        "name": block.name,
        "max_score": text_of(block.max_score),
        "not_applicable": left_out,
        "score": text_of(outcome.blocks[block.code]),
    }


def _total(scheme: Scheme, outcome: Outcome) -> dict[str, str]:
    total, told = scheme.total, outcome.as_json()
    return {
        "base": told["base"],
        "bonus": _added(outcome.bonus),
        "bonus_cap": text_of(total.bonus_cap),
        "deduction": _added(outcome.deductions),
        "deduction_cap": text_of(total.deduction_cap),
        "low": text_of(total.low),
        "high": text_of(total.high),
        "final": told["final"],
    }


def _added(points: Mapping[str, Decimal]) -> str:
    return exact_text(ratio_from(sum(map(Fraction, points.values()), Fraction(0))))


def _rank(outcome: Outcome) -> dict[str, Any]:
    assert outcome.lines is not None
    return {
        "rank": outcome.rank,
        "without_rank_bonus": outcome.first_rank,
        "previous": outcome.lines.subject.previous_rank,
    }


# one indicator


def _item(line: ItemLine, lines: Lines) -> dict[str, Any]:
    one, subject = line.indicator, lines.subject
    inputs = _inputs(one, lines.scheme, subject)
    return {
        "name": one.name,
        "unit": one.unit,
        "block": one.block,
        "max_score": text_of(one.max_score),
        "inputs": inputs,
        "marks": [text_of(mark) for mark in subject.marks.get(one.code, ())],
        "formula": one.value.text,
        "formula_with_numbers": _with_numbers(one, inputs),
        "on_zero_denominator": "not_applicable" if one.zero_denominator_is_na else "zero",
        "value": None if isinstance(line.value, Absence) else value_text(line.value),
        "absence": line.value.value if isinstance(line.value, Absence) else None,
        "rule": as_written(one.rule.source),
        **_rule_told(line),
        "points": exact_text(line.points),
        "limit": exact_text(top_of(one, line.value, line.facts)),
        "spread": exact_text(_spread(line, lines.scheme)),
        "score": NOT_APPLICABLE if line.score is None else text_of(line.score),
    }


def _inputs(one: Indicator, scheme: Scheme, subject: Subject) -> list[dict[str, Any]]:
    """The raw values: as declared by the park and as verified; only the latter count."""
    codes = list(one.value.items)
    if isinstance(one.rule, AboveCohort):
        codes += [code for code in one.rule.items if code not in codes]
    return [
        {
            "item": code,
            "name": scheme.items[code].name,
            "unit": scheme.items[code].unit,
            "type": scheme.items[code].kind,
            "declared": raw_text(subject.declared.get(code)),
            "verified": raw_text(subject.values.get(code)),
        }
        for code in codes
    ]


def _with_numbers(one: Indicator, inputs: Sequence[Mapping[str, Any]]) -> str:
    shown = {each["item"]: each["verified"] for each in inputs}
    return one.value.with_numbers({code: v for code, v in shown.items() if isinstance(v, str)})


def _rule_told(line: ItemLine) -> dict[str, Any]:
    """What the rule hit, and what it took from the cohort."""
    rule = line.indicator.rule
    if isinstance(line.value, Absence):
        return {"hit": {}, "cohort": None}
    told = rule.told(line.facts, line.value) if isinstance(rule, CohortRule) else None
    hit = rule.hit(line.value, line.facts)
    if isinstance(rule, AboveCohort) and told is not None:
        hit = {"formula_with_numbers": rule.cohort_value.with_numbers(told), **hit}
    return {"hit": hit, "cohort": told}


def top_of(one: Indicator, value: Found, facts: Any) -> Ratio:
    """The most points an item may have before spreading: full marks, or the cap of its rule."""
    full = ratio_of(one.max_score)
    cap = None if isinstance(value, Absence) else one.rule.limit(facts)
    return full if cap is None else smaller(full, ratio_of(cap))


def _spread(line: ItemLine, scheme: Scheme) -> Ratio:
    block = next(one for one in scheme.blocks if one.code == line.indicator.block)
    return spread(block.max_score, line.not_applicable)


# bonus and deductions


def _adjustment(line: AdjustmentLine) -> dict[str, Any]:
    one = line.adjustment
    return {
        "name": one.name,
        "unit": one.unit,
        "cap": text_of(one.cap),
        "rule": as_written(one.rule.source),
        "quantity": raw_text(line.quantity),
        "points": exact_text(line.points),
        "score": text_of(line.score),
    }


# texts


def as_written(data: Any) -> Any:
    """A part of the scheme as JSON data: numbers as their text."""
    if isinstance(data, Mapping):
        return {str(key): as_written(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [as_written(one) for one in data]
    if isinstance(data, Decimal):
        return text_of(data)
    return data if data is None or isinstance(data, bool | int) else str(data)


def raw_text(value: RawValue | None) -> str | dict[str, str] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {level: text_of(count) for level, count in value.items()}
    return text_of(value)


def value_text(value: Value) -> str | dict[str, str]:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {level: exact_text(count) for level, count in value.items()}
    return exact_text(value)
