"""A grade set by hand takes two people; the computed one stays."""

from __future__ import annotations

import pytest

from app.core.errors import Forbidden, Refusal
from app.features.assessments.queries import rounds, runs
from app.features.assessments.services import overriding
from app.transaction import transaction
from tests.support import assessments, judging


@pytest.fixture
def scored(context):
    found = judging.worked_example()
    judging.run(found)
    return found


def propose(found, grade="good", by="operator", reason="整改完成"):
    one = assessments.filing(found, "P02")
    return judging.do(by, overriding.propose, one.id, grade, reason)


def test_proposed_by_one_and_approved_by_another(scored):
    made = propose(scored)
    assert (made.computed, made.state) == ("pass", "proposed")
    assert runs.grades_by_hand(scored.id) == {}
    with pytest.raises(Refusal, match="override_own"):
        judging.do("operator", overriding.approve, made.id)
    judging.do("operator2", overriding.approve, made.id)
    assert runs.grades_by_hand(scored.id)[made.filing_id].grade == "good"
    run = runs.last(scored.id)
    assert runs.result(run.id, made.park_id).grade == "pass"
    with pytest.raises(Refusal, match="override_decided"):
        judging.do("operator2", overriding.refuse, made.id, "再想想")


def test_refused_and_withdrawn_change_nothing(scored):
    made = propose(scored)
    with pytest.raises(Refusal, match="override_open"):
        propose(scored, by="operator2")
    with pytest.raises(Refusal, match="verdict_reason"):
        judging.do("operator2", overriding.refuse, made.id, " ")
    judging.do("operator2", overriding.refuse, made.id, "依据不足")
    again = propose(scored)
    with pytest.raises(Refusal, match="override_not_own"):
        judging.do("operator2", overriding.withdraw, again.id, now=None)
    judging.do("operator", overriding.withdraw, again.id, now=None)
    assert runs.grades_by_hand(scored.id) == {}


@pytest.mark.parametrize(
    ("grade", "reason", "refused"),
    [
        ("pass", "整改完成", "grade_same"),
        ("best", "整改完成", "grade_unknown"),
        ("good", "", "verdict_reason"),
        ("good", "长" * 501, "verdict_reason_long"),
    ],
)
def test_what_cannot_be_proposed(scored, grade, reason, refused):
    with pytest.raises(Refusal, match=refused):
        propose(scored, grade, reason=reason)


def test_not_before_the_round_is_scored_and_not_by_a_reviewer(context):
    found = judging.worked_example()
    judging.run(found, preview=True)
    with pytest.raises(Refusal, match="run_missing"):
        propose(found)
    with pytest.raises(Forbidden, match="finding_not_operator"):
        propose(found, by="reviewer")


@pytest.mark.parametrize("state", ["closed", "confirmed", "archived"])
def test_nothing_is_approved_of_a_round_that_is_open_again_or_confirmed(scored, state):
    made = propose(scored)
    with transaction():
        rounds.get(scored.id).state = state
    with pytest.raises(Refusal, match="round_state"):
        judging.do("operator2", overriding.approve, made.id)
    judging.do("operator2", overriding.refuse, made.id, "已经过时")
