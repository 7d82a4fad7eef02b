"""Signing in by user name and password; failures are counted, and the trail tells who came and went.

The trail's object is the sign-in (``sign_in``, the account's id), not the account: its change
history stays a history of changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from msgspec import Struct

from app.core import addresses
from app.core.actor import NOBODY, Actor
from app.core.values import replace
from app.engines import trail
from app.extensions import db
from app.features.accounts import queries
from app.features.accounts.models import SignInAttempt
from app.features.accounts.rules import ADDRESS_FAILURES, ADDRESS_WINDOW
from app.features.accounts.services import devices
from app.features.accounts.services.hashing import hashed, matches, outdated

#: ``(actor, user id, now)``: what other features do when somebody has come in.
ARRIVED: list[Callable[[Actor, int, datetime], object]] = []


class SignIn(Struct, frozen=True):
    """Outcome of a sign-in: a person, or the code of a refusal.

    ``second``: this person is not in before the second step (``services.second_factor``).
    """

    user: User | None
    refusal: str | None = None
    until: datetime | None = None
    must_change: bool = False  # a password that somebody else made
    second: bool = False
    way: str = ""
    arrival: devices.Arrival | None = None
    withdrawn: datetime | None = None  # told once: WeChat's authorisation is withdrawn since


@dataclass(frozen=True)
class Caller:
    """From where a sign-in is tried; ``device`` is what the browser says of itself, in a few words;
    ``tokens``: what it holds from earlier sign-ins (``devices``)."""

    address: str = ""
    device: str = ""
    request_id: str = field(default="", compare=False)
    tokens: Mapping[str, str] = field(default_factory=dict, compare=False)

    def actor(self, user: User | None = None) -> Actor:
        """Who the trail names: a person once proven, nobody before."""
        who = NOBODY
        if user is not None:
            who = Actor(user.id, f"{user.last_name}{user.first_name}", username=user.username)
        return replace(who, address=self.address, request_id=self.request_id)


def name_hash(username: str) -> str:
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def sign_in_by_password(username: str, password: str, *, caller: Caller, now: datetime) -> SignIn:
    """Check a user name and a password; counts failures for every name, known or not.

    Runs inside a transaction: the count is kept also when the page then refuses.
    """
    key = name_hash(username)
    known = devices.known(key, caller.tokens)
    until = queries.failures_of_name(key, now, known).locked_until()
    if until is not None and until > now:
        return SignIn(None, "locked", until)
    if not known and queries.failures_of_address(caller.address, now) >= ADDRESS_FAILURES:
        return SignIn(None, "address_locked", now + ADDRESS_WINDOW)
    user = queries.by_username(username.strip())
    stored = user.password if user is not None else None
    good = matches(stored, password, old_ones=queries.old_hashes_left())
    if not good or user is None or not user.active or stored is None:
        fail(caller.actor(), key, user, now=now, device=caller.device, known=known)
        return SignIn(None, "wrong")
    queries.locked(user.id)  # before the attempts, as a reset of the password does
    if user.password != stored or not user.active:  # reset or switched off just now
        return SignIn(None, "wrong")
    forget_failures(key, known)
    if outdated(stored):
        user.password = hashed(password)
    return came(user, caller, now=now)


def came(user: User, caller: Caller, *, now: datetime, way: str = "") -> SignIn:
    """After a good password or proof: in, or on to the second step where that is asked for."""
    profile = queries.profile(user.id)
    outcome = SignIn(
        user, must_change=not way and profile is not None and profile.must_change_password, way=way
    )
    if queries.second_factor_asked(user.id):
        told(caller.actor(user), "sign_in.first_step", user, device=caller.device, way=way)
        return replace(outcome, second=True)
    return arrive(outcome, caller, now=now)


def arrive(outcome: SignIn, caller: Caller, *, now: datetime) -> SignIn:
    """The person is in: nothing is asked any more."""
    user = outcome.user
    assert user is not None
    user.last_login = now.replace(tzinfo=None)  # FAB's own column is naive
    user.login_count = (user.login_count or 0) + 1
    user.fail_login_count = 0
    arrival = devices.arrived(user, name_hash(user.username), caller, now)
    for meet in ARRIVED:  # before the trail, whose head is the last lock of any act
        meet(caller.actor(user), user.id, now)
    told(caller.actor(user), "sign_in.done", user, device=caller.device, way=outcome.way)
    if arrival.new:
        told(caller.actor(user), "sign_in.new_device", user, device=caller.device)
    profile = queries.profile(user.id)
    withdrawn = profile.withdrawn_at if profile is not None else None
    if profile is not None and withdrawn is not None:
        profile.withdrawn_at = None
    return replace(outcome, second=False, arrival=arrival, withdrawn=withdrawn)


def sign_out(actor: Actor, *, device: str) -> None:
    """Note that the person left; the web layer deletes the session."""
    assert actor.user_id is not None
    user = queries.by_id(actor.user_id)
    if user is not None:
        told(actor, "sign_in.ended", user, device=device)


def fail(
    actor: Actor,
    key: str,
    user: User | None,
    *,
    now: datetime,
    device: str = "",
    known: str = "",
) -> None:
    """Count a wrong password; the trail names the account if there is one.

    A name that nobody has is work for the same statements, taken back: how long an answer takes
    says nothing, and what was typed, perhaps a password in the wrong field, is kept nowhere.
    """
    db.session.add(
        SignInAttempt(
            name_hash=key, address=addresses.source(actor.address), at=now, device_hash=known
        )
    )
    db.session.flush()
    locked = queries.failures_of_name(key, now, known).locked_until() is not None
    user = queries.by_name_hash(key) or user  # PARK1 locks park1 as well
    noting = db.session.begin_nested()
    told(actor, "sign_in.failed", user, device=device)
    if locked:
        told(actor, "sign_in.locked", user, device=device)
    if user is None:
        noting.rollback()
    else:
        noting.commit()


def told(actor: Actor, act: str, user: User | None, *, device: str, way: str = "") -> None:
    """Write a sign-in into the trail; ``way``: by what, where not by a password."""
    account = (user.id, user.username) if user is not None else (0, "")
    target = trail.Ref("sign_in", account[0], label=account[1])
    details = {"device": device, "way": way}
    trail.record(actor, act, target, details={key: text for key, text in details.items() if text})


def forget_failures(key: str, known: str | None = None) -> None:
    """Begin to count afresh: for strangers (""), for one device, or for everybody (``None``)."""
    mine = SignInAttempt.name_hash == key
    if known is not None:
        mine = sa.and_(mine, SignInAttempt.device_hash == known)
    db.session.execute(sa.delete(SignInAttempt).where(mine))
