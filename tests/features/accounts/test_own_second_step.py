"""两步验证 by one's own will: opened, its recovery codes renewed, closed, each by a proof."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts.models import RecoveryCode, SecondFactor
from app.features.accounts.services.hashing import hashed
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_two_steps import (
    MADE,
    PASSWORD,
    SECRET,
    code_of,
    is_in,
    moment,
    prove,
    sign_in,
)
from tests.support.forms import user_id

__all__ = ["moment", "outside", "visitor"]
PAGE = "/me/second/"
CODES = re.compile(r"<li><code>([a-z2-9-]+)</code>")


@pytest.fixture(autouse=True)
def _passwords(app):
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))


def enrol(browser, password=PASSWORD, code=""):
    page = browser.page(PAGE)
    secret = SECRET.search(page)[1].replace(" ", "")
    data = {"code": code or code_of(secret), "made": MADE.search(page)[1], "password": password}
    return secret, browser.post(f"{PAGE}enrol", data=data)


def opened(browser):
    secret, answer = enrol(browser)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return secret, CODES.findall(answer.text)


def factors(app) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(SecondFactor))


def acts(app, username="user1"):
    with app.app_context():
        return [one.action for one in trail.history("user", user_id(username))]


def test_anybody_may_open_it_and_is_asked_from_then_on(app, as_, moment):
    browser, elsewhere = as_("user1"), as_("user1")
    secret, codes = opened(browser)
    assert len(set(codes)) == 10
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert "second_factor.enrolled" in acts(app)
    page = browser.page(PAGE)
    assert '<b class="tnum">10</b>' in page
    assert "关闭两步验证" in page
    assert "data-secret" not in page
    moment.move(seconds=60)
    again = app.test_client()
    assert sign_in(again, "user1").location.startswith("/login/second/")
    assert prove(again, code_of(secret)).status_code == 303
    assert is_in(again)


@pytest.mark.parametrize("password", ["", "Wrong-Horse-11"])
def test_it_is_not_opened_without_the_password(app, as_, moment, password):
    browser = as_("user1")
    first = SECRET.search(browser.page(PAGE))[1]
    secret, refused = enrol(browser, password=password)
    assert refused.status_code == 400
    assert "当前密码不正确" in refused.text
    assert SECRET.search(refused.text)[1].replace(" ", "") == secret  # what was scanned stays
    assert first.replace(" ", "") != secret
    assert factors(app) == 0


def test_nor_by_a_wrong_code_or_a_secret_of_another_browser(app, as_, moment):
    browser = as_("user1")
    _secret, refused = enrol(browser, code="000000")
    assert "验证码不正确" in refused.text
    page = as_("user1").page(PAGE)
    secret = SECRET.search(page)[1].replace(" ", "")
    data = {"code": code_of(secret), "made": MADE.search(page)[1], "password": PASSWORD}
    assert browser.post(f"{PAGE}enrol", data=data).status_code == 400
    assert factors(app) == 0


def test_who_has_no_password_must_have_come_just_now(app, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    with app.app_context(), transaction():
        early = clock.now() - timedelta(minutes=16)
        db.session.execute(sa.update(LoginSession).values(created_at=early))
    assert "请退出后重新登录再操作" in enrol(visitor)[1].text
    with app.app_context(), transaction():
        db.session.execute(sa.update(LoginSession).values(created_at=clock.now()))
    assert len(opened(visitor)[1]) == 10
    notice = outside.sms.sent[-1]
    assert (notice.phone, notice.kind) == (PHONE, notices.SmsKind.security)
    assert notice.params["event"] == "开启两步验证"


def test_renewed_codes_make_the_old_ones_void(app, as_, moment):
    browser = as_("user1")
    secret, old = opened(browser)
    moment.move(seconds=60)
    refused = browser.post(f"{PAGE}renew", data={"code": "000000"})
    assert refused.status_code == 400
    assert not CODES.findall(refused.text)
    answer = browser.post(f"{PAGE}renew", data={"code": code_of(secret)})
    new = CODES.findall(answer.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert "second_factor.codes_renewed" in acts(app)
    assert browser.post(f"{PAGE}renew", data={"code": code_of(secret)}).status_code == 400
    for code, status in ((old[0], 400), (new[0], 303)):
        sign_in(other := app.test_client(), "user1")
        assert prove(other, code).status_code == status


def test_a_recovery_code_renews_too_and_few_left_are_told(app, as_, moment):
    browser = as_("user1")
    _secret, codes = opened(browser)
    with app.app_context(), transaction():
        ids = db.session.scalars(sa.select(RecoveryCode.id).order_by(RecoveryCode.id)).all()
        used = sa.update(RecoveryCode).where(RecoveryCode.id.in_(ids[:7]))
        db.session.execute(used.values(used_at=clock.now()))
    assert "请换一组。" not in browser.page(PAGE)
    sign_in(other := app.test_client(), "user1")
    other.post("/login/second/?way=recovery", data={"code": codes[7]})
    assert "恢复码还剩 2 个，请在用户中心" in other.page("/desk/")
    assert "恢复码还剩 2 个，请换一组。" in browser.page(PAGE)
    assert "恢复码还剩 2 个" in browser.page("/me/")
    answer = browser.post(f"{PAGE}renew", data={"code": codes[8]})
    assert len(CODES.findall(answer.text)) == 10
    assert '<b class="tnum">10</b>' in browser.page(PAGE)


def test_it_is_closed_by_a_code_and_leaves_nothing(app, as_, moment):
    browser = as_("user1")
    secret, codes = opened(browser)
    moment.move(seconds=60)
    assert browser.post(f"{PAGE}remove", data={"code": "000000"}).status_code == 400
    assert factors(app) == 1
    done = browser.post(f"{PAGE}remove", data={"code": code_of(secret)})
    assert done.status_code == 303
    assert "两步验证已关闭" in browser.page("/me/")
    assert factors(app) == 0
    assert acts(app)[0] == "second_factor.removed"
    assert browser.post(f"{PAGE}remove", data={"code": codes[0]}).status_code == 400
    assert sign_in(app.test_client(), "user1").location == "/desk/"


def test_where_the_role_wants_two_steps_it_stays(app, as_, moment, monkeypatch):
    browser = as_("operator")
    secret, _codes = opened(browser)
    moment.move(seconds=60)
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", True)
    page = browser.page(PAGE)
    assert "您的角色须两步验证，不能关闭" in page
    assert f"{PAGE}remove" not in page
    refused = browser.post(f"{PAGE}remove", data={"code": code_of(secret)})
    assert refused.status_code == 400
    assert factors(app) == 1


def test_wrong_codes_lock_here_as_at_the_sign_in(app, as_, moment):
    browser = as_("user1")
    secret, _codes = opened(browser)
    moment.move(seconds=60)
    for _time in range(5):
        browser.post(f"{PAGE}remove", data={"code": "000000"})
    locked = browser.post(f"{PAGE}remove", data={"code": code_of(secret)})
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert factors(app) == 1
