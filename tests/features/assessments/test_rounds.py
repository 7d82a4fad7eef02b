"""Rounds: planned, opened and closed by the clock, told once; more time or 不参评 for one park."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import system_actor
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines.notices import InboxMessage
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.assessments.models import AssessmentFiling, FilingValue
from app.features.assessments.queries import filings, round_board
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules import form
from app.features.assessments.services import round_parks, rounds
from app.transaction import end_reading, transaction
from tests.support import assessments as made
from tests.support import people
from tests.support.owned import at_once

WORKER = system_actor("system:worker")


def at(day: int, hour: int = 2) -> datetime:
    """November 2026: the 18th is a Wednesday, the 21st a Saturday."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def planned(parks: tuple[str, ...] = ("P01", "B01"), **days: Any) -> Any:
    """A round from the 10th to the 20th of November 2026, late until the 25th."""
    actor, version = people.actor(made.ZONE), made.reference()
    told = {
        "opens_on": date(2026, 11, 10),
        "fill_until": date(2026, 11, 20),
        "late_until": date(2026, 11, 25),
        "review_until": date(2026, 12, 25),
        **days,
    }
    chosen = [people.park(code).id for code in parks]
    with scope.acting_as(actor), transaction():
        found = rounds.create(actor, made.plan(version, **told))
        rounds.choose(actor, found.id, chosen)
        rounds.plan(actor, found.id, now=at(1))
    return found


def tick(moment: datetime) -> int:
    with transaction():
        return rounds.tick(WORKER, moment)


def told(username: str) -> list[str]:
    end_reading()
    user_id = people.actor(username).user_id
    query = sa.select(InboxMessage.kind).where(InboxMessage.user_id == user_id)
    kinds = db.session.scalars(query.order_by(InboxMessage.id))
    return [one for one in kinds if one.startswith("round.")]


def state(found: Any) -> str:
    end_reading()
    db.session.expire_all()
    return queries.get(found.id).state


def act(by: str, what: Any, *arguments: Any, **named: Any) -> Any:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return what(actor, *arguments, **named)


def test_the_clock_opens_and_closes_and_parks_hear_each_thing_once(context: object) -> None:
    found = planned()
    assert [tick(at(9)), state(found)] == [0, "planned"]
    assert [tick(at(10)), tick(at(10, 3)), state(found)] == [1, 0, "open"]
    assert told("park1") == ["round.opened"]
    assert told("clerk1") == []
    assert told("park2") == []  # not in the round
    tick(at(17))
    assert told("park1") == ["round.opened"]
    tick(at(18))
    tick(at(19))
    assert told("park1") == ["round.opened", "round.ends"]
    tick(at(21))
    tick(at(24))
    assert told("base1") == ["round.opened", "round.ends", "round.late"]
    assert [tick(at(25)), state(found)] == [0, "open"]
    assert [tick(at(26)), tick(at(26)), state(found)] == [1, 0, "closed"]
    assert told("base1")[-1] == "round.over"


def test_who_has_handed_in_hears_no_more(context: object) -> None:
    found = planned()
    tick(at(10))
    made.submitted(found, now=at(11))
    tick(at(19))
    tick(at(23))
    assert told("park1") == ["round.opened"]
    assert told("base1") == ["round.opened", "round.ends", "round.late"]
    assert round_board.progress([found.id]) == {found.id: (1, 2)}


