"""Several at the same moment: one filing, one truth, nothing lost, nothing twice."""

from __future__ import annotations

import pytest

from app.core import clock, scope
from app.core.errors import Refusal, Stale
from app.extensions import db
from app.features.assessments.queries import filings
from app.features.assessments.services import filling, submitting
from app.transaction import end_reading, transaction
from tests.support import assessments, people
from tests.support.owned import at_once


@pytest.fixture
def one(owned):
    made = assessments.filing(assessments.opened(), "P01")
    assessments.fill_value(made, "started", "6")
    assessments.signed(made)
    return made.id


def save(filing_id, code, text, seen=1):
    def act():
        actor = people.actor("park1")
        with scope.acting_as(actor), transaction():
            filling.save(actor, filing_id, code, text, seen=seen, now=clock.now())

    return act


def submit(filing_id):
    def act():
        actor = people.actor("park1")
        with scope.acting_as(actor), transaction():
            seen = filings.locked(filing_id).version
            submitting.submit(actor, filing_id, seen=seen, now=clock.now())

    return act


def test_six_tabs_save_one_value_and_five_are_told(owned, one):
    raised = at_once(owned, *(save(one, "employees", str(600 + n)) for n in range(6)))
    assert sum(found is None for found in raised) == 1, raised
    assert all(found is None or isinstance(found, Stale) for found in raised)
    end_reading()
    value = filings.values(one)["employees"]
    assert value.version == 2
    assert len(filings.history(value.id)) == 1


def test_different_values_at_once_are_all_kept(owned, one):
    codes = ("area_cbec_m2", "area_leasable_m2", "staff_fulltime", "employees")
    assert at_once(owned, *(save(one, code, "7") for code in codes)) == [None] * 4
    end_reading()
    assert {filings.values(one)[code].declared for code in codes} == {"7"}


def test_handed_in_by_four_at_once_it_is_handed_in_once(owned, one):
    raised = at_once(owned, *[submit(one)] * 4)
    assert sum(found is None for found in raised) == 1, raised
    assert {found.code for found in raised if isinstance(found, Refusal)} == {"filing_state"}


def test_a_save_beside_handing_in_is_in_it_or_refused(owned, one):
    saved, handed_in = at_once(owned, save(one, "employees", "620"), submit(one))
    assert handed_in is None
    db.session.expire_all()
    end_reading()
    values = filings.values(one)
    assert filings.get(one).digest == submitting.digest_of(values)
    assert (values["employees"].declared == "620") == (saved is None)


def test_an_end_in_the_middle_of_handing_in_leaves_a_draft(owned, one, monkeypatch):
    def end(*_args, **_kw):
        raise SystemExit

    monkeypatch.setattr(submitting.trail, "record", end)
    with pytest.raises(SystemExit):
        submit(one)()
    monkeypatch.undo()
    db.session.expire_all()
    found = filings.get(one)
    assert (found.state, found.number, found.first_submitted_at) == ("draft", None, None)
    submit(one)()
