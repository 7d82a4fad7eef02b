"""Text messages: after the commit, once, and never a second time by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import jobs, notices
from app.engines.jobs import delivery
from app.engines.notices import SmsKind, SmsNote
from app.extensions import db
from app.integrations.ports import Ports, use
from app.integrations.sms import SmsOutcome
from app.transaction import transaction
from tests.support.outside import FakeSms

PHONE = "13912345678"
CODE = {"code": "123456", "minutes": "5"}


@pytest.fixture
def sms(context):
    fake = FakeSms()
    before = use(Ports(fake))
    yield fake
    use(before)


def queued() -> SmsNote:
    with transaction():
        return notices.queue(PHONE, SmsKind.code, CODE)


def note() -> SmsNote:
    db.session.expire_all()
    found = db.session.scalar(sa.select(SmsNote))
    assert found is not None
    return found


def test_it_is_sent_after_the_commit_and_only_the_masked_number_stays(sms):
    with transaction():
        notices.queue(PHONE, SmsKind.code, CODE)
        assert sms.sent == []
    assert [(one.phone, dict(one.params)) for one in sms.sent] == [(PHONE, CODE)]
    kept = note()
    assert (kept.state, kept.phone_masked, kept.sealed) == ("accepted", "139****5678", None)
    assert (kept.provider, kept.message_id) == ("fake", "m1")


def test_a_rolled_back_wish_sends_nothing(sms):
    def given_up() -> None:
        with transaction():
            notices.queue(PHONE, SmsKind.code, CODE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        given_up()
    assert sms.sent == []


@pytest.mark.parametrize("outcome", [SmsOutcome.refused, SmsOutcome.unknown])
def test_what_the_provider_said_is_kept(sms, outcome):
    sms.outcome = outcome
    queued()
    assert note().state == outcome.value


def again(state: str, **values: object) -> None:
    """Deliver the job once more as a worker does that took it over."""
    made = note()
    with transaction():
        made = db.session.get(SmsNote, made.id)
        made.state = state
        for name, value in values.items():
            setattr(made, name, value)
        job = db.session.scalar(sa.select(jobs.Job))
        job.state, job.attempt, job.finished_at = "queued", 0, None
        key = job.id
    delivery.send(key)


def test_a_second_delivery_sends_nothing(sms):
    queued()
    again("accepted")
    assert len(sms.sent) == 1


def test_a_worker_that_died_while_asking_leaves_it_unknown(sms):
    queued()
    again("sending", sealed="k1.x")
    assert len(sms.sent) == 1
    assert (note().state, note().sealed) == ("unknown", None)


def test_a_code_that_nobody_can_use_any_more_is_not_sent(sms):
    queued()
    sealed = notices.sms.keyring().seal(f'["{PHONE}", {{}}]', f"sms_note.sealed:{note().id}")
    again("queued", sealed=sealed, created_at=clock.now() - timedelta(minutes=6))
    assert len(sms.sent) == 1
    assert note().state == "late"


def test_wrong_values_fail_where_they_are_given(sms):
    with pytest.raises(ValueError, match="code"), transaction():
        notices.queue(PHONE, SmsKind.code, {"nothing": "x"})
