"""Stand-ins for the services outside, put in the place of the ports for one test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.core.outside import OutsideError
from app.integrations.haiyiban import HaiyibanIdentity, IdentityKind
from app.integrations.sms import SmsMessage, SmsOutcome, SmsResult
from app.integrations.wechat import WechatPerson


@dataclass
class FakeSms:
    """Keeps what it was asked to send; ``outcome``: what it says of each."""

    name: str = "fake"
    sent: list[SmsMessage] = field(default_factory=list)
    outcome: SmsOutcome = SmsOutcome.accepted

    def send(self, messages: Sequence[SmsMessage], *, deadline: Any = None) -> list[SmsResult]:
        self.sent += messages
        return [
            SmsResult(one.phone, self.outcome, self.name, f"m{len(self.sent)}") for one in messages
        ]

    @property
    def code(self) -> str:
        """The last code that was sent."""
        return self.sent[-1].params["code"]


@dataclass
class FakeWechat:
    """Knows the persons of ``codes``; every code is good once."""

    codes: dict[str, WechatPerson] = field(default_factory=dict)
    trouble: OutsideError | None = None
    issuer: str = "open.weixin.qq.com"

    def authorize_url(self, *, redirect_uri: str, state: str) -> str:
        return f"https://wechat.invalid/connect?redirect_uri={redirect_uri}&state={state}"

    def person(self, code: str) -> WechatPerson:
        if self.trouble is not None:
            raise self.trouble
        return self.codes.pop(code)

    def check(self) -> str:
        return "fake"


@dataclass
class FakeHaiyiban:
    """Knows the identities of ``codes``."""

    codes: dict[str, HaiyibanIdentity] = field(default_factory=dict)
    trouble: OutsideError | None = None
    issuer: str = "haiyiban"
    least_level: int = 2
    answer_parameter: str = "code"

    def authorize_url(self, *, kind: IdentityKind, redirect_uri: str, state: str) -> str:
        return f"https://haiyiban.invalid/{kind}?redirect_uri={redirect_uri}&state={state}"

    def identity(
        self, answer: str, *, kind: IdentityKind, redirect_uri: str, state: str
    ) -> HaiyibanIdentity:
        if self.trouble is not None:
            raise self.trouble
        return self.codes.pop(answer)

    def logout_url(self, *, redirect_uri: str) -> str:
        return f"https://haiyiban.invalid/logout?to={redirect_uri}"

    def register_url(self, *, kind: IdentityKind) -> str:
        return f"https://haiyiban.invalid/register/{kind}"

    def check(self) -> str:
        return "fake"


def state_of(location: str) -> str:
    """The ``state`` in the address a browser was sent out to."""
    return parse_qs(urlsplit(location).query)["state"][0]
