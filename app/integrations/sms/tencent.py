"""Tencent 短信 (sms, version 2021-01-11) with signature V3 (TC3-HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from app.core import clock
from app.core.outside import Advice, NotConfigured, OutsideError, Refused, WrongAnswer
from app.integrations.deadline import Deadline
from app.integrations.http import Outside, Request
from app.integrations.sms.port import (
    SmsKind,
    SmsMessage,
    SmsOutcome,
    SmsResult,
    failed,
    no_template,
)

VERSION = "2021-01-11"
ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "sms"
CONTENT_TYPE = "application/json; charset=utf-8"
APPROVED = 0
#: Reasons that lie in the number or the text: another provider must not be used to get round them.
OF_THE_MESSAGE = (
    "LimitExceeded.PhoneNumber",
    "LimitExceeded.DeliveryFrequencyLimit",
    "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.ContainSensitiveWord",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "InvalidParameterValue.ContentLengthLimit",
    "InvalidParameterValue.TemplateParameter",
)
#: The service's own trouble in the middle of it: the message may be on its way.
UNCERTAIN = ("InternalError",)


@dataclass(frozen=True)
class TencentKeys:
    """What the access management and the SMS console give."""

    key_id: str
    key_secret: str
    app_id: str
    region: str
    sign_name: str
    templates: Mapping[SmsKind, str]

    def __repr__(self) -> str:
        return "TencentKeys(…)"


class TencentSms:
    """The client of one account."""

    name = "tencent"

    def __init__(
        self, outside: Outside, keys: TencentKeys, now: Callable[[], datetime] = clock.now
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
            raise NotConfigured(self.name, "SMS_TENCENT_TEMPLATES names no template of this kind")
        asked = {"International": 0, "TemplateIdSet": [int(template)]}
        rows = self._call("DescribeSmsTemplateList", asked, None).get("DescribeTemplateStatusSet")
        row = rows[0] if isinstance(rows, list) and rows else None
        if not isinstance(row, dict) or row.get("StatusCode") != APPROVED:
            raise Refused(self.name, "template not approved", advice=Advice.OPERATOR)
        return f"template {template} is approved"

    def _send(self, message: SmsMessage, deadline: Deadline | None) -> SmsResult:
        template = self._keys.templates.get(message.kind)
        if template is None:
            return no_template(message, self.name)
        asked = {
            "PhoneNumberSet": [f"+86{message.phone}"],
            "SmsSdkAppId": self._keys.app_id,
            "SignName": self._keys.sign_name,
            "TemplateId": template,
            "TemplateParamSet": message.values,
            "SessionContext": message.reference,
        }
        try:
            status = self._status(self._call("SendSms", asked, deadline), message)
        except Refused as refused:
            return self._result(message, {"Code": refused.code})
        except OutsideError as error:
            return failed(message, self.name, error)
        return self._result(message, status)

    def _status(self, response: dict[str, Any], message: SmsMessage) -> dict[str, Any]:
        """The entry of the one number that was asked for."""
        rows = response.get("SendStatusSet")
        if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
            raise WrongAnswer(self.name, "no SendStatusSet of one number")
        row: dict[str, Any] = rows[0]
        if not isinstance(row.get("Code"), str) or row.get("PhoneNumber") != f"+86{message.phone}":
            raise WrongAnswer(self.name, "the answer is about another number")
        return row

    def _result(self, message: SmsMessage, row: Mapping[str, Any]) -> SmsResult:
        code = str(row["Code"])
        if code == "Ok":
            number = str(row.get("SerialNo", ""))
            return SmsResult(message.phone, SmsOutcome.accepted, self.name, number, code)
        if code.startswith(UNCERTAIN):
            return SmsResult(message.phone, SmsOutcome.unknown, self.name, code=code)
        own = code.startswith(OF_THE_MESSAGE)
        advice = Advice.LATER if own else Advice.OPERATOR
        return SmsResult(
            message.phone,
            SmsOutcome.refused,
            self.name,
            code=code,
            elsewhere=not own,
            advice=advice,
        )

    def _call(
        self, action: str, asked: Mapping[str, Any], deadline: Deadline | None
    ) -> dict[str, Any]:
        content = json.dumps(asked, ensure_ascii=False).encode()
        at = int(self._now().timestamp())
        scope = Scope(self._outside.host, SERVICE, at, self._outside.root or "/")
        headers = {
            "authorization": authorization(
                scope, content, (self._keys.key_id, self._keys.key_secret), CONTENT_TYPE
            ),
            "content-type": CONTENT_TYPE,
            "host": self._outside.host,
            "x-tc-action": action,
            "x-tc-timestamp": str(at),
            "x-tc-version": VERSION,
            "x-tc-region": self._keys.region,
        }
        path = "" if self._outside.root else "/"
        body = self._outside.json(
            Request("POST", path, "", headers, content), deadline=deadline
        ).body
        response = body.get("Response")
        if not isinstance(response, dict):
            raise WrongAnswer(self.name, "no Response in the answer")
        error = response.get("Error")
        if isinstance(error, dict):
            raise Refused(self.name, str(error.get("Code", "")), advice=Advice.OPERATOR)
        return response


class Scope(Struct, frozen=True):
    """What a signature is for: host, service, second of time, path."""

    host: str
    service: str
    at: int
    path: str = "/"


def authorization(scope: Scope, content: bytes, keys: tuple[str, str], content_type: str) -> str:
    """The ``Authorization`` header of a POST whose type and host are signed."""
    names = "content-type;host"
    lines = f"content-type:{content_type}\nhost:{scope.host}\n"
    digest = hashlib.sha256(content).hexdigest()
    asked = f"POST\n{scope.path}\n\n{lines}\n{names}\n{digest}"
    day = datetime.fromtimestamp(scope.at, UTC).strftime("%Y-%m-%d")
    credential = f"{day}/{scope.service}/tc3_request"
    hashed = hashlib.sha256(asked.encode()).hexdigest()
    key = f"TC3{keys[1]}".encode()
    for part in (day, scope.service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = f"{ALGORITHM}\n{scope.at}\n{credential}\n{hashed}"
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"{ALGORITHM} Credential={keys[0]}/{credential}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
