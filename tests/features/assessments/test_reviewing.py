"""Review: each item gets its verdict, what is sent back alone is open, nobody judges their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import calendar
from app.engines.notices import InboxMessage
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.services import filling, reviewing, reviewing_tasks, submitting
from app.transaction import transaction
from tests.support import assessments, judging, people


def round_of(filed):
    return rounds.get(filed.round_id)


@pytest.fixture
def filed(context):
    judging.more_people()
    return assessments.submitted(assessments.opened())


def test_taken_up_it_cannot_be_withdrawn(filed):
    judging.take(filed)
    with pytest.raises(Refusal, match="filing_state"):
        judging.do("park1", submitting.withdraw, filed.id, seen=judging.fresh(filed).version)


def test_passed_is_verified_as_declared_and_told_in_history_and_trail(filed):
    judging.take(filed)
    value = judging.judge(filed, "employees", "passed")
    assert (value.declared, value.verified, value.verdict) == ("620", "620", "passed")
    (line, *_rest) = filings.history(value.id)
    assert (line.act, line.after, line.actor_name) == ("passed", "620", "测reviewer")
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.action == "assessment.value_judged"
    assert entry.details["code"] == "employees"


def test_corrected_keeps_what_was_declared_and_needs_a_reason(filed):
    judging.take(filed)
    with pytest.raises(Refusal, match="verdict_reason"):
        judging.judge(filed, "employees", "corrected", typed="600")
    value = judging.judge(filed, "employees", "corrected", typed="６００", reason="花名册 600 人")
    assert (value.declared, value.verified, value.verdict) == ("620", "600", "corrected")


@pytest.mark.parametrize(
    ("code", "typed", "refused"),
    [
        ("employees", "1e309", "number_exponent"),
        ("employees", "NaN", "number_text"),
        ("employees", "-1", "number_minimum"),
        ("employees", "620", "verdict_same_value"),
        ("employees", "9" * 30, "number_digits"),
        ("policies", ["没有这项"], "option_unknown"),
        ("N1", "1", "value_not_judged"),
        ("mismatch_rate", "0", "value_not_judged"),
    ],
)
def test_what_is_no_value_is_refused_at_the_field(filed, code, typed, refused):
    judging.take(filed)
    with pytest.raises(Refusal, match=refused):
        judging.judge(filed, code, "corrected", typed=typed, reason="核定")


def test_only_what_the_park_says_can_be_sent_back(filed):
    judging.take(filed)
    with pytest.raises(Refusal, match="verdict_not_parks"):
        judging.judge(filed, "trade_cur", "returned", reason="不对")
    with pytest.raises(Refusal, match="verdict_reason"):
        judging.judge(filed, "employees", "returned")


def test_a_deduction_rests_on_a_document_of_the_same_round(filed):
    judging.take(filed)
    with pytest.raises(Refusal, match="document_missing"):
        judging.judge(filed, "N3", "corrected", typed={"general": "1"}, reason="通报")
    paper = judging.paper(round_of(filed))
    value = judging.judge(
        filed, "N3", "corrected", typed={"general": "1"}, reason="通报", document_id=paper
    )
    assert (value.verified, value.document_id) == ({"general": "1"}, paper)


def test_of_two_reviewers_one_decides_and_the_other_is_told(filed):
    judging.take(filed)
    seen = judging.value(filed, "employees").version
    judging.judge(filed, "employees", "passed", seen=seen)
    with pytest.raises(Stale) as stale:
        judging.judge(filed, "employees", "returned", reason="不清楚", seen=seen)
    assert stale.value.current.verdict == "passed"


def test_a_section_is_passed_at_once_and_leaves_what_has_its_verdict(filed):
    judging.take(filed)
    judging.judge(filed, "area_cbec_m2", "corrected", typed="14000", reason="测量")
    with scope.unscoped():
        seen = {code: one.version for code, one in filings.values(filed.id).items()}
    seen["staff_fulltime"] -= 1  # changed since the page was shown
    assert judging.do("reviewer", reviewing.pass_section, filed.id, "A", seen) == 3
    assert judging.value(filed, "area_cbec_m2").verdict == "corrected"
    assert judging.value(filed, "staff_fulltime").verdict == "open"
    assert judging.value(filed, "employees").verdict == "open"


def test_finished_only_when_every_item_is_judged(filed):
    judging.take(filed)
    with pytest.raises(Refusal, match="filing_items_open"):
        judging.do("reviewer", reviewing.finish, filed.id, seen=judging.fresh(filed).version)
    judging.pass_all(filed)
    done = judging.do("reviewer", reviewing.finish, filed.id, seen=judging.fresh(filed).version)
    assert (done.state, done.reviewed_by) == ("reviewed", people.actor("reviewer").user_id)


def test_sent_back_opens_those_items_alone_for_so_many_working_days(filed):
    now = clock.now()
    back = judging.returned(filed, ("employees", "started"), now=now)
    assert (back.state, back.times_returned) == ("returned", 1)
    assert back.correct_until == calendar.due(now, 5)
    values = filings.values(filed.id)
    assert {code for code, one in values.items() if one.open_again} == {"employees", "started"}
    told = db.session.scalars(
        sa.select(InboxMessage).where(InboxMessage.kind == "assessment.returned")
    ).all()
    assert {one.user_id for one in told} == {
        people.actor(name).user_id for name in ("park1", "both")
    }
    assert told[0].params["items"] == 2
    seen = values["started"].version
    judging.do("park1", filling.save, filed.id, "started", "5", seen=seen)
    with pytest.raises(Refusal, match="value_not_returned"):
        judging.do("park1", filling.save, filed.id, "staff_fulltime", "9", seen=2)


def test_after_the_correction_only_what_was_sent_back_is_judged_again(filed):
    judging.returned(filed, ("employees", "started"))
    seen = judging.value(filed, "started").version
    judging.do("park1", filling.save, filed.id, "started", "5", seen=seen)
    judging.submit(filed)
    judging.take(filed, by="reviewer2")
    values = filings.values(filed.id)
    open_ones = {
        code
        for code in judging.claimed_codes(round_of(filed), filed)
        if values[code].verdict == "open"
    }
    assert open_ones == {"employees", "started"}
    assert not any(one.open_again for one in values.values())
    assert values["staff_fulltime"].verdict == "passed"


def test_who_lets_the_correction_pass_is_judged_by_what_is_there(filed):
    back = judging.returned(filed)
    with pytest.raises(Refusal, match="filing_being_corrected"):
        judging.take(filed)
    later = clock.now() + timedelta(days=30)
    assert later.date() > back.correct_until
    taken = judging.take(filed, now=later)
    assert taken.state == "taken"
    assert judging.value(filed, "employees").verdict == "open"


def test_returns_have_an_end(filed):
    for _time in range(2):
        judging.returned(filed)
        judging.submit(filed)
    judging.take(filed)
    with pytest.raises(Refusal, match="filing_corrections_over"):
        judging.judge(filed, "employees", "returned", reason="再补")


def test_nothing_to_send_back_is_said(filed):
    judging.take(filed)
    seen = judging.fresh(filed).version
    with pytest.raises(Refusal, match="filing_nothing_returned"):
        judging.do("reviewer", reviewing.give_back, filed.id, "请补正", seen=seen)


def test_who_wrote_in_it_does_not_judge_it(filed):
    with scope.unscoped(), transaction():
        filings.locked(filed.id).submitted_by = people.actor("reviewer").user_id
    with pytest.raises(Refusal, match="filing_own"):
        judging.take(filed)


def test_a_task_given_to_one_is_not_anothers(filed):
    other = people.actor("reviewer2").user_id
    judging.do("operator", reviewing_tasks.assign, filed.round_id, other,
               filing_id=None, section="C", now=None)  # fmt: skip
    judging.take(filed)
    judging.judge(filed, "area_cbec_m2", "passed")
    with pytest.raises(Refusal, match="review_not_assigned"):
        judging.judge(filed, "employees", "passed")
    judging.judge(filed, "employees", "passed", by="reviewer2")
    with pytest.raises(Refusal, match="review_not_assigned"):
        judging.judge(filed, "area_cbec_m2", "open", by="reviewer2")
    (given,) = reviews.assignments(filed.round_id)
    judging.do("operator", reviewing_tasks.unassign, given.id, now=None)
    assert reviews.assignments(filed.round_id) == []


@pytest.mark.parametrize("by", ["park1", "expert1", "operator"])
def test_who_is_no_reviewer(filed, by):
    with pytest.raises(Forbidden):
        judging.take(filed, by=by)
    for stranger in ("park2", "auditor"):
        with pytest.raises(NotFound):
            judging.take(filed, by=stranger)


def test_the_same_file_elsewhere_is_found(filed):
    found = round_of(filed)
    other = assessments.filing(found, "P02")
    mine = judging.evidence(filed, "employees", key="a" * 32, sha256="1" * 64)
    twin = judging.evidence(other, "started", key="b" * 32, sha256="1" * 64)
    judging.evidence(filed, "started", key="c" * 32, sha256="2" * 64)
    told = reviews.evidence_twins(filed.id)
    assert set(told) == {mine.id}
    assert [(one.evidence_id, one.park_id) for one in told[mine.id]] == [(twin.id, other.park_id)]


def test_of_a_rehearsal_parks_hear_nothing_and_the_queue_neither(filed):
    other = assessments.opened(("B01",))
    with scope.unscoped(), transaction():
        rounds.locked(filed.round_id).rehearsal_of_id = other.id
    assert reviews.number(reviews.waiting()) == 0
    judging.returned(filed)
    kind = InboxMessage.kind == "assessment.returned"
    assert db.session.scalars(sa.select(InboxMessage).where(kind)).all() == []
