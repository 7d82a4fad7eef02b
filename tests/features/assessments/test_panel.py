"""The expert panel: blind, answered or abstained from, closed together; spread and outliers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core import scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines import notices, trail
from app.features.assessments.queries import marks, rounds, runs
from app.features.assessments.rules import panel
from app.features.assessments.services import marking, running
from tests.support import assessments, judging, people


@pytest.fixture
def found(context):
    judging.more_people()
    made = assessments.opened()
    assessments.submitted(made)
    return made


@pytest.fixture
def one(found):
    return assessments.filing(found, "P01")


def named(found, *names):
    ids = [people.actor(name).user_id for name in names]
    judging.do("operator", marking.name_panel, found.id, ids, now=None)


def say(one, text, by="expert1", **more):
    return judging.do(by, marking.mark, one.id, "E2", text=text, **more)


def test_marks_are_typed_like_numbers_and_kept(found, one):
    named(found, "expert1")
    assert say(one, "８８．５").mark == Decimal("88.50")
    assert say(one, "90", comment="做法新").mark == 90
    with scope.unscoped():
        assert [each.comment for each in marks.own(found.id, _id("expert1")).values()] == ["做法新"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("101", "number_maximum"),
        ("-1", "number_minimum"),
        ("88.555", "number_decimals"),
        ("优", "mark_text"),
        ("1e309", "number_exponent"),
        ("NaN", "mark_text"),
    ],
)
def test_a_mark_beyond_the_scale_is_refused(found, one, text, refused):
    named(found, "expert1")
    with pytest.raises(Refusal, match=refused) as raised:
        say(one, text)
    assert raised.value.fields == {"mark": refused}


def test_who_is_not_in_the_panel_marks_nothing(found, one):
    named(found, "expert1")
    with pytest.raises(NotFound):
        say(one, "80", by="expert2")
    for name in ("reviewer", "operator"):
        with pytest.raises(Forbidden):
            say(one, "80", by=name)


def test_only_what_experts_judge_and_who_has_filed(found, one):
    named(found, "expert1")
    with pytest.raises(Refusal, match="mark_indicator"):
        judging.do("expert1", marking.mark, one.id, "A1", text="80")
    with pytest.raises(Refusal, match="mark_filing"):
        say(assessments.filing(found, "P02"), "80")


def test_an_abstention_says_why_and_is_an_answer(found, one):
    named(found, "expert1")
    with pytest.raises(Refusal, match="panel_incomplete"):
        judging.do("expert1", marking.hand_in, found.id)
    with pytest.raises(Refusal, match="abstain_reason"):
        say(one, "80", abstains=True)
    assert say(one, "80", abstains=True, comment="曾任顾问").mark is None
    assert judging.do("expert1", marking.hand_in, found.id).finished_at


def test_handed_in_is_fixed_until_it_is_taken_back(found, one):
    named(found, "expert1")
    say(one, "80")
    judging.do("expert1", marking.hand_in, found.id)
    with pytest.raises(Refusal, match="panel_handed_in"):
        say(one, "81")
    judging.do("expert1", marking.take_back, found.id, now=None)
    assert say(one, "81").mark == 81


def test_closed_when_all_have_handed_in_or_there_are_marks_enough(found, one):
    named(found, "expert1", "expert2", "expert3", "expert4")
    for at, name in enumerate(("expert1", "expert2"), 1):
        say(one, str(80 + at), by=name)
    with pytest.raises(Refusal, match="panel_too_few") as raised:
        judging.do("operator", marking.close, found.id)
    assert raised.value.params == {"number": 1}
    say(one, "60", by="expert3")
    assert judging.do("operator", marking.close, found.id).panel_closed_at
    with pytest.raises(Refusal, match="panel_closed"):
        say(one, "70", by="expert4")


def test_an_operator_opens_a_closed_panel_again_with_a_reason(found, one):
    with pytest.raises(Refusal, match="panel_still_open"):
        judging.do("operator", marking.open_again, found.id, "误关", now=None)
    judging.panel_closed(found)
    with pytest.raises(Refusal, match="verdict_reason"):
        judging.do("operator", marking.open_again, found.id, " ", now=None)
    with pytest.raises(Refusal, match="verdict_reason_long"):
        judging.do("operator", marking.open_again, found.id, "长" * 501, now=None)
    with pytest.raises(Forbidden):
        judging.do("reviewer", marking.open_again, found.id, "误关", now=None)
    assert (
        judging.do("operator", marking.open_again, found.id, "误关", now=None).panel_closed_at
        is None
    )
    with scope.unscoped():
        (line,) = [
            each for each in trail.history("assessment_round", found.id)
            if each.action == "assessment.panel_reopened"
        ]  # fmt: skip
        told = [each.kind for each in notices.messages_of(_id("expert1"))]
    assert line.details == {"reason": "误关"}
    assert told.count("assessment.panel_reopened") == 1
    judging.do("expert1", marking.take_back, found.id, now=None)
    assert say(one, "70").mark == 70
    judging.do("expert1", marking.hand_in, found.id)
    assert judging.do("operator", marking.close, found.id).panel_closed_at


def test_a_panel_that_scores_rest_on_stays_closed(found, one):
    judging.reviewed(one)
    judging.closed(found)
    judging.panel_closed(found)
    judging.run(found)
    with pytest.raises(Refusal, match="panel_scored"):
        judging.do("operator", marking.open_again, found.id, "误关", now=None)
    judging.do("operator", running.open_again, found.id, "重审", now=None)
    assert (
        judging.do("operator", marking.open_again, found.id, "误关", now=None).panel_closed_at
        is None
    )


def test_who_has_marked_stays_in_the_panel(found, one):
    named(found, "expert1", "expert2")
    say(one, "80")
    with pytest.raises(Refusal, match="panel_has_marked"):
        named(found, "expert2")
    named(found, "expert1")
    assert [each.expert_id for each in marks.panel(found.id)] == [_id("expert1")]


def test_no_expert_is_no_panelist_and_the_panel_is_the_leads(found):
    with pytest.raises(Refusal, match="panel_expert"):
        named(found, "reviewer")
    with pytest.raises(Forbidden):
        judging.do("reviewer", marking.name_panel, found.id, [], now=None)


def test_open_marks_are_in_no_preview_and_closed_ones_in_the_run(found, one):
    named(found, "expert1", "expert2", "expert3")
    for at, name in enumerate(("expert1", "expert2", "expert3")):
        say(one, str(80 + at), by=name)
    before = runs.by_park(judging.run(found, preview=True).id)[one.park_id]
    assert "expert_scores" not in before.subject["values"]
    judging.do("operator", marking.close, found.id)
    after = runs.by_park(judging.run(found, preview=True).id)[one.park_id]
    assert after.subject["values"]["expert_scores"] == ["80.00", "81.00", "82.00"]
    assert after.outcome["items"]["E2"] == "4.05"
    assert rounds.get(found.id).panel_closed_at


@pytest.mark.parametrize(
    ("given", "far"),
    [([], None), (["80"], set()), (["80", "82", "60"], {2}), (["80", "95", "80"], set()),
     (["80", "95.01", "80"], {1}), (["10", "90"], set())],
)  # fmt: skip
def test_outliers_lie_far_from_the_middle(given, far):
    told = panel.spread([Decimal(one) for one in given], Decimal(100))
    assert (None if told is None else set(told.outliers)) == far


def _id(name):
    return people.actor(name).user_id
