"""Every write on people: signing in by password, and accounts of staff."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import check_password_hash, generate_password_hash

from app.core.errors import Refusal
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
        db.session.add(SignInAttempt(name_hash=key, address=address[:64], at=now))
        db.session.flush()
        return SignIn(None, "wrong")
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.name_hash == key))
    user.last_login = now.replace(tzinfo=None)  # FAB's own column is naive
    user.login_count = (user.login_count or 0) + 1
    user.fail_login_count = 0
    return SignIn(user)


def create_user(*, username: str, name: str, password: str | None, roles: list[object]) -> User:
    """Make an account; the address is synthetic since FAB wants one (fab.md 4)."""
    if queries.by_username(username) is not None:
        raise Refusal("username_taken", fields={"username": "username_taken"})
    user = User(
        username=username,
        first_name=name[1:] or name,
        last_name=name[:1] if len(name) > 1 else "",
        email=f"{username}@account.invalid",
        active=True,
        password=generate_password_hash(password) if password else None,
    )
    user.roles = roles
    db.session.add(user)
    db.session.flush()
    return user
