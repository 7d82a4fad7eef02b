"""From the settings to the clients. What is half set is refused with the name of the setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.outside import NotConfigured
from app.integrations.http import Limits, Outside
from app.integrations.sms import SmsKind, SmsProvider
from app.integrations.sms.aliyun import AliyunKeys, AliyunSms
from app.integrations.sms.tencent import TencentKeys, TencentSms

Settings = Mapping[str, Any]


def limits(settings: Settings) -> Limits:
    """The limits of every call."""
    return Limits(
        seconds=float(settings["OUTSIDE_SECONDS"]),
        max_bytes=int(settings["OUTSIDE_MAX_KB"]) * 1024,
        authorities=str(settings["OUTSIDE_CA_FILE"]),
    )


def outside(service: str, settings: Settings, address: str) -> Outside:
    """The guarded client of the service at the address that setting ``address`` holds."""
    return Outside(service, wanted(service, settings, address), limits(settings))


def wanted(service: str, settings: Settings, name: str) -> str:
    """A setting that must not be empty."""
    text = str(settings[name])
    if not text:
        raise NotConfigured(service, f"{name} is empty")
    return text


def pairs(service: str, settings: Settings, name: str) -> dict[str, str]:
    """``a=1,b=2`` of a setting."""
    found = {}
    for part in filter(None, (one.strip() for one in str(settings[name]).split(","))):
        key, sign, text = (piece.strip() for piece in part.partition("="))
        if not (key and sign and text) or key in found:
            raise NotConfigured(service, f"{name} must be name=value with commas")
        found[key] = text
    return found


def templates(service: str, settings: Settings, name: str) -> dict[SmsKind, str]:
    """Kind of message -> template; without one for codes nobody could sign in."""
    found = pairs(service, settings, name)
    if unknown := set(found) - {kind.value for kind in SmsKind}:
        raise NotConfigured(service, f"{name} knows no {min(unknown)}")
    if SmsKind.code not in found:
        raise NotConfigured(service, f"{name} has no template for code")
    return {SmsKind(kind): text for kind, text in found.items()}


def sms_providers(settings: Settings) -> Iterator[SmsProvider]:
    """The clients of ``SMS_PROVIDERS``, the preferred first."""
    makers = {"aliyun": _aliyun, "tencent": _tencent}
    names = [one.strip() for one in str(settings["SMS_PROVIDERS"]).split(",") if one.strip()]
    for name in names:
        if name not in makers or names.count(name) > 1:
            raise NotConfigured("sms", "SMS_PROVIDERS may hold aliyun and tencent, once each")
        yield makers[name](settings)


def _aliyun(settings: Settings) -> SmsProvider:
    keys = AliyunKeys(
        key_id=wanted("aliyun", settings, "SMS_ALIYUN_KEY_ID"),
        key_secret=wanted("aliyun", settings, "SMS_ALIYUN_KEY_SECRET"),
        sign_name=wanted("aliyun", settings, "SMS_SIGN_NAME"),
        templates=templates("aliyun", settings, "SMS_ALIYUN_TEMPLATES"),
    )
    return AliyunSms(outside("aliyun", settings, "SMS_ALIYUN_URL"), keys)


def _tencent(settings: Settings) -> SmsProvider:
    keys = TencentKeys(
        key_id=wanted("tencent", settings, "SMS_TENCENT_KEY_ID"),
        key_secret=wanted("tencent", settings, "SMS_TENCENT_KEY_SECRET"),
        app_id=wanted("tencent", settings, "SMS_TENCENT_APP_ID"),
        region=wanted("tencent", settings, "SMS_TENCENT_REGION"),
        sign_name=wanted("tencent", settings, "SMS_SIGN_NAME"),
        templates=templates("tencent", settings, "SMS_TENCENT_TEMPLATES"),
    )
    if not all(one.isascii() and one.isdigit() for one in keys.templates.values()):
        raise NotConfigured("tencent", "SMS_TENCENT_TEMPLATES must hold numbers")
    return TencentSms(outside("tencent", settings, "SMS_TENCENT_URL"), keys)
