"""From points to final score, rank and grade."""

from __future__ import annotations

import pytest

from app.engines import scoring
from tests.support import schemes

WHOLE = {"type": "per_unit", "points": "1"}
LINE = {"code": "a", "value": "x", "max_score": "100", "rule": WHOLE}
COUNT = {"code": "P", "cap": "50", "rule": WHOLE}
GRADES = [{"code": "top", "min": "90"}, {"code": "mid", "min": "60"}, {"code": "low", "min": "10"}]


def run(*subjects, indicators=None, items=None, **more):
    data = schemes.small(indicators or [LINE], items, **more)
    scheme = scoring.read_scheme(data)
    named = [{"id": str(n), **one} for n, one in enumerate(subjects, 1)]
    return list(scoring.score(scheme, scoring.read_cohort(scheme, {"subjects": named})).values())


def finals(*subjects, **more):
    return [str(one.final) for one in run(*subjects, **more)]


def park(x, **more):
    return {"values": {"x": x}, **more}


# the total


def test_bonus_and_deductions_are_capped_together_and_the_total_is_clamped():
    more = {"bonus": [COUNT, {**COUNT, "code": "Q"}], "deductions": [{**COUNT, "code": "N"}]}
    assert finals(
        park("50", bonus={"P": "6", "Q": "6"}),
        park("50", deductions={"N": "30"}),
        park("5", deductions={"N": "30"}),
        park("100", bonus={"P": "30"}),
        **more,
    ) == ["60.00", "30.00", "0.00", "110.00"]


def test_the_clamp_may_begin_below_zero_and_rounds_away_from_it():
    scoring_part = schemes.small([])["scoring"] | {
        "formula": "clamp( base + min(bonus, bonus_cap) − min(deduction, deduction_cap), -5, 100 )",
        "deduction_cap": "2.345",
    }
    found = finals(park("0", deductions={"P": "30"}), deductions=[COUNT], scoring=scoring_part)
    assert found == ["-2.35"]


@pytest.mark.parametrize(
    ("mode", "cents"), [("HALF_UP", "0.13"), ("HALF_EVEN", "0.12"), ("DOWN", "0.12")]
)
def test_the_rounding_of_items_is_the_schemes(mode, cents):
    part = schemes.small([])["scoring"] | {"item_round": {"digits": "2", "mode": mode}}
    assert finals(park("0.125"), scoring=part) == [cents]


def test_the_final_rounding_is_another_one():
    part = schemes.small([])["scoring"] | {"final_round": {"digits": "0", "mode": "HALF_EVEN"}}
    assert finals(park("88.5"), park("89.5"), scoring=part) == ["88", "90"]


def test_points_are_plain_digits_however_fine():
    fine = {"digits": "9", "mode": "DOWN"}
    part = schemes.small([])["scoring"] | {"item_round": fine, "final_round": fine}
    (found,) = run(park("0"), scoring=part)
    assert found.as_json()["items"]["a"] == found.as_json()["final"] == "0.000000000"


# who is scored


def test_vetoed_and_absent_parks_are_told_apart_and_leave_the_cohort():
    vetoes = [{"code": "V1"}, {"code": "V", "set_by": "system"}]
    best = {**LINE, "rule": {"type": "relative_to_best"}}
    one, vetoed, absent, empty, both = run(
        park("1"),
        park("99", veto="V1"),
        {},
        {"values": {}},
        {"veto": "V1"},
        indicators=[best],
        vetoes=vetoes,
    )
    assert (str(one.final), one.rank, one.in_cohort) == ("100.00", 1, True)
    assert [each.veto for each in (vetoed, absent, empty, both)] == ["V1", "V", "V", "V1"]
    assert vetoed.as_json() == {
        "items": {},
        "blocks": {},
        "base": None,
        "bonus": {},
        "deductions": {},
        "final": None,
        "rank": None,
        "grade": "low",
        "failed_gates": [],
        "veto": "V1",
        "in_cohort": False,
    }


