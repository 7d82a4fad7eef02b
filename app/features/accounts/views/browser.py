"""What stands for the browser of a request, and the session of a person who came in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, g, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app.core import clock
from app.extensions.phrases import clauses, remarked
from app.features.accounts import queries, services
from app.features.accounts.services import devices, second_factor
from app.features.accounts.views import cookies
from app.features.accounts.views.own import MUST_CHANGE, device_of, device_words
from app.web import cells
from app.web.acting import current_actor
from app.web.pages import see_other
from app.web.sessions import WAY, ServerSession

SECOND = "second_factor"  # the session's mark: the person came by two steps
#: Where a sign-in by one step may go although the role wants two.
OPEN = frozenset(
    {
        *("AuthView.logout", "AuthView.login", "preferences"),
        *("static", "health_live", "health_ready"),
    }
)
MOST_TOLD = 3
DESK = "/desk/"
#: ``user id -> address or ""``: what waits for a person who comes in without an errand.
FIRST: list[Callable[[int], str]] = []


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
        tokens=cookies.tokens(),
    )


def first(user_id: int, target: str) -> str:
    """Where a person goes after the sign-in: what waits for them, unless they came for something."""
    waiting = (address for ask in FIRST if (address := ask(user_id)))
    return next(waiting, target) if target == DESK else target


def let_in(outcome: services.SignIn, target: str) -> Response:
    """On to ``target``, or to the second step first: until that nobody is signed in."""
    assert outcome.user is not None
    if outcome.second:
        answer = see_other(url_for("SecondStepView.index", next=target))
        half = second_factor.half_of(outcome).sealed(browser_key(), clock.now())
        cookies.put(answer, cookies.HALF, half, second_factor.ENROL_FOR.total_seconds())
        return answer
    return come_in(outcome, see_other(first(outcome.user.id, target)))


def come_in(outcome: services.SignIn, answer: Response, *, second: bool = False) -> Response:
    """A fresh session for the person: nothing planted before the sign-in stays."""
    arrival = outcome.arrival
    assert arrival is not None
    _session().rotate()
    login_user(outcome.user)
    if outcome.must_change:
        session[MUST_CHANGE] = True  # hold_until_changed() sees it without a statement
    if second:
        session[SECOND] = True
    if outcome.way:
        session[WAY] = outcome.way
    if arrival.told:
        flash(_told(arrival.told[-MOST_TOLD:]), "warning")
    if outcome.withdrawn is not None:
        flash(
            _(
                "您于 %(at)s 在微信取消了授权，微信登录已解除绑定，来自微信的昵称已删除。",
                at=cells.words(outcome.withdrawn),
            ),
            "info",
        )
    held = devices.sealed(arrival.tokens)
    cookies.put(answer, cookies.DEVICE, held, devices.KEEP.total_seconds())
    cookies.drop(answer, cookies.HALF)
    return answer


def half() -> Any:
    """Who is between the two steps in this browser, with their account; or ``None``."""
    text = cookies.read(cookies.HALF)
    return second_factor.half_opened(text, browser_key(), clock.now()) if text else None


def hold_until_proven() -> Response | None:
    """Before each request: who got a role that wants two steps, or came before the setting was
    switched on, signs in again."""
    if not current_user.is_authenticated or session.get(SECOND) or request.endpoint in OPEN:
        return None
    if not queries.second_factor_wanted(current_actor().roles):
        return None
    logout_user()
    flash(_("您的角色须两步验证，请重新登录。"), "warning")
    return see_other(url_for("AuthView.login", way="account"))


def _told(seen: tuple[tuple[str, datetime], ...]) -> str:
    each = clauses(remarked(cells.words(at), label or device_words("")) for label, at in seen)
    return str(
        _("您的账号曾在新设备登录：%(seen)s。如不是您本人，请立即修改密码，并致电平台。", seen=each)
    )


def _session() -> ServerSession:
    found: Any = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, ServerSession)
    return found
