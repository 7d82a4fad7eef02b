"""修改密码 and 登录设备: everybody, for oneself only."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.engines import trail
from app.extensions import db
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.support.forms import errors, user_id

OLD, NEW = "Right-Horse-77", "correct horse battery"


@pytest.fixture
def _password(app):
    with app.app_context(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        user.password = generate_password_hash(OLD, method="pbkdf2:sha256:1")


def change(browser, **values):
    data = {"current": OLD, "new": NEW, "repeat": NEW, **values}
    return browser.post("/me/password/", data=data)


@pytest.mark.usefixtures("_password")
def test_a_change_keeps_this_sign_in_and_ends_the_others(app, as_, client):
    here, elsewhere = as_("park1"), as_("park1")
    assert change(here).status_code == 303
    here.page("/desk/")
    assert elsewhere.get("/desk/").status_code == 302
    assert client.post("/login", data={"username": "park1", "password": OLD}).status_code == 400
    assert client.post("/login", data={"username": "park1", "password": NEW}).status_code == 303
    with app.app_context():
        (entry,) = trail.history("user", user_id("park1"))
        assert (entry.action, entry.changes, entry.details) == ("user.password_changed", {}, {})


@pytest.mark.usefixtures("_password")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"current": "wrong-wrong"}, "当前密码不正确"),
        ({"repeat": "something else 1"}, "两次输入的新密码不一致"),
        ({"new": "short", "repeat": "short"}, "密码至少 10 位"),
        ({"new": "my-park1-park", "repeat": "my-park1-park"}, "不能包含登录账号"),
        ({"new": "password123", "repeat": "password123"}, "太常见"),
        ({"new": OLD, "repeat": OLD}, "与当前密码相同"),
        ({"current": ""}, "请输入当前密码"),
    ],
)
def test_a_refusal_says_what_to_do_and_shows_no_password(as_, values, words):
    here, elsewhere = as_("park1"), as_("park1")
    answer = change(here, **values)
    assert answer.status_code == 400
    assert words in errors(answer.text)[0]
    for secret in (OLD, NEW, "something else 1"):
        assert secret not in answer.text
    assert "data-draft" not in answer.text
    elsewhere.page("/desk/")


def test_without_a_password_nothing_matches(as_):
    assert "当前密码不正确" in errors(change(as_("clerk1")).text)[0]
    page = as_("clerk1").page("/me/password/")
    assert "您的账号没有密码" in page
    assert 'name="current"' not in page


def test_devices_are_ones_own_and_one_is_ended(app, as_):
    here, elsewhere = as_("park1"), as_("park1")
    as_("park2")
    page = here.page("/me/devices/list/")
    assert "共 2 处" in page
    assert "本机" in page
    with app.app_context():
        rows = db.session.scalars(
            sa.select(LoginSession.id).where(LoginSession.user_id == user_id("park1"))
        ).all()
    (other,) = [row for row in rows if f"/me/devices/delete/{row}" in page]
    assert here.post(f"/me/devices/delete/{other}").status_code == 303
    assert elsewhere.get("/desk/").status_code == 302
    here.page("/desk/")


def test_somebody_elses_device_is_a_404(app, as_):
    here, theirs = as_("park1"), as_("park2")
    with app.app_context():
        row = db.session.scalar(
            sa.select(LoginSession.id).where(LoginSession.user_id == user_id("park2"))
        )
    assert here.post(f"/me/devices/delete/{row}").status_code == 404
    theirs.page("/desk/")


def test_all_others_are_ended(as_):
    here, second, third = as_("park1"), as_("park1"), as_("park1")
    bystander = as_("park2")
    here.post("/me/devices/end-others")
    assert second.get("/desk/").status_code == third.get("/desk/").status_code == 302
    here.page("/desk/")
    bystander.page("/desk/")
