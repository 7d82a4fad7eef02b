"""Two at the same moment, and a process that dies in between: one decision, one effect."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Refusal, Stale
from app.engines import jobs
from app.extensions import db
from app.features.assessments.models import (
    AssessmentMark,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    FilingValueChange,
)
from app.features.assessments.queries import filings
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.services import (
    findings,
    marking,
    reviewing,
    running,
    submitting,
)
from app.transaction import end_reading, transaction
from tests.support import assessments, judging, people
from tests.support.owned import at_once


def number_of(model, *where) -> int:
    end_reading()
    db.session.expire_all()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)))


def as_person(name, act, *arguments, **named):
    def call():
        actor = people.actor(name)
        with scope.acting_as(actor), transaction():
            act(actor, *arguments, **named, now=clock.now())

    return call


def test_two_reviewers_on_one_item_are_one_decision(owned):
    judging.more_people()
    one = assessments.submitted(assessments.opened())
    judging.take(one)
    with scope.unscoped(), transaction():
        filing = filings.locked(one.id)
        found = db.session.get(AssessmentRound, filing.round_id)
        found.lead_id = people.actor("reviewer2").user_id  # may judge beside who took it up
    value = judging.value(one, "employees")
    seen = value.version

    def judge(by, verdict, **named):
        return as_person(by, reviewing.judge, one.id, "employees", verdict, seen=seen, **named)

    raised = at_once(
        owned,
        judge("reviewer", Verdict.passed),
        judge("reviewer2", Verdict.returned, reason="不清楚"),
    )
    assert sum(error is None for error in raised) == 1, raised
    assert isinstance(next(error for error in raised if error), Stale)
    lines = ("passed", "returned")
    told = (FilingValueChange.value_id == value.id, FilingValueChange.act.in_(lines))
    assert number_of(FilingValueChange, *told) == 1


def test_taken_up_and_withdrawn_at_once_is_one_true_state(owned):
    judging.more_people()
    one = assessments.submitted(assessments.opened())
    seen = judging.fresh(one).version
    raised = at_once(
        owned,
        as_person("reviewer", reviewing.take, one.id, seen=seen),
        as_person("park1", submitting.withdraw, one.id, seen=seen),
    )
    assert sum(error is None for error in raised) == 1, raised
    assert isinstance(next(error for error in raised if error), Refusal)
    end_reading()
    assert judging.fresh(one).state in ("taken", "draft")


def test_two_runs_at_once_are_two_with_numbers_of_their_own_and_equal_results(owned):
    found = judging.worked_example()
    run = as_person("operator", running.score, found.id, preview=False)
    assert at_once(owned, run, run) == [None, None]
    end_reading()
    rows = db.session.scalars(
        sa.select(AssessmentRun).where(AssessmentRun.round_id == found.id)
    ).all()
    assert sorted(one.number for one in rows) == [1, 2]
    assert len({one.results_digest for one in rows}) == 1


@pytest.mark.parametrize("act", ["reopen", "veto"])
def test_a_verdict_is_in_a_run_or_after_it(owned, monkeypatch, act):
    """While a run reads, nothing that it reads is judged: who comes meanwhile waits for its end."""
    found = judging.worked_example()
    one = assessments.filing(found, "P01")
    seen, paper = judging.fresh(one).version, judging.paper(found)
    with scope.unscoped(), transaction():
        db.session.get(AssessmentRound, found.id).lead_id = people.actor("reviewer").user_id
    reads, before, order = threading.Event(), running.inputs, []

    def slowly(*arguments):
        reads.set()
        time.sleep(1)
        made = before(*arguments)
        order.append("read")
        return made

    monkeypatch.setattr(running, "inputs", slowly)
    acts = {
        "reopen": ("reviewer", reviewing.reopen, (one.id, "再看"), {"seen": seen}),
        "veto": ("operator", findings.set_veto, (one.id, "V1", "伪造"), {"document_id": paper}),
    }
    by, service, arguments, named = acts[act]

    def meanwhile():
        assert reads.wait(30)
        try:
            as_person(by, service, *arguments, **named)()
        finally:
            order.append("judged")

    raised = at_once(
        owned, as_person("operator", running.score, found.id, preview=False), meanwhile
    )
    assert order == ["read", "judged"]
    assert raised[0] is None
    # a scored filing is opened by nobody; a veto takes effect with the next run
    assert (type(raised[1]) is Refusal) is (act == "reopen"), raised[1]


def test_a_run_that_dies_before_its_commit_leaves_nothing_and_is_done_once_after(
    owned, monkeypatch
):
    found = judging.worked_example()
    job = judging.do("operator", running.start, found.id, now=None)
    ports = owned.extensions["jobs"]
    ports.stopping.clear()

    class KilledError(BaseException):
        """What no handler catches."""

    def dies(*_arguments):
        raise KilledError

    before = running._finished
    monkeypatch.setattr(running, "_finished", dies)
    with pytest.raises(KilledError):
        jobs.run(job.id, ports)
    where = (AssessmentRun.round_id == found.id,)
    assert number_of(AssessmentRun, *where) == 0
    monkeypatch.setattr(running, "_finished", before)
    with scope.unscoped(), transaction():  # what the recovery does with a dead worker's job
        row = db.session.get(jobs.Job, job.id)
        row.state, row.worker, row.lease_until = jobs.State.queued, None, None
    jobs.run(job.id, ports)
    jobs.run(job.id, ports)  # delivered twice
    assert number_of(AssessmentRun, *where) == 1
    (run,) = db.session.scalars(sa.select(AssessmentRun).where(*where)).all()
    assert number_of(AssessmentResult, AssessmentResult.run_id == run.id) == 5


def test_one_experts_mark_from_two_tabs_is_one_mark(owned):
    judging.more_people()
    found = assessments.opened()
    one = assessments.submitted(found)
    expert = people.actor("expert1").user_id
    judging.do("operator", marking.name_panel, found.id, [expert], now=None)
    raised = at_once(
        owned,
        as_person("expert1", marking.mark, one.id, "E2", text="80"),
        as_person("expert1", marking.mark, one.id, "E2", text="81"),
    )
    assert raised == [None, None]
    assert number_of(AssessmentMark, AssessmentMark.filing_id == one.id) == 1


def test_the_close_of_a_panel_and_a_mark_are_one_after_the_other(owned):
    judging.more_people()
    found = assessments.opened()
    one = assessments.submitted(found)
    names = ("expert1", "expert2", "expert3", "expert4")
    keys = [people.actor(name).user_id for name in names]
    judging.do("operator", marking.name_panel, found.id, keys, now=None)
    for name in names[:3]:
        judging.do(name, marking.mark, one.id, "E2", text="80")
    raised = at_once(
        owned,
        as_person("operator", marking.close, found.id),
        as_person("expert4", marking.mark, one.id, "E2", text="81"),
    )
    assert raised[0] is None
    assert raised[1] is None or getattr(raised[1], "code", "") == "panel_closed"
    marks = number_of(AssessmentMark, AssessmentMark.filing_id == one.id)
    assert marks == (4 if raised[1] is None else 3)
