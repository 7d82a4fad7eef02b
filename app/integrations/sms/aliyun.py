"""Aliyun 短信服务 (dysmsapi, version 2017-05-25) with signature V3 (ACS3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.core import clock
from app.core.outside import Advice, NotConfigured, OutsideError, Refused, WrongAnswer
from app.integrations.deadline import Deadline
from app.integrations.http import Answer, Outside, Request
from app.integrations.sms.port import (
    SmsKind,
    SmsMessage,
    SmsOutcome,
    SmsResult,
    failed,
    no_template,
)

VERSION = "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
APPROVED = 1
#: Reasons that lie in the number or the text: another provider must not be used to get round them.
OF_THE_MESSAGE = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.DAY_LIMIT_CONTROL",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
    }
)
#: The service's own trouble in the middle of it: the message may be on its way.
UNCERTAIN = ("isp.", "InternalError", "ServiceUnavailable")


@dataclass(frozen=True)
class AliyunKeys:
    """What the RAM user and the SMS console give."""

    key_id: str
    key_secret: str
    sign_name: str
    templates: Mapping[SmsKind, str]

    def __repr__(self) -> str:
        return "AliyunKeys(…)"


class AliyunSms:
    """The client of one account."""

    name = "aliyun"

    def __init__(
        self, outside: Outside, keys: AliyunKeys, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._outside = outside
        self._keys = keys
        self._now = now

    def send(
        self, messages: Sequence[SmsMessage], *, deadline: Deadline | None = None
    ) -> list[SmsResult]:
        """One call a message: an answer then speaks of one number."""
        return [self._send(message, deadline) for message in messages]

    def check(self, kind: SmsKind) -> str:
        template = self._keys.templates.get(kind)
        if template is None:
            raise NotConfigured(self.name, "SMS_ALIYUN_TEMPLATES names no template of this kind")
        body = self._call("QuerySmsTemplate", {"TemplateCode": template}, None).body
        if body["Code"] != "OK":
            raise Refused(self.name, body["Code"], advice=Advice.OPERATOR)
        if body.get("TemplateStatus") != APPROVED:
            raise Refused(self.name, "template not approved", advice=Advice.OPERATOR)
        return f"template {template} is approved"

    def _send(self, message: SmsMessage, deadline: Deadline | None) -> SmsResult:
        template = self._keys.templates.get(message.kind)
        if template is None:
            return no_template(message, self.name)
        query = {
            "PhoneNumbers": message.phone,
            "SignName": self._keys.sign_name,
            "TemplateCode": template,
            "TemplateParam": json.dumps(dict(message.params), ensure_ascii=False),
        }
        if message.reference:
            query["OutId"] = message.reference
        try:
            answer = self._call("SendSms", query, deadline)
        except OutsideError as error:
            return failed(message, self.name, error)
        return self._result(message, answer)

    def _result(self, message: SmsMessage, answer: Answer) -> SmsResult:
        code = answer.body["Code"]
        if code == "OK":
            number = str(answer.body.get("BizId", ""))
            return SmsResult(message.phone, SmsOutcome.accepted, self.name, number, code)
        if code.startswith(UNCERTAIN):
            return SmsResult(message.phone, SmsOutcome.unknown, self.name, code=code)
        own = code in OF_THE_MESSAGE
        advice = Advice.LATER if own else Advice.OPERATOR
        return SmsResult(
            message.phone,
            SmsOutcome.refused,
            self.name,
            code=code,
            elsewhere=not own,
            advice=advice,
        )

    def _call(self, action: str, query: Mapping[str, str], deadline: Deadline | None) -> Answer:
        canonical = canonical_query(query)
        path = self._outside.root or "/"
        headers = {
            "host": self._outside.host,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        headers["authorization"] = authorization(
            "POST", path, canonical, headers, (self._keys.key_id, self._keys.key_secret)
        )
        rest = "" if self._outside.root else "/"
        request = Request("POST", rest, canonical, headers)
        answer = self._outside.json(request, deadline=deadline)
        if not isinstance(answer.body.get("Code"), str):
            raise WrongAnswer(self.name, "no Code in the answer")
        return answer


def canonical_query(query: Mapping[str, str]) -> str:
    """Names in order, everything but letters, digits and ``-_.~`` as %XX."""
    pairs = sorted((quote(key, safe="~"), quote(value, safe="~")) for key, value in query.items())
    return "&".join(f"{key}={value}" for key, value in pairs)


def authorization(
    method: str, path: str, query: str, headers: Mapping[str, str], keys: tuple[str, str]
) -> str:
    """The ``Authorization`` header over all ``headers`` given (names in lower case)."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    asked = "\n".join((method, path, query, lines, names, headers["x-acs-content-sha256"]))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    signature = hmac.new(keys[1].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={keys[0]},SignedHeaders={names},Signature={signature}"
