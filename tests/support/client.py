"""A test browser that signs in without the password hash and checks what every page must have."""

from __future__ import annotations

import contextvars
import secrets
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.extensions import db
from app.transaction import transaction
from app.web.sessions import LoginSession, _digest


class PageClient(FlaskClient):
    """Flask's client plus ``sign_in`` and ``page``."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """As in a server, a request shares nothing with what the test holds open.

        Inside an application context of the test, Flask would reuse its ``g``: the person of an
        earlier request, their rights and their CSRF token.
        """
        kwargs.setdefault("buffered", True)  # a streamed body is read in there, too
        return contextvars.Context().run(super().open, *args, **kwargs)

    def sign_in(self, username: str) -> str:
        """Make a session row for a person and carry its cookie; returns the cookie's value."""
        sid = secrets.token_urlsafe(32)
        with self.application.app_context():
            user = db.session.scalar(sa.select(User).where(User.username == username))
            assert user is not None, username
            with transaction():
                db.session.add(
                    LoginSession(
                        sid_hash=_digest(sid),
                        user_id=user.id,
                        created_at=clock.now(),
                        seen_at=clock.now(),
                        address="127.0.0.1",
                        agent="test",
                        data={},
                    )
                )
        self.set_cookie(self.application.config["SESSION_COOKIE_NAME"], sid)
        return sid

    def page(self, url: str, *, status: int = 200, **kwargs: Any) -> str:
        """GET a page, check its status, return its text."""
        response = self.get(url, **kwargs)
        assert response.status_code == status, (url, response.status_code, response.text[:400])
        return response.text
