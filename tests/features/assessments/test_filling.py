"""Filling in: what is typed is kept, what does not fit is told, others' changes are not lost."""

from __future__ import annotations

import pytest

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.features.assessments.queries import filings
from app.features.assessments.services import filling, submitting
from app.transaction import transaction
from tests.support import assessments, people


def save(by: str, filing_id: int, code: str, typed: object, seen: int = 1) -> object:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return filling.save(actor, filing_id, code, typed, seen=seen, now=clock.now())


def test_a_number_is_kept_in_one_form_and_its_history_tells_who_typed_it(context: object) -> None:
    one = assessments.filing(assessments.opened(), "P01")
    value, wrong = save("park1", one.id, "area_cbec_m2", "１５，０００．５０")
    assert (value.declared, value.unread, value.version, wrong) == ("15000.5", None, 2, None)
    (line,) = filings.history(value.id)
    assert (line.before, line.after, line.actor_name) == (None, "15000.5", "测park1")


def test_what_is_no_number_is_kept_as_typed_and_stands_in_the_way_of_handing_in(
    context: object,
) -> None:
    one = assessments.filing(assessments.opened(), "P01")
    value, wrong = save("park1", one.id, "area_cbec_m2", "1e309")
    assert (value.declared, value.unread, wrong.code) == (None, "1e309", "number_exponent")
    actor = people.actor("park1")
    with pytest.raises(Refusal) as refused, scope.acting_as(actor), transaction():
        submitting.submit(actor, one.id, seen=one.version, now=clock.now())
    assert refused.value.fields["area_cbec_m2"] == "value_unread"


def test_the_later_of_two_tabs_is_told_and_the_first_ones_value_stays(context: object) -> None:
    one = assessments.filing(assessments.opened(), "P01")
    save("park1", one.id, "employees", "620")
    with pytest.raises(Stale) as stale:
        save("park1", one.id, "employees", "630")
    assert stale.value.current.declared == "620"
    same, _none = save("park1", one.id, "employees", "620")
    assert same.version == 2


def test_nobody_else_writes_in_a_parks_filing(context: object) -> None:
    one = assessments.filing(assessments.opened(), "P01")
    with pytest.raises(NotFound):
        save("park2", one.id, "employees", "1")
    with pytest.raises(Forbidden):
        save("reviewer", one.id, "employees", "1")
    with pytest.raises(Forbidden):
        save("clerk1", one.id, "employees", "1")


def test_values_of_the_platform_are_locked(context: object) -> None:
    one = assessments.filing(assessments.opened(), "P01")
    with pytest.raises(Refusal, match="value_locked"):
        save("park1", one.id, "ent_cbec_count", "45")


def test_handed_in_once_with_a_number_and_a_digest(context: object) -> None:
    one = assessments.submitted(assessments.opened())
    assert one.state == "submitted"
    assert str(one.number).startswith("KH")
    assert one.digest == submitting.digest_of(filings.values(one.id))
    actor = people.actor("park1")
    with pytest.raises(Refusal, match="filing_state"), scope.acting_as(actor), transaction():
        submitting.submit(actor, one.id, seen=one.version, now=clock.now())


def test_a_check_that_fails_names_the_value(context: object) -> None:
    one = assessments.fill(
        assessments.opened(), typed={"area_leasable_m2": "10", "area_leased_m2": "10.01"}
    )
    actor = people.actor("park1")
    with pytest.raises(Refusal) as refused, scope.acting_as(actor), transaction():
        submitting.submit(actor, one.id, seen=one.version, now=clock.now())
    assert refused.value.fields == {
        "area_leased_m2": "check_fails",
        "commitment": "commitment_missing",
    }
