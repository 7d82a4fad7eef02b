"""The same for what comes after the indicators: totals, order, grades, codes, shapes."""

from __future__ import annotations

from tests.engines.scoring.refused import INDICATORS, change, in_indicator, in_rule
from tests.support.schemes import indicator

RESULTS = {
    "two system vetoes": (
        change(("vetoes", "V5", "set_by"), "system"),
        ("vetoes", "system_veto"),
    ),
    "no system veto": (change(("vetoes", "V4", "set_by"), "operator"), ("vetoes", "system_veto")),
    "another total formula": (
        change(("scoring", "formula"), "base + bonus"),
        ("scoring.formula", "total_formula"),
    ),
    "limits the wrong way round": (
        change(
            ("scoring", "formula"),
            "clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), 9, 1)",
        ),
        ("scoring.formula", "too_small"),
    ),
    "another rounding": (
        change(("scoring", "item_round", "mode"), "UP"),
        ("scoring.item_round.mode", "not_one_of"),
    ),
    "too many digits": (
        change(("scoring", "final_round", "digits"), "11"),
        ("scoring.final_round.digits", "too_large"),
    ),
    "half a digit": (
        change(("scoring", "final_round", "digits"), "1.5"),
        ("scoring.final_round.digits", "not_whole"),
    ),
    "another number type": (
        change(("scoring", "number_type"), "float"),
        ("scoring.number_type", "not_one_of"),
    ),
    "another cohort": (
        change(("scoring", "cohort"), ["everybody"]),
        ("scoring.cohort", "fixed_setting"),
    ),
    "another total": (
        change(("template", "total_score"), "120"),
        ("template.total_score", "fixed_setting"),
    ),
    "another way to rank": (change(("rank_method",), "dense"), ("rank_method", "not_one_of")),
    "an unknown tie-breaker": (
        change(("tie_break", 1), "block_Q_score"),
        ("tie_break", "tie_break"),
    ),
    "no tie-breaker at all": (change(("tie_break", 1), "luck"), ("tie_break", "tie_break")),
    "ties broken by an unknown indicator": (
        change(("tie_break", 2), "value:Q9"),
        ("tie_break", "tie_break"),
    ),
    "ties broken by counts": (
        change(("tie_break", 2), "value:B4"),
        ("tie_break", "value_not_number"),
    ),
    "two grades from one score": (
        change(("grades", "bands", "good", "min"), "60"),
        ("grades.bands", "bands_overlap"),
    ),
    "grades out of order": (
        lambda data: (
            data["grades"]["bands"].reverse()
            or data["grades"]["bands"].append({"code": "x", "min": "50"})
        ),
        ("grades.bands", "grades_order"),
    ),
    "no grades": (change(("grades", "bands"), []), ("grades.bands", "empty_list")),
    "a cap at no grade": (
        change(("grades", "gate_failure_caps_grade_at"), "ok"),
        ("grades.gate_failure_caps_grade_at", "unknown_grade"),
    ),
    "an unknown condition": (
        change(("grades", "excellent_conditions"), ["be_nice"]),
        ("grades.excellent_conditions", "unknown_condition"),
    ),
    "an indicator's code twice": (
        in_indicator("A2", "code", "A1"),
        ("indicators.A1.code", "code_twice"),
    ),
    "an item's code twice": (
        change(("data_items", "employees", "code"), "services"),
        ("data_items.services.code", "code_twice"),
    ),
    "a code with a sign": (
        change(("gates", "G1", "code"), "G-1"),
        ("gates.G-1.code", "bad_code"),
    ),
    "an item of digits": (
        change(("data_items", "employees", "code"), "9610"),
        ("data_items.9610.code", "code_digits"),
    ),
    "an item of an unknown type": (
        change(("data_items", "employees", "type"), "date"),
        ("data_items.employees.type", "not_one_of"),
    ),
    "a range the wrong way round": (
        change(("data_items", "satisfaction", "max"), "-1"),
        ("data_items.satisfaction.max", "too_small"),
    ),
    "a check that compares nothing": (
        change(("data_items", "area_leased_m2", "check"), "area_leasable_m2"),
        ("data_items.area_leased_m2.check", "formula_comparison"),
    ),
    "a check over counts": (
        change(("data_items", "area_leased_m2", "check"), "leaders <= 3"),
        ("data_items.area_leased_m2.check", "item_not_number"),
    ),
    "a filter that compares nothing": (
        in_rule("C3", "cohort_filter", "trade_prev"),
        ("indicators.C3.rule.cohort_filter", "formula_comparison"),
    ),
    "the park itself in the value of the round": (
        in_rule("C3", "cohort_value", "trade_cur"),
        ("indicators.C3.rule.cohort_value", "formula_only_sums"),
    ),
    "a block that says nothing of children": (
        lambda data: data["indicators"][4].pop("children"),
        ("indicators.E", "missing_key"),
    ),
    "no indicators": (change(("indicators",), []), ("indicators", "empty_list")),
    "an indicator without a code": (
        lambda data: indicator(data, "A1").pop("code"),
        ("indicators.0", "missing_key"),
    ),
    "an indicator's code with a space": (
        in_indicator("A1", "code", "A 1"),
        ("indicators.A 1.code", "bad_code"),
    ),
    "a cap below 0": (in_rule("A3", "cap", "-1"), ("indicators.A3.rule.cap", "too_small")),
    "a cohort value that does not end": (
        in_rule("C3", "cohort_value", "sum(trade_cur) /"),
        ("indicators.C3.rule.cohort_value", "formula_end"),
    ),
    "a block without children": (
        change(("indicators", "E", "children"), []),
        ("indicators.E.children", "empty_list"),
    ),
    "a list for a mapping": (
        in_indicator("A1", "rule", ["bands"]),
        ("indicators.A1.rule", "not_a_mapping"),
    ),
    "a text for a list": (change(("gates",), "none"), ("gates", "not_a_list")),
    "a list for a text": (in_indicator("A1", "name", ["x"]), ("indicators.A1.name", "not_a_text")),
    "a number among texts": (
        change(("grades", "excellent_conditions"), [["x"]]),
        ("grades.excellent_conditions", "not_a_text"),
    ),
}

CASES = {**INDICATORS, **RESULTS}
