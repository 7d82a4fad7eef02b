"""Reading the parks of a round, and telling what lies outside its limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.engines import scoring
from tests.support import schemes


def read(*subjects, scheme=None):
    return scoring.read_cohort(scheme or schemes.reference_scheme(), {"subjects": list(subjects)})


def refused(*subjects, scheme=None):
    with pytest.raises(scoring.Refused) as caught:
        read(*subjects, scheme=scheme)
    return [(one.path, one.code) for one in caught.value.faults]


def park(**values):
    return {"id": "p", "values": values}


def test_values_are_typed_by_their_data_items():
    (found,) = read(
        park(
            trade_cur="15000.10",
            policies=["发展规划", "财务管理", "财务管理"],
            modes="3",
            leaders={"ge_50m": "2", "ge_10m": None},
            inspection="none",
            innovation="case.pdf",
            expert_scores=["88", None, "91.5"],
            employees=None,
        )
    )
    assert found.values == {
        "trade_cur": Decimal("15000.10"),
        "policies": Decimal(2),
        "modes": Decimal(3),
        "leaders": {"ge_50m": Decimal(2)},
        "inspection": "none",
    }
    assert found.marks == {"E2": (Decimal(88), Decimal("91.5"))}


def test_numbers_may_stand_in_quotes_and_ids_may_be_digits():
    source = "subjects:\n- {id: 007, values: {trade_cur: '120000.00', employees: 40}}\n"
    (found,) = scoring.read_cohort(schemes.reference_scheme(), source)
    assert (found.id, found.values) == (
        "007",
        {"trade_cur": Decimal("120000.00"), "employees": Decimal(40)},
    )


@pytest.mark.parametrize("values", [None, {}])
def test_without_values_a_park_has_not_filed(values):
    (found,) = read({"id": "p", "values": values})
    assert not found.filed
    assert read({"id": "p"}) == (found,)


def test_what_the_scheme_does_not_know_is_ignored():
    (found,) = read(
        {"id": "p", "note": "x", "values": {"old_item": "text"}, "bonus": {"P99": "1", "P4": "7"}}
    )
    assert found.filed
    assert (found.values, found.bonus) == ({}, {})


CASES = {
    "an id twice": ([park(), park()], ("subjects.p.id", "subject_twice")),
    "no id": ([{"values": {}}], ("subjects.0", "missing_key")),
    "an unknown veto": ([{"id": "p", "veto": "V9"}], ("subjects.p.veto", "unknown_veto")),
    "a text for a number": (
        [park(employees="many")],
        ("subjects.p.values.employees", "not_a_number"),
    ),
    "an unknown option": (
        [park(inspection="perfect")],
        ("subjects.p.values.inspection", "unknown_option"),
    ),
    "an unknown option among several": (
        [park(modes=["9610", "0000"])],
        ("subjects.p.values.modes", "unknown_option"),
    ),
    "an unknown level": (
        [park(leaders={"ge_1b": "1"})],
        ("subjects.p.values.leaders.ge_1b", "unknown_level"),
    ),
    "a number for counts": ([park(leaders="3")], ("subjects.p.values.leaders", "not_a_mapping")),
    "counts for a number": (
        [park(employees={"a": "1"})],
        ("subjects.p.values.employees", "not_a_number"),
    ),
    "a mark that is none": (
        [park(expert_scores=["good"])],
        ("subjects.p.values.expert_scores.E2", "not_a_number"),
    ),
    "one mark for a panel": (
        [park(expert_scores="88")],
        ("subjects.p.values.expert_scores.E2", "not_a_list"),
    ),
    "half a rank": (
        [{"id": "p", "previous_rank": "1.5"}],
        ("subjects.p.previous_rank", "not_whole"),
    ),
    "a number for notices": (
        [{"id": "p", "deductions": {"N3": "2"}}],
        ("subjects.p.deductions.N3", "not_a_mapping"),
    ),
    "levels for a number": (
        [{"id": "p", "bonus": {"P3": {"national": "1"}}}],
        ("subjects.p.bonus.P3", "not_a_number"),
    ),
    "values as a list": ([{"id": "p", "values": ["1"]}], ("subjects.p.values", "not_a_mapping")),
    "a park that is none": (["p"], ("subjects.0", "not_a_mapping")),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_read_is_refused_at_its_place(name):
    subjects, wanted = CASES[name]
    assert wanted in refused(*subjects)


def test_all_faults_of_a_cohort_are_told_at_once():
    found = refused({"id": "a", "veto": "V9"}, park(employees="many"), {"id": "c", "values": "x"})
    assert [path for path, _code in found] == [
        *("subjects.a.veto", "subjects.p.values.employees", "subjects.c.values"),
    ]


@pytest.mark.parametrize("source", ["", "a: 1", "subjects: 5", "[1]", "subjects: {p: {}}"])
def test_a_file_without_subjects_is_refused(source):
    with pytest.raises(scoring.Refused):
        scoring.read_cohort(schemes.reference_scheme(), source)


def test_a_huge_file_is_refused_unread():
    with pytest.raises(scoring.Refused) as caught:
        scoring.read_cohort(schemes.reference_scheme(), b" " * (200 * 2**20 + 1))
    assert caught.value.faults[0].code == "cohort_size"


def test_several_panels_need_their_indicators():
    rule = {"type": "expert", "scale": "100"}
    data = schemes.small([{"code": "a", "rule": rule}, {"code": "b", "rule": rule}])
    found = refused(park(expert_scores=["1"]), scheme=scoring.read_scheme(data))
    assert found == [("subjects.p.values.expert_scores", "marks_by_indicator")]


# limits


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"employees": "-1"}, "too_small"),
        ({"satisfaction": "100.5"}, "too_large"),
        ({"employees": "1.5"}, "not_whole"),
        ({"leaders": {"ge_50m": "0.5"}}, "not_whole"),
        ({"trade_cur": "0.001"}, "too_many_digits"),
        ({"area_leased_m2": "2", "area_leasable_m2": "1"}, "check_fails"),
    ],
)
def test_a_value_outside_its_limits_is_told_and_scored(values, code):
    subjects = read(park(**values))
    scheme = schemes.reference_scheme()
    (remark,) = scoring.remarks(scheme, subjects)
    assert (remark.path, remark.code) == (f"subjects.p.values.{next(iter(values))}", code)
    assert scoring.score(scheme, subjects)["p"].in_cohort


@pytest.mark.parametrize(
    "values",
    [
        {"trade_cur": "123456789012345678901234567890.10"},
        {"trade_cur": "1.500"},
        {"area_leased_m2": "2"},
        {"inspection": "none"},
        {},
    ],
)
def test_a_value_within_its_limits_is_no_matter(values):
    assert list(scoring.remarks(schemes.reference_scheme(), read(park(**values)))) == []


def test_a_check_that_divides_by_zero_says_nothing():
    items = [schemes.item("x", check="x <= 5 / y"), schemes.item("y")]
    scheme = scoring.read_scheme(schemes.small([], items))
    assert list(scoring.remarks(scheme, read(park(x="9", y="0"), scheme=scheme))) == []
    assert len(list(scoring.remarks(scheme, read(park(x="9", y="1"), scheme=scheme)))) == 1
