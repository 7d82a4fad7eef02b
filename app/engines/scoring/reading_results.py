"""Reading the second half of a scheme: rounding, totals, gates, vetoes, grades, order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.engines.scoring.checking import check_numbers, coded, has_code_twice
from app.engines.scoring.exact import MODES, Rounding
from app.engines.scoring.faults import Section, each
from app.engines.scoring.formulas import COMPARISONS
from app.engines.scoring.scheme import (
    SYSTEM,
    Block,
    Conditions,
    DataItem,
    Gate,
    Grade,
    Grading,
    Quota,
    TieBreak,
    Total,
    Veto,
)

QUOTA_MODES = ("floor", "ceil", "half_up")
#: What a round of this platform always does; another value would be a promise that is not kept.
FIXED = {
    "number_type": "decimal",
    "value_used": "verified",
    "missing_value": "zero",
    "not_applicable": "redistribute_within_level1",
}
COHORT = ("status_submitted", "not_vetoed")
_NUMBER = r"([-+−]?[0-9]+(?:\.[0-9]+)?)"
FORMULA = re.compile(
    r"clamp\(base\+min\(bonus,bonus_cap\)[-−]min\(deduction,deduction_cap\),"
    rf"{_NUMBER},{_NUMBER}\)"
)
RATE = re.compile(r"every_level1_rate_at_least_([0-9]+(?:\.[0-9]+)?)_percent")
MOST_DECIMALS = 10


def read_results(
    top: Section,
    items: Mapping[str, DataItem],
    blocks: Sequence[Block],
) -> dict[str, Any]:
    """Fields of ``Scheme`` from gates to rounding. Raises ``Unreadable`` after noting faults."""
    scoring = top.section("scoring")
    _fixed(top, scoring)
    return {
        "gates": _gates(top, items),
        "vetoes": _vetoes(top),
        "grading": _grading(top.section("grades")),
        "tie_breaks": _tie_breaks(top, items, blocks),
        "item_rounding": _rounding(scoring.section("item_round")),
        "final_rounding": _rounding(scoring.section("final_round")),
        "total": _total(scoring),
    }


def _fixed(top: Section, scoring: Section) -> None:
    for key, value in FIXED.items():
        scoring.one_of(key, (value,), value)
    if scoring.texts("cohort", COHORT) != COHORT:
        scoring.fault("fixed_setting", "cohort", value="…", allowed=", ".join(COHORT))
    top.one_of("rank_method", ("competition_1224",), "competition_1224")


def _rounding(section: Section) -> Rounding:
    digits = section.whole("digits")
    if digits > MOST_DECIMALS:
        raise section.fault("too_large", "digits", value=digits, limit=MOST_DECIMALS)
    return Rounding(digits, section.one_of("mode", MODES, "HALF_UP"))


def _total(scoring: Section) -> Total:
    text = scoring.text("formula")
    found = FORMULA.fullmatch(re.sub(r"\s", "", text))
    if found is None:
        raise scoring.fault("total_formula", "formula", formula=text)
    low, high = (Decimal(one.replace("−", "-")) for one in found.groups())
    if low > high:
        raise scoring.fault("too_small", "formula", value=high, limit=low)
    return Total(
        bonus_cap=scoring.number("bonus_cap", at_least=0),
        deduction_cap=scoring.number("deduction_cap", at_least=0),
        low=low,
        high=high,
    )


def _gates(top: Section, items: Mapping[str, DataItem]) -> tuple[Gate, ...]:
    sections = list(top.sections("gates", [], below="gates"))
    has_code_twice(sections)
    return each(sections, lambda one: _gate(one, items))


def _gate(section: Section, items: Mapping[str, DataItem]) -> Gate:
    test = section.section("test")
    item = test.text("item")
    check_numbers(test, "item", [item], items)
    op = test.one_of("op", tuple(COMPARISONS))
    return Gate(**coded(section), item=item, op=op, value=test.number("value"))


def _vetoes(top: Section) -> tuple[Veto, ...]:
    sections = list(top.sections("vetoes", below="vetoes"))
    has_code_twice(sections)
    found = each(sections, lambda one: Veto(**coded(one), set_by=one.text("set_by", "operator")))
    number = sum(one.set_by == SYSTEM for one in found)
    if number != 1 and len(found) == len(sections):
        top.fault("system_veto", "vetoes", number=number)
    return found


def _tie_breaks(
    top: Section, items: Mapping[str, DataItem], blocks: Sequence[Block]
) -> tuple[TieBreak, ...]:
    found = []
    for text in top.texts("tie_break", ["final_score"]):
        one = _tie_break(text)
        if one is None:
            top.fault("tie_break", "tie_break", value=text)
            continue
        _check_tie_break(top, one, items, blocks)
        found.append(one)
    return tuple(found)


def _tie_break(text: str) -> TieBreak | None:
    if text == "final_score":
        return TieBreak(text, "final")
    if text.startswith("block_") and text.endswith("_score"):
        return TieBreak(text, "block", text[len("block_") : -len("_score")])
    kind, sign, code = text.partition(":")
    return TieBreak(text, kind, code.strip()) if sign and kind in ("raw", "value") else None


def _check_tie_break(
    top: Section, one: TieBreak, items: Mapping[str, DataItem], blocks: Sequence[Block]
) -> None:
    if one.kind == "block" and one.code not in {block.code for block in blocks}:
        top.fault("tie_break", "tie_break", value=one.text)
    if one.kind == "raw":
        check_numbers(top, "tie_break", [one.code], items)
    if one.kind == "value":
        indicators = {each.code: each for block in blocks for each in block.indicators}
        if one.code not in indicators:
            top.fault("tie_break", "tie_break", value=one.text)
        elif indicators[one.code].rule.takes not in ("number", "marks"):
            top.fault("value_not_number", "tie_break", name=one.code)


def _grading(section: Section) -> Grading:
    rows = list(section.sections("bands", below="grades.bands"))
    has_code_twice(rows)
    grades = each(rows, lambda one: Grade(**coded(one), minimum=one.number("min")))
    if not rows:
        raise section.fault("empty_list", "bands")
    ordered = tuple(sorted(grades, key=lambda one: one.minimum))
    for before, after in pairwise(ordered):
        if before.minimum == after.minimum:
            section.fault("bands_overlap", "bands", value=after.minimum, before=before.minimum)
    if grades not in (ordered, ordered[::-1]):
        section.fault("grades_order", "bands")
    cap = section.text("gate_failure_caps_grade_at", "") or None
    if cap is not None and cap not in {one.code for one in grades}:
        section.fault("unknown_grade", "gate_failure_caps_grade_at", value=cap)
    return Grading(ordered, _conditions(section), _quota(section), cap)


def _conditions(section: Section) -> Conditions:
    rates: list[Decimal] = []
    named: set[str] = set()
    for text in section.texts("excellent_conditions", []):
        if found := RATE.fullmatch(text):
            rates.append(Decimal(found[1]))
        elif text in ("all_gates_pass", "no_major_notice"):
            named.add(text)
        else:
            section.fault("unknown_condition", "excellent_conditions", value=text)
    return Conditions(tuple(rates), "all_gates_pass" in named, "no_major_notice" in named)


def _quota(section: Section) -> Quota | None:
    if not section.has("excellent_quota"):
        return None
    one = section.section("excellent_quota")
    one.one_of("of", ("ranked_subjects",), "ranked_subjects")
    one.one_of("tie_at_edge", ("all_or_none",), "all_or_none")
    return Quota(
        ratio=one.number("ratio", at_least=0),
        rounding=one.one_of("rounding", QUOTA_MODES, "floor"),
        at_least=one.whole("at_least", 0),
    )
