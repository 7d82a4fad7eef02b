"""The person at the page is the account's own: asked before a way in is added or taken away."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import session

from app.core import clock
from app.core.errors import Refusal
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.views import cookies
from app.transaction import transaction
from app.web.acting import current_actor
from app.web.sessions import LoginSession

FRESH = timedelta(minutes=15)
PROVEN = "proven_at"


def has_password() -> bool:
    """Whether the account can prove itself by a password."""
    user = queries.by_id(current_actor().user_id or 0)
    return user is not None and bool(user.password)


def prove_present(password: str) -> None:
    """The account's password, where it has one; else a sign-in of the last minutes.

    Refusals: ``current_wrong``, ``locked``, ``sign_in_again``. A wrong password is counted.
    """
    if has_password():
        with transaction():
            refusal = services.own_password_fault(
                current_actor(), password, now=clock.now(), tokens=cookies.tokens()
            )
        if refusal is not None:
            raise Refusal(refusal, fields={"password": refusal})
    elif not _signed_in_just_now():
        raise Refusal("sign_in_again")
    session[PROVEN] = clock.now().timestamp()


def proven() -> bool:
    """Whether the person proved to be here in the last minutes, by whatever way."""
    since = clock.now().timestamp() - session.get(PROVEN, 0.0)
    return 0 <= since <= FRESH.total_seconds() or _signed_in_just_now()


def _signed_in_just_now() -> bool:
    row = session.row_id  # type: ignore[attr-defined]
    since = db.session.scalar(sa.select(LoginSession.created_at).where(LoginSession.id == row))
    return since is not None and clock.now() - since <= FRESH
