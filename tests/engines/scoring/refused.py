"""Changes of the reference scheme that make it wrong: what, and the place and code of the fault."""

from __future__ import annotations

from tests.support.schemes import indicator


def change(path, value):
    """A change of the reference: keys and codes down to what is set (None = taken out)."""

    def act(data):
        *way, last = path
        for key in way:
            data = data[key] if isinstance(data, dict) or isinstance(key, int) else next(one for one in data if one["code"] == key)  # fmt: skip
        if value is None:
            del data[last]
        else:
            data[last] = value

    return act


def in_indicator(code, key, value):
    return lambda data: indicator(data, code).__setitem__(key, value)


def in_rule(code, key, value):
    def act(data):
        rule = indicator(data, code)["rule"]
        rule.pop(key, None) if value is None else rule.__setitem__(key, value)

    return act


def added(*path):
    *way, row = path
    return lambda data: _at(data, way).append(row)


def _at(data, way):
    for key in way:
        data = data[key]
    return data


BANDS = [{"min": "0", "score": "1"}, {"min": "10", "score": "2"}]
INDICATORS = {
    "an unknown item in a value": (
        in_indicator("A2", "value", "area_leased_m2 / area_let_m2"),
        ("indicators.A2.value", "unknown_item"),
    ),
    "an unknown item in a gate": (
        change(("gates", "G1", "test", "item"), "area"),
        ("gates.G1.test.item", "unknown_item"),
    ),
    "an unknown item in a check": (
        change(("data_items", "area_leased_m2", "check"), "area_leased_m2 <= area"),
        ("data_items.area_leased_m2.check", "unknown_item"),
    ),
    "an unknown item in the value of the round": (
        in_rule("C3", "cohort_value", "sum(trade_cur) / sum(trade_old)"),
        ("indicators.C3.rule.cohort_value", "unknown_item"),
    ),
    "an unknown item breaking ties": (
        change(("tie_break", 3), "raw:nothing"),
        ("tie_break", "unknown_item"),
    ),
    "weights of a block": (
        in_indicator("B1", "max_score", "8"),
        ("indicators.B.max_score", "weights"),
    ),
    "weights of blocks": (
        change(("indicators", "E", "max_score"), "11"),
        ("indicators", "weights"),
    ),
    "bands out of order": (
        in_rule("B3", "bands", BANDS[::-1]),
        ("indicators.B3.rule.bands.1.min", "bands_overlap"),
    ),
    "bands with one edge twice": (
        in_rule("B3", "bands", [*BANDS, {"min": "10", "score": "3"}]),
        ("indicators.B3.rule.bands.2.min", "bands_overlap"),
    ),
    "bands that cross": (
        in_rule("B3", "bands", [{"min": "0", "max": "20", "score": "1"}, BANDS[1]]),
        ("indicators.B3.rule.bands.0.max", "bands_overlap"),
    ),
    "bands with a gap": (
        in_rule("B3", "bands", [{"min": "0", "max": "5", "score": "1"}, BANDS[1]]),
        ("indicators.B3.rule.bands.0.max", "bands_gap"),
    ),
    "upper edges out of order": (
        in_rule("E3", "bands", [{"max": "5", "score": "1"}, {"max": "2", "score": "2"}]),
        ("indicators.E3.rule.bands.1.max", "bands_overlap"),
    ),
    "no bands": (in_rule("B3", "bands", []), ("indicators.B3.rule.bands", "empty_list")),
    "bounds of another kind": (
        in_rule("B3", "bounds", "[]"),
        ("indicators.B3.rule.bounds", "not_one_of"),
    ),
    "a value that is the indicator itself": (
        in_indicator("A1", "value", "A1 + 1"),
        ("indicators.A1.value", "circular"),
    ),
    "indicators in a circle": (
        lambda data: (
            in_indicator("A1", "value", "A3 * 2")(data),
            in_indicator("A3", "value", "A1 / 2")(data),
        ),
        ("indicators.A3.value", "circular"),
    ),
    "data items in a circle": (
        lambda data: (
            change(("data_items", "trade_cur", "computed"), "trade_prev * 2")(data),
            change(("data_items", "trade_prev", "computed"), "trade_cur / 2")(data),
        ),
        ("data_items.trade_prev.computed", "circular"),
    ),
    "division by 0": (
        in_indicator("A2", "value", "area_leased_m2 / 0"),
        ("indicators.A2.value", "constant_zero"),
    ),
    "division by a constant that is 0": (
        in_indicator("A2", "value", "area_leased_m2 / (2 * 3 - 6)"),
        ("indicators.A2.value", "constant_zero"),
    ),
    "division by 0 within a constant": (
        in_indicator("A2", "value", "area_leased_m2 / (1 / 0)"),
        ("indicators.A2.value", "constant_zero"),
    ),
    "a line without length": (
        in_rule("A2", "full_at", "50"),
        ("indicators.A2.rule.full_at", "constant_zero"),
    ),
    "steps of 0": (in_rule("D3", "step", "0"), ("indicators.D3.rule.step", "constant_zero")),
    "steps downwards": (in_rule("D3", "step", "-1"), ("indicators.D3.rule.step", "not_above")),
    "a scale of 0": (in_rule("E2", "scale", "0"), ("indicators.E2.rule.scale", "constant_zero")),
    "a scale below 0": (in_rule("E2", "scale", "-9"), ("indicators.E2.rule.scale", "not_above")),
    "a cohort value over 0": (
        in_rule("C3", "cohort_value", "sum(trade_cur) / 0"),
        ("indicators.C3.rule.cohort_value", "constant_zero"),
    ),
    "an unknown rule": (
        in_rule("A1", "type", "magic"),
        ("indicators.A1.rule.type", "unknown_rule"),
    ),
    "a misspelt limit": (
        in_rule("A3", "min_unit", "2"),
        ("indicators.A3.rule.min_unit", "unknown_key"),
    ),
    "a misspelt section": (
        lambda data: data.__setitem__("deductons", []),
        ("deductons", "unknown_key"),
    ),
    "no points": (in_rule("A3", "points", None), ("indicators.A3.rule", "missing_key")),
    "no rule": (
        lambda data: indicator(data, "A3").pop("rule"),
        ("indicators.A3", "missing_key"),
    ),
    "a text for a number": (
        in_rule("A3", "points", "half"),
        ("indicators.A3.rule.points", "not_a_number"),
    ),
    "infinite points": (
        in_rule("A3", "points", ".inf"),
        ("indicators.A3.rule.points", "not_finite"),
    ),
    "a rule for counts over a number": (
        in_indicator("B4", "value", "landed_new"),
        ("indicators.B4.value", "rule_needs_type"),
    ),
    "a rule for numbers over counts": (
        in_indicator("A3", "value", "leaders"),
        ("indicators.A3.value", "item_not_number"),
    ),
    "arithmetic over an option": (
        in_indicator("A3", "value", "inspection * 2"),
        ("indicators.A3.value", "item_not_number"),
    ),
    "an expert rule over nothing known": (
        in_indicator("E2", "value", "novelty"),
        ("indicators.E2.value", "unknown_item"),
    ),
    "points at an unknown level": (
        in_rule("B4", "points", {"ge_1b": "9"}),
        ("indicators.B4.rule.points", "unknown_level"),
    ),
    "points at an unknown option": (
        in_rule(
            "E1",
            "map",
            {"none": "3", "rectified": "2", "partly": "1", "not_rectified": "0", "x": "1"},
        ),
        ("indicators.E1.rule.map", "unknown_option"),
    ),
    "an option without points": (
        in_rule("E1", "map", {"none": "3"}),
        ("indicators.E1.rule.map", "option_without_points"),
    ),
    "corners out of order": (
        in_rule("C2", "points", [["0", "4"], ["-20", "0"]]),
        ("indicators.C2.rule.points", "points_order"),
    ),
    "a corner that is no pair": (
        in_rule("C2", "points", [["0", "4", "5"]]),
        ("indicators.C2.rule.points", "not_a_pair"),
    ),
    "a corner that is no number": (
        in_rule("C2", "points", [["0", "four"]]),
        ("indicators.C2.rule.points", "not_a_number"),
    ),
    "no corners": (in_rule("C2", "points", []), ("indicators.C2.rule.points", "empty_list")),
    "one step twice": (
        in_rule("C5", "steps", [["0.5", "1"], ["0.50", "2"]]),
        ("indicators.C5.rule.steps", "steps_twice"),
    ),
    "no fallback": (in_rule("C5", "fallback", None), ("indicators.C5.rule", "missing_key")),
    "a fallback that needs the cohort": (
        in_rule("C5", "fallback", {"type": "relative_to_best"}),
        ("indicators.C5.rule.fallback.type", "rule_not_here"),
    ),
    "places gained as an indicator": (
        in_indicator("A3", "rule", {"type": "rank_delta", "points": "1"}),
        ("indicators.A3.rule", "rule_not_here"),
    ),
    "places gained as a deduction": (
        change(("deductions", "N1", "rule"), {"type": "rank_delta", "points": "1"}),
        ("deductions.N1.rule", "rule_not_here"),
    ),
    "two rules for places gained": (
        change(("bonus", "P3", "rule"), {"type": "rank_delta", "points": "1"}),
        ("bonus", "rank_delta_twice"),
    ),
    "a cohort rule as a bonus": (
        change(("bonus", "P3", "rule"), {"type": "relative_to_best"}),
        ("bonus.P3.rule", "rule_not_here"),
    ),
    "a bonus without a cap": (
        lambda data: data["bonus"].append(
            {"code": "P5", "rule": {"type": "per_unit", "points": "1"}}
        ),
        ("bonus.P5", "missing_key"),
    ),
    "a base policy without a division": (
        in_indicator("C2", "value", "trade_cur - trade_prev"),
        ("indicators.C2.rule.base_zero", "base_zero_division"),
    ),
    "a base policy with two divisions": (
        in_indicator("C2", "value", "trade_cur / trade_prev / 2"),
        ("indicators.C2.rule.base_zero", "base_zero_division"),
    ),
    "a count map with one count twice": (
        in_rule("B5", "map", {"1": "1", "1.0": "2"}),
        ("indicators.B5.rule.map.1.0", "duplicate_key"),
    ),
    "a count map over words": (
        in_rule("B5", "map", {"one": "1"}),
        ("indicators.B5.rule.map.one", "not_a_number"),
    ),
    "an empty count map": (in_rule("B5", "map", {}), ("indicators.B5.rule.map", "empty_list")),
}