def test_a_park_without_a_single_value_has_filed_and_scores_nothing():
    (found,) = run({"values": {"x": None}}, gates=[_gate("G", "x", "<", "9")])
    assert (str(found.final), found.rank, found.in_cohort) == ("0.00", 1, True)
    assert found.failed_gates == ("G",)


def _gate(code, item, op, value):
    return {"code": code, "test": {"item": item, "op": op, "value": value}}


@pytest.mark.parametrize(("op", "passing"), [(">=", "5 6"), (">", "6"), ("<=", "4 5"), ("<", "4")])
def test_a_gate_compares_the_raw_value(op, passing):
    for value in ("4", "5", "6"):
        (found,) = run(park(value), gates=[_gate("G", "x", op, "5.0"), _gate("H", "y", op, "5")])
        assert found.failed_gates == (("H",) if value in passing.split() else ("G", "H"))


# order


def ranks(*subjects, **more):
    return [one.rank for one in run(*subjects, **more)]


def test_equal_parks_share_a_rank_and_the_next_is_left_out():
    assert ranks(park("9"), park("7"), park("9"), park("5")) == [1, 3, 1, 4]


def test_ties_are_broken_from_left_to_right_and_no_value_is_below_every_value():
    subjects = [{"values": {"x": "200", "y": y}} for y in (None, "-3", "5", "5", "-2")]
    found = ranks(*subjects, tie_break=["final_score", "raw:y"])
    assert found == [5, 4, 1, 1, 3]
    assert ranks(*subjects, tie_break=["final_score"]) == [1, 1, 1, 1, 1]


def test_ties_are_broken_by_the_unrounded_value_of_an_indicator():
    subjects = [{"values": {"x": "200", "y": y}} for y in ("3", "3.0000001", "0")]
    ratio = {"code": "b", "max_score": "0", "value": "x / y", "rule": WHOLE}
    indicators = [{**LINE, "max_score": "100"}, {**ratio, "on_zero_denominator": "not_applicable"}]
    found = ranks(*subjects, indicators=indicators, tie_break=["final_score", "value:b"])
    assert found == [1, 2, 3]


def test_ties_are_broken_by_a_block():
    half = [{**LINE, "max_score": "30"}]
    subjects = [{"values": {"x": "10"}}, {"values": {"x": "11"}}]
    total = schemes.small([])["scoring"] | {
        "formula": "clamp(base + min(bonus, bonus_cap) - min(deduction, deduction_cap), 0, 1)"
    }
    more = {"scoring": total, "indicators": half}
    assert ranks(*subjects, tie_break=["final_score"], **more) == [1, 1]
    assert ranks(*subjects, tie_break=["final_score", "block_A_score"], **more) == [2, 1]


DELTA = {"code": "D", "cap": "4", "rule": {"type": "rank_delta", "points": "2"}}


def test_places_gained_count_in_the_ranking_without_them_and_once():
    first, second, new = run(
        park("50", previous_rank="1"), park("49", previous_rank="9"), park("1"), bonus=[DELTA]
    )
    assert [str(one.bonus["D"]) for one in (first, second, new)] == ["0.00", "4.00", "0.00"]
    assert [one.first_rank for one in (first, second, new)] == [1, 2, 3]
    assert [one.rank for one in (first, second, new)] == [2, 1, 3]


def test_places_lost_cost_nothing():
    assert finals(park("9", previous_rank="1"), park("50"), bonus=[DELTA]) == ["9.00", "50.00"]


# grades


def grades(*subjects, **more):
    graded = {"bands": GRADES, **more.pop("grades", {})}
    return [one.grade for one in run(*subjects, grades=graded, **more)]


def test_a_grade_begins_at_its_lowest_score():
    values = ("90", "89.99", "60", "59.99", "10", "0")
    assert grades(*map(park, values)) == ["top", "mid", "mid", "low", "low", "low"]


