"""Every SELECT on ways in: identities, phone codes and their budgets, puzzles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.accounts.models import Identity, PhoneCode, Puzzle


def last_code_at(index: str) -> datetime | None:
    """When the last code was sent to a number (its blind index)."""
    query = sa.select(sa.func.max(PhoneCode.created_at)).where(PhoneCode.phone_index == index)
    return db.session.scalar(query)


def codes_since(
    moment: datetime,
    *,
    index: str | None = None,
    address: str | None = None,
    browser: str | None = None,
) -> int:
    """How many codes were sent since: to a number or from a browser; from an address; to anybody."""
    query = sa.select(sa.func.count()).select_from(PhoneCode).where(PhoneCode.created_at > moment)
    whose = []
    if index is not None:
        whose.append(PhoneCode.phone_index == index)
    if browser is not None:
        whose.append(PhoneCode.browser == browser)
    if whose:
        query = query.where(sa.or_(*whose))
    if address is not None:
        query = query.where(PhoneCode.address == address)
    return int(db.session.scalar(query) or 0)


def open_code(index: str, purpose: str, browser: str, *, since: datetime) -> PhoneCode | None:
    """The last code sent to a number for a purpose and browser, used up or not."""
    query = (
        sa.select(PhoneCode)
        .where(
            PhoneCode.phone_index == index,
            PhoneCode.purpose == purpose,
            PhoneCode.browser == browser,
            PhoneCode.created_at > since,
        )
        .order_by(PhoneCode.created_at.desc(), PhoneCode.id.desc())
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(query.limit(1))


def puzzle_of(browser: str) -> Puzzle | None:
    return db.session.scalar(sa.select(Puzzle).where(Puzzle.browser == browser).with_for_update())


def identity(provider: str, issuer: str, subject: str) -> Identity | None:
    """The way in with exactly this key."""
    return db.session.scalar(
        sa.select(Identity).where(
            Identity.provider == provider,
            Identity.issuer == issuer,
            Identity.subject == subject,
        )
    )


def wechat_identity(issuer: str, unionid: str, alias: str) -> Identity | None:
    """Whom an event of WeChat is about: known by the unionid, else by the openid's index."""
    found = identity("wechat", issuer, unionid) if unionid else None
    if found is not None or not alias:
        return found
    query = sa.select(Identity).where(Identity.provider == "wechat", Identity.issuer == issuer)
    return db.session.scalar(query.where(Identity.alias == alias).limit(1))


def identities_of(user_id: int) -> list[Identity]:
    query = sa.select(Identity).where(Identity.user_id == user_id)
    return list(db.session.scalars(query.order_by(Identity.id)))


def phone_of(user_id: int) -> Identity | None:
    """The person's mobile number."""
    query = sa.select(Identity).where(Identity.user_id == user_id, Identity.provider == "phone")
    return db.session.scalar(query.order_by(Identity.id).limit(1))


def acts_of(user_id: int, limit: int) -> list[Any]:
    """``(at, action, address)`` of what the person did, the newest first."""
    query = sa.select(AuditEntry.at, AuditEntry.action, AuditEntry.address)
    query = query.where(AuditEntry.actor_id == user_id).order_by(AuditEntry.id.desc())
    return list(db.session.execute(query.limit(limit)))
