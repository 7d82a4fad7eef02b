"""确认身份: a page that was left open adds no way into the account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.extensions import db
from app.features.accounts.services.hashing import hashed
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import outside, visitor
from tests.features.accounts.test_attacks import by_code
from tests.support.people import PASSWORD

__all__ = ["outside", "visitor"]

BIND = "/login/wechat?errand=bind"


@pytest.fixture
def with_password(app):
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))


@pytest.fixture
def left_open(app):
    """Every sign-in was a while ago."""

    def go() -> None:
        with app.app_context(), transaction():
            long_ago = clock.now() - timedelta(minutes=16)
            db.session.execute(sa.update(LoginSession).values(created_at=long_ago))

    return go


def test_right_after_the_sign_in_nothing_is_asked(visitor, outside):
    by_code(visitor, outside)
    assert visitor.get(BIND).location.startswith("https://")


@pytest.mark.usefixtures("with_password")
def test_later_the_password_is_asked_and_opens_the_way_for_a_while(as_, outside, left_open):
    person = as_("user1")
    left_open()
    asked = person.get(BIND)
    assert asked.status_code == 303
    assert asked.location.startswith("/me/proof/?next=")
    assert "请输入密码，确认是您本人" in person.page(asked.location)
    wrong = person.post(asked.location, data={"password": "no"})
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (400, True)
    assert person.get(BIND).location.startswith("/me/proof/")
    assert person.post(asked.location, data={"password": PASSWORD}).status_code == 303
    page = person.page(asked.location)
    assert "已确认是您本人" in page
    assert 'href="/login/wechat?errand=bind"' in page
    assert person.get(BIND).location.startswith("https://")


@pytest.mark.usefixtures("with_password")
def test_the_proof_ends_as_well(as_, outside, left_open, monkeypatch):
    person = as_("user1")
    left_open()
    person.post("/me/proof/", data={"password": PASSWORD})
    now = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert person.get(BIND).location.startswith("/me/proof/")


def test_who_has_no_password_signs_in_again(visitor, outside, left_open):
    by_code(visitor, outside)
    left_open()
    page = visitor.page(visitor.get("/login/haiyiban/legal?errand=bind").location)
    assert "请重新登录，确认是您本人" in page
    assert visitor.post("/me/proof/", data={"password": "x"}).status_code == 400
    assert visitor.get(BIND).location.startswith("/me/proof/")


def test_the_way_on_stays_on_this_site(as_, outside):
    person = as_("user1")
    page = person.page("/me/proof/?next=https://evil.example/")
    assert 'href="https://evil' not in page
    assert re.search(r'href="/me/">\s*继续', page)


def test_who_has_no_password_is_told_that_there_is_none_to_change(visitor, outside):
    by_code(visitor, outside)
    assert "您的账号没有密码" in visitor.page("/me/password/")


@pytest.mark.usefixtures("with_password")
def test_who_has_one_is_not(as_):
    assert "您的账号没有密码" not in as_("user1").page("/me/password/")
