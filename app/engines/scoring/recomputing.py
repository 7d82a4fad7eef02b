"""From an explanation back to the score, by itself: neither scheme nor cohort nor database.

What the zone's package and the archive promise (anybody can compute a result again) rests on this.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.engines.scoring.cohort import RawValue, Subject
from app.engines.scoring.exact import (
    Ratio,
    Rounding,
    decimal_of,
    fraction,
    ratio_from,
    ratio_of,
    text_of,
)
from app.engines.scoring.explanation import NOT_APPLICABLE, top_of
from app.engines.scoring.faults import Refused, Section
from app.engines.scoring.formulas import parse
from app.engines.scoring.passes import adjustment_points, points_without_value, spread
from app.engines.scoring.reading import NO_FORMULA, base_zero_of
from app.engines.scoring.rules import CohortRule, Rule, read_rule
from app.engines.scoring.scheme import Adjustment, Indicator
from app.engines.scoring.values import Absence, Found, evaluator


def recompute(explanation: Mapping[str, Any]) -> dict[str, Any]:
    """Items, blocks, base, bonus, deductions and final out of what ``explained`` gave, as texts.

    Only inputs are read (raw values, marks, quantities, rules, facts of the cohort), no result.
    """
    items_by = _rounding(explanation["rounding"]["items"])
    values = {code: _item(code, one) for code, one in explanation["items"].items()}
    weights = {
        code: _not_applicable(code, explanation["items"], values) for code in explanation["blocks"]
    }
    items: dict[str, str] = {}
    blocks = dict.fromkeys(explanation["blocks"], 0)
    for code, (indicator, value, facts) in values.items():
        if value is Absence.not_applicable:
            items[code] = NOT_APPLICABLE
            continue
        block = indicator.block
        full = decimal_of(explanation["blocks"][block]["max_score"])
        factor = spread(full, weights[block])
        units = _units(indicator, value, facts, factor, items_by)
        items[code] = text_of(items_by.decimal(units))
        blocks[block] += units
    bonus = _adjusted(explanation, "bonus", items_by)
    deductions = _adjusted(explanation, "deductions", items_by)
    base = sum(blocks.values())
    return {
        "items": items,
        "blocks": {code: text_of(items_by.decimal(units)) for code, units in blocks.items()},
        "base": text_of(items_by.decimal(base)),
        "bonus": {code: text_of(items_by.decimal(units)) for code, units in bonus.items()},
        "deductions": {
            code: text_of(items_by.decimal(units)) for code, units in deductions.items()
        },
        "final": _final(
            explanation, items_by, base, (sum(bonus.values()), sum(deductions.values()))
        ),
    }


def _rounding(told: Mapping[str, str]) -> Rounding:
    return Rounding(int(told["digits"]), told["mode"])


def _rule(source: Mapping[str, Any]) -> Rule:
    faults: list[Any] = []
    rule = read_rule(Section(source, "rule", faults))
    if faults:
        raise Refused(faults)
    return rule


# one indicator


def _item(code: str, told: Mapping[str, Any]) -> tuple[Indicator, Found, Any]:
    """The indicator as the explanation describes it, its value and the facts of the cohort."""
    formula = parse(told["formula"]) if told["formula"] else NO_FORMULA
    indicator = Indicator(
        code=code,
        name=told["name"],
        block=told["block"],
        max_score=decimal_of(told["max_score"]),
        value=formula,
        rule=_rule(told["rule"]),
        zero_denominator_is_na=told["on_zero_denominator"] == "not_applicable",
        base_zero=base_zero_of(Section(told["rule"], "rule", []), formula),
    )
    raw = {one["item"]: _raw(one) for one in told["inputs"] if one["verified"] is not None}
    marks = {code: tuple(map(decimal_of, told["marks"]))}
    subject = Subject(code, values=raw, marks=marks)
    index = {one["item"]: place for place, one in enumerate(told["inputs"])}
    row = [_ratio(raw.get(name)) for name in index]
    value = evaluator(indicator, index)(subject, row)
    facts = None
    if isinstance(indicator.rule, CohortRule) and not isinstance(value, Absence):
        facts = indicator.rule.facts_told(told["cohort"], value)
    return indicator, value, facts


def _raw(told: Mapping[str, Any]) -> RawValue:
    verified = told["verified"]
    if isinstance(verified, Mapping):
        return {level: decimal_of(count) for level, count in verified.items()}
    return str(verified) if told["type"] in ("choice", "text_and_files") else decimal_of(verified)


def _ratio(raw: RawValue | None) -> Ratio | None:
    return None if raw is None or isinstance(raw, str | Mapping) else ratio_of(raw)


def _not_applicable(
    block: str, told: Mapping[str, Any], values: Mapping[str, tuple[Indicator, Found, Any]]
) -> Fraction:
    left_out = [
        Fraction(decimal_of(told[code]["max_score"]))
        for code, (indicator, value, _facts) in values.items()
        if indicator.block == block and value is Absence.not_applicable
    ]
    return sum(left_out, Fraction(0))


def _units(
    indicator: Indicator, value: Found, facts: Any, factor: Ratio, rounding: Rounding
) -> int:
    if isinstance(value, Absence):
        points = points_without_value(value, indicator.base_zero)
    else:
        points = indicator.rule.points(ratio_of(indicator.max_score), facts)(value)
    limited = min(max(fraction(points), Fraction(0)), fraction(top_of(indicator, value, facts)))
    return rounding.units()(*ratio_from(limited * fraction(factor)))


# bonus, deductions, final


def _adjusted(explanation: Mapping[str, Any], key: str, rounding: Rounding) -> dict[str, int]:
    found = {}
    for code, told in explanation[key].items():
        cap = decimal_of(told["cap"])
        item = Adjustment(code, told["name"], cap, _rule(told["rule"]))
        points = fraction(adjustment_points(item)(_quantity(explanation, item.rule, told)))
        top = cap if item.rule.cap is None else min(cap, item.rule.cap)
        found[code] = rounding.units()(*ratio_from(min(max(points, Fraction(0)), Fraction(top))))
    return found


def _quantity(
    explanation: Mapping[str, Any], rule: Rule, told: Mapping[str, Any]
) -> RawValue | None:
    if rule.kind == "rank_delta":
        rank = explanation["rank"]
        return decimal_of(max(0, (rank["previous"] or 0) - rank["without_rank_bonus"]))
    if told["quantity"] is None:
        return None
    return _raw({"verified": told["quantity"], "type": rule.takes})


def _final(
    explanation: Mapping[str, Any], items_by: Rounding, base: int, added: tuple[int, int]
) -> str:
    told = {name: Fraction(text) for name, text in explanation["total"].items()}
    unit = 10**items_by.digits
    bonus, deduction = (Fraction(one, unit) for one in added)
    total = Fraction(base, unit) + min(bonus, told["bonus_cap"])
    total -= min(deduction, told["deduction_cap"])
    total = min(max(total, told["low"]), told["high"])
    rounding = _rounding(explanation["rounding"]["final"])
    return text_of(rounding.decimal(rounding.units()(*ratio_from(total))))
