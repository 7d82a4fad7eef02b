"""What filling in computes by itself: changes, progress, estimates, places, rules in words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.engines.scoring.rules import KINDS
from app.engines.scoring.wording import full_words
from app.features.assessments.labels.rule_words import SAYS, rule_words
from app.features.assessments.rules import checks, estimate, form, moves, progress, typed
from app.features.assessments.rules.whatif import rank_range
from tests.support import schemes

D = Decimal


@dataclass
class Value:
    declared: Any = None
    unread: Any = None
    taken: Any = None
    verified: Any = None
    explanation: str = ""


def values(**declared: Any) -> dict[str, Value]:
    asked = form.asks(schemes.reference_scheme())
    return {code: Value(declared.get(code)) for code in asked}


EMPLOYEES = form.asks(schemes.reference_scheme())["employees"]


@pytest.mark.parametrize(
    ("before", "now", "change", "unusual"),
    [
        ("100", "150", "50.00", False),
        ("100", "150.01", "50.01", True),
        ("100", "50", "-50.00", False),
        ("100", "49.99", "-50.01", True),
        ("3", "4", "33.33", False),
        ("-100", "100", "200.00", True),
        ("0", "9", None, False),
        (None, "9", None, False),
        ("9", None, None, False),
        ("9", ["x"], None, False),
    ],
)
def test_a_change_beyond_half_asks_for_a_reason(before, now, change, unusual):
    found = moves.change(EMPLOYEES, before, now)
    assert found == (None if change is None else D(change))
    assert moves.unusual(EMPLOYEES, before, now) is unusual


def test_a_text_has_no_change():
    ask = form.asks(schemes.reference_scheme())["innovation"]
    assert moves.change(ask, "100", "900") is None


@pytest.mark.parametrize(
    ("scores", "own", "places"),
    [
        ([], ("1", "2"), None),
        (["90", "80", "70"], ("80", "80"), (2, 2)),
        (["90", "80", "70"], ("95", "95"), (1, 1)),
        (["90", "80", "70"], ("60", "85"), (2, 4)),
        (["90", "80", "70"], ("85", "60"), (2, 4)),
        (["80", "80"], ("80", "80.01"), (1, 1)),
    ],
)
def test_a_place_among_last_times_scores(scores, own, places):
    assert rank_range([D(one) for one in scores], (D(own[0]), D(own[1]))) == places


def test_the_states_of_a_section():
    scheme = schemes.reference_scheme()
    part = next(one for one in form.parts(scheme) if one.code == "A")
    told = values()
    assert progress.of_part(part, told) == progress.Progress("untouched", 0, 5)
    told["staff_fulltime"].unread = "viele"
    assert progress.of_part(part, told).state == "begun"
    for ask in progress.own(part):
        told[ask.code].declared = "1"
    assert progress.of_part(part, told) == progress.Progress("done", 5, 5)
    assert progress.of_part(part, told, {"policies"}).state == "mend"
    other = next(one for one in form.parts(scheme) if one.code == form.OTHER)
    assert progress.of_part(other, told).state == "nothing"


def test_deductions_ask_the_park_for_nothing_and_count_in_the_estimate():
    scheme = schemes.reference_scheme()
    part = next(one for one in form.parts(scheme) if one.code == form.DEDUCTIONS)
    told = values()
    assert progress.of_part(part, told).state == "nothing"
    assert not {one.code for one in part.asks} & set(progress.asked(scheme))
    before = estimate.estimate(scheme, told).deduction
    told["N3"].verified = {"major": "1"}
    assert estimate.estimate(scheme, told).deduction == before + 5


def test_the_estimate_leaves_out_what_others_decide():
    scheme = schemes.reference_scheme()
    told = values(area_cbec_m2="15000", employees="620", innovation="x", P1={"provincial": "1"})
    found = estimate.estimate(scheme, told)
    assert found.lines["A1"].score == D("4.00")
    assert found.lines["C5"] == estimate.Line(None, "cohort", "620", "人")
    assert found.lines["E2"].why == "expert"
    assert found.lines["A3"].why == "blank"
    assert found.lines["B1"].why == "later"
    assert found.left_out == {"cohort": ("C1", "C3", "C5"), "expert": ("E2",)}
    assert found.left_points == D(23)
    assert found.total == found.blocks["A"] + D(3)


def test_a_reviewers_figure_is_not_told_through_the_estimate():
    told = values()
    told["area_cbec_m2"].verified = "15000"
    assert estimate.estimate(schemes.reference_scheme(), told).lines["A1"].why == "blank"


@pytest.mark.parametrize(("days", "points"), [(0, "0"), (-1, "0"), (1, "1"), (5, "5"), (9, "5")])
def test_what_late_days_cost(days, points):
    assert estimate.late_points(schemes.reference_scheme(), "N1", days) == D(points)


def test_no_rule_for_late_days_costs_nothing():
    assert estimate.late_points(schemes.reference_scheme(), "", 3) == 0
    assert estimate.late_code({"N2": "returns"}) == ""
    assert estimate.late_code({"N1": "late_days"}) == "N1"


def test_papers_that_lack_and_reasons_that_lack():
    scheme = schemes.reference_scheme()
    told = values(area_cbec_m2="15000", employees="620")
    assert checks.lacking_papers(scheme, told, {"employees": ["x"]}) == ("area_cbec_m2",)
    assert checks.unexplained(scheme, told, {"employees": "300"}) == ("employees",)
    told["employees"].explanation = "两家新企业"
    assert checks.unexplained(scheme, told, {"employees": "300"}) == ()


def test_every_rule_of_the_reference_is_said_in_words(app):
    scheme = schemes.reference_scheme()
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        told = {
            one.code: rule_words(one.rule.kind, one.rule.source, full=one.max_score, unit=one.unit)
            for one in scheme.indicators
        }
    assert all(told.values())
    assert "之间按比例" in told["A2"]
    assert told["C1"] == "本园区值 ÷ 同组最高值 × 10 分"
    assert told["E3"].startswith("2 % 及以下得 2 分")


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        ("1", "7"),
        ("1.2", "8.4（含不适用指标的分摊，原 7）"),
        ("4/3", "约 9.33（含不适用指标的分摊，原 7）"),
    ],
)
def test_marks_beyond_the_full_ones_are_explained(app, spread, words):
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        assert full_words({"max_score": "7", "spread": spread}) == words


def test_there_are_words_for_every_rule_of_the_engine():
    assert set(SAYS) == set(KINDS)


@pytest.mark.parametrize("sign", ["1", "1,111", "."])
def test_a_number_of_a_million_signs_is_refused_at_once(sign):
    begun = time.process_time()
    with pytest.raises(typed.Wrong, match="number_digits"):
        typed.number(sign * 3000)
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize("text", ["1e5", "1.5E-3", ".5e1", "-2e+9"])
def test_an_exponent_is_told_as_one(text):
    with pytest.raises(typed.Wrong, match="number_exponent"):
        typed.number(text)
