"""接口令牌: made and shown once, ended by its person, by 系统管理员, or with the sign-ins.

Whatever ends a person's sign-ins everywhere (a password, number or second step that changes, 停用,
强制下线) ends the tokens as well: who got in by the old password must not stay by a token.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts import queries
from app.features.accounts.models import AccessToken
from app.features.accounts.rules import READABLE
from app.features.accounts.services import devices

BEGIN = "pdk_"  # scanners of secrets look for it
MARK_LENGTH = 8
MOST_TOKENS = 10
MOST_DAYS = 365
NAME_MAX, PURPOSE_MAX = 60, 200


class Wanted(Struct, frozen=True):
    """What a person asks for. ``allowed``: scopes that the person could use; ``personal``: those of
    them that open personal data; ``park_id``: none for the zone."""

    name: str
    scopes: frozenset[str]
    park_id: int | None
    days: int
    purpose: str = ""
    park_name: str = ""
    allowed: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MadeToken:
    """A token that was just made: shown once, kept nowhere."""

    row: AccessToken
    secret: str

    def __repr__(self) -> str:
        return f"MadeToken({self.row.mark!r})"


def hash_of(secret: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(actor: Actor, wanted: Wanted, *, now: datetime) -> MadeToken:
    """A new token of the actor's own, never more than the actor may."""
    if actor.user_id is None or actor.viewed_by is not None or actor.via:
        raise Forbidden("token_not_yours")
    queries.locked(actor.user_id)  # two at once are counted one after the other
    name, purpose = _checked(actor, wanted, now)
    mark = BEGIN + "".join(secrets.choice(READABLE) for _ in range(MARK_LENGTH))
    secret = f"{mark}_{secrets.token_urlsafe(32)}"
    row = AccessToken(
        user_id=actor.user_id,
        park_id=wanted.park_id,
        park_name=wanted.park_name,
        name=name,
        mark=mark,
        token_hash=hash_of(secret),
        scopes=tuple(sorted(wanted.scopes)),
        purpose=purpose,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    db.session.add(row)
    db.session.flush()
    told = {"name": name, "until": f"{row.expires_at.astimezone(clock.SHANGHAI):%Y-%m-%d}"}
    link, cause = "/me/tokens/list/", f"token:{row.id}"
    notices.tell([actor.user_id], "account.token_made", told, link=link, cause=cause)
    devices.write_to(actor.user_id, "新建接口令牌", now)
    details = {"scopes": list(row.scopes), "until": told["until"], "purpose": purpose}
    trail.record(actor, "token.made", _ref(row), details={k: v for k, v in details.items() if v})
    return MadeToken(row, secret)


def _checked(actor: Actor, wanted: Wanted, now: datetime) -> tuple[str, str]:
    name, purpose = " ".join(wanted.name.split()), " ".join(wanted.purpose.split())
    living = queries.living_tokens(actor.user_id or 0, now)
    wrong: dict[str, str] = {}
    if not name or len(name) > NAME_MAX or not name.isprintable():
        wrong["name"] = "token_name"
    elif any(one.name == name for one in living):
        wrong["name"] = "token_name_taken"
    if not wanted.scopes:
        wrong["scopes"] = "token_scopes"
    elif not wanted.scopes <= wanted.allowed:
        wrong["scopes"] = "token_scope_not_yours"
    own = wanted.park_id is None if actor.sees_all else wanted.park_id in actor.park_ids
    if not own:
        wrong["park_id"] = "token_park"
    if not 1 <= wanted.days <= MOST_DAYS:
        wrong["days"] = "token_days"
    if len(purpose) > PURPOSE_MAX or (wanted.scopes & wanted.personal and len(purpose) < 2):
        wrong["purpose"] = "token_purpose"
    if wrong:
        raise Refusal("token_wrong", fields=wrong)
    if len(living) >= MOST_TOKENS:
        raise Refusal("token_too_many", most=MOST_TOKENS)
    return name, purpose


def end_own_token(actor: Actor, token_id: int, *, now: datetime) -> AccessToken:
    """吊销 by its person."""
    return _end(actor, queries.token_of(actor.user_id or 0, token_id), now)


def end_token(actor: Actor, token_id: int, *, now: datetime) -> AccessToken:
    """吊销 by 系统管理员; its person is told."""
    row = queries.token(token_id)
    if row.ended_at is None and row.user_id != actor.user_id:
        told = {"name": row.name}
        link, cause = "/me/tokens/list/", f"token_ended:{row.id}"
        notices.tell([row.user_id], "account.token_ended", told, link=link, cause=cause)
    return _end(actor, row, now)


def _end(actor: Actor, row: AccessToken, now: datetime) -> AccessToken:
    if row.ended_at is None:
        row.ended_at, row.end_reason = now, "revoked"
        db.session.flush()
        trail.record(actor, "token.ended", _ref(row))
    return row


def end_tokens_of(user_id: int, now: datetime) -> None:
    """With the sign-ins: the entry of what ended those tells it."""
    for row in queries.living_tokens(user_id, now):
        row.ended_at, row.end_reason = now, "account"
    db.session.flush()


def take(row: AccessToken, minute: int, wanted: int, most: int, now: datetime) -> int:
    """Calls of the running minute for one process, of those that are left for all; notes the use."""
    if row.minute != minute:
        row.minute, row.spent = minute, 0
    given = max(min(wanted, most - row.spent), 0)
    row.spent += given
    row.used_at = now
    return given


def fits(actor: Actor, row: AccessToken, now: datetime) -> bool:
    """Whether a token still stands for what its person is now."""
    if row.ended_at is not None or row.expires_at <= now:
        return False
    if row.park_id is None:
        return actor.sees_all
    return not actor.sees_all and row.park_id in actor.park_ids


def _ref(row: AccessToken) -> trail.Ref:
    return trail.Ref("access_token", row.id, label=f"{row.name} {row.mark}", park_id=row.park_id)
