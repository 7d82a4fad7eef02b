"""Every worked park, rule, rank and quota case of the reference scheme, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.engines import scoring
from app.engines.scoring.ranking import awarded, competition_ranks, quota_places
from tests.support import schemes

EXAMPLES = schemes.reference()["examples"]
PARKS = [(own, key) for own, wanted in EXAMPLES["expected"].items() for key in wanted]
RULE_CASES = [
    (one["indicator"], value, points)
    for one in EXAMPLES["rule_cases"]
    for value, points in one["cases"]
]


@pytest.fixture(scope="module")
def outcomes():
    scheme = schemes.reference_scheme()
    return scoring.score(scheme, scoring.read_cohort(scheme, EXAMPLES))


@pytest.mark.parametrize(("park", "key"), PARKS)
def test_a_worked_park_comes_out_as_worked(outcomes, park, key):
    found, wanted = outcomes[park].as_json()[key], EXAMPLES["expected"][park][key]
    if isinstance(wanted, dict):
        assert found == wanted
    elif isinstance(wanted, list):
        assert found == list(wanted)
    else:
        told = {None: None, "true": True, "false": False}
        assert str(found) == str(told.get(wanted, wanted))


def test_there_are_five_worked_parks_and_the_vetoed_one_disturbs_nobody(outcomes):
    assert len(outcomes) == 5
    scheme = schemes.reference_scheme()
    four = [one for one in scoring.read_cohort(scheme, EXAMPLES) if one.id != "P-E"]
    without = scoring.score(scheme, four)
    assert {own: outcomes[own] for own in without} == without


@pytest.mark.parametrize(("code", "value", "points"), RULE_CASES)
def test_a_boundary_scores_as_stated(code, value, points):
    found = scoring.points_for(schemes.reference_scheme(), code, Decimal(value))
    assert found == Decimal(points)


def test_no_boundary_case_was_lost():
    assert len(RULE_CASES) == 36


def test_one_number_does_not_decide_a_share_of_the_best():
    with pytest.raises(ValueError, match="relative_to_best"):
        scoring.points_for(schemes.reference_scheme(), "C1", Decimal(1))


@pytest.mark.parametrize("case", EXAMPLES["rank_cases"])
def test_ranks_follow_the_tie_breakers(case):
    rows = [list(map(Decimal, row)) for row in case["rows"]]
    assert competition_ranks([tuple(row[:-1]) for row in rows]) == [row[-1] for row in rows]


@pytest.mark.parametrize("case", EXAMPLES["quota_cases"])
def test_places_of_the_highest_grade(case):
    quota = schemes.reference_scheme().grading.quota
    places = quota_places(quota, int(case["n"]))
    if "places" in case:
        assert places == int(case["places"])
        return
    ranks = [int(rank) for rank in case["ranks_of_candidates"]]
    winners = awarded({str(at): rank for at, rank in enumerate(ranks)}, places)
    assert sorted(ranks[int(one)] for one in winners) == [int(one) for one in case["awarded"]]
