"""Bad input and faults of coming in: one named test for each.

==========================  =====================================================================
attack or fault             tests (here, unless a file is named)
==========================  =====================================================================
replay of a phone code      test_phone_codes.py: test_a_code_is_good_once
replay of a way back        test_a_way_back_sent_again_opens_nothing (code, ticket, state)
replay of a proof           test_a_proof_used_up_binds_no_second_number
a code of a service         integrations/test_wechat.py, test_haiyiban.py: ..._is_good_once
race of 20 requests         test_codes_at_once.py: one code, one state, one puzzle, one number
bombing                     test_a_number_is_not_bombed_from_many_browsers_and_addresses,
                            test_an_address_is_not_made_up_by_a_header,
                            test_attacks_found.py: test_all_addresses_of_one_line_...,
                            web/floor/test_sign_in.py: test_made_up_ways_back_...
                            test_phone_codes.py: budgets of a number and of an address
fixation                    test_a_planted_cookie_is_worth_nothing_after_each_way_in,
                            web/floor/test_sign_in.py: test_u07_...
login CSRF                  test_a_way_back_of_somebody_else_signs_nobody_in,
                            test_a_link_from_elsewhere_binds_nothing,
                            test_a_form_from_elsewhere_signs_nobody_in
mix-up                      test_a_callback_of_one_service_with_the_state_of_the_other
alg=none                    integrations/test_haiyiban.py: test_an_identity_as_a_token_of_any_...
hostile token endpoint      test_a_token_endpoint_that_misbehaves_is_a_clear_page (slow, dripping,
                            huge, redirecting, HTML, broken, down), integrations/test_http.py
Host header                 test_a_foreign_host_makes_no_return_address
cookie tampering            test_a_cookie_that_was_changed_is_nobodys,
                            test_known_devices.py: test_a_cookie_made_up_cut_or_of_another_name_...,
                            test_two_steps.py: test_half_a_sign_in_is_worth_nothing_...
SMS gateway down            test_a_gateway_that_is_down_keeps_nobody_waiting
WeChat, 海易办 down           the misbehaving endpoints; e2e/test_register.py in a browser
enumeration                 test_enumeration.py
==========================  =====================================================================
"""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

import config
from app.core import clock
from app.extensions import db
from app.features.accounts.models import Identity, PhoneCode
from app.integrations import haiyiban as haiyiban_port
from app.integrations import wechat as wechat_port
from app.integrations.haiyiban import Flow, HaiyibanIdentity, IdentityKind
from app.integrations.ports import Ports, ports, use
from app.integrations.settings import sms_providers
from app.integrations.sms import SmsGateway
from app.integrations.wechat import WechatPerson
from app.transaction import transaction
from tests.features.accounts.outside import PHONE, ask_code, document_of, enter, outside, visitor
from tests.features.accounts.test_ways_in import bound, haiyiban, identities, proof_of, scan
from tests.integrations.conftest import sandbox
from tests.support.outside import state_of

__all__ = ["outside", "sandbox", "visitor"]

HUMAN = HaiyibanIdentity("haiyiban", "h-7", IdentityKind.person, 3, "林")
SOMEBODY = WechatPerson("u-7", "o-7", "别人")
CLEAR_WITHIN = 5.0


def at_the_dialog(browser, answer) -> str:
    """The person is nobody still, and is told so at the dialog with its ways."""
    assert answer.status_code == 303
    assert answer.location.startswith("/login")
    page = browser.page(answer.location)
    assert "短信验证码登录" in page
    assert browser.get("/desk/").status_code == 302
    return page


# -- replay ---------------------------------------------------------------------------------------
@pytest.mark.one_database("it waits for another site")
@pytest.mark.parametrize("parameter", ["code", "ticket"])
def test_a_way_back_sent_again_opens_nothing(visitor, outside, parameter):
    """Even where the service forgot that its code was used: the state is good once."""
    outside.haiyiban.answer_parameter = parameter
    outside.haiyiban.codes["h"] = HUMAN
    state = state_of(visitor.get("/login/haiyiban/person").location)
    back = {parameter: "h", "state": state}
    assert "绑定手机号" in visitor.page("/login/haiyiban/back", query_string=back)
    outside.haiyiban.codes["h"] = HUMAN
    at_the_dialog(visitor, visitor.get("/login/haiyiban/back", query_string=back))
    assert "h" in outside.haiyiban.codes, "the service was asked although the state was used"


