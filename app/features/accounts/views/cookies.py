"""Cookies beside the session's: what a device holds for its accounts, and what is between two steps."""

from __future__ import annotations

from flask import Response, current_app, request

from app.features.accounts.services import devices

DEVICE, HALF = "device", "half"


def tokens() -> dict[str, str]:
    """What this browser holds from earlier sign-ins, by account."""
    return devices.opened(read(DEVICE))


def read(name: str) -> str:
    return request.cookies.get(_full(name), "")


def put(answer: Response, name: str, value: str, seconds: float) -> None:
    answer.set_cookie(
        _full(name),
        value,
        max_age=int(seconds),
        httponly=True,
        secure=_secure(),
        samesite="Lax",
        path="/",
    )


def drop(answer: Response, name: str) -> None:
    answer.delete_cookie(_full(name), path="/", secure=_secure(), httponly=True, samesite="Lax")


def _full(name: str) -> str:
    return f"__Host-{name}" if _secure() else name


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
