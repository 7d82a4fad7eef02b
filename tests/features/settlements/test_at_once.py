"""Many at the same moment: every application arrives once, every decision is one."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import NOBODY, system_actor
from app.core.errors import Refusal
from app.extensions import db
from app.features.settlements import queries, services
from app.features.settlements.models import SettlementApplication, SettlementEvent, SettlementNudge
from app.transaction import end_reading, transaction
from tests.features.settlements.test_handling import LANDING
from tests.support import people
from tests.support.owned import at_once
from tests.support.settlements import made, sent, values


def number_of(model, *where) -> int:
    end_reading()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)))


def test_two_hundred_in_a_minute_all_arrive(owned):
    before = number_of(SettlementApplication)
    codes = ("P01", "P02", "B01")

    def one(number: int):
        return lambda: made(codes[number % 3], phone=f"138{number:08}")

    for start in range(0, 200, 20):
        assert at_once(owned, *(one(start + step) for step in range(20))) == [None] * 20
    assert number_of(SettlementApplication) == before + 200
    assert number_of(SettlementEvent, SettlementEvent.act == "submit") >= 200


def test_one_form_sent_ten_times_is_one_application(owned):
    park, form = people.park("P02"), sent()
    typed = values(phone="13700000001")
    numbers: list[str] = []

    def send():
        with transaction():
            found = services.earlier(form.form_key)
            if found is None:
                found = services.apply(NOBODY, park, typed, form, now=clock.now())
            numbers.append(found.number)

    assert at_once(owned, *[send] * 10) == [None] * 10
    assert len(numbers) == 10
    assert len(set(numbers)) == 1
    mine = SettlementApplication.form_key == form.form_key
    assert number_of(SettlementApplication, mine) == 1


def test_one_number_sends_no_more_than_its_share(owned):
    park = people.park("P02")

    def send():
        with transaction():
            services.apply(NOBODY, park, values(phone="13700000002"), sent(), now=clock.now())

    raised = at_once(owned, *[send] * 8)
    assert sorted(getattr(one, "code", "") for one in raised) == [""] * 5 + ["apply_often"] * 3


def test_two_people_decide_and_one_outcome_stands(owned):
    found = made("P01", phone="13700000003")

    def decide(act, *arguments):
        actor = people.actor("park1")
        with scope.acting_as(actor), transaction():
            act(actor, found.id, *arguments, seen=1, now=clock.now())

    raised = at_once(
        owned,
        lambda: decide(services.land, LANDING),
        lambda: decide(services.decline, "cost", ""),
        lambda: decide(services.move, people.park("B01").id, "更合适"),
        lambda: decide(services.follow, "电话"),
    )
    lost = [one for one in raised if one is not None]
    assert len(lost) == 3
    assert all(isinstance(one, Refusal) for one in lost), raised
    assert {one.code for one in lost} <= {"settlement_changed", "settlement_state"}
    end_reading()
    with scope.unscoped():
        assert len(queries.log(found.id)) == 2


def test_a_withdrawal_and_a_landing_at_once_are_one_true_state(owned):
    for round_ in range(3):
        found = made("P02", by="user1", phone=f"1370000010{round_}", uscc="", preparing=True)
        actor, park = people.actor("user1"), people.actor("park2")

        def withdraw(found=found, actor=actor):
            with transaction():
                services.withdraw(actor, found.id, now=clock.now())

        def decline(found=found, park=park):
            with scope.acting_as(park), transaction():
                services.decline(park, found.id, "plans", "", seen=1, now=clock.now())

        raised = at_once(owned, withdraw, decline)
        assert sum(one is None for one in raised) == 1, raised
        end_reading()
        db.session.expire_all()
        with scope.unscoped():
            assert queries.get(found.id).state in ("withdrawn", "declined")
            assert len(queries.log(found.id)) == 2


def test_two_workers_nudge_once(owned):
    made("B01", phone="13700000004", now=clock.now() - clock_days(30))

    def nudge():
        with transaction():
            services.nudge(system_actor("system:worker"), monday())

    assert at_once(owned, *[nudge] * 4) == [None] * 4
    twice = (
        sa.select(SettlementNudge.application_id)
        .group_by(SettlementNudge.application_id, SettlementNudge.day)
        .having(sa.func.count() > 1)
    )
    end_reading()
    assert db.session.scalars(twice).all() == []
    assert number_of(SettlementNudge) > 0


def clock_days(number: int):
    from datetime import timedelta

    return timedelta(days=number)


def monday():
    """A working day after today, whatever day it is."""
    from app.engines import calendar

    return clock.beginning_of(calendar.due(clock.now(), 1))


def test_keys_of_forms_are_of_their_browser():
    key = secrets.token_hex(16)
    assert services.form_key("a", key) != services.form_key("b", key)
