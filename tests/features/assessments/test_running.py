"""Scoring: the worked example to the cent, equal inputs give equal results, what stands against it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core import scope
from app.core.errors import Forbidden, Refusal
from app.engines import jobs
from app.extensions import db
from app.features.assessments.queries import rounds, runs
from app.features.assessments.rules import differences
from app.features.assessments.services import findings, reviewing, running
from app.transaction import transaction
from tests.support import assessments, judging, people


def told(found, run):
    names = {people.park(code).id: name for name, code in judging.EXAMPLE_PARKS.items()}
    return {names[one.park_id]: one for one in runs.results(run.id)}


def same(told_, expected):
    """Decimals of the file are texts: compared by value."""
    for key, value in expected.items():
        if isinstance(value, dict):
            same(told_[key], value)
        elif isinstance(value, str) and value.replace(".", "").isdigit():
            assert Decimal(told_[key]) == Decimal(value), key
        else:
            assert told_[key] == value or str(told_[key]) == str(value), key


def test_the_worked_example_out_of_the_database_is_right_to_the_cent(context):
    found = judging.worked_example()
    results = told(found, judging.run(found))
    _subjects, expected = judging.examples()
    assert set(results) == set(expected)
    for name, numbers in expected.items():
        outcome = dict(results[name].outcome)
        same(outcome, {key: value for key, value in numbers.items() if key != "in_cohort"})
    assert results["P-A"].final == Decimal("100.27")
    assert (results["P-E"].veto, results["P-E"].rank, results["P-E"].final) == ("V1", None, None)
    assert rounds.get(found.id).state == "provisional"
    # the explanation stands for itself
    assert results["P-B"].explanation["items"]["E2"]["score"] == "3.92"


def test_the_same_inputs_give_the_same_digests_and_nobody_moves(context):
    found = judging.worked_example()
    first, second = judging.run(found), judging.run(found, by="operator2")
    assert (first.number, second.number) == (1, 2)
    assert first.inputs_digest == second.inputs_digest
    assert first.results_digest == second.results_digest
    assert differences.between(runs.by_park(first.id), runs.by_park(second.id)) == ()


def test_the_difference_names_who_moved_by_how_much_and_because_of_what(context):
    found = judging.worked_example()
    first = judging.run(found)
    judging.do("operator", running.open_again, found.id, "核实投诉", now=None)
    one = assessments.filing(found, "P02")
    with scope.unscoped(), transaction():
        judging.filings.locked(one.id).late_days = 3
    second = judging.run(found)
    assert first.inputs_digest != second.inputs_digest
    (moved,) = differences.between(runs.by_park(first.id), runs.by_park(second.id))
    assert (moved.park_id, moved.points) == (one.park_id, Decimal(-2))
    assert [(one.code, one.before, one.after) for one in moved.inputs] == [("N1", "1", "3")]
    assert [one.code for one in moved.scores] == ["N1"]


def test_refused_while_filings_are_judged_but_a_preview_runs_and_moves_nothing(context):
    judging.more_people()
    found = assessments.opened()
    one = assessments.submitted(found)
    judging.closed(found)
    with pytest.raises(Refusal, match="run_unjudged") as refused:
        judging.run(found)
    assert refused.value.params == {"number": 1}
    made = judging.run(found, preview=True)
    assert (made.preview, rounds.get(found.id).state) == (True, "closed")
    lines = runs.by_park(made.id)
    assert lines[one.park_id].final is not None
    # who has not filed is vetoed by the system
    assert lines[people.park("P02").id].veto == "V4"


def test_the_run_that_counts_waits_for_the_panel(context):
    judging.more_people()
    found = assessments.opened()
    judging.reviewed(assessments.submitted(found))
    judging.closed(found)
    with pytest.raises(Refusal, match="run_panel_open"):
        judging.run(found)


def test_a_park_that_does_not_take_part_is_left_out(context):
    found = judging.worked_example()
    one = assessments.filing(found, "P03")
    with scope.unscoped(), transaction():
        filing = judging.filings.locked(one.id)
        filing.takes_part, filing.absence_reason = False, "当年停业改造"
    assert one.park_id not in runs.by_park(judging.run(found).id)


@pytest.mark.parametrize("by", ["park1", "expert1", "auditor"])
def test_who_may_not_score(context, by):
    found = judging.worked_example()
    with pytest.raises(Forbidden):
        judging.do(by, running.score, found.id, preview=True)


def test_a_reviewer_previews_but_the_run_that_counts_is_the_leads(context):
    found = judging.worked_example()
    assert judging.run(found, preview=True, by="reviewer").preview
    with pytest.raises(Forbidden, match="round_not_lead"):
        judging.run(found, by="reviewer")


def test_as_a_job_it_ends_with_its_results(context):
    found = judging.worked_example()
    job = judging.do("operator", running.start, found.id, now=None)
    db.session.expire_all()
    with scope.unscoped():
        done = db.session.get(jobs.Job, job.id)
        (run,) = runs.of_round(found.id)
    assert (done.state, done.result["run"], run.job_id) == ("done", run.id, job.id)
    assert len(runs.results(run.id)) == 5


def test_a_second_veto_and_a_system_veto_are_refused(context):
    found = judging.worked_example()
    one = assessments.filing(found, "P04")
    paper = judging.paper(found)
    with pytest.raises(Refusal, match="veto_there"):
        judging.do("operator", findings.set_veto, one.id, "V2", "事故", document_id=paper)
    other = assessments.filing(found, "P01")
    with pytest.raises(Refusal, match="veto_unknown"):
        judging.do("operator", findings.set_veto, other.id, "V4", "未报", document_id=paper)
    with pytest.raises(Refusal, match="document_missing"):
        judging.do("operator", findings.set_veto, other.id, "V2", "事故", document_id=0)
    with pytest.raises(Forbidden):
        judging.do("reviewer", findings.set_veto, other.id, "V2", "事故", document_id=paper)


def test_a_lifted_veto_brings_the_park_back_into_the_cohort(context):
    found = judging.worked_example()
    (veto,) = runs.vetoes(found.id, alive=True)
    judging.do("operator", findings.lift_veto, veto.id, "认定撤销")
    result = runs.by_park(judging.run(found).id)[veto.park_id]
    assert (result.veto, result.rank is not None) == (None, True)
    with pytest.raises(Refusal, match="veto_lifted"):
        judging.do("operator", findings.lift_veto, veto.id, "再一次")


def test_after_scoring_nothing_is_judged_until_the_round_is_opened_again(context):
    found = judging.worked_example()
    judging.run(found)
    one = judging.fresh(assessments.filing(found, "P01"))
    with scope.unscoped(), transaction():
        rounds.locked(found.id).lead_id = people.actor("reviewer").user_id
    again = {"seen": one.version}
    with pytest.raises(Refusal, match="round_closed"):
        judging.do("reviewer", reviewing.reopen, one.id, "核实", **again)
    with pytest.raises(Refusal, match="verdict_reason"):
        judging.do("reviewer", running.open_again, found.id, " ", now=None)
    judging.do("reviewer", running.open_again, found.id, "核实", now=None)
    opened = judging.do("reviewer", reviewing.reopen, one.id, "核实", **again)
    assert opened.state == "taken"
