"""Papers of values: kept as versions, the same bytes elsewhere noticed, only where one may."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import NotFound, Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.assessments.models import AssessmentResult, AssessmentRun
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.services import evidence
from app.transaction import transaction
from tests.support import assessments, people

OTHER = assessments.PDF + b"% another"


@pytest.fixture
def found(context):
    return assessments.opened()


def test_the_same_bytes_here_or_at_another_park_are_flagged_to_the_zone(found):
    mine, theirs = assessments.filing(found, "P01"), assessments.filing(found, "P02")
    first = assessments.attached(mine, "employees")
    again = assessments.attached(mine, "area_cbec_m2")
    alone = assessments.attached(mine, "employees", data=OTHER)
    copied = assessments.attached(theirs, "employees", by="park2")
    with scope.acting_as(people.actor("reviewer")):
        twins = reviews.evidence_twins(mine.id)
    assert {key: [one.evidence_id for one in many] for key, many in twins.items()} == {
        first.id: [again.id, copied.id],
        again.id: [first.id, copied.id],
    }
    assert alone.id not in twins
    with scope.acting_as(people.actor("park1")):
        assert copied.id not in {
            one.evidence_id for many in reviews.evidence_twins(mine.id).values() for one in many
        }


def test_a_replaced_file_stays_as_a_version(found):
    mine = assessments.filing(found, "P01")
    old = assessments.attached(mine, "employees")
    new = assessments.attached(mine, "employees", data=OTHER, replaces=old.id)
    assert [one.id for one in filings.evidence(mine.id)["employees"]] == [new.id]
    (past,) = filings.papers_past(mine.id)["employees"]
    assert (past.id, past.removed_by) == (old.id, people.actor("park1").user_id)
    assert files.is_kept(past.file_key)
    with pytest.raises(NotFound):
        assessments.attached(mine, "employees", replaces=old.id)


def test_a_new_version_takes_the_place_of_a_file_of_the_same_value_alone(found):
    """Else a filing that came back could lose papers of values that are not open."""
    mine = assessments.filing(found, "P01")
    other = assessments.attached(mine, "innovation")
    with pytest.raises(NotFound):
        assessments.attached(mine, "employees", data=OTHER, replaces=other.id)
    assert [one.id for one in filings.evidence(mine.id)["innovation"]] == [other.id]


def test_every_file_has_its_line_in_the_trail(found):
    mine = assessments.filing(found, "P01")
    one = assessments.attached(mine, "employees")
    actor = people.actor("park1")
    with scope.acting_as(actor), transaction():
        evidence.remove(actor, mine.id, one.id, now=clock.now())
    acts = [entry.action for entry in trail.history("assessment_filing", mine.id)]
    assert acts == ["assessment.evidence_removed", "assessment.evidence_added"]


@pytest.mark.parametrize(
    ("code", "why"), [("nothing", "value_unknown"), ("ent_cbec_count", "value_locked")]
)
def test_only_the_parks_own_values_take_papers(found, code, why):
    with pytest.raises(Refusal, match=why):
        assessments.attached(assessments.filing(found, "P01"), code)


def test_a_value_takes_so_many_files(found, monkeypatch):
    monkeypatch.setattr(evidence, "MOST", 1)
    mine = assessments.filing(found, "P01")
    one = assessments.attached(mine, "employees")
    with pytest.raises(Refusal, match="evidence_many"):
        assessments.attached(mine, "employees", data=OTHER)
    assessments.attached(mine, "employees", data=OTHER, replaces=one.id)


def test_a_huge_one_is_refused_and_leaves_nothing(found):
    mine, actor = assessments.filing(found, "P01"), people.actor("park1")
    upload = evidence.Upload(io.BytesIO(assessments.PDF + b"x" * 5000), "a.pdf", 4000)
    with pytest.raises(Refusal, match="file_too_big"), scope.acting_as(actor), transaction():
        evidence.attach(actor, mine.id, "employees", upload, now=clock.now())
    assert not filings.evidence(mine.id)


@pytest.mark.parametrize("later", [60, 400])
def test_after_the_windows_nothing_comes_any_more(found, later):
    mine, actor = assessments.filing(found, "P01"), people.actor("park1")
    now = clock.now() + timedelta(days=later)
    upload = evidence.Upload(io.BytesIO(assessments.PDF), "a.pdf", 4000)
    with pytest.raises(Refusal, match="filing_window_over"), scope.acting_as(actor), transaction():
        evidence.commit_to(actor, mine.id, upload, now=now)


def test_of_a_filing_that_came_back_papers_change_only_there(found):
    mine = assessments.submitted(found)
    assessments.sent_back(mine, {"employees": "请附社保汇总"})
    assessments.attached(mine, "employees")
    with pytest.raises(Refusal, match="value_not_returned"):
        assessments.attached(mine, "area_cbec_m2")


def test_the_places_of_last_time_are_numbers_without_names(found):

    before = assessments.opened(name="上一轮")
    rows = {"P01": "80", "P02": "90", "B01": None}
    with scope.unscoped(), transaction():
        run = AssessmentRun(round_id=before.id, number=1, state="done", finished_at=clock.now(),
                            scheme_digest="x")  # fmt: skip
        db.session.add(run)
        db.session.flush()
        for park, final in rows.items():
            one = assessments.filing(before, park)
            db.session.add(
                AssessmentResult(run_id=run.id, filing_id=one.id, park_id=one.park_id, rank=1,
                                 final=Decimal(final) if final else None,
                                 grade="pass", subject={}, outcome={}, explanation={})
            )  # fmt: skip
    now = assessments.opened(name="本轮", previous_id=before.id)
    with scope.acting_as(people.actor("park1")):
        assert filings.last_results(now) == []
        with transaction():
            rounds.locked(before.id).state = "confirmed"
        assert [str(one) for one in filings.last_results(now)] == ["90.000000"]
    with scope.unscoped(), transaction():  # a trial after it never counted
        db.session.add(AssessmentRun(round_id=before.id, number=2, state="done", preview=True,
                                     finished_at=clock.now(), scheme_digest="x"))  # fmt: skip
    with scope.acting_as(people.actor("park1")):
        assert [str(one) for one in filings.last_results(now)] == ["90.000000"]
