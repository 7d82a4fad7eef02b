"""The WeChat client against the sandbox and against answers that are not as documented."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from app.core.outside import Advice, NotConfigured, OutsideError, Refused, Slow, WrongAnswer
from app.integrations import wechat
from app.integrations.http import Limits, Outside
from tests.integrations import hostile
from tests.integrations.conftest import logged, settings

BACK = "http://127.0.0.1:8080/login/wechat/callback"
TOKEN = {"access_token": "t", "expires_in": 7200, "refresh_token": "r", "openid": "o1", "scope": "snsapi_login", "unionid": "u1"}  # fmt: skip
PERSON = {"openid": "o1", "nickname": "海风", "unionid": "u1"}


@pytest.fixture
def client(sandbox):
    return wechat.from_settings(sandbox.settings())


def scanned(sandbox, client, answer="allow", user="o-sandbox-1", state="st&ate=1"):
    """Walk the pages as a person does; the address the browser is sent to."""
    url = urlsplit(client.authorize_url(redirect_uri=BACK, state=state))
    assert url.fragment == "wechat_redirect"
    page = sandbox.browser.get(f"{url.path}?{url.query}")
    assert page.status_code == 200
    form = {"redirect_uri": BACK, "state": state, "user": user}
    asked = sandbox.browser.post("/wechat/connect/scan", data=form)
    assert "允许" in asked.text
    return sandbox.browser.post("/wechat/connect/answer", data=form | {"answer": answer})


def code_of(answer):
    return parse_qs(urlsplit(answer.location).query)["code"][0]


def test_the_address_of_the_qr_code_is_the_documented_one():
    api = Outside("wechat", "https://api.weixin.qq.com")
    client = wechat.WechatClient(api, "https://open.weixin.qq.com", "wx1", "s")
    assert client.authorize_url(redirect_uri="https://zsq.example.cn/cb?a=1", state="s t") == (
        "https://open.weixin.qq.com/connect/qrconnect?appid=wx1"
        "&redirect_uri=https%3A%2F%2Fzsq.example.cn%2Fcb%3Fa%3D1&response_type=code"
        "&scope=snsapi_login&state=s+t#wechat_redirect"
    )


def test_a_person_who_allows_comes_back_with_a_code_and_is_known_by_it(sandbox, client):
    answer = scanned(sandbox, client)
    assert answer.location.startswith(BACK + "?")
    assert parse_qs(urlsplit(answer.location).query)["state"] == ["st&ate=1"]
    person = client.person(code_of(answer))
    assert (person.subject, person.openid, person.nickname) == (
        "u-sandbox-1",
        "o-sandbox-1",
        "海风",
    )


def test_a_newcomer_is_somebody_each_time(sandbox, client):
    seen = set()
    for _ in range(2):
        form = {"redirect_uri": BACK, "state": "s", "user": "new"}
        sandbox.browser.post("/wechat/connect/scan", data=form)
        user = list(sandbox.state.wechat_users)[-1]
        answer = scanned(sandbox, client, user=user)
        seen.add(client.person(code_of(answer)).subject)
    assert len(seen) == 2


def test_a_refusal_with_a_callback_brings_the_state_alone(sandbox, client):
    answer = scanned(sandbox, client, "refuse", state="s1")
    assert answer.location == f"{BACK}?state=s1"


def test_a_refusal_without_a_callback_stays_where_it_is(sandbox, client):
    answer = scanned(sandbox, client, "silent")
    assert (answer.status_code, answer.location) == (200, None)


def test_a_code_is_good_once(sandbox, client):
    code = code_of(scanned(sandbox, client))
    client.person(code)
    with pytest.raises(Refused) as caught:
        client.person(code)
    assert (caught.value.code, caught.value.advice) == ("40163", Advice.AGAIN)


def test_a_made_up_code_is_refused(client):
    with pytest.raises(Refused) as caught:
        client.person("nobody")
    assert (caught.value.code, caught.value.advice) == ("40029", Advice.AGAIN)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"WECHAT_APP_SECRET": "x"}, "40125"), ({"WECHAT_APP_ID": "wx-other"}, "40013")],
)
def test_wrong_keys_are_the_operators_to_mend(sandbox, wrong, code):
    client = wechat.from_settings(sandbox.settings() | wrong)
    for call in (client.check, lambda: client.person("any")):
        with pytest.raises(Refused) as caught:
            call()
        assert (caught.value.code, caught.value.advice) == (code, Advice.OPERATOR)


def test_check_knows_right_keys(client):
    assert client.check() == "application and secret are known"


def test_a_foreign_return_address_is_not_served(sandbox, client):
    url = urlsplit(client.authorize_url(redirect_uri="https://evil.example/cb", state="s"))
    answer = sandbox.browser.get(f"{url.path}?{url.query}")
    assert answer.status_code == 400
    assert "该链接无法访问" in answer.text
    form = {"redirect_uri": "https://evil.example/", "user": "o-sandbox-1", "answer": "allow"}
    assert sandbox.browser.post("/wechat/connect/answer", data=form).status_code == 400


@pytest.mark.parametrize("fault", ["down", "busy", "html", "huge", "redirect", "badjson", "refuse"])
def test_a_wechat_in_trouble_is_told_as_trouble(sandbox, client, fault):
    sandbox.switch(wechat=fault)
    with pytest.raises(OutsideError) as caught:
        client.person("any")
    assert caught.value.advice == Advice.LATER


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_a_slow_wechat_is_given_up_in_time(sandbox, fault):
    sandbox.switch(wechat=fault)
    client = wechat.from_settings(sandbox.settings(OUTSIDE_SECONDS=1))
    began = time.monotonic()
    with pytest.raises(Slow):
        client.person("any")
    assert time.monotonic() - began < 2.5


def test_both_calls_share_one_deadline():
    def talk(connection, over):
        if over.wait(1.2):
            return
        hostile.saying(json.dumps(TOKEN | PERSON).encode())(connection, over)

    with hostile.listening(talk) as address:
        client = wechat.WechatClient(Outside("wechat", address, Limits(2)), address, "a", "s")
        began = time.monotonic()
        with pytest.raises(Slow):
            client.person("any")
    assert time.monotonic() - began < 3.4


def answering(*bodies):
    """A server that gives one answer after the other."""
    rest = [json.dumps(body, ensure_ascii=False).encode() for body in bodies]
    head = hostile.status(b"200 OK", b"Content-Type: text/plain")

    def talk(connection, over):
        hostile.saying(rest.pop(0), head)(connection, over)

    return hostile.listening(talk)


def person_from(*bodies):
    with answering(*bodies) as address:
        return wechat.WechatClient(Outside("wechat", address), address, "a", "s").person("c")


def test_the_documented_answers_make_a_person():
    assert person_from(TOKEN, PERSON).subject == "u1"
    without = {name: value for name, value in TOKEN.items() if name != "unionid"}
    assert person_from(without, PERSON).subject == "u1"


def test_a_nickname_of_control_signs_is_cleaned_and_short():
    nickname = "\u202e\x00a\nb" + "长" * 100
    person = person_from(TOKEN, PERSON | {"nickname": nickname})
    assert person.nickname == "ab" + "长" * 62
    assert person_from(TOKEN, PERSON | {"nickname": 7}).nickname == ""


@pytest.mark.parametrize(
    "bodies",
    [
        ({},),
        ({"access_token": "", "openid": "o1"},),
        ({"access_token": "t", "openid": 1},),
        ({"errcode": "40029"},),
        (TOKEN, {}),
        (TOKEN, {"openid": "o1"}),
        (TOKEN, PERSON | {"openid": "o2"}),
        (TOKEN, PERSON | {"unionid": "u2"}),
        (TOKEN, PERSON | {"unionid": ""}),
        (TOKEN, PERSON | {"unionid": "u" * 600}),
        (TOKEN, PERSON | {"unionid": "u\x00"}),
    ],
)
def test_an_answer_that_is_not_as_documented_signs_nobody_in(bodies):
    with pytest.raises(WrongAnswer):
        person_from(*bodies)


def test_neither_log_nor_representation_holds_code_token_or_secret(sandbox, client):
    code = code_of(scanned(sandbox, client))
    with logged() as lines:
        person = client.person(code)
    assert [line["path"] for line in lines] == ["/sns/oauth2/access_token", "/sns/userinfo"]
    assert all(word not in f"{lines} {person!r}" for word in (code, "sandbox-only", "海风"))


def test_without_an_application_nothing_is_offered():
    assert wechat.from_settings(settings() | {"WECHAT_APP_ID": ""}) is None
    with pytest.raises(NotConfigured, match="WECHAT_APP_SECRET"):
        wechat.from_settings(settings() | {"WECHAT_APP_SECRET": ""})
    with pytest.raises(NotConfigured, match="https"):
        wechat.from_settings(settings() | {"WECHAT_OPEN_URL": "http://open.weixin.qq.com"})
