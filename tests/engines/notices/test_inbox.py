"""The inbox: once for a cause, in the reader's language, nobody else's, and not for ever."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask_babel import force_locale

from app.core import clock
from app.core.errors import NotFound
from app.engines import notices
from app.engines.notices.inbox import KEEP_READ, KEEP_UNREAD
from app.extensions import db
from app.transaction import transaction
from tests.house.test_code import own
from tests.support import people
from tests.support.forms import user_id

PARK = {"park": "鹿回头测试园区"}


def tell(*names, kind="park.invitation_withdrawn", cause="c1", link=""):
    params = {**PARK, "role": "clerk"}
    with transaction():
        return notices.tell([user_id(one) for one in names], kind, params, link=link, cause=cause)


def mine(name, **more):
    return notices.messages_of(user_id(name), **more)


@pytest.mark.usefixtures("context")
def test_a_cause_is_told_once_to_each_person():
    assert tell("park1", "clerk1", "park1") == 2
    assert tell("park1", "park2") == 1
    assert [len(mine(one)) for one in ("park1", "clerk1", "park2", "base1")] == [1, 1, 1, 0]
    assert tell("park1", cause="c2") == 1
    assert notices.unread(user_id("park1")) == 2


@pytest.mark.usefixtures("context")
def test_a_message_goes_back_with_what_caused_it():
    def told_in_vain():
        with transaction():
            notices.tell([user_id("park1")], "park.removed", PARK, cause="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_in_vain()
    assert mine("park1") == []


def test_a_message_reads_in_the_language_of_its_reader(app, context):
    tell("park1")
    (message,) = mine("park1")
    assert message.params["role"] == "clerk"
    with app.test_request_context():
        said = {}
        for language in ("zh", "en"):
            with force_locale(language):
                said[language] = notices.said(message)
    assert said["zh"] == ("邀请被撤回", "“鹿回头测试园区”撤回了请您担任园区数据专员的邀请。")
    assert said["en"][0] == "Invitation withdrawn"
    assert "Park data clerk" in said["en"][1]


@pytest.mark.usefixtures("context")
def test_an_unknown_kind_or_a_missing_parameter_fails_at_once():
    with pytest.raises(LookupError), transaction():
        notices.tell([user_id("park1")], "nobody.knows", cause="x")
    with pytest.raises(KeyError), transaction():
        notices.tell([user_id("park1")], "park.removed", {}, cause="x")


@pytest.mark.usefixtures("context")
def test_unread_ones_stand_first_then_the_newest():
    for number in range(3):
        tell("park1", cause=f"c{number}")
    last = mine("park1")[0]
    with transaction():
        notices.read(people.actor("park1"), last.id)
    assert [one.cause for one in mine("park1")] == ["c1", "c0", "c2"]
    assert [one.cause for one in mine("park1", only_unread=True)] == ["c1", "c0"]
    with transaction():
        notices.read_all(people.actor("park1"))
    db.session.expire_all()
    assert notices.unread(user_id("park1")) == 0


@pytest.mark.usefixtures("context")
def test_reading_twice_keeps_the_first_time_and_others_cannot():
    tell("park1")
    (message,) = mine("park1")
    with transaction():
        first = notices.read(people.actor("park1"), message.id).read_at
    with transaction():
        assert notices.read(people.actor("park1"), message.id).read_at == first
    with pytest.raises(NotFound), transaction():
        notices.read(people.actor("clerk1"), message.id)


@pytest.mark.usefixtures("context")
def test_a_kind_that_was_turned_off_is_not_written_and_a_fixed_one_is():
    kinds = {one.name for one in notices.all_kinds()}
    with transaction():
        notices.choose(people.actor("park1"), kinds - {"park.invitation_withdrawn", "park.removed"})
    assert notices.turned_off(user_id("park1")) == {"park.invitation_withdrawn"}
    assert tell("park1", "clerk1") == 1
    assert tell("park1", kind="park.invited", cause="c2") == 1
    with transaction():
        notices.choose(people.actor("park1"), kinds)
    assert notices.turned_off(user_id("park1")) == frozenset()
    assert tell("park1", cause="c3") == 1


@pytest.mark.usefixtures("context")
def test_old_messages_go_and_young_ones_stay():
    now = clock.now()
    ages = {"young": timedelta(0), "read": KEEP_READ, "unread": KEEP_UNREAD}
    for cause in ages:
        tell("park1", cause=cause)
    with transaction():
        for message in mine("park1"):
            message.created_at = now - ages[message.cause] - timedelta(hours=1)
            message.read_at = now if message.cause == "read" else None
    with transaction():
        notices.forget_old_messages(now - timedelta(hours=2))
    db.session.expire_all()
    assert len(mine("park1")) == 3
    with transaction():
        notices.forget_old_messages(now)
    db.session.expire_all()
    assert [one.cause for one in mine("park1")] == ["young"]


@pytest.mark.usefixtures("app")
def test_every_kind_that_is_registered_is_told():
    code = "\n".join(
        text for name, text, _tree in own() if name.startswith(("app/features/", "app/engines/"))
    )
    for one in notices.all_kinds():
        said = len(re.findall(rf'"{one.name}"', code))
        by_act = f'notices.tell(people, f"{one.name.rpartition(".")[0]}.{{' in code
        assert said > 1 or by_act or one.name.startswith("licence."), one.name
