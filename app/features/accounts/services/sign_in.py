"""Signing in by user name and password; failures are counted in the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import check_password_hash, generate_password_hash

from app.extensions import db
from app.features.accounts import queries
from app.features.accounts.models import SignInAttempt
from app.features.accounts.rules import ADDRESS_FAILURES, ADDRESS_WINDOW


@cache
def _nobody_hash() -> str:
    """Checked when the name is unknown, so that both cases take the same time."""
    return generate_password_hash("nobody has this password")


@dataclass(frozen=True)
class SignIn:
    """Outcome of a password sign-in: a person, or the code of a refusal."""

    user: User | None
    refusal: str | None = None
    until: datetime | None = None
    must_change: bool = False  # a password that somebody else made


def name_hash(username: str) -> str:
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def sign_in_by_password(username: str, password: str, *, address: str, now: datetime) -> SignIn:
    """Check a user name and a password; counts failures for every name, known or not.

    Runs inside a transaction: the count is kept also when the page then refuses.
    """
    key = name_hash(username)
    until = queries.failures_of_name(key, now).locked_until()
    if until is not None and until > now:
        return SignIn(None, "locked", until)
    if queries.failures_of_address(address, now) >= ADDRESS_FAILURES:
        return SignIn(None, "address_locked", now + ADDRESS_WINDOW)
    user = queries.by_username(username.strip())
    stored = user.password if user is not None and user.password else _nobody_hash()
    good = check_password_hash(stored, password) and "\x00" not in password
    if not good or user is None or not user.password or not user.active:
        note_failure(key, address=address, now=now)
        return SignIn(None, "wrong")
    forget_failures(key)
    user.last_login = now.replace(tzinfo=None)  # FAB's own column is naive
    user.login_count = (user.login_count or 0) + 1
    user.fail_login_count = 0
    profile = queries.profile(user.id)
    return SignIn(user, must_change=profile is not None and profile.must_change_password)


def note_failure(key: str, *, address: str, now: datetime) -> None:
    db.session.add(SignInAttempt(name_hash=key, address=address[:64], at=now))
    db.session.flush()


def forget_failures(key: str) -> None:
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.name_hash == key))
