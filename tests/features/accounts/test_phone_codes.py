"""短信验证码: budgets, binding, single use, and answers that tell nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import SYSTEM
from app.engines import documents
from app.engines.notices import SmsNote
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.models import Identity, PhoneCode
from app.features.accounts.services import codes, puzzles
from app.transaction import transaction
from tests.features.accounts.outside import (
    PHONE,
    ask_code,
    document_of,
    enter,
    outside,
    visitor,
)

__all__ = ["outside", "visitor"]


def later(monkeypatch, **delta) -> None:
    moment = clock.now() + timedelta(**delta)
    monkeypatch.setattr(clock, "now", lambda: moment)


def forget_the_budget(app) -> None:
    """As if the codes had been sent three days ago."""
    with app.app_context(), transaction():
        db.session.execute(sa.update(PhoneCode).values(created_at=clock.now() - timedelta(days=3)))


def asked(phone=PHONE, browser="b" * 64, address="10.0.0.1", **more):
    return services.Asked(phone, "sign_in", browser, address, **more)


def test_first_use_registers_and_consent_is_recorded(app, visitor, outside):
    answer = ask_code(visitor)
    assert (answer.status_code, answer.json["seconds"]) == (200, 60)
    done = enter(visitor, outside.sms.code)
    assert (done.status_code, done.location) == (303, "/desk/")
    with app.app_context(), scope.unscoped():
        identity = db.session.scalar(sa.select(Identity))
        assert (identity.provider, identity.label) == ("phone", "139****5678")
        assert PHONE not in (identity.subject, identity.sealed)
        (consent, document) = documents.consents_of(identity.user_id)[0]
        assert (document.kind, document.number) == ("legal", 1)
        assert (consent.channel, consent.address) == ("phone", "127.0.0.1")
        person = queries.by_id(identity.user_id)
        assert [role.name for role in person.roles] == ["enterprise_user"]
        assert person.password is None
    assert visitor.get("/desk/").status_code == 200


def test_the_same_number_is_the_same_person_however_it_is_written(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    visitor.post("/logout")
    again = app.test_client()
    again.page("/login")
    forget_the_budget(app)
    assert ask_code(again, "+86 139-1234 5678").status_code == 200
    assert enter(again, outside.sms.code, "１３９１２３４５６７８").status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Identity)) == 1


@pytest.mark.parametrize(
    "phone", ["", "1391234567", "0898-88812345", "12345678901", "中文", "1" * 41]
)
def test_what_is_no_mobile_number_gets_no_code(visitor, outside, phone):
    answer = ask_code(visitor, phone)
    assert (answer.status_code, answer.json["code"]) == (400, "phone_wrong")
    assert outside.sms.sent == []


def test_without_the_tick_nobody_comes_in_and_the_code_stays_good(visitor, outside):
    ask_code(visitor)
    refused = enter(visitor, outside.sms.code, agree=False)
    assert refused.status_code == 400
    assert "请阅读并勾选同意" in refused.text
    assert f'value="{PHONE}"' in refused.text
    assert enter(visitor, outside.sms.code).status_code == 303


def test_a_code_is_good_once(app, visitor, outside):
    ask_code(visitor)
    code = outside.sms.code
    assert enter(visitor, code).status_code == 303
    visitor.post("/logout")
    assert "验证码不正确或已失效" in enter(visitor, code).text


def test_a_code_of_another_browser_number_or_purpose_is_worth_nothing(app, outside):
    with app.app_context():
        now = clock.now()
        with transaction():
            services.send_code(asked(), now=now)
        code = outside.sms.code
        for other in (
            asked(browser="c" * 64),
            asked(phone="13912345679"),
            services.Asked(PHONE, "bind", "b" * 64, "10.0.0.1"),
        ):
            assert not services.spend_code(other, code, now=now)
        assert services.spend_code(asked(), code, now=now)
        assert not services.spend_code(asked(), code, now=now)


def test_five_wrong_tries_end_a_code(app, visitor, outside):
    ask_code(visitor)
    code = outside.sms.code
    for number in range(5):
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06}"
        assert enter(visitor, wrong).status_code == 400
    assert "验证码不正确或已失效" in enter(visitor, code).text


def test_a_code_ends_after_five_minutes(visitor, outside, monkeypatch):
    ask_code(visitor)
    later(monkeypatch, minutes=5, seconds=1)
    assert enter(visitor, outside.sms.code).status_code == 400


def test_another_code_waits_a_minute_and_then_wants_a_puzzle(app, visitor, outside, monkeypatch):
    ask_code(visitor)
    soon = ask_code(visitor)
    assert (soon.status_code, soon.json["code"]) == (429, "code_soon")
    assert 0 < soon.json["seconds"] <= 60
    later(monkeypatch, seconds=61)
    needed = ask_code(visitor)
    assert (needed.status_code, needed.json["code"]) == (400, "puzzle_needed")
    assert needed.json["puzzle"]["image"].startswith("data:image/png;base64,")
    wrong = ask_code(visitor, answer="????")
    assert (wrong.status_code, wrong.json["code"]) == (400, "puzzle_wrong")
    asked_sum = visitor.post(
        "/login/puzzle", data={"kind": "sum"}, headers={"Accept": "application/json"}
    ).json
    numbers = "零一二三四五六七八九"
    first, second = (numbers.index(sign) for sign in asked_sum["text"] if sign in numbers)
    assert ask_code(visitor, answer=str(first + second)).status_code == 200
    assert len(outside.sms.sent) == 2


def test_a_wrong_answer_uses_the_puzzle_up(app, outside, monkeypatch):
    with app.app_context():
        first, second = puzzles.new_sum("b" * 64)
        now = clock.now()
        assert puzzles.check("b" * 64, "99", now=now).code == "puzzle_wrong"
        assert puzzles.check("b" * 64, str(first + second), now=now).code == "puzzle_wrong"


@pytest.mark.parametrize(("hours", "sends", "refused"), [(0, 5, True), (2, 5, False)])
def test_a_number_gets_five_codes_an_hour(app, outside, hours, sends, refused):
    with app.app_context():
        index = codes.notices.phone_index(PHONE)
        start = clock.now() - timedelta(hours=hours)
        for number in range(sends):
            db.session.add(
                PhoneCode(
                    phone_index=index,
                    purpose="sign_in",
                    browser=f"{number:064}",
                    code_hash="0" * 64,
                    address="10.9.9.9",
                    created_at=start - timedelta(minutes=2 + number),
                )
            )
        db.session.flush()
        sent = services.send_code(asked(), now=clock.now())
        assert (sent.refusal.code == "code_budget") is refused


def test_a_number_gets_ten_codes_a_day_and_an_address_thirty_an_hour(app, outside):
    with app.app_context():
        now = clock.now()
        index = codes.notices.phone_index(PHONE)

        def add(number, minutes, phone_index, address):
            db.session.add(
                PhoneCode(
                    phone_index=phone_index,
                    purpose="sign_in",
                    browser=f"{number:064}",
                    code_hash="0" * 64,
                    address=address,
                    created_at=now - timedelta(minutes=minutes),
                )
            )

        for number in range(10):
            add(number, 61 + 60 * number, index, "10.9.9.9")
        for number in range(30):
            add(100 + number, 2 + number, f"{number:064}", "10.8.8.8")
        db.session.flush()
        assert services.send_code(asked(), now=now).refusal.code == "code_budget"
        other = asked(phone="13812345678", address="10.8.8.8")
        assert services.send_code(other, now=now).refusal.code == "code_budget"
        third = asked(phone="13812345678", address="10.7.7.7")
        assert services.send_code(third, now=now).refusal is None


def test_known_and_unknown_numbers_get_the_same_answer(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    known, unknown = app.test_client(), app.test_client()
    for browser in (known, unknown):
        browser.page("/login")
    forget_the_budget(app)
    one, other = ask_code(known), ask_code(unknown, "13812345678")
    assert (one.status_code, one.json) == (other.status_code, other.json)
    assert enter(known, "000000").status_code == enter(unknown, "000000", "13812345678").status_code


def test_neither_code_nor_number_stands_in_database_or_trail(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    code = outside.sms.code
    with app.app_context(), scope.unscoped():
        note = db.session.scalar(sa.select(SmsNote))
        assert (note.state, note.sealed, note.phone_masked) == ("accepted", None, "139****5678")
        for table in (SmsNote, PhoneCode, Identity, AuditEntry):
            for row in db.session.scalars(sa.select(table)):
                words = [str(value) for value in vars(row).values()]
                assert not any(PHONE in text for text in words), table
                if table is not AuditEntry:
                    assert code not in words


def test_an_inactive_account_does_not_come_in(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    visitor.post("/logout")
    with app.app_context(), scope.unscoped(), transaction():
        identity = db.session.scalar(sa.select(Identity))
        queries.by_id(identity.user_id).active = False
    forget_the_budget(app)
    ask_code(visitor)
    refused = enter(visitor, outside.sms.code)
    assert refused.status_code == 400
    assert "该账号已停用" in refused.text


def test_a_new_statement_is_agreed_to_anew(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    visitor.post("/logout")
    old = document_of(visitor.page("/login"))
    with app.app_context(), scope.unscoped(), transaction():
        made = documents.draft(
            SYSTEM, "legal", title="平台法律声明", body="新的", effective_on=clock.today()
        )
        documents.publish(SYSTEM, made.id, version=made.version)
    forget_the_budget(app)
    ask_code(visitor)
    stale = visitor.post(
        "/login/phone",
        data={"phone": PHONE, "code": outside.sms.code, "document": old, "agree": "y"},
    )
    assert stale.status_code == 400
    assert "《平台法律声明》已更新" in stale.text
    assert document_of(stale.text) != old


def test_without_a_script_the_page_does_the_same(visitor, outside):
    sent = visitor.post("/login/code", data={"phone": PHONE, "agree": "y"})
    assert sent.status_code == 200
    assert "验证码已发送" in sent.text
    assert f'value="{PHONE}"' in sent.text
    assert 'data-seconds="60"' in sent.text