def test_a_park_with_more_time_keeps_the_round_open_and_hears_of_its_own_end(
    context: object,
) -> None:
    found = planned()
    tick(at(10))
    one = made.filing(found, "P01")
    act("operator", round_parks.extend, one.id, date(2026, 11, 30), "台风停电", now=at(12))
    tick(at(19))
    assert told("park1") == ["round.opened", "round.extended"]
    assert told("base1") == ["round.opened", "round.ends"]
    assert [tick(at(26)), state(found)] == [0, "open"]
    assert told("park1")[-1] == "round.ends"
    with transaction():
        assert rounds.tick(WORKER, datetime(2026, 12, 1, 2, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [
        (date(2026, 11, 20), "停电", "extension_day"),
        (date(2026, 11, 30), " ", "required"),
        (date(2026, 11, 30), "长" * 501, "reason_long"),
    ],
)
def test_more_time_needs_a_later_day_and_a_reason(
    context: object, until: date, reason: str, code: str
) -> None:
    found = planned()
    tick(at(10))
    one = made.filing(found, "P01")
    with pytest.raises(Refusal, match=code):
        act("operator", round_parks.extend, one.id, until, reason, now=at(12))


def test_who_has_handed_in_needs_no_more_time(context: object) -> None:
    found = planned()
    tick(at(10))
    one = made.submitted(found, now=at(11))
    with pytest.raises(Refusal, match="extension_filed"):
        act("operator", round_parks.extend, one.id, date(2026, 11, 30), "停电", now=at(12))


def test_who_does_not_take_part_is_told_nothing_and_can_be_taken_in_again(context: object) -> None:
    found = planned()
    one = made.filing(found, "B01")
    act("operator", round_parks.leave_out, one.id, "年中开园")
    tick(at(10))
    assert told("base1") == []
    assert round_board.progress([found.id]) == {found.id: (0, 1)}
    with pytest.raises(Refusal, match="filing_absent"):
        act("operator", round_parks.leave_out, one.id, "年中开园")
    act("operator", round_parks.take_in, one.id)
    assert round_board.progress([found.id]) == {found.id: (0, 2)}
    with pytest.raises(Refusal, match="filing_present"):
        act("operator", round_parks.take_in, one.id)


def test_only_the_zones_operators_run_rounds(context: object) -> None:
    found = planned()
    one = made.filing(found, "P01")
    for by in ("reviewer", "expert1"):
        with pytest.raises(Forbidden):
            act(by, round_parks.leave_out, one.id, "原因")
    with pytest.raises(Forbidden):
        act("park1", rounds.cancel, found.id, "原因")
    assert state(found) == "planned"


def test_cancelled_with_a_reason_and_seen_no_more(context: object) -> None:
    found = planned()
    tick(at(10))
    with pytest.raises(Refusal, match="required"):
        act("operator", rounds.cancel, found.id, "  ")
    act("operator", rounds.cancel, found.id, "政策调整")
    with scope.acting_as(people.actor("park1")), pytest.raises(NotFound):
        queries.for_park(found.id)
    assert tick(at(26)) == 0
    with pytest.raises(Refusal, match="round_state"):
        act("operator", rounds.cancel, found.id, "再取消")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "round_name"),
        ({"name": "名" * 121}, "name", "round_name"),
        ({"correction_days": 0}, "correction_days", "round_number"),
        ({"corrections_max": 10}, "corrections_max", "round_number"),
        ({"fill_until": date(2026, 11, 9)}, "fill_until", "fill_before_opening"),
        ({"late_until": date(2026, 11, 19)}, "late_until", "late_before_fill"),
        ({"review_until": date(2026, 11, 24)}, "review_until", "review_before_late"),
        ({"cut_off_on": date(2025, 12, 30)}, "cut_off_on", "cut_off_before_period_ends"),
        ({"cut_off_on": date(2026, 11, 21)}, "cut_off_on", "cut_off_after_fill"),
        ({"previous_id": 987654}, "previous_id", "round_previous"),
        ({"scheme_version_id": 987654}, "scheme_version_id", "required"),
    ],
)
def test_what_is_wrong_with_a_plan_stands_beside_its_field(
    context: object, changes: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        planned(**changes)
    assert refused.value.fields == {field: code}


def test_sources_are_checked_against_the_scheme(context: object) -> None:
    found = planned()
    good = {"ent_cbec_count": "enterprise_register", "N1": "late_days"}
    act("operator", rounds.source, found.id, good, seen=queries.get(found.id).version)
    assert queries.get(found.id).sources == good
    for chosen, code in (
        ({"ent_cbec_count": "made_up"}, "source_unknown"),
        ({"inspection": "news_approved"}, "source_needs_number"),
        ({"trade_prev": "previous:nothing"}, "source_item"),
        ({"employees": "news_approved"}, "source_item"),  # the park's own to say
    ):
        with pytest.raises(Refusal, match=code):
            act("operator", rounds.source, found.id, chosen, seen=queries.get(found.id).version)


def test_two_schedulers_open_and_close_a_round_once(owned: object) -> None:
    found = planned()
    number = len(form.asks(queries.scheme_of(queries.get(found.id)))) * 2

    def turn(moment: datetime) -> Any:
        return lambda: tick(moment)

    for moment in (at(10), at(18), at(23), at(26)):
        assert at_once(owned, *[turn(moment)] * 4) == [None] * 4
    assert state(found) == "closed"
    rows = sa.select(sa.func.count()).select_from(FilingValue).join(AssessmentFiling)
    assert db.session.scalar(rows.where(AssessmentFiling.round_id == found.id)) == number
    entries = sa.select(AuditEntry.action).where(
        AuditEntry.object_type == "assessment_round", AuditEntry.object_id == str(found.id)
    )
    acts = [one for one in db.session.scalars(entries) if one.endswith(("open", "close"))]
    assert sorted(acts) == ["assessment.round_close", "assessment.round_open"]
    kinds = ["round.opened", "round.ends", "round.late", "round.over"]
    assert told("park1") == kinds
    assert told("base1") == kinds


def test_a_scheduler_killed_in_the_middle_leaves_a_round_that_has_not_opened(
    context: object,
) -> None:
    found = planned()

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    rounds.OPENED.append(killed)
    try:
        with pytest.raises(KeyboardInterrupt):
            tick(at(10))
    finally:
        rounds.OPENED.remove(killed)
    assert state(found) == "planned"
    assert filings.values(made.filing(found, "P01").id) == {}
    assert told("park1") == []
    assert tick(at(10)) == 1
    assert told("park1") == ["round.opened"]


def test_today_is_the_zones_day(context: object) -> None:
    """23:30 of the 9th in Shanghai is not yet the 10th; half an hour later it is."""
    found = planned()
    before = clock.beginning_of(date(2026, 11, 10)) - timedelta(minutes=30)
    assert [tick(before), state(found)] == [0, "planned"]
    assert [tick(before + timedelta(minutes=30)), state(found)] == [1, "open"]
