"""Twenty requests with one code, and two registrations of one number: one of them counts."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.values import replace
from app.engines import documents
from app.extensions import db
from app.features.accounts import services
from app.features.accounts.models import Identity, PhoneCode
from app.features.accounts.services import puzzles
from app.features.accounts.services.ways_in import Agreed, Trip
from app.integrations.ports import Ports, use
from app.transaction import transaction
from tests.support.outside import FakeSms
from tests.support.owned import at_once, own, owned

__all__ = ["own", "owned"]

PHONE = "13912345678"
BROWSER = "b" * 64


@pytest.fixture
def sms(owned):
    fake = FakeSms()
    before = use(Ports(fake))
    with transaction():
        for table in (PhoneCode, Identity):
            db.session.execute(sa.delete(table))
    yield fake
    use(before)


def asked() -> services.Asked:
    return services.Asked(PHONE, "sign_in", BROWSER, "10.0.0.1")


def test_twenty_requests_with_one_code_are_one_sign_in(owned, sms, monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda _most: 123456)
    with transaction():
        services.send_code(asked(), now=clock.now())
    good: list[bool] = []

    def spend() -> None:
        with transaction():
            good.append(services.spend_code(asked(), "123456", now=clock.now()))

    raised = at_once(owned, *[spend] * 20)
    assert [one for one in raised if one] == []
    assert sorted(good) == [False] * 19 + [True]


def test_twenty_wishes_for_a_code_are_one_message(owned, sms):
    sent: list[object] = []

    def send() -> None:
        with transaction():
            sent.append(services.send_code(asked(), now=clock.now()).refusal)

    assert [one for one in at_once(owned, *[send] * 20) if one] == []
    assert sum(one is None for one in sent) == 1
    assert {one.code for one in sent if one is not None} == {"code_soon"}


def test_one_number_registered_twice_at_once_is_one_account(owned, sms):
    version = documents.current("legal", clock.today()).id
    before = db.session.scalar(sa.select(sa.func.count()).select_from(User))
    db.session.remove()

    def register() -> None:
        with transaction():
            services.enter_by_phone(
                PHONE,
                services.Caller("10.0.0.1"),
                Agreed(version, "phone"),
                now=clock.now(),
            )

    assert [one for one in at_once(owned, *[register] * 4) if one] == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == before + 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Identity)) == 1


def test_twenty_ways_back_with_one_state_are_one(owned, sms):
    """The state of a way out to WeChat or 海易办: one browser tab comes through."""
    now = clock.now()
    state = Trip("wechat").state(BROWSER, now)
    taken: list[bool] = []

    def come_back() -> None:
        with transaction():
            taken.append(services.trip_back("wechat", state, BROWSER, now=now) is not None)

    assert [one for one in at_once(owned, *[come_back] * 20) if one] == []
    assert sorted(taken) == [False] * 19 + [True]


def test_one_puzzle_solved_is_one_message_over_twenty_numbers(owned, sms):
    """Whoever solves one picture does not reach twenty people with it."""
    with transaction():
        services.send_code(asked(), now=clock.now())
        first, second = puzzles.new_sum(BROWSER)
    sent: list[object] = []

    def send(number: int) -> None:
        one = replace(asked(), phone=f"139876543{number:02}", answer=str(first + second))
        with transaction():
            sent.append(services.send_code(one, now=clock.now()).refusal)

    raised = at_once(owned, *[partial(send, number) for number in range(20)])
    assert [one for one in raised if one] == []
    assert sum(one is None for one in sent) == 1
