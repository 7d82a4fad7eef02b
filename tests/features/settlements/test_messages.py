"""消息 of applications: the park hears of what comes, the applicant of what was decided; once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import system_actor
from app.engines import notices
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.settlements import services
from app.transaction import transaction
from tests.features.settlements.test_handling import LANDING, do, fresh
from tests.support import people
from tests.support.settlements import made


def heard(username: str) -> list[tuple[str, str, str]]:
    """Kind, words and link of what a person was told of applications, oldest first."""
    user_id = people.actor(username).user_id
    query = sa.select(InboxMessage).where(
        InboxMessage.user_id == user_id, InboxMessage.kind.startswith("settlement.")
    )
    rows = db.session.scalars(query.order_by(InboxMessage.id))
    return [(one.kind, notices.said(one)[1], one.link) for one in rows]


def kinds(username: str) -> list[str]:
    return [kind for kind, _text, _link in heard(username)]


def test_the_park_hears_of_a_new_application(context):
    found = made("P01", by="user1")
    (told,) = heard("park1")
    due = found.due_on.isoformat()
    words = f"三亚测试申请有限公司提交了入驻申请 {found.number}，请在 {due} 前首次联系申请人。"
    assert told == ("settlement.submitted", words, f"/desk/settlements/show/{found.id}")
    assert kinds("both") == ["settlement.submitted"]  # administers P01 as well
    assert kinds("clerk1") == kinds("park2") == kinds("user1") == []


def test_who_is_still_founding_has_no_name_yet(context):
    made("P01", company="", preparing=True)
    assert heard("park1")[0][1].startswith("一家筹备中的企业提交了入驻申请")


def test_no_message_names_the_person(context):
    found = made("P01", by="user1")
    do(services.decline, found, "space", "场地不够")
    told = [text for who in ("park1", "user1") for _kind, text, _link in heard(who)]
    assert not [text for text in told if "赵申请" in text or "139" in text]


def test_the_applicant_hears_of_each_outcome_and_of_one_first_contact(context):
    found = made("P01", by="user1")
    do(services.follow, found, "约了下周看场地")
    do(services.follow, found, "看过场地")
    do(services.decline, found, "space", "场地不够")
    do(services.reopen, found, "腾出了场地")
    do(services.follow, found, "再次联系")
    do(services.land, found, LANDING)
    assert kinds("user1") == [
        *("settlement.followed", "settlement.declined", "settlement.reopened"),
        "settlement.landed",
    ]
    park = people.park("P01").name
    assert heard("user1")[1][1:] == (
        f"您向“{park}”提交的入驻申请 {found.number} 未落地。原因：场地面积或条件不符",
        "/me/applications/",
    )
    assert kinds("park1") == ["settlement.submitted"]  # who acts is not told of it


def test_a_second_outcome_is_told_again(context):
    found = made("P01", by="user1")
    for reason in ("space", "cost"):
        do(services.decline, found, reason, "")
        do(services.reopen, found, "再谈")
    assert kinds("user1").count("settlement.declined") == 2


@pytest.fixture
def texted(monkeypatch):
    """Text messages that were queued: number, kind, values."""
    queued = []
    real = notices.queue

    def queue(phone, kind, params):
        queued.append((phone, kind, params))
        return real(phone, kind, params)

    monkeypatch.setattr(notices, "queue", queue)
    return queued


def test_a_visitor_has_no_inbox_and_hears_of_outcomes_by_text_message(context, texted):
    found = made("P01", phone="13912340001")
    do(services.follow, found, "约了下周看场地")
    assert texted == []
    do(services.decline, found, "space", "场地不够")
    do(services.reopen, found, "腾出了场地")
    do(services.land, found, LANDING)
    assert texted == [
        ("13912340001", notices.SmsKind.settlement, {"number": found.number, "result": result})
        for result in ("未落地", "重新办理中", "已落地")
    ]
    assert len(found.number) <= 20  # what a provider takes in one place of a template
    assert kinds("user1") == []


def test_a_visitor_hears_of_the_move_under_the_new_number(context, texted):
    found = made("P01", phone="13912340002")
    there = do(services.move, found, people.park("P02").id, "更合适的园区")
    params = {"number": there.number, "result": "已转其他园区"}
    assert texted == [("13912340002", notices.SmsKind.settlement, params)]


def test_who_has_an_inbox_is_not_texted_as_well(context, texted):
    found = made("P01", by="user1")
    do(services.decline, found, "space", "")
    assert texted == []


def test_another_park_and_the_applicant_hear_of_the_move(context):
    found = made("P01", by="user1")
    there = do(services.move, found, people.park("P02").id, "更合适的园区")
    assert kinds("user1") == ["settlement.moved"]
    assert there.number in heard("user1")[0][1]
    (told,) = heard("park2")
    assert told[0] == "settlement.arrived"
    assert told[1].startswith(f"“{people.park('P01').name}”转来三亚测试申请有限公司的入驻申请")
    assert told[2] == f"/desk/settlements/show/{there.id}"


def test_the_park_hears_that_it_was_taken_back(context):
    found = made("P01", by="user1")
    actor = people.actor("user1")
    with scope.acting_as(actor), transaction():
        services.withdraw(actor, found.id, now=clock.now())
    assert kinds("park1") == ["settlement.submitted", "settlement.withdrawn"]
    assert kinds("user1") == []


def test_a_first_contact_is_nudged_once_on_each_working_day(context):
    found = made("P01", now=datetime(2026, 11, 18, 2, tzinfo=UTC))
    for day, hour in ((23, 2), (23, 9), (24, 2), (25, 2), (25, 3)):
        with transaction():
            moment = datetime(2026, 11, day, hour, tzinfo=UTC)
            services.nudge(system_actor("system:worker"), moment)
    told = heard("park1")[1:]
    assert [kind for kind, _text, _link in told] == [
        *("settlement.due", "settlement.late", "settlement.late"),
    ]
    assert [f"超过首次联系时限 {days} 个工作日" in told[days][1] for days in (1, 2)] == [True, True]
    assert fresh(found).state == "new"


@pytest.mark.parametrize("kind", ["settlement.submitted", "settlement.late"])
def test_who_does_not_want_them_gets_none(context, kind):
    actor = people.actor("park1")
    with transaction():
        notices.choose(actor, [one.name for one in notices.all_kinds() if one.name != kind])
    made("P01", now=datetime(2026, 11, 2, 2, tzinfo=UTC))
    with transaction():
        moment = datetime(2026, 11, 24, 2, tzinfo=UTC)
        services.nudge(system_actor("system:worker"), moment)
    assert kind not in kinds("park1")
    assert kind in kinds("both")


def test_the_reader_opens_the_application_from_the_message(as_, context):
    made("P01")
    page = as_("park1").page("/me/messages/")
    assert "新的入驻申请" in page
    assert "三亚测试申请有限公司提交了入驻申请" in page
