"""Passwords: reset by the 系统管理员, changed by the person. They never reach the trail or a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import trail
from app.extensions import db
from app.features.accounts import policy, queries
from app.features.accounts.rules import generate_password, password_fault
from app.features.accounts.services import devices, sessions
from app.features.accounts.services.hashing import hashed, matches
from app.features.accounts.services.people import name_of, profile_of, ref
from app.features.accounts.services.sign_in import fail, forget_failures, name_hash


@dataclass(frozen=True)
class Issued:
    """A password that was just made for somebody: shown once, kept nowhere."""

    id: int
    username: str
    name: str
    password: str

    def __repr__(self) -> str:
        return f"Issued({self.username!r})"


def issued(user: User, password: str) -> Issued:
    return Issued(user.id, user.username, name_of(user), password)


def reset_password(actor: Actor, user_id: int, *, now: datetime) -> Issued:
    """A new generated password; the old one and every sign-in of the person end."""
    refuse_if(policy.resetting(actor, user_id))
    user = queries.locked(user_id)
    password = generate_password()
    _set(user, password, must_change=True, now=now)
    sessions.end_all(user.id)
    trail.record(actor, "user.password_reset", ref(user))
    return issued(user, password)


def own_password_fault(
    actor: Actor, password: str, *, now: datetime, tokens: Mapping[str, str] | None = None
) -> str | None:
    """Whether this is the actor's own password: ``None``, or ``current_wrong`` or ``locked``.

    Commit either way: the failure counts like one at sign-in.
    """
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    key = name_hash(user.username)
    device = devices.known(key, tokens or {})
    until = queries.failures_of_name(key, now, device).locked_until()
    if until is not None and until > now:
        return "locked"
    if not matches(user.password, password, old_ones=False):  # no name is guessed here
        fail(actor, key, user, now=now, known=device)
        return "current_wrong"
    return None


def change_own_password(
    actor: Actor,
    *,
    current: str,
    new: str,
    keep_row: int | None,
    now: datetime,
    tokens: Mapping[str, str] | None = None,
) -> str | None:
    """Set one's own password; ends one's other sign-ins. The code of a refusal, or ``None``.

    A wrong current password is returned, not raised: the failure counts like one at sign-in.
    ``tokens``: by which accounts this device is known; strangers' failures do not lock it.
    """
    refusal = own_password_fault(actor, current, now=now, tokens=tokens)
    if refusal is not None:
        return refusal
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    fault = "password_same" if new == current else password_fault(new, user.username)
    if fault:
        raise Refusal(fault, fields={"new": fault})
    _set(user, new, must_change=False, now=now)
    sessions.end_all(user.id, keep_row=keep_row)
    trail.record(actor, "user.password_changed", ref(user))
    return None


def _set(user: User, password: str, *, must_change: bool, now: datetime) -> None:
    user.password = hashed(password)
    profile = profile_of(user)
    profile.must_change_password = must_change
    profile.password_changed_at = profile.changed_at = now
    forget_failures(name_hash(user.username))
    db.session.flush()
