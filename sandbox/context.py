"""What every part of the sandbox asks for: the keys it was started with and what it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from sandbox.state import State


@dataclass(frozen=True)
class Keys:
    """The accounts that the platform has with the services."""

    sign_name: str
    aliyun_id: str
    tencent_id: str
    tencent_app: str
    wechat_id: str
    haiyiban_id: str
    push_key: str
    secret: str = "sandbox-only"  # noqa: S105 - made up, and worth nothing elsewhere

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Keys:
        """As the platform is told them."""
        return cls(
            sign_name=settings["SMS_SIGN_NAME"],
            aliyun_id=settings["SMS_ALIYUN_KEY_ID"],
            tencent_id=settings["SMS_TENCENT_KEY_ID"],
            tencent_app=settings["SMS_TENCENT_APP_ID"],
            wechat_id=settings["WECHAT_APP_ID"],
            haiyiban_id=settings["HAIYIBAN_CLIENT_ID"],
            push_key=settings["WECHAT_PUSH_KEY"],
        )


def keys() -> Keys:
    found: Keys = current_app.config["KEYS"]
    return found


def state() -> State:
    found: State = current_app.extensions["sandbox"]
    return found