def test_a_proof_used_up_binds_no_second_number(app, visitor, outside):
    """The form of 绑定手机号 sent again with another number: the scan belongs to the first."""
    visitor.page("/login")
    page = scan(visitor, outside).text
    name = app.config["SESSION_COOKIE_NAME"]
    before = visitor.get_cookie(name).value
    assert bound(visitor, outside, page).status_code == 303
    visitor.post("/logout")
    visitor.set_cookie(name, before)
    held = identities(app)
    other = "13812345678"
    with app.app_context(), transaction():
        db.session.execute(sa.delete(PhoneCode))
    ask_code(visitor, other)
    answer = enter(visitor, outside.sms.code, other, proof=proof_of(page))
    assert answer.status_code == 400
    assert identities(app) == held


# -- bombing --------------------------------------------------------------------------------------
def test_a_number_is_not_bombed_from_many_browsers_and_addresses(app, outside, monkeypatch):
    """Fresh cookies and fresh addresses help nobody: the number has its own budget."""
    begun = clock.now()
    told = []
    for minute in range(40):
        moment = begun + timedelta(minutes=minute, seconds=minute)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        browser = app.test_client()
        address = {"REMOTE_ADDR": f"10.1.{minute}.1"}
        browser.get("/login", environ_base=address)
        answer = browser.post(
            "/login/code",
            data={"phone": PHONE},
            headers={"Accept": "application/json"},
            environ_base=address,
        )
        told.append(answer.json.get("code"))
    assert len(outside.sms.sent) == 1, "each one after the first needs a puzzle solved"
    assert set(told[1:]) == {"puzzle_needed"}


def test_an_address_is_not_made_up_by_a_header(app, outside, monkeypatch):
    """Without a proxy in front nobody chooses the address that the budget counts."""
    limit = 30
    codes = []
    for number in range(limit + 1):
        browser = app.test_client()
        browser.get("/login")
        answer = browser.post(
            "/login/code",
            data={"phone": f"139123400{number:02}"},
            headers={"Accept": "application/json", "X-Forwarded-For": f"10.2.0.{number}"},
        )
        codes.append(answer.status_code)
    assert codes == [200] * limit + [429]


# -- fixation -------------------------------------------------------------------------------------
def by_code(browser, outside):
    ask_code(browser)
    return enter(browser, outside.sms.code)


def by_wechat(browser, outside):
    return bound(browser, outside, scan(browser, outside).text)


def by_haiyiban(browser, outside):
    return bound(browser, outside, haiyiban(browser, outside, "person").text)


@pytest.mark.parametrize("way", [by_code, by_wechat, by_haiyiban])
def test_a_planted_cookie_is_worth_nothing_after_each_way_in(app, outside, way):
    """Who made the victim's browser carry a session of theirs is not in with it afterwards."""
    name = app.config["SESSION_COOKIE_NAME"]
    attacker, victim = app.test_client(), app.test_client()
    attacker.get("/login/wechat")
    planted = attacker.get_cookie(name).value
    victim.set_cookie(name, planted)
    assert way(victim, outside).status_code == 303
    assert victim.get("/desk/").status_code == 200
    assert victim.get_cookie(name).value != planted
    assert attacker.get("/desk/").status_code == 302


