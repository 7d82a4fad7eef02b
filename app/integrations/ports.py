"""The ports of this process, opened once from the settings.

Engines and features ask here; a breaker that is open stays open for the whole process.
"""

from __future__ import annotations

from msgspec import Struct, field

from app.core.outside import NotConfigured
from app.integrations import haiyiban, wechat, wechat_push
from app.integrations.haiyiban import HaiyibanPort
from app.integrations.settings import Settings, sms_providers
from app.integrations.sms import SmsGateway, SmsPort
from app.integrations.wechat import WechatPort
from app.integrations.wechat_push import WechatPush


class Ports(Struct, frozen=True):
    """``None``: the platform does not offer this way."""

    sms: SmsPort = field(default_factory=lambda: SmsGateway([]))
    wechat: WechatPort | None = None
    haiyiban: HaiyibanPort | None = None
    wechat_push: WechatPush | None = None


_current = Ports()


def ports() -> Ports:
    """Those in use now."""
    return _current


def use(new: Ports) -> Ports:
    """Put others in their place (tests do); gives back those of before."""
    global _current
    before, _current = _current, new
    return before


def open_ports(settings: Settings) -> None:
    """From the settings. What is half set ends the start with the name of the setting."""
    try:
        use(
            Ports(
                sms=SmsGateway(
                    list(sms_providers(settings)), seconds=float(settings["OUTSIDE_SECONDS"])
                ),
                wechat=wechat.from_settings(settings),
                haiyiban=haiyiban.from_settings(settings),
                wechat_push=wechat_push.from_settings(settings),
            )
        )
    except NotConfigured as error:
        raise ValueError(f"{error.service}: {error.reason}") from None
