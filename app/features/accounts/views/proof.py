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
        return
    row = session.row_id  # type: ignore[attr-defined]
    since = db.session.scalar(sa.select(LoginSession.created_at).where(LoginSession.id == row))
    if since is None or clock.now() - since > FRESH:
        raise Refusal("sign_in_again")