# -- login CSRF, mix-up ---------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["wechat", "haiyiban"])
def test_a_way_back_of_somebody_else_signs_nobody_in(app, visitor, outside, way):
    """The attacker stops before their own way back and sends its address to the victim."""
    outside.wechat.codes["a"], outside.haiyiban.codes["a"] = SOMEBODY, HUMAN
    attacker = app.test_client()
    attacker.page("/login")
    out = attacker.get("/login/wechat" if way == "wechat" else "/login/haiyiban/person")
    back = {"code": "a", "state": state_of(out.location)}
    at_the_dialog(visitor, visitor.get(f"/login/{way}/back", query_string=back))
    by_code(visitor, outside)
    held = identities(app)
    visitor.get(f"/login/{way}/back", query_string=back)  # nor is it bound to who is in
    assert identities(app) == held
    assert outside.wechat.codes
    assert outside.haiyiban.codes


@pytest.mark.parametrize("address", ["wechat", "haiyiban/person", "haiyiban/legal"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_from_elsewhere_binds_nothing(visitor, outside, address, site):
    """Who is signed in at 海易办 comes straight back: a foreign page that has signed the browser in
    there as somebody else could else bind that account to the person signed in here."""
    by_code(visitor, outside)
    query = {"errand": "bind", "next": "/me/"}
    headers = {"Sec-Fetch-Site": site}
    out = visitor.get(f"/login/{address}", query_string=query, headers=headers)
    assert (out.status_code, out.location) == (303, "/me/")
    assert "请在用户中心点击绑定或认证" in visitor.page("/me/")
    own = {"Sec-Fetch-Site": "same-origin"}
    out = visitor.get(f"/login/{address}", query_string=query, headers=own)
    assert out.location.startswith("https://")


@pytest.mark.parametrize("address", ["", "/code", "/puzzle", "/phone", "/agree"])
def test_a_form_from_elsewhere_signs_nobody_in(app, visitor, outside, monkeypatch, address):
    ask_code(visitor)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    sent = len(outside.sms.sent)
    form = {"phone": PHONE, "code": outside.sms.code, "agree": "y",
            "document": document_of(visitor.page("/login")),
            "username": "park1", "password": "x"}  # fmt: skip
    answer = visitor.post(f"/login{address}", data=form)
    assert answer.status_code == 400
    assert visitor.get("/desk/").status_code == 302
    assert len(outside.sms.sent) == sent
    assert identities(app) == []


@pytest.mark.parametrize(
    ("out", "back"), [("/login/wechat", "haiyiban"), ("/login/haiyiban/person", "wechat")]
)
def test_a_callback_of_one_service_with_the_state_of_the_other(visitor, outside, out, back):
    """The code of one is never handed to the other."""
    outside.wechat.codes["a"], outside.haiyiban.codes["a"] = SOMEBODY, HUMAN
    state = state_of(visitor.get(out).location)
    query = {"code": "a", "ticket": "a", "state": state}
    at_the_dialog(visitor, visitor.get(f"/login/{back}/back", query_string=query))
    assert "a" in outside.wechat.codes
    assert "a" in outside.haiyiban.codes


def test_a_person_does_not_come_back_as_a_company(visitor, outside):
    """What is asked of 海易办 is the kind that the way out was begun for, not what comes along."""
    seen = []
    answered = outside.haiyiban.identity

    def identity(answer, *, kind, redirect_uri, state):
        seen.append(kind)
        return answered(answer, kind=kind, redirect_uri=redirect_uri, state=state)

    outside.haiyiban.identity = identity
    outside.haiyiban.codes["h"] = HUMAN
    state = state_of(visitor.get("/login/haiyiban/person").location)
    query = {"code": "h", "state": state, "kind": "legal", "scope": "legal"}
    visitor.get("/login/haiyiban/back", query_string=query)
    assert seen == [IdentityKind.person]


# -- services that misbehave: the real clients against the sandbox -------------------------------
@pytest.fixture
def real(outside, sandbox):
    """The real clients with the settings of the demo, and the sandbox that they speak to."""
    found = sandbox.settings(HAIYIBAN_FLOW=Flow.oauth2)
    seconds = float(found["OUTSIDE_SECONDS"])
    gateway = SmsGateway(list(sms_providers(found)), seconds=seconds)
    clients = (wechat_port.from_settings(found), haiyiban_port.from_settings(found))
    before = use(Ports(gateway, *clients))
    yield sandbox
    use(before)


@pytest.mark.one_database("it waits for another site")
@pytest.mark.parametrize(
    "fault", ["slow", "drip", "huge", "redirect", "html", "badjson", "busy", "down", "refuse"]
)
@pytest.mark.parametrize("way", ["wechat", "haiyiban"])
def test_a_token_endpoint_that_misbehaves_is_a_clear_page(app, visitor, real, outside, way, fault):
    real.switch(**{way: fault})
    out = visitor.get("/login/wechat" if way == "wechat" else "/login/haiyiban/person")
    query = {"code": "c", "state": parse_qs(urlsplit(out.location).query)["state"][0]}
    began = time.monotonic()
    page = at_the_dialog(visitor, visitor.get(f"/login/{way}/back", query_string=query))
    assert time.monotonic() - began < CLEAR_WITHIN
    assert "对方服务暂时无法连接" in page
    use(Ports(outside.sms, ports().wechat, ports().haiyiban))
    assert by_code(visitor, outside).status_code == 303


@pytest.mark.parametrize("fault", ["slow", "down", "html"])
def test_a_gateway_that_is_down_keeps_nobody_waiting(app, visitor, real, monkeypatch, fault):
    """获取 answers at once, the same as ever; the message is the worker's to try again."""
    from app.engines import jobs

    queued = []
    monkeypatch.setattr(jobs, "enqueue", lambda *given, **_how: queued.append(given))
    real.switch(aliyun=fault, tencent=fault)
    began = time.monotonic()
    answer = ask_code(visitor)
    assert time.monotonic() - began < 1
    assert (answer.status_code, answer.json["seconds"]) == (200, 60)
    assert len(queued) == 1


def test_the_time_for_a_service_leaves_some_for_the_page():
    """``OUTSIDE_SECONDS`` as it is shipped: the clear page comes within five."""
    assert float(config.settings({}, APP_MODE="demo")["OUTSIDE_SECONDS"]) <= CLEAR_WITHIN - 1


# -- Host header, cookies -------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["wechat", "haiyiban/person"])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "localhost:80@evil.example"},
     {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}],
)  # fmt: skip
def test_a_foreign_host_makes_no_return_address(visitor, outside, way, headers):
    """The code would else be carried to that host."""
    out = visitor.get(f"/login/{way}", headers=headers)
    if out.status_code == 302:
        assert "evil" not in out.location
        assert "redirect_uri=http://localhost/" in out.location
    else:
        assert out.status_code == 400


