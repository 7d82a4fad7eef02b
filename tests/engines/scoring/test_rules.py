"""Each rule type at its edges, worked by hand; one park alone unless said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.engines import scoring
from tests.support import schemes

LEVELS = [{"code": "x", "type": "level_count", "levels": ["a", "ab", "b"]}]
OPTION = [{"code": "x", "type": "choice", "options": ["9610", "none", "yes"]}]
LOWER = {"type": "bands", "bounds": "[)", "bands": [{"min": "1", "max": "5", "score": "2"}, {"min": "5", "score": "4"}]}  # fmt: skip
UPPER = {"type": "bands", "bounds": "(]", "bands": [{"max": "2", "score": "9"}, {"min": "2", "max": "5", "score": "4"}]}  # fmt: skip
FALLING = {"type": "linear", "zero_at": "100", "full_at": "0"}
RISING = {"type": "linear", "zero_at": "-10", "full_at": "10", "min_value": "-5"}
UNITS = {"type": "per_unit", "points": "0.5", "min_units": "2", "cap": "3"}
STEPS = {"type": "threshold_step", "threshold": "3", "base": "2", "step": "1.5", "points": "0.5"}
LINES = {"type": "piecewise", "points": [["-20", "1"], ["0", "4"], ["30", "8"]]}
COUNTS = {"type": "count_map", "map": {"3": "3", "1": "1", "2": "2.5"}, "above": "7"}

#: rule, value, points of 10 full marks
NUMBERS = [
    (LOWER, "0.99", "0.00"),
    (LOWER, "1", "2.00"),
    (LOWER, "4.999", "2.00"),
    (LOWER, "5", "4.00"),
    (LOWER, "99", "4.00"),
    (UPPER, "-9", "9.00"),
    (UPPER, "2", "9.00"),
    (UPPER, "2.01", "4.00"),
    (UPPER, "5.01", "0.00"),
    (FALLING, "0", "10.00"),
    (FALLING, "-1", "10.00"),
    (FALLING, "75", "2.50"),
    (FALLING, "101", "0.00"),
    (RISING, "-5.01", "0.00"),
    (RISING, "-5", "2.50"),
    (RISING, "11", "10.00"),
    (UNITS, "1.99", "0.00"),
    (UNITS, "2.5", "1.25"),
    (UNITS, "100", "3.00"),
    (STEPS, "2.99", "0.00"),
    (STEPS, "3", "2.00"),
    (STEPS, "4.49", "2.00"),
    (STEPS, "4.5", "2.50"),
    (LINES, "-21", "1.00"),
    (LINES, "-10", "2.50"),
    (LINES, "15", "6.00"),
    (LINES, "31", "8.00"),
    (COUNTS, "0", "0.00"),
    (COUNTS, "1.9", "1.00"),
    (COUNTS, "3", "3.00"),
    (COUNTS, "3.1", "7.00"),
    ({"type": "count_map", "map": {"1": "4"}}, "9", "4.00"),
    ({"type": "per_unit", "points": "-1"}, "3", "0.00"),
    ({"type": "per_unit", "points": "1"}, "11", "10.00"),
    ({"type": "piecewise", "points": [["0", "3"]]}, "-1", "3.00"),
]


@pytest.mark.parametrize(("rule", "value", "points"), NUMBERS)
def test_a_number_scores(rule, value, points):
    data = schemes.small([{"code": "a", "value": "x", "rule": rule}])
    assert schemes.points(data, "a", x=value) == points


@pytest.mark.parametrize(
    ("kind", "counts", "points"),
    [
        ("level_count", {"a": "2", "ab": "1"}, "5.00"),
        ("level_count", {"b": "9"}, "0.00"),
        ("level_count", {}, "0.00"),
        ("level_count", {"a": None}, "0.00"),
        ("level_count", {"ab": "0.5"}, "1.50"),
        ("highest_only", {"a": "9", "ab": "1"}, "3.00"),
        ("highest_only", {"a": "9", "ab": "0"}, "1.00"),
        ("highest_only", {"b": "1"}, "0.00"),
    ],
)
def test_counts_by_level_score(kind, counts, points):
    rule = {"type": kind, "points": {"a": "1", "ab": "3"}}
    data = schemes.small([{"code": "s", "value": "x", "rule": rule, "max_score": "100"}], LEVELS)
    assert schemes.points(data, "s", x=counts) == points


@pytest.mark.parametrize(
    ("option", "points"), [("9610", "1.00"), ("none", "3.00"), ("yes", "0.00")]
)
def test_an_option_scores(option, points):
    rule = {"type": "choice_map", "map": {"9610": "1", "none": "3", "yes": "0"}}
    data = schemes.small([{"code": "s", "value": "x", "rule": rule, "max_score": "100"}], OPTION)
    assert schemes.points(data, "s", x=option) == points


@pytest.mark.parametrize(
    ("marks", "points"),
    [
        ([], "0.00"),
        (["100", "100"], "0.00"),
        (["10", "20", "100"], "4.33"),
        (["10", "20", None, None], "0.00"),
        (["0", "50", "60", "100"], "5.50"),
        (["50", "50", "50", "50"], "5.00"),
        (["200", "200", "200"], "10.00"),
    ],
)
def test_a_panel_scores(marks, points):
    """Two at least three marks; from four on one highest and one lowest are left out."""
    rule = {"type": "expert", "scale": "100", "panel_min": "3", "drop_extremes_from": "4"}
    data = schemes.small([{"code": "a", "rule": rule}])
    assert schemes.points(data, "a", expert_scores=marks, x="1") == points


def test_several_panels_are_told_apart_by_their_indicator():
    rule = {"type": "expert", "scale": "100"}
    data = schemes.small([{"code": "a", "rule": rule}, {"code": "a1", "rule": rule}])
    (park,) = schemes.scored(data, {"expert_scores": {"a": ["10"], "a1": ["90"]}})
    assert park.as_json()["items"] | {"rest": ""} == {"a": "1.00", "a1": "9.00", "rest": ""}


# without a value


def test_a_missing_item_scores_nothing_whatever_the_rule():
    rule = {"type": "linear", "zero_at": "10", "full_at": "0"}
    data = schemes.small([{"code": "a", "value": "x + y", "rule": rule}])
    assert schemes.points(data, "a", x="0") == "0.00"


def test_a_denominator_below_zero_turns_the_sign():
    data = schemes.small([{"code": "a", "value": "x / (y - 1)", "rule": LOWER}])
    assert [schemes.points(data, "a", x=x, y="0") for x in ("-1", "1")] == ["2.00", "0.00"]


@pytest.mark.parametrize(("policy", "points"), [("zero", "0.00"), ("not_applicable", "NA"), ("", "0.00")])  # fmt: skip
def test_a_zero_denominator_follows_the_policy(policy, points):
    one = {"code": "a", "value": "x / (y - 1)", "rule": {"type": "per_unit", "points": "1"}}
    data = schemes.small([{**one, **({"on_zero_denominator": policy} if policy else {})}])
    assert schemes.points(data, "a", x="1", y="1") == points


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({"x": "5"}, "6.00"),
        ({"x": "5", "y": "0"}, "6.00"),
        ({"x": "0", "y": "0"}, "1.00"),
        ({"x": "-5"}, "1.00"),
        ({"y": "0"}, "0.00"),
        ({"y": "5"}, "0.00"),
        ({"x": "10", "y": "10"}, "4.00"),
        ({}, "0.00"),
    ],
)
def test_growth_without_a_base_follows_its_policy(values, points):
    policy = {"current_positive": "6", "current_zero": "1"}
    rule = {"type": "piecewise", "points": [["-20", "0"], ["0", "4"]], "base_zero": policy}
    one = {"code": "a", "value": "(x / y - 1) * 100", "rule": rule}
    data = schemes.small([{**one, "on_zero_denominator": "not_applicable"}])
    assert schemes.points(data, "a", **values, z=None) == points


def test_points_without_a_base_are_limited_by_the_full_marks_not_by_the_cap_of_the_rule():
    policy = {"current_positive": "600", "current_zero": "0"}
    rule = {"type": "per_unit", "points": "1", "cap": "2", "base_zero": policy}
    data = schemes.small([{"code": "a", "value": "x / y", "rule": rule}])
    assert schemes.points(data, "a", x="5", y="0") == "10.00"
    assert schemes.points(data, "a", x="5", y="1") == "2.00"


# spreading


def test_what_does_not_apply_is_spread_over_the_block_beyond_full_marks():
    whole = {"type": "per_unit", "points": "1"}
    ratio = {"value": "x / y", "rule": whole, "on_zero_denominator": "not_applicable"}
    data = schemes.small([{"code": "a", "value": "x", "rule": whole}, {"code": "b", **ratio}])
    (park,) = schemes.scored(data, {"x": "10", "y": "0"})
    assert park.as_json()["items"]["a"] == "20.00"
    assert park.blocks["A"] == 20


def test_a_block_of_which_nothing_applies_is_nothing():
    whole = {"type": "per_unit", "points": "1"}
    ratio = {"value": "x / y", "rule": whole, "on_zero_denominator": "not_applicable"}
    data = schemes.small([{"code": "a", **ratio}, {"code": "b", "max_score": "0", "value": "x", "rule": whole}])  # fmt: skip
    (park,) = schemes.scored(data, {"x": "10", "y": "0"})
    assert (park.items["a"], park.items["b"], park.blocks["A"]) == (None, 0, 0)


# the cohort


def of_all(rule, *values, **more):
    data = schemes.small([{"code": "a", "value": "x", "rule": rule, **more}])
    return [park.as_json()["items"]["a"] for park in schemes.scored(data, *values)]


def test_relative_to_the_best():
    best = {"type": "relative_to_best"}
    assert of_all(best, {"x": "3"}, {"x": "9"}, {"y": "1"}) == ["3.33", "10.00", "0.00"]
    assert of_all(best, {"x": "0.01"}) == ["10.00"]
    assert of_all(best, {"x": "-1"}, {"x": "-2"}) == ["0.00", "0.00"]
    assert of_all(best, {"x": "0"}, {"x": "-2"}) == ["0.00", "0.00"]
    assert of_all(best, {"x": "5"}, {"x": "-2"}) == ["10.00", "0.00"]


PERCENTILE = {
    "type": "percentile",
    "steps": [["0", "1"], ["0.25", "2"], ["0.5", "3"], ["0.75", "4"]],
    "min_cohort": "4",
    "fallback": {"type": "per_unit", "points": "1", "cap": "7"},
}


def test_a_percentile_counts_peers_strictly_below():
    parks = [{"x": value} for value in ("1", "5", "5", "9")]
    assert of_all(PERCENTILE, *parks) == ["1.00", "2.00", "2.00", "4.00"]


def test_a_percentile_of_nothing_has_its_own_points():
    parks = [{"x": value} for value in ("-1", "0", "5", "9")]
    assert of_all({**PERCENTILE, "zero_value_score": "0"}, *parks)[:2] == ["1.00", "0.00"]


def test_a_small_cohort_falls_back_to_the_rule_alone():
    parks = [{"x": "0"}, {"x": "6"}, {"x": "9"}, {"y": "1"}]
    rule = {**PERCENTILE, "zero_value_score": "5"}
    assert of_all(rule, *parks) == ["0.00", "6.00", "7.00", "0.00"]
    assert of_all({**rule, "cap": "6.5"}, *parks) == ["0.00", "6.00", "6.50", "0.00"]


def test_below_every_step_is_nothing():
    rule = {"type": "percentile", "steps": [["0.5", "3"]], "min_cohort": "1"}
    assert of_all(rule, {"x": "1"}, {"x": "2"}) == ["0.00", "3.00"]


ABOVE = {"type": "above_cohort", "points": "0.5", "cohort_value": "sum(x) / sum(y)", "cohort_filter": "y > 0"}  # fmt: skip


def test_above_the_cohort_taken_together():
    parks = [{"x": "30", "y": "1"}, {"x": "10", "y": "3"}, {"x": "99", "y": "0"}, {"x": "99"}]
    assert of_all(ABOVE, *parks) == ["10.00", "0.00", "10.00", "10.00"]
    assert of_all({**ABOVE, "cap": "4"}, *parks)[0] == "4.00"


def test_alone_one_is_the_cohort():
    assert of_all({**ABOVE, "cohort_value": "sum(x)"}, {"x": "30", "y": "1"}) == ["0.00"]


@pytest.mark.parametrize("park", [{"x": "5", "y": "0"}, {"x": "5"}])
def test_a_cohort_without_members_gives_nothing_to_anybody(park):
    assert of_all(ABOVE, park, park) == ["0.00", "0.00"]


def test_a_filter_without_denominator_passes_nobody():
    parks = [{"x": "30", "y": "1"}, {"x": "10", "y": "0"}]
    assert of_all({**ABOVE, "cohort_filter": "1 / y > 0"}, *parks) == ["0.00", "0.00"]


def test_a_cohort_value_without_denominator_gives_nothing_but_points_without_a_base_stay():
    rule = {**ABOVE, "cohort_filter": "y > -9", "base_zero": {"current_positive": "3", "current_zero": "0"}}  # fmt: skip
    parks = [{"x": "5", "y": "1"}, {"x": "5", "y": "-1"}, {"x": "5", "y": "0"}]
    assert of_all(rule, *parks, value="x / y") == ["0.00", "0.00", "3.00"]


def test_peers_are_those_with_a_value():
    rule = {"type": "percentile", "steps": [["0", "1"], ["0.5", "3"]], "min_cohort": "1"}
    parks = [{"x": "1", "y": "1"}, {"x": "2", "y": "1"}, {"x": "9", "y": "0"}, {"x": "9"}]
    assert of_all(rule, *parks, value="x / y", on_zero_denominator="not_applicable") == [
        *("1.00", "3.00", "NA", "0.00"),
    ]


# bonus and deductions


@pytest.mark.parametrize(
    ("rule", "quantity", "points"),
    [
        ({"type": "per_unit", "points": "1"}, "3", "3.00"),
        ({"type": "per_unit", "points": "1"}, "99", "5.00"),
        ({"type": "per_unit", "points": "1", "cap": "2"}, "99", "2.00"),
        ({"type": "per_unit", "points": "1"}, "-3", "0.00"),
        ({"type": "per_unit", "points": "1"}, None, "0.00"),
        ({"type": "linear", "zero_at": "0", "full_at": "10"}, "5", "2.50"),
        ({"type": "linear", "zero_at": "10", "full_at": "0"}, "0", "0.00"),
        ({"type": "bands", "bounds": "[)", "bands": [{"min": "0", "score": "3"}]}, "0", "0.00"),
        ({"type": "bands", "bounds": "[)", "bands": [{"min": "0", "score": "3"}]}, "1", "3.00"),
        ({"type": "level_count", "points": {"a": "2"}}, {"a": "2", "z": "9"}, "4.00"),
        ({"type": "level_count", "points": {"a": "2"}}, {}, "0.00"),
        ({"type": "level_count", "points": {"a": "2"}}, "0", "0.00"),
        ({"type": "highest_only", "points": {"a": "2", "b": "3"}}, {"a": "7", "b": "0"}, "2.00"),
    ],
)
@pytest.mark.parametrize("key", ["bonus", "deductions"])
def test_quantities_score(key, rule, quantity, points):
    data = schemes.small([], bonus=[], deductions=[])
    data[key] = [{"code": "P", "cap": "5", "rule": rule}]
    (park,) = schemes.scored(data, {"x": "1"}, **{key: {"P": quantity}})
    assert park.as_json()[key] == {"P": points}


def test_a_scheme_of_nothing_but_an_unscored_line_is_possible():
    (park,) = schemes.scored(schemes.small([]), {"x": "1"})
    assert (park.base, park.final, park.rank) == (Decimal(0), Decimal(0), 1)


def test_no_park_at_all_is_no_error():
    scheme = schemes.reference_scheme()
    assert scoring.score(scheme, scoring.read_cohort(scheme, {"subjects": []})) == {}
