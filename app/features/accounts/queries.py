"""Every SELECT on people and sign-in attempts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.features.accounts.models import SignInAttempt
from app.features.accounts.rules import ADDRESS_WINDOW, LOCK_FOR, Attempts


def by_username(username: str) -> User | None:
    """The person with exactly this user name (case counts; e-mail is no name: U37)."""
    query = sa.select(User).where(User.username == username).options(lazyload("*"))
    return db.session.scalar(query)


def by_id(user_id: int) -> User | None:
    return db.session.scalar(sa.select(User).where(User.id == user_id))


def failures_of_name(name_hash: str, now: datetime) -> Attempts:
    """Failures of a name within the lock window."""
    query = sa.select(sa.func.count(), sa.func.max(SignInAttempt.at)).where(
        SignInAttempt.name_hash == name_hash, SignInAttempt.at > now - LOCK_FOR
    )
    count, last_at = db.session.execute(query).one()
    return Attempts(count, last_at)


def failures_of_address(address: str, now: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        SignInAttempt.address == address, SignInAttempt.at > now - ADDRESS_WINDOW
    )
    return int(db.session.scalar(query) or 0)
