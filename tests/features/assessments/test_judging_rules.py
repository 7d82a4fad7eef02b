"""Tables of the rules of review: what is judged, by whom, what counts; a cohort out of filings."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest

from app.core.clock import SHANGHAI
from app.engines import scoring
from app.features.assessments.labels import rule_words
from app.features.assessments.rules import cohort, form, judging
from app.features.assessments.rules.filing import Act, Phase, Side, Standing, State, refusal
from app.features.assessments.rules.judging import Assigned
from tests.support import schemes

NOW = datetime(2026, 3, 2, tzinfo=SHANGHAI)
SCHEME = schemes.reference_scheme()
ASKS = form.asks(SCHEME)


def value(declared=None, verdict="open", verified=None, **more):
    return SimpleNamespace(
        **{"declared": declared, "verdict": verdict, "verified": verified, "taken": None,
           "dispute": "", "declared_at": NOW, "verified_at": None, **more}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "again"),
    [
        (value(), False),
        (value(verdict="returned"), True),
        (value(verdict="passed", verified_at=NOW + timedelta(hours=1)), False),
        (value(verdict="passed", verified_at=NOW - timedelta(hours=1)), True),
        (value(verdict="corrected", verified_at=NOW - timedelta(hours=1)), True),
        (value(verdict="passed", verified_at=NOW, declared_at=None), False),
    ],
)
def test_what_is_judged_again(one, again):
    assert judging.to_judge_again(one) is again


@pytest.mark.parametrize(
    ("assigned", "section", "taken_by", "who"),
    [
        ([], "A", None, set()),
        ([], "A", 7, {7}),
        ([Assigned(1, None, "A")], "A", 7, {1}),
        ([Assigned(1, None, "A")], "B", 7, {7}),
        ([Assigned(1, None, "A"), Assigned(2, 5, "")], "A", None, {2}),
        ([Assigned(1, 5, "A"), Assigned(2, 5, "A")], "A", None, {1, 2}),
        ([Assigned(1, 6, "")], "A", 7, {7}),
    ],
)
def test_whose_section_it_is(assigned, section, taken_by, who):
    assert judging.reviewers_of(assigned, 5, section, taken_by) == who


def test_tasks_are_the_parks_own_items_and_the_disputed_ones():
    values = {code: value() for code in ASKS}
    values["news_approved"].dispute = "少计 2 篇"
    found = judging.tasks(SCHEME, {"mismatch_rate": "mismatch_rate", "N1": "late_days"}, values)
    assert "news_approved" in found
    assert "employees" in found
    assert not {"trade_cur", "N1", "mismatch_rate", "ent_cbec_count"} & set(found)


@pytest.mark.parametrize(
    ("pairs", "rate"),
    [
        ({}, None),
        ({"employees": ("620", "620")}, 0),
        ({"employees": ("1000", "1010")}, 0),  # exactly 1 % is no difference
        ({"employees": ("1000", "1011")}, 100),
        ({"employees": ("1000", "989")}, 100),
        ({"employees": ("0", "0")}, 0),
        ({"employees": ("0", "1")}, 100),
        ({"employees": ("620", None)}, 100),  # not proven at all
        ({"employees": ("620", "600"), "started": ("6", "6"), "staff_fulltime": ("8", "8")},
         Fraction(100, 3)),
        ({"leaders": ({"ge_10m": "1"}, None)}, None),  # no number
        ({"ent_cbec_count": ("40", "30")}, None),  # not the park's word
    ],
)  # fmt: skip
def test_the_share_of_numbers_that_were_verified_otherwise(pairs, rate):
    values = {code: value(said, "corrected", found) for code, (said, found) in pairs.items()}
    assert cohort.mismatch_rate(SCHEME, values) == rate


def test_computed_sources_and_what_counts_of_each_value():
    values = {
        "employees": value("620", "corrected", "600"),
        "started": value("6"),
        "staff_fulltime": value("8", "passed", "8"),
        "trade_cur": value(verdict="passed", verified="88000"),
        "news_approved": value(taken="8"),
        "policies": value(["发展规划", "财务管理"]),
        "P1": value({"municipal": "1"}, "corrected", None),
        "N3": value(verdict="corrected", verified={"general": "1"}),
    }
    sources = {"mismatch_rate": "mismatch_rate", "N1": "late_days", "N2": "returns"}
    one = cohort.Filed("7", True, values, late_days=2, times_returned=3, marks={"E2": ["80", "90"]})
    told = cohort.data_of(SCHEME, sources, one)
    assert told["values"] == {
        "employees": "600", "started": "6", "staff_fulltime": "8", "trade_cur": "88000",
        "news_approved": "8", "policies": "2", "mismatch_rate": "25.00",
        "expert_scores": ["80", "90"],
    }  # fmt: skip
    assert told["bonus"] == {}
    assert told["deductions"] == {"N1": "2", "N2": "2", "N3": {"general": "1"}}
    assert told["declared"]["employees"] == "620"
    (subject,) = cohort.cohort(SCHEME, [told])
    assert subject.filed
    assert scoring.score(SCHEME, [subject])["7"].in_cohort


def test_who_has_not_filed_brings_nothing_and_only_texts_are_filed_all_the_same():
    absent = cohort.data_of(SCHEME, {}, cohort.Filed("1", False, {"employees": value("1")}))
    assert absent["values"] == {}
    words = cohort.data_of(SCHEME, {}, cohort.Filed("2", True, {"innovation": value("做法")}))
    first, second = cohort.cohort(SCHEME, [absent, words])
    assert (first.filed, second.filed) == (False, True)
    told = scoring.score(SCHEME, [first, second])
    assert (told["1"].veto, told["2"].in_cohort) == ("V4", True)


@pytest.mark.parametrize(
    ("state", "phase", "code"),
    [
        (State.submitted, Phase.filling, None),
        (State.returned, Phase.correcting, "filing_being_corrected"),
        (State.returned, Phase.over, None),
        (State.draft, Phase.over, "filing_state"),
        (State.taken, Phase.over, "filing_state"),
    ],
)
def test_when_a_filing_is_taken_up(state, phase, code):
    standing = Standing(state, phase, 1, sides=frozenset({Side.reviewer}))
    assert refusal(Act.take, standing) == code


def test_every_rule_of_the_reference_has_words(app):
    with app.test_request_context():
        said = [rule_words.of_indicator(one) for one in SCHEME.indicators]
        said += [rule_words.of_adjustment(one) for one in (*SCHEME.bonus, *SCHEME.deductions)]
    assert len(set(said)) > 20
    bands = "0 ㎡ 起得 0 分、1000 ㎡ 起得 1.5 分、3000 ㎡ 起得 2.5 分、10000 ㎡ 起得 3.5 分、15000 ㎡ 起得 4 分"
    assert said[0] == bands
    assert said[1] == "90 % 得满分，50 % 得 0 分，之间按比例"
