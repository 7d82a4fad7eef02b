"""WeChat open platform, 网站应用: sign-in by scanning (scope snsapi_login).

The platform answers errors with HTTP 200 and ``errcode``, and JSON as text/plain. No token is kept:
a person who withdraws the authorisation leaves nothing usable here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from app.core.outside import Advice, Refused, WrongAnswer
from app.integrations.deadline import Deadline
from app.integrations.http import JSON, Outside, Request
from app.integrations.settings import Settings, outside, wanted

SERVICE = "wechat"
TYPES = (*JSON, "text/plain")
MAX_TEXT = 512
#: The code is wrong, too old or was used before: the person starts again.
AGAIN = frozenset({40029, 40163, 41008, 42003, 40001, 40003, 42001})
#: Application or secret are wrong, blocked, or not allowed from this address.
OPERATOR = frozenset({40013, 40125, 40164, 41002, 41004, 48001, 50001})


@dataclass(frozen=True)
class WechatPerson:
    """Who allowed the sign-in. ``unionid`` is the same in every application of this operator."""

    unionid: str
    openid: str = field(repr=False)
    nickname: str = field(default="", repr=False)

    @property
    def subject(self) -> str:
        """What the identity table keeps: the openid differs from application to application."""
        return self.unionid


class WechatPort(Protocol):
    """Sign-in by scanning."""

    issuer: str

    def authorize_url(self, *, redirect_uri: str, state: str) -> str:
        """Where the browser goes. It comes back with ``code`` and ``state``; after a refusal with
        ``state`` alone (older clients) or not at all."""
        ...

    def person(self, code: str) -> WechatPerson:
        """Who stands behind a code; raises ``OutsideError``. A code is good once, for 10 minutes."""
        ...

    def check(self) -> str:
        """A few words on whether application and secret are right; raises ``OutsideError``."""
        ...


class WechatClient:
    """The client of one website application."""

    issuer = "open.weixin.qq.com"

    def __init__(self, api: Outside, open_url: str, app_id: str, secret: str) -> None:
        self._api = api
        self._open_url = open_url.rstrip("/")
        self._app_id = app_id
        self._secret = secret

    def authorize_url(self, *, redirect_uri: str, state: str) -> str:
        query = urlencode(
            {
                "appid": self._app_id,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "snsapi_login",
                "state": state,
            }
        )
        return f"{self._open_url}/connect/qrconnect?{query}#wechat_redirect"

    def person(self, code: str) -> WechatPerson:
        deadline = self._api.deadline()
        token = self._token(code, deadline)
        openid = _text(token, "openid")
        found = self._ask(
            "/sns/userinfo",
            {"access_token": _text(token, "access_token"), "openid": openid, "lang": "zh_CN"},
            deadline,
        )
        if _text(found, "openid") != openid:
            raise WrongAnswer(SERVICE, "userinfo is about another person")
        unionid = _text(found, "unionid")
        if "unionid" in token and token["unionid"] != unionid:
            raise WrongAnswer(SERVICE, "token and userinfo name two persons")
        nickname = found.get("nickname")
        return WechatPerson(unionid, openid, _shown(nickname if isinstance(nickname, str) else ""))

    def check(self) -> str:
        """A code that nobody was given: WeChat looks at application and secret first."""
        try:
            self._token("parkdesk-doctor", self._api.deadline())
        except Refused as refused:
            if refused.advice == Advice.AGAIN:
                return "application and secret are known"
            raise
        raise WrongAnswer(SERVICE, "a made-up code was taken")

    def _token(self, code: str, deadline: Deadline) -> dict[str, Any]:
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        return self._ask("/sns/oauth2/access_token", query, deadline)

    def _ask(self, path: str, query: dict[str, str], deadline: Deadline) -> dict[str, Any]:
        answer = self._api.json(
            Request("GET", path, urlencode(query)), deadline=deadline, types=TYPES
        )
        number = answer.body.get("errcode", 0)
        if not isinstance(number, int):
            raise WrongAnswer(SERVICE, "errcode is no number")
        if number:
            raise Refused(SERVICE, str(number), advice=_advice(number))
        if answer.status != 200:
            raise WrongAnswer(SERVICE, f"HTTP {answer.status}")
        return answer.body


def _advice(number: int) -> Advice:
    if number in OPERATOR:
        return Advice.OPERATOR
    return Advice.AGAIN if number in AGAIN else Advice.LATER


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found or len(found) > MAX_TEXT:
        raise WrongAnswer(SERVICE, f"{name} is missing")
    if not found.isprintable():
        raise WrongAnswer(SERVICE, f"{name} holds control signs")
    return found


def _shown(nickname: str) -> str:
    """People put anything into a nickname; control signs and length end here."""
    return "".join(sign for sign in nickname if sign.isprintable()).strip()[:64]


def from_settings(settings: Settings) -> WechatClient | None:
    """The client, or ``None`` when the platform offers no WeChat sign-in."""
    if not settings["WECHAT_APP_ID"]:
        return None
    open_url = outside(SERVICE, settings, "WECHAT_OPEN_URL").base  # checked like an address of ours
    return WechatClient(
        outside(SERVICE, settings, "WECHAT_API_URL"),
        open_url,
        settings["WECHAT_APP_ID"],
        wanted(SERVICE, settings, "WECHAT_APP_SECRET"),
    )
