"""Devices that an account knows: each holds a random token for it, in one sealed cookie.

A device that has signed in before has its own count of failures: strangers who guess at a name lock
each other out, not its owner. The first sign-in on another device is told to the person.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from msgspec import Struct

from app.core import clock
from app.core.sealing import BrokenSeal
from app.engines import notices
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts import queries
from app.features.accounts.models import KnownDevice

if TYPE_CHECKING:
    from app.features.accounts.services.sign_in import Caller

KEEP = timedelta(days=400)  # browsers keep no cookie longer
MOST_ACCOUNTS = 8
COOKIE_MAX = 3000
UNKNOWN = "?"  # a browser that says nothing known of itself
_PLACE = "devices"


def opened(cookie: str) -> dict[str, str]:
    """Account -> token from the cookie; nothing when it is not one of ours."""
    if not cookie or len(cookie) > COOKIE_MAX:
        return {}
    try:
        tokens: dict[str, str] = json.loads(keyring().open(cookie, _PLACE))
    except BrokenSeal:
        return {}
    return tokens


def sealed(tokens: Mapping[str, str]) -> str:
    """The cookie again, with the accounts used last."""
    return keyring().seal(json.dumps(dict(list(tokens.items())[-MOST_ACCOUNTS:])), _PLACE)


def known(key: str, tokens: Mapping[str, str]) -> str:
    """The hash under which this device counts for an account (its name's hash); "" = a stranger's.

    The same statement whether anybody has the name or not.
    """
    found = queries.device(key, _hash(tokens.get(_short(key), "")))
    return found.device_hash if found is not None else ""


class Arrival(Struct, frozen=True):
    """What comes of a sign-in: the cookie's tokens, whether the device is new, and what to tell."""

    tokens: dict[str, str]
    new: bool
    told: tuple[tuple[str, datetime], ...] = ()


def arrived(user: User, key: str, caller: Caller, now: datetime) -> Arrival:
    """Note the device of a person who is in. Of a new one they hear by text message, and on the
    next sign-in on a device that was known before."""
    tokens = dict(caller.tokens)
    mine = queries.devices_of(user.id)
    token = tokens.pop(_short(key), "")
    here = next((one for one in mine if token and one.device_hash == _hash(token)), None)
    if here is not None:
        here.seen_at, here.address = now, caller.address[:64]
        told = tuple((one.label, one.created_at) for one in mine if one.news and one is not here)
        for one in mine:
            one.news = one.news and one is here
        db.session.flush()
        return Arrival({**tokens, _short(key): token}, False, told)
    token = secrets.token_urlsafe(24)
    made = KnownDevice(
        user_id=user.id,
        device_hash=_hash(token),
        label=caller.device[:80],
        address=caller.address[:64],
        created_at=now,
        seen_at=now,
        news=bool(mine),
    )
    db.session.add(made)
    _forget_old(user.id, now)
    db.session.flush()
    if mine:
        write_to(user.id, "账号在新设备登录", now)
        params = {"device": made.label or UNKNOWN, "address": made.address}
        link, cause = "/me/devices/list/", f"device:{made.id}"
        notices.tell([user.id], "account.new_device", params, link=link, cause=cause)
    return Arrival({**tokens, _short(key): token}, bool(mine))


def write_to(user_id: int, event: str, now: datetime) -> None:
    """A text message to whoever has a phone number here; it leaves when all this is committed."""
    for one in queries.identities_of(user_id):
        if one.provider == "phone" and one.sealed:
            phone = keyring().open(one.sealed, f"identity.sealed:{one.id}")
            when = f"{now.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
            params = {"event": event, "time": when}
            notices.queue(phone, notices.SmsKind.security, params)


def _forget_old(user_id: int, now: datetime) -> None:
    old = (KnownDevice.user_id == user_id, KnownDevice.seen_at < now - KEEP)
    db.session.execute(sa.delete(KnownDevice).where(*old))


def _short(key: str) -> str:
    return key[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
