"""消息推送: the example of WeChat's own document is read; whatever is not signed by WeChat is not."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.core import clock
from app.core.outside import NotConfigured, WrongAnswer
from app.integrations import wechat_push
from app.integrations.wechat_push import WechatPush, key_of, sign
from sandbox.wechat_push import sealed
from tests.integrations.conftest import settings

TOKEN, KEY, APP = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
#: From the document: developers.weixin.qq.com, 消息推送.
DOCUMENTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcv"
    "ZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3F"
    "n2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSe"
    "OBrebufAlr7F9mFUPAJGj04="
)
ASKED = {
    "timestamp": "1714112445",
    "nonce": "415670741",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}
THEN = datetime.fromtimestamp(1714112445, UTC)
PUSH = WechatPush(APP, TOKEN, KEY)


def body(text: str = DOCUMENTED) -> bytes:
    return json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": text}).encode()


def made(fields: dict, *, app: str = APP, now: datetime = THEN) -> tuple[dict, bytes]:
    """As WeChat sends it."""
    text = sealed(json.dumps(fields).encode(), key=KEY, app_id=app)
    stamp = str(int(now.timestamp()))
    asked = {"timestamp": stamp, "nonce": "1", "msg_signature": sign(TOKEN, stamp, "1", text)}
    return asked, body(text)


def test_the_documented_example_is_read_in_json_and_xml():
    for given in (body(), f"<xml><Encrypt><![CDATA[{DOCUMENTED}]]></Encrypt></xml>".encode()):
        found = PUSH.event(ASKED, given, now=THEN)
        assert (found.name, found.at, found.openid) == ("debug_demo", THEN, "")


def test_the_documented_greeting_is_answered_and_no_other():
    asked = {"timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249"}
    good = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert PUSH.greeting({**asked, "signature": good}) == "4375120948345356249"
    for wrong in ("", "899cf89e464efb63f54ddac96b0a0a235f53aa78", "签"):
        with pytest.raises(WrongAnswer, match="signature"):
            PUSH.greeting({**asked, "signature": wrong})


@pytest.mark.parametrize("text", ["密", "\ud800"])
def test_what_no_base64_spells_is_a_wrong_answer_not_a_fault(text):
    with pytest.raises(WrongAnswer, match="decrypted"):
        PUSH.event(ASKED, body(text), now=THEN)


def test_a_withdrawal_names_openid_and_perhaps_unionid():
    event = {
        "CreateTime": 1714112440,
        "Event": "user_authorization_revoke",
        "OpenID": "o-1",
        "AppID": APP,
        "RevokeInfo": "301",
    }
    asked, given = made(event)
    found = PUSH.event(asked, given, now=THEN)
    assert (found.name, found.openid, found.unionid) == ("user_authorization_revoke", "o-1", "")
    assert found.at == THEN - timedelta(seconds=5)
    asked, given = made(event | {"UnionID": "u-1"})
    assert PUSH.event(asked, given, now=THEN).unionid == "u-1"


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": ""},
        {"msg_signature": "0" * 40},
        {"msg_signature": "签"},
        {"timestamp": "1714112446"},
        {"nonce": "1"},
    ],
)
def test_what_is_not_signed_so_is_refused(change):
    with pytest.raises(WrongAnswer, match="signature"):
        PUSH.event({**ASKED, **change}, body(), now=THEN)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_is_refused_however_well_signed(minutes):
    with pytest.raises(WrongAnswer, match="not of now"):
        PUSH.event(ASKED, body(), now=THEN + timedelta(minutes=minutes))


def test_a_message_of_another_application_or_key_is_refused():
    asked, given = made({"Event": "x", "CreateTime": 1714112445}, app="wx0000000000000000")
    with pytest.raises(WrongAnswer, match="another application"):
        PUSH.event(asked, given, now=THEN)
    asked, given = made({"Event": "x", "CreateTime": 1714112445, "AppID": "wx0000000000000000"})
    with pytest.raises(WrongAnswer, match="another application"):
        PUSH.event(asked, given, now=THEN)
    with pytest.raises(WrongAnswer):
        WechatPush(APP, TOKEN, "B" * 42 + "A").event(ASKED, body(), now=THEN)


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"[]",
        b"{}",
        b'{"Encrypt": 1}',
        b"{" * 70_000,
        b"<xml><Encrypt></Encrypt></xml>",
        b"<xml>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'{"Event": "user_authorization_revoke", "OpenID": "o-1", "CreateTime": 1714112445}',
    ],
)
def test_what_is_no_sealed_message_is_refused(given):
    with pytest.raises(WrongAnswer):
        PUSH.event(ASKED, given, now=THEN)


@pytest.mark.parametrize("text", ["AAAA", "!" * 43, "A" * 40])
def test_signed_nonsense_is_refused_without_an_error_of_its_own(text):
    asked = {**ASKED, "msg_signature": sign(TOKEN, ASKED["timestamp"], ASKED["nonce"], text)}
    with pytest.raises(WrongAnswer, match="decrypted"):
        PUSH.event(asked, body(text), now=THEN)


@pytest.mark.parametrize("key", ["", "A" * 42, "!" * 43, "A" * 44])
def test_a_key_that_is_none_ends_the_start(key):
    with pytest.raises(NotConfigured, match="EncodingAESKey"):
        key_of(key)


def test_the_sandbox_tells_the_platform_what_the_client_reads(sandbox):
    """取消授权 on the simulated phone, against a server that keeps what it is told."""
    told = []

    class Platform(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, *_args):
            """Nothing into the output of the tests."""

    browser = sandbox.browser
    with HTTPServer(("127.0.0.1", 0), Platform) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        back = f"http://127.0.0.1:{server.server_port}/login/wechat/back"
        user = {"user": "o-sandbox-1", "redirect_uri": back, "state": "s"}
        assert "取消授权" not in browser.get("/wechat/connect/granted").text
        browser.post("/wechat/connect/answer", data={**user, "answer": "allow"})
        assert "海风" in browser.get("/wechat/connect/granted").text
        done = browser.post("/wechat/connect/revoke", data={"user": "o-sandbox-1"})
        thread.join()
    assert "网站已收到通知" in done.text
    assert browser.post("/wechat/connect/revoke", data={"user": "o-sandbox-1"}).status_code == 400
    path, given = told[0]
    parts = urlsplit(path)
    assert parts.path == "/login/wechat/event"
    reader = wechat_push.from_settings(settings())
    found = reader.event(dict(parse_qsl(parts.query)), given, now=clock.now())
    assert (found.name, found.openid) == ("user_authorization_revoke", "o-sandbox-1")


def test_a_platform_that_is_away_may_be_told_again(sandbox):
    browser = sandbox.browser
    user = {"user": "o-sandbox-1", "redirect_uri": "http://127.0.0.1:9/x", "state": "s"}
    browser.post("/wechat/connect/answer", data={**user, "answer": "allow"})
    assert "网站没有应答" in browser.post("/wechat/connect/revoke", data=user).text
    assert "海风" in browser.get("/wechat/connect/granted").text


def test_a_token_without_a_key_ends_the_start():
    with pytest.raises(NotConfigured, match="WECHAT_PUSH_KEY"):
        wechat_push.from_settings(settings(WECHAT_PUSH_KEY=""))
    assert wechat_push.from_settings(settings(WECHAT_PUSH_TOKEN="")) is None
