"""What stands for the browser of a request, and the session of a person who came in."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import g, request, session
from flask_login import login_user

from app.features.accounts import services
from app.features.accounts.views.own import MUST_CHANGE, device_of
from app.web.sessions import ServerSession


def browser_key() -> str:
    """64 hex digits for the cookie's id; asked for, the visitor gets the cookie."""
    found = _session()
    found.cookie_needed = True
    return hashlib.sha256(f"browser:{found.sid}".encode()).hexdigest()


def caller() -> services.Caller:
    """From where a sign-in is tried."""
    return services.Caller(
        address=request.remote_addr or "",
        device=device_of(request.user_agent.string),
        request_id=g.get("request_id", ""),
    )


def let_in(outcome: services.SignIn) -> None:
    """A fresh session for the person: nothing planted before the sign-in stays."""
    _session().rotate()
    login_user(outcome.user)
    if outcome.must_change:
        session[MUST_CHANGE] = True  # hold_until_changed() sees it without a statement


def _session() -> ServerSession:
    found: Any = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, ServerSession)
    return found
