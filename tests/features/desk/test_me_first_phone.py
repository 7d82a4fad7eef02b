"""绑定手机号 of an account that has none: its own password and a code to the number."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.services.hashing import hashed
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_phone_codes import forget_the_budget
from tests.support import people
from tests.support.forms import user_id
from tests.support.people import PASSWORD

__all__ = ["outside", "visitor"]
JSON = {"Accept": "application/json"}


@pytest.fixture
def with_password(app):
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))


def code_to(browser, outside, phone=PHONE) -> str:
    answer = browser.post("/me/phone/code", data={"phone": phone}, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert outside.sms.sent[-1].phone == phone
    return outside.sms.code


def bind(browser, code, phone=PHONE, password=PASSWORD):
    return browser.post("/me/phone/", data={"phone": phone, "code": code, "password": password})


def number_of(app, username):
    with app.app_context():
        found = queries.phone_of(user_id(username))
        return None if found is None else services.phone_number(found)


@pytest.mark.parametrize("username", ["user1", "operator"])
def test_password_and_code_bind_the_first_number(app, as_, outside, with_password, username):
    browser = as_(username)
    assert "请先输入当前密码" in browser.page("/me/phone/")
    assert "绑定手机号" in browser.page("/me/")
    assert bind(browser, code_to(browser, outside)).location == "/me/"
    assert number_of(app, username) == PHONE
    assert "139****5678" in browser.page("/me/")
    with app.app_context():
        entry = trail.history("user", user_id(username))[0]
        assert entry.action == "identity.bound"
        assert PHONE not in str(entry.details)
    forget_the_budget(app)
    again = app.test_client()
    again.page("/login")
    ask_code(again)
    enter(again, outside.sms.code)
    assert again.get("/me/").status_code == 200


@pytest.mark.parametrize("password", ["", "Wrong-Horse-11"])
def test_without_the_password_the_code_is_worth_nothing(app, as_, outside, with_password, password):
    browser = as_("user1")
    code = code_to(browser, outside)
    refused = bind(browser, code, password=password)
    assert refused.status_code == 400
    assert "当前密码不正确" in refused.text
    assert number_of(app, "user1") is None
    assert bind(browser, code).status_code == 303  # the code was not used up


def test_wrong_passwords_lock_as_at_sign_in(app, as_, outside, with_password):
    browser = as_("user1")
    code = code_to(browser, outside)
    for _time in range(5):
        bind(browser, code, password="Wrong-Horse-11")
    assert "连续输错次数过多" in bind(browser, code).text
    assert number_of(app, "user1") is None


def test_without_the_code_nothing_is_bound(app, as_, outside, with_password):
    browser = as_("user1")
    wrong = "000000" if code_to(browser, outside) != "000000" else "000001"
    assert "验证码不正确或已失效" in bind(browser, wrong).text
    other = bind(browser, outside.sms.code, phone="13812345678")
    assert other.status_code == 400  # a code of another number
    assert number_of(app, "user1") is None


def test_a_number_of_somebody_else_is_refused(app, as_, visitor, outside, with_password):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    forget_the_budget(app)
    browser = as_("user1")
    refused = bind(browser, code_to(browser, outside))
    assert refused.status_code == 400
    assert "该手机号已注册其他账号" in refused.text
    assert number_of(app, "user1") is None


def test_who_has_no_password_must_have_come_just_now(app, as_, outside):
    browser = as_("user1")
    page = browser.page("/me/phone/")
    assert "须在登录后 15 分钟内办理" in page
    assert 'name="password"' not in page
    code = code_to(browser, outside)
    with app.app_context(), transaction():
        early = clock.now() - timedelta(minutes=16)
        db.session.execute(sa.update(LoginSession).values(created_at=early))
    refused = bind(browser, code)
    assert refused.status_code == 400
    assert "请退出后重新登录再操作" in refused.text
    with app.app_context(), transaction():
        db.session.execute(sa.update(LoginSession).values(created_at=clock.now()))
    assert bind(browser, code).status_code == 303
    assert number_of(app, "user1") == PHONE


def test_two_numbers_are_never_bound(app, as_, outside, with_password):
    browser = as_("user1")
    bind(browser, code_to(browser, outside))
    forget_the_budget(app)
    assert "验证原手机号" in browser.page("/me/phone/")
    assert bind(browser, "123456", phone="13812345678").status_code == 400
    assert number_of(app, "user1") == PHONE
    with app.app_context(), pytest.raises(Refusal, match="phone_there"), transaction():
        services.bind_phone(people.actor("user1"), "13812345678", now=clock.now())
