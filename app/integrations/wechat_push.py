"""消息推送 of a 网站应用 at the WeChat open platform: it tells us who withdrew an authorisation.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html
Only 安全模式 is taken: in the others the signature says nothing of the body.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.core.outside import NotConfigured, WrongAnswer
from app.integrations.settings import Settings, wanted

SERVICE = "wechat"
FRESH = timedelta(minutes=5)
MAX_BODY = 64 * 1024
KEY_LENGTH = 43  # base64 of 32 bytes without its "="
RANDOM, LENGTH, BLOCK = 16, 4, 32
MAX_NAME = 128


@dataclass(frozen=True)
class WechatEvent:
    """What happened to whom. ``unionid`` may be empty; ``mark`` stands for this very message."""

    name: str
    openid: str = field(repr=False)
    unionid: str = field(repr=False)
    at: datetime
    mark: str = field(repr=False)


class WechatPush:
    """Reads what WeChat posts; everything else raises ``WrongAnswer``."""

    def __init__(self, app_id: str, token: str, key: str) -> None:
        self._app_id = app_id
        self._token = token
        self._key = key_of(key)

    def greeting(self, asked: Mapping[str, str]) -> str:
        """The word to answer when the address is entered at the open platform."""
        signed = (asked.get("timestamp", ""), asked.get("nonce", ""))
        if not hmac.compare_digest(sign(self._token, *signed), _ascii(asked.get("signature", ""))):
            raise WrongAnswer(SERVICE, "wrong signature")
        return asked.get("echostr", "")

    def event(self, asked: Mapping[str, str], body: bytes, *, now: datetime) -> WechatEvent:
        """The event of a signed, encrypted message that was sent just now."""
        if len(body) > MAX_BODY:
            raise WrongAnswer(SERVICE, "too large")
        sealed = _text(_fields(body), "Encrypt", MAX_BODY)
        if not sealed.isascii():  # JSON can spell signs that are none: they cannot be signed
            raise WrongAnswer(SERVICE, "cannot be decrypted")
        stamp, mark = asked.get("timestamp", ""), _ascii(asked.get("msg_signature", ""))
        good = sign(self._token, stamp, asked.get("nonce", ""), sealed)
        if not hmac.compare_digest(good, mark):
            raise WrongAnswer(SERVICE, "wrong signature")
        if abs(now - _moment(stamp)) > FRESH:
            raise WrongAnswer(SERVICE, "not of now")
        found = _fields(self._opened(sealed))
        if found.get("AppID") not in (None, "", self._app_id):
            raise WrongAnswer(SERVICE, "another application's event")
        return WechatEvent(
            name=_text(found, "Event"),
            openid=str(found.get("OpenID") or "")[:MAX_NAME],
            unionid=str(found.get("UnionID") or "")[:MAX_NAME],
            at=_moment(str(found.get("CreateTime", ""))),
            mark=mark,
        )

    def _opened(self, sealed: str) -> bytes:
        """16 random bytes, the length, the message, the AppID; padded to blocks of 32 bytes."""
        try:
            data = base64.b64decode(sealed, validate=True)
            opener = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
            plain = opener.update(data) + opener.finalize()
        except (binascii.Error, ValueError) as error:
            raise WrongAnswer(SERVICE, "cannot be decrypted") from error
        pad = plain[-1] if plain else 0
        if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise WrongAnswer(SERVICE, "cannot be decrypted")
        rest = plain[RANDOM:-pad]
        end = LENGTH + int.from_bytes(rest[:LENGTH], "big")
        if len(rest) < end or rest[end:] != self._app_id.encode():
            raise WrongAnswer(SERVICE, "another application's message")
        return rest[LENGTH:end]


def sign(*parts: str) -> str:
    """WeChat's signature: SHA-1 over the sorted parts (its choice, keyed by the token)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def key_of(text: str) -> bytes:
    """The 32 bytes that an EncodingAESKey stands for."""
    try:
        found = base64.b64decode(f"{text}=", validate=True) if len(text) == KEY_LENGTH else b""
    except binascii.Error:
        found = b""
    if len(found) != 32:
        raise NotConfigured(SERVICE, "WECHAT_PUSH_KEY must be an EncodingAESKey of 43 signs")
    return found


def _fields(body: bytes) -> dict[str, Any]:
    """JSON or XML, as it is chosen at the open platform."""
    try:
        if body.lstrip()[:1] == b"{":
            found = json.loads(body)
            return {str(name).strip(): value for name, value in found.items()}
        return {one.tag: one.text or "" for one in fromstring(body)}
    except (ValueError, ParseError, DefusedXmlException, RecursionError) as error:
        raise WrongAnswer(SERVICE, "neither JSON nor XML") from error


def _text(found: Mapping[str, Any], name: str, most: int = MAX_NAME) -> str:
    text = found.get(name)
    if not isinstance(text, str) or not text or len(text) > most:
        raise WrongAnswer(SERVICE, f"{name} is missing")
    return text


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


def _moment(stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise WrongAnswer(SERVICE, "no time")
    return datetime.fromtimestamp(int(stamp), UTC)


def from_settings(settings: Settings) -> WechatPush | None:
    """The reader, or ``None`` where no message push is set up."""
    if not settings["WECHAT_APP_ID"] or not settings["WECHAT_PUSH_TOKEN"]:
        return None
    key = wanted(SERVICE, settings, "WECHAT_PUSH_KEY")
    return WechatPush(settings["WECHAT_APP_ID"], settings["WECHAT_PUSH_TOKEN"], key)