def test_the_published_number_decides_the_grade():
    part = schemes.small([])["scoring"] | {"final_round": {"digits": "0", "mode": "HALF_UP"}}
    assert grades(park("89.5"), scoring=part) == ["top"]


def test_a_failed_gate_caps_the_grade_and_never_raises_it():
    gates = [_gate("G", "y", ">", "0")]
    for cap, wanted in {"mid": ["mid", "low"], "top": ["top", "low"], None: ["top", "low"]}.items():
        found = grades(
            park("95"), park("20"), gates=gates, grades={"gate_failure_caps_grade_at": cap}
        )
        assert found == wanted


def test_the_highest_grade_asks_for_marks_in_every_block():
    condition = {"excellent_conditions": ["every_level1_rate_at_least_50_percent"]}
    wide = {"code": "P", "cap": "50", "rule": WHOLE}
    part = schemes.small([])["scoring"] | {"bonus_cap": "50"}
    two = [{"code": "a", "value": "x", "max_score": "60", "rule": WHOLE}]
    found = run(
        {"values": {"x": "60"}, "bonus": {"P": "40"}},
        indicators=two,
        bonus=[wide],
        scoring=part,
        grades={"bands": GRADES, **condition},
    )
    assert (found[0].grade, found[0].grade_by_score, found[0].grade_steps) == ("mid", "top", ("rate",))  # fmt: skip


def test_the_highest_grade_may_ask_for_gates_and_no_major_notice():
    notices = [{"code": "N", "cap": "5", "rule": {"type": "level_count", "points": {"minor": "1"}}}]
    major = park("100", deductions={"N": {"major": "1"}})
    minor = park("100", deductions={"N": {"minor": "1", "major": "0"}})
    wish = {"excellent_conditions": ["no_major_notice"]}
    assert grades(major, minor, deductions=notices, grades=wish) == ["mid", "top"]
    wish = {"excellent_conditions": ["all_gates_pass"]}
    assert grades(major, gates=[_gate("G", "y", ">", "0")], grades=wish) == ["mid"]
    assert grades(major, gates=[_gate("G", "x", ">", "0")], grades=wish) == ["top"]


def quota(ratio, rounding="floor", at_least="0"):
    return {"excellent_quota": {"ratio": ratio, "rounding": rounding, "at_least": at_least}}


@pytest.mark.parametrize(
    ("wish", "number"),
    [
        (quota("0.3"), 1),
        (quota("0.3", "ceil"), 2),
        (quota("0.3", "half_up"), 2),
        (quota("0.1", "floor"), 0),
        (quota("0.1", "floor", "1"), 1),
        (quota("2"), 5),
    ],
)
def test_the_quota_is_a_share_of_the_ranked(wish, number):
    found = grades(*(park(str(value)) for value in (99, 98, 97, 96, 95)), grades=wish)
    assert found == ["top"] * number + ["mid"] * (5 - number)


def test_equal_candidates_get_in_together_or_not_and_end_the_quota():
    values = ("99", "98", "98", "97", "1", "1", "1")
    assert grades(*map(park, values), grades=quota("0.29"))[:4] == ["top", "mid", "mid", "mid"]
    assert grades(*map(park, values), grades=quota("0.43"))[:4] == ["top", "top", "top", "mid"]


def test_a_better_ranked_park_that_is_no_candidate_uses_no_place():
    gates = [_gate("G", "y", ">", "0")]
    subjects = [park("100"), {"values": {"x": "95", "y": "1"}}, {"values": {"x": "94", "y": "1"}}]
    wish = quota("0.34") | {"gate_failure_caps_grade_at": "mid"}
    assert grades(*subjects, gates=gates, grades=wish) == ["mid", "top", "mid"]


def test_one_grade_is_a_scheme_too():
    wish = {"bands": [{"code": "all", "min": "50"}], **quota("0")}
    assert grades(park("1"), park("99"), grades=wish) == ["all", "all"]