def changed(text: str) -> list[str]:
    """What may become of a cookie in an attacker's hands."""
    other = "A" if text[5] != "A" else "B"
    return [
        text[:5] + other + text[6:],
        text[:-1],
        text + "A",
        text.swapcase(),
        "",
        "%00",
        "x" * 4000,
    ]


def test_a_cookie_that_was_changed_is_nobodys(app, visitor, outside):
    by_code(visitor, outside)
    name = app.config["SESSION_COOKIE_NAME"]
    good = visitor.get_cookie(name).value
    for bad in changed(good):
        thief = app.test_client()
        thief.set_cookie(name, bad)
        assert thief.get("/desk/").status_code == 302, bad[:60]
        assert "登录/注册" in thief.page("/login")
    assert visitor.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "value", ["../../etc/passwd", "en<script>", '"><img src=x>', "xx", "\u00ff"]
)
def test_a_changed_language_or_theme_is_the_usual_one(visitor, value):
    usual = visitor.page("/login")
    for cookie in ("lang", "theme"):
        visitor.set_cookie(cookie, value)
    assert visitor.page("/login").count("<form") == usual.count("<form")
    assert 'lang="zh-CN"' in visitor.page("/login")


def test_a_number_of_nobody_is_not_in_the_identities(app, visitor, outside):
    """A refused way in leaves nothing behind."""
    ask_code(visitor)
    enter(visitor, "000000")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Identity)) == 0
