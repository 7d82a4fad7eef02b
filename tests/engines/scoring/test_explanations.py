"""An explanation holds what a person needs to follow a score, as data that stands for itself."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.engines import scoring
from tests.support import schemes

EXAMPLES = schemes.reference()["examples"]


@pytest.fixture(scope="module")
def told():
    """Explanations of the worked parks, as they would be stored."""
    scheme = schemes.reference_scheme()
    subjects = scoring.read_cohort(scheme, EXAMPLES)
    found = scoring.score(scheme, subjects, explain=True)
    return json.loads(json.dumps({own: scoring.explained(one) for own, one in found.items()}))


def test_the_formula_stands_there_with_its_numbers(told):
    line = told["P-A"]["items"]["A2"]
    assert line["formula"] == "area_leased_m2 / area_leasable_m2 * 100"
    assert line["formula_with_numbers"] == "17000 / 20000 * 100"
    assert (line["value"], line["points"], line["score"]) == ("85", "3.5", "3.50")


def test_values_are_told_as_declared_and_as_verified():
    subject = {"id": "p", "values": {"x": "7"}, "declared": {"x": "9"}}
    data = schemes.small([{"code": "a", "value": "x", "rule": {"type": "per_unit", "points": "1"}}])
    scheme = scoring.read_scheme(data)
    found = scoring.score(
        scheme, scoring.read_cohort(scheme, {"subjects": [subject]}), explain=True
    )
    line = scoring.explained(found["p"])["items"]["a"]
    assert line["inputs"] == [
        {"item": "x", "name": "x", "unit": "", "type": "number", "declared": "9", "verified": "7"}
    ]
    assert line["score"] == "7.00"


HITS = {
    ("P-A", "A1"): {"band": "5", "from": "15000", "to": "", "score": "4"},
    ("P-D", "A1"): {"band": "1", "from": "0", "to": "1000", "score": "0"},
    ("P-B", "E3"): {"band": "1", "from": "", "to": "2", "score": "2"},
    ("P-D", "B1"): {"below": "8"},
    ("P-C", "A3"): {"below": "2"},
    ("P-A", "D3"): {"steps": "3"},
    ("P-C", "D3"): {"below": "3"},
    ("P-B", "C2"): {"from": "0", "to": "30"},
    ("P-A", "B5"): {"entry": "3", "score": "3"},
    ("P-B", "E1"): {"option": "rectified", "score": "2"},
    ("P-B", "C5"): {"fallback": "bands", "band": "4", "from": "200", "to": "500", "score": "3"},
    ("P-A", "C3"): {"formula_with_numbers": "(216100 / 189000 - 1) * 100"},
    ("P-A", "D5"): {},
}


@pytest.mark.parametrize(("park", "code"), HITS)
def test_the_rule_says_what_it_hit(told, park, code):
    found = told[park]["items"][code]["hit"]
    if (park, code) == ("P-B", "C5"):  # four peers: the percentile itself decides
        assert found == {"step": "0.5"}
    else:
        assert found == HITS[park, code]


def test_a_small_cohort_says_that_the_fallback_decided():
    scheme = schemes.reference_scheme()
    few = [one for one in scoring.read_cohort(scheme, EXAMPLES) if one.id in ("P-A", "P-B")]
    found = scoring.explained(scoring.score(scheme, few, explain=True)["P-B"])
    assert found["items"]["C5"]["hit"] == HITS["P-B", "C5"]
    assert found["items"]["C5"]["cohort"] == {"below": "0", "peers": "2"}


@pytest.mark.parametrize(
    ("rule", "value", "hit"),
    [
        ({"type": "bands", "bounds": "[)", "bands": [{"min": "5", "score": "1"}]}, "4", {"band": "none"}),
        ({"type": "count_map", "map": {"1": "1"}, "above": "2"}, "2", {"above": "1", "score": "2"}),
        ({"type": "count_map", "map": {"1": "1"}}, "0", {"entry": "none"}),
        ({"type": "piecewise", "points": [["0", "1"], ["5", "2"]]}, "-1", {"from": "", "to": "0"}),
        ({"type": "piecewise", "points": [["0", "1"], ["5", "2"]]}, "9", {"from": "5", "to": ""}),
        ({"type": "percentile", "steps": [["0.5", "1"]]}, "9", {"step": "none"}),
        ({"type": "percentile", "steps": [["0", "1"]], "zero_value_score": "0.5"}, "0", {"zero_value": "0.5"}),
    ],
)  # fmt: skip
def test_the_edges_of_a_rule_are_told(rule, value, hit):
    data = schemes.small([{"code": "a", "value": "x", "rule": rule}])
    (park,) = schemes.scored(data, {"x": value}, explain=True)
    assert scoring.explained(park)["items"]["a"]["hit"] == hit


def test_a_rule_given_in_decimals_is_told_in_texts():
    rule = {"type": "piecewise", "points": [[Decimal(0), Decimal(1)], [Decimal("1e1"), "2"]]}
    data = schemes.small([{"code": "a", "value": "x", "rule": rule}])
    (park,) = schemes.scored(data, {"x": "5"}, explain=True)
    told = json.loads(json.dumps(scoring.explained(park)))
    assert told["items"]["a"]["rule"]["points"] == [["0", "1"], ["10", "2"]]
    assert scoring.recompute(told)["items"]["a"] == "1.50"


def test_the_highest_level_is_named():
    items = [{"code": "x", "type": "level_count", "levels": ["a", "b"]}]
    rule = {"type": "highest_only", "points": {"a": "1", "b": "2"}}
    rest = {"code": "c", "max_score": "90", "value": "x", "rule": rule}
    data = schemes.small([{"code": "a", "value": "x", "rule": rule}, rest], items)
    none, both = schemes.scored(data, {"x": {}}, {"x": {"a": "1", "b": "3"}}, explain=True)
    assert scoring.explained(both)["items"]["a"]["hit"] == {"level": "b", "score": "2"}
    assert scoring.explained(none)["items"]["a"]["hit"] == {}


def test_what_the_cohort_said_is_told(told):
    assert told["P-B"]["items"]["C1"]["cohort"] == {"best": "120000", "peers": "4"}
    assert told["P-B"]["items"]["C5"]["cohort"] == {"below": "2", "peers": "4"}
    assert told["P-A"]["items"]["C3"]["cohort"] == {
        "cohort_value": "2710/189",
        "sum(trade_cur)": "216100",
        "sum(trade_prev)": "189000",
        "members": "3",
    }


def test_the_lack_of_a_value_is_told_with_its_reason(told):
    absences = {
        code: one["absence"] for code, one in told["P-C"]["items"].items() if one["absence"]
    }
    assert absences == {
        "A5": "not_applicable",
        "B3": "not_applicable",
        "C2": "base_zero_positive",
        "C3": "base_zero_positive",
    }
    assert told["P-C"]["items"]["C2"]["points"] == "6"


def test_spreading_is_told(told):
    """B3 (4 of 24) does not apply to P-C: 24/20 of 6 is 7.20."""
    assert told["P-C"]["blocks"]["B"]["not_applicable"] == ["B3"]
    line = told["P-C"]["items"]["B2"]
    assert [line[key] for key in ("points", "limit", "spread", "score")] == ["7.2", "6", "1.2", "7.20"]  # fmt: skip


def test_caps_and_the_total_are_told(told):
    assert told["P-D"]["total"] == {
        "base": "12.00",
        "bonus": "0",
        "bonus_cap": "10",
        "deduction": "9",
        "deduction_cap": "20",
        "low": "0",
        "high": "110",
        "final": "3.00",
    }
    late = told["P-D"]["deductions"]["N1"]
    assert [late[key] for key in ("quantity", "points", "cap", "score")] == ["5", "5", "5", "5.00"]


def test_rank_and_grade_are_told(told):
    assert told["P-A"]["rank"] == {"rank": 1, "without_rank_bonus": 1, "previous": 2}
    gained = {park: told[park]["bonus"]["P4"]["quantity"] for park in ("P-A", "P-B", "P-C")}
    assert gained == {"P-A": "1", "P-B": "0", "P-C": "0"}
    assert told["P-C"]["grade"] == {
        "grade": "fail",
        "by_score": "fail",
        "steps": [],
        "failed_gates": ["G3"],
    }


def test_a_vetoed_park_has_its_veto_for_an_explanation(told):
    assert told["P-E"] == {"id": "P-E", "veto": "V1", "grade": {"grade": "fail"}}


@pytest.mark.parametrize("park", ["P-A", "P-B", "P-C", "P-D"])
def test_the_stored_explanation_computes_the_worked_score(told, park):
    again = scoring.recompute(told[park])
    wanted = EXAMPLES["expected"][park]
    assert again == {name: wanted[name] for name in again}


def test_a_changed_input_computes_another_score(told):
    changed = json.loads(json.dumps(told["P-A"]))
    changed["items"]["A2"]["inputs"][0]["verified"] = "10000"
    assert scoring.recompute(changed)["items"]["A2"] == "0.00"
    assert scoring.recompute(changed)["final"] == "96.77"


def test_a_changed_rule_that_is_none_is_refused(told):
    changed = json.loads(json.dumps(told["P-A"]))
    changed["items"]["A3"]["rule"]["min_unit"] = "2"
    with pytest.raises(scoring.Refused):
        scoring.recompute(changed)
