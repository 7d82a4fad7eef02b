"""撤回授权 at WeChat: the binding, its sign-ins and what came from there go; the person is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import trail
from app.extensions import db
from app.features.accounts.models import Identity, UserProfile
from app.integrations.ports import Ports, use
from app.integrations.wechat import WechatPerson
from app.integrations.wechat_push import WechatPush
from app.transaction import transaction
from app.web.sessions import LoginSession
from sandbox.wechat_push import sealed, signature
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_ways_in import bound, forget, identities, scan

__all__ = ["outside", "visitor"]
APP, TOKEN, KEY = "wxtest", "t0ken", "k" * 42 + "A"
EVENT = "/login/wechat/event"
REVOKE = "user_authorization_revoke"


@pytest.fixture(autouse=True)
def _push(outside):
    before = use(Ports(outside.sms, outside.wechat, outside.haiyiban, WechatPush(APP, TOKEN, KEY)))
    yield
    use(before)


def message(name=REVOKE, openid="o-1", unionid="", at=None, **change):
    """Query and body as WeChat sends them."""
    at = at or clock.now()
    fields = {"CreateTime": int(at.timestamp()), "Event": name, "OpenID": openid, "AppID": APP}
    if unionid:
        fields["UnionID"] = unionid
    text = sealed(json.dumps(fields).encode(), key=KEY, app_id=APP)
    stamp = str(int(clock.now().timestamp()))
    query = {"timestamp": stamp, "nonce": "7", "msg_signature": signature(TOKEN, stamp, "7", text)}
    return {**query, **change}, json.dumps({"Encrypt": text})


def push(app, given=None, **event):
    query, body = given or message(**event)
    return app.test_client().post(EVENT, query_string=query, data=body)


def providers(app):
    return [row[0] for row in identities(app)]


@pytest.fixture
def scanned(visitor, outside):
    """In by WeChat, registered a moment ago."""
    bound(visitor, outside, scan(visitor, outside).text)
    return visitor


def person(app) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(Identity.user_id).where(Identity.provider == "phone"))


@pytest.mark.parametrize("name", [REVOKE, "user_authorization_cancellation"])
@pytest.mark.parametrize("known", [{"openid": "o-1"}, {"openid": "x", "unionid": "u-1"}])
def test_a_withdrawal_takes_the_way_in_and_all_that_came_by_it(app, scanned, outside, name, known):
    assert "海" in scanned.page("/me/")
    answer = push(app, name=name, **known)
    assert (answer.status_code, answer.text) == (200, "success")
    assert providers(app) == ["phone"]
    assert scanned.get("/me/").status_code == 302  # this session came by WeChat
    with app.app_context():
        entries = trail.history("user", person(app))
        assert entries[0].action == "identity.withdrawn"
        assert entries[0].actor_name == "system:wechat"
        assert "海风" not in " ".join(str((one.details, one.changes)) for one in entries)


def test_sign_ins_by_another_way_stay_and_the_person_is_told_once(app, scanned, outside):
    forget(app)
    other = app.test_client()
    other.page("/login")
    ask_code(other)
    enter(other, outside.sms.code)
    push(app)
    assert other.get("/me/").status_code == 200
    forget(app)
    later = app.test_client()
    later.page("/login")
    ask_code(later)
    enter(later, outside.sms.code)
    assert "在微信取消了授权" in later.page("/desk/")
    with app.app_context():
        assert db.session.scalar(sa.select(UserProfile.withdrawn_at).where(
            UserProfile.user_id == person(app))) is None  # fmt: skip
    forget(app)
    again = app.test_client()
    again.page("/login")
    ask_code(again)
    enter(again, outside.sms.code)
    assert "在微信取消了授权" not in again.page("/desk/")


def test_the_next_scan_is_somebody_unknown_again(app, scanned, outside):
    push(app)
    page = scan(app.test_client(), outside, code="c2")
    assert "绑定手机号" in page.text


def test_changed_data_only_erase_the_nickname(app, scanned, outside):
    push(app, name="user_info_modified")
    assert providers(app) == ["phone", "wechat"]
    assert scanned.get("/me/").status_code == 200
    with app.app_context():
        label = sa.select(Identity.label).where(Identity.provider == "wechat")
        assert db.session.scalar(label) == ""
        assert trail.history("user", person(app))[0].action == "identity.erased"
    outside.wechat.codes["c2"] = WechatPerson("u-1", "o-1", "新名")
    scan(app.test_client(), outside, code="c2", nickname="新名")
    with app.app_context():
        assert db.session.scalar(label) == "新名"


@pytest.mark.parametrize("event", [{"openid": "o-9"}, {"name": "debug_demo"}, {"openid": ""}])
def test_what_is_about_nobody_here_changes_nothing(app, scanned, event):
    assert push(app, **event).text == "success"
    assert providers(app) == ["phone", "wechat"]


@pytest.mark.parametrize(
    "change", [{"msg_signature": "0" * 40}, {"timestamp": "1"}, {"nonce": "8"}]
)
def test_an_unsigned_event_is_refused(app, scanned, change):
    answer = push(app, message(**change))
    assert (answer.status_code, answer.text) == (404, "")
    assert providers(app) == ["phone", "wechat"]


def test_a_replay_does_nothing_after_the_person_came_anew(app, scanned, outside):
    given = message()
    push(app, given)
    other = app.test_client()
    other.page("/login")
    forget(app)
    bound(other, outside, scan(other, outside, code="c2").text)
    assert providers(app) == ["phone", "wechat"]
    assert push(app, given).text == "success"
    assert providers(app) == ["phone", "wechat"]
    assert other.get("/me/").status_code == 200


def test_an_event_of_before_the_last_scan_is_late(app, scanned, outside):
    push(app, at=clock.now() - timedelta(minutes=2))
    assert providers(app) == ["phone", "wechat"]
    push(app, at=clock.now() - timedelta(seconds=30))  # clocks differ a little
    assert providers(app) == ["phone"]


def test_somebody_elses_sign_ins_stay(app, scanned, as_):
    browser = as_("user1")
    with app.app_context(), transaction():
        rows = sa.update(LoginSession).where(LoginSession.user_id != person(app))
        db.session.execute(rows.values(data={"way": "wechat"}))
    push(app)
    assert browser.get("/me/").status_code == 200


def test_the_greeting_is_answered_to_wechat_alone(app):
    stamp, browser = "1714036504", app.test_client()
    asked = {"timestamp": stamp, "nonce": "1", "echostr": "<b>42</b>"}
    good = browser.get(EVENT, query_string={**asked, "signature": signature(TOKEN, stamp, "1")})
    assert (good.text, good.mimetype) == ("<b>42</b>", "text/plain")
    assert browser.get(EVENT, query_string={**asked, "signature": "0" * 40}).status_code == 404
    use(Ports())
    assert browser.get(EVENT, query_string=asked).status_code == 404
    assert push(app).status_code == 404


def test_no_token_of_a_form_is_wanted_here_alone(app, scanned, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert push(app).text == "success"
    assert providers(app) == ["phone"]
    assert app.test_client().post("/login/code", data={"phone": PHONE}).status_code == 400


def test_a_body_without_end_is_not_read(app, scanned):
    query, _body = message()
    assert push(app, (query, "x" * 200_000)).status_code == 404
