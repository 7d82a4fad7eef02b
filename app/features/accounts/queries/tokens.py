"""Every SELECT on 接口令牌."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core.errors import NotFound
from app.extensions import db
from app.features.accounts.models import AccessToken
from app.features.accounts.queries.people import state


def alive(now: datetime) -> tuple[Any, ...]:
    """Conditions: neither ended nor expired."""
    return AccessToken.ended_at.is_(None), AccessToken.expires_at > now


def token_with(token_hash: str) -> AccessToken | None:
    return db.session.scalar(sa.select(AccessToken).where(AccessToken.token_hash == token_hash))


def token_of(user_id: int, token_id: int) -> AccessToken:
    """One's own token, ended or not."""
    return _one(AccessToken.id == token_id, AccessToken.user_id == user_id)


def token(token_id: int) -> AccessToken:
    """Anybody's."""
    return _one(AccessToken.id == token_id)


def _one(*where: Any) -> AccessToken:
    query = sa.select(AccessToken).where(*where).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound("token")
    return found


def living_tokens(user_id: int, now: datetime) -> list[AccessToken]:
    """A person's tokens that can still be used."""
    query = sa.select(AccessToken).where(AccessToken.user_id == user_id, *alive(now))
    return list(db.session.scalars(query.order_by(AccessToken.id)))


def state_of(user_id: int) -> str:
    """``active``, ``locked`` or ``disabled``."""
    return str(db.session.scalar(sa.select(state()).where(User.id == user_id)) or "disabled")
