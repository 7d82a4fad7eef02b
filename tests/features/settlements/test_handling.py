"""What a park does with an application: log, register, reasons, another park, and back again."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines import files, recycling, trail
from app.extensions import db
from app.features.enterprises import services as register
from app.features.enterprises.models import Enterprise
from app.features.settlements import policy, queries, services
from app.features.settlements.models import SettlementEvent
from app.features.settlements.rules import Act
from app.transaction import transaction
from tests.support import enterprises, people
from tests.support.settlements import made

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CODE = enterprises.row(950)["uscc"]
LANDING = services.Landing(uscc=CODE, name="三亚测试申请有限公司", settled_on=date(2026, 1, 5))


def do(what, found, *values, by="park1", seen=None, **more):
    """An act as a page does it: in the person's scope and a transaction."""
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        seen = fresh(found).version if seen is None else seen
        return what(actor, found.id, *values, seen=seen, now=clock.now(), **more)


def fresh(found):
    with scope.unscoped():
        db.session.expire_all()
        return queries.get(found.id)


def refused(code, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        do(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def acts_of(found):
    return [one.act for one in reversed(queries.log(found.id))]


def test_a_note_is_the_first_contact(application):
    assert application.contacted_at is None
    now = do(services.follow, application, "约了下周看场地")
    assert (now.state, now.handler_id) == ("following", people.actor("park1").user_id)
    first = now.contacted_at
    assert first is not None
    assert do(services.follow, application, "又打了一次电话").contacted_at == first
    assert acts_of(application) == ["submit", "follow", "follow"]
    assert [one.action for one in trail.history("settlement_application", application.id)] == [
        "settlement.follow",
        "settlement.follow",
        "settlement.submit",
    ]


def test_landing_makes_an_enterprise_of_the_park(application):
    now, new = do(services.land, application, LANDING)
    assert (now.state, new, now.landed_on) == ("landed", True, date(2026, 1, 5))
    one = db.session.get(Enterprise, now.enterprise_id)
    assert (one.uscc, one.source, one.status, one.park_id) == (
        CODE,
        "settlement",
        "在园",
        now.park_id,
    )
    assert (one.contact_name, one.settled_on) == ("赵申请", date(2026, 1, 5))
    assert now.proven_at is None
    assert queries.funnel_counts(clock.today())["unproven"] == 1
    proof = services.Upload(io.BytesIO(PDF), "合同.pdf")
    assert do(services.prove, application, proof).proven_at is not None
    assert queries.funnel_counts(clock.today())["unproven"] == 0
    assert recycling.hanging("enterprise", [one.id]) == {one.id: ["入驻申请：1"]}


def test_what_was_ticked_comes_into_the_order_of_files(application):
    """Else a file that nobody touched would say that it changes something."""
    application.roles, application.modes = ("服务商", "平台"), ("1210", "9610")
    now, _new = do(services.land, application, LANDING)
    one = db.session.get(Enterprise, now.enterprise_id)
    assert (one.roles, one.customs_modes) == (("平台", "服务商"), ("9610", "1210"))


def test_landing_links_an_enterprise_that_is_there(application):
    there = enterprises.add("P01", 950)
    now, new = do(services.land, application, LANDING)
    assert (now.enterprise_id, new) == (there.id, False)
    another = made("P01")
    told = refused("enterprise_landed", services.land, another, LANDING)
    assert told.params == {"number": application.number, "name": there.name}
    assert fresh(another).state == "new"


def test_what_stands_against_an_enterprise_is_said(application):
    there = enterprises.add("P01", 950, status="迁出")
    refused("enterprise_not_in_park", services.land, application, LANDING)
    with scope.unscoped(), transaction():
        register.discard(people.actor("operator"), there.id, reason="测", now=clock.now())
    refused("enterprise_in_bin", services.land, application, LANDING)
    bad = services.Landing(uscc="91460200MA00000000", name="甲", settled_on=date(2026, 1, 5))
    refused("code_wrong_sign", services.land, application, bad)
    late = services.Landing(uscc=CODE, name="甲", settled_on=clock.today() + timedelta(days=1))
    refused("landed_later", services.land, application, late)
    page = services.Upload(io.BytesIO(b"<html>"), "合同.pdf")
    odd = services.Landing(uscc=enterprises.row(951)["uscc"], name="甲", settled_on=date(2026, 1, 5), proof=page)  # fmt: skip
    refused("file_type", services.land, application, odd)
    assert fresh(application).state == "new"
    assert acts_of(application) == ["submit"]


def test_the_same_code_in_another_park_is_nobody_elses_matter(application):
    enterprises.add("P02", 950)
    _now, new = do(services.land, application, LANDING)
    assert new


def test_a_refusal_has_a_coded_reason_and_other_needs_words(application):
    refused("reason_missing", services.decline, application, "", "")
    refused("reason_missing", services.decline, application, "没有", "x")
    refused("reason_text_missing", services.decline, application, "other", "  ")
    refused("too_long", services.decline, application, "other", "长" * 501)
    now = do(services.decline, application, "space", "")
    assert (now.state, now.reason_code) == ("declined", "space")


def test_both_outcomes_stay_in_the_log(application):
    do(services.decline, application, "cost", "租金谈不拢")
    refused("text_missing", services.reopen, application, " ")
    now = do(services.reopen, application, "园区降了租金")
    assert (now.state, now.reason_code, now.decided_at) == ("following", None, None)
    now, _new = do(services.land, application, LANDING)
    now = do(services.reopen, application, "合同没签")
    assert (now.state, now.enterprise_id, now.landed_on) == ("following", None, None)
    log = list(reversed(queries.log(application.id)))
    assert [one.act for one in log] == ["submit", "decline", "reopen", "land", "reopen"]
    assert (log[1].reason_code, log[1].text) == ("cost", "租金谈不拢")
    assert log[3].details["new"] is True
    assert log[4].details["enterprise"] == log[3].details["enterprise"]
    assert enterprises.queries.alive_with_code(now.park_id, CODE) is not None


def test_another_park_goes_on_and_here_nothing_personal_stays(context):
    upload = services.Upload(io.BytesIO(PDF), "赵申请的计划.pdf")
    first = made("P01", by="user1", uploads=[upload], message="我是赵申请")
    do(services.follow, first, "电话沟通")
    there = do(services.move, first, people.park("P02").id, "更合适")
    here = fresh(first)
    assert (here.state, here.moved_to_id) == ("moved", people.park("P02").id)
    told = (here.contact_name, here.contact_phone, here.email, here.message, here.agreed_address)
    assert told == ("", "", "", "", "")
    assert (here.user_id, here.phone_index) == (None, None)
    assert queries.files_of(first.id) == []
    assert acts_of(first) == ["submit", "follow", "move"]
    assert (there.state, there.contact_name, there.origin_id) == ("new", "赵申请", first.id)
    assert there.user_id == people.actor("user1").user_id
    assert there.contacted_at is None
    ((_one, stored),) = queries.files_of(there.id)
    assert stored.park_id == people.park("P02").id
    assert not files.may_read(people.actor("park1"), stored)
    assert files.may_read(people.actor("park2"), stored)
    assert files.may_read(people.actor("user1"), stored)
    assert not files.may_read(people.actor("reviewer"), stored)
    assert acts_of(there) == ["arrive"]
    assert queries.own(people.actor("user1").user_id) == [there]


def test_a_park_that_is_closed_or_the_same_takes_nothing(application):
    there = people.park("P02")
    for target in (people.park("P01").id, 987_654, 0):
        refused("park_not_there", services.move, application, target, "x")
    with transaction():
        db.session.merge(there).status = "suspended"
    refused("park_not_there", services.move, application, there.id, "x")
    assert (application.park_id, application.state) == (people.park("P01").id, "new")
    assert acts_of(application) == ["submit"]


@pytest.mark.parametrize("stranger", ["park2", "base1"])
def test_other_parks_find_nothing(application, stranger):
    with pytest.raises(NotFound):
        do(services.follow, application, "x", by=stranger, seen=1)


@pytest.mark.parametrize("reader", ["operator", "reviewer"])
def test_the_zone_reads_and_does_nothing(application, reader):
    assert policy.acts(people.actor(reader), application) == ()
    with pytest.raises(Forbidden):
        do(services.follow, application, "x", by=reader)
    assert acts_of(application) == ["submit"]


def test_who_looked_at_an_older_state_is_told(application):
    do(services.follow, application, "先来")
    refused("settlement_changed", services.decline, application, "cost", "", seen=1)
    do(services.decline, application, "cost", "")
    refused("settlement_state", services.land, application, LANDING, seen=2)
    assert acts_of(application) == ["submit", "follow", "decline"]


def test_the_applicant_withdraws_what_is_open_and_own(context):
    found = made("P01", by="user1")
    actor = people.actor("user1")
    with pytest.raises(NotFound), transaction():
        services.withdraw(people.actor("park2"), found.id, now=clock.now())
    with transaction():
        services.withdraw(actor, found.id, now=clock.now())
    assert fresh(found).state == "withdrawn"
    with pytest.raises(Refusal), transaction():
        services.withdraw(actor, found.id, now=clock.now())
    assert Act.reopen not in policy.acts(people.actor("park1"), fresh(found))


def test_an_event_is_one_per_act(application):
    do(services.follow, application, "一")
    query = sa.select(sa.func.count()).select_from(SettlementEvent)
    assert db.session.scalar(query.where(SettlementEvent.application_id == application.id)) == 2
