"""Who may call a route: declared beside the route, checked in one place, read by deploy and tests.

A view declares ``access`` (permission -> roles) and ``tenant``; ``flask deploy`` writes exactly
that into FAB's tables; ``tests/house`` fails on a route without it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Tenant(StrEnum):
    """What keeps one park from another's rows on a view."""

    park = "park"  # rows carry park_id; the ORM narrows them to the actor's parks
    own = "own"  # rows of the signed-in person only
    zone = "zone"  # zone and system roles only; parks have no permission here
    published = "published"  # what is published to every park alike; roles decide who reads it
    public = "public"  # no rows of a park, or published ones


#: Endpoints outside FAB views: endpoint -> tenant rule. Everybody may call them.
PUBLIC_ENDPOINTS: dict[str, Tenant] = {"static": Tenant.public}


def public_endpoint(endpoint: str) -> None:
    """Declare a plain Flask endpoint as open to everybody."""
    PUBLIC_ENDPOINTS[endpoint] = Tenant.public


def guarded(permission: str) -> Callable[[View], View]:
    """Let the method run only for a role that holds ``can_<permission>`` on its view.

    Nobody signed in: to the sign-in page (GET) or 401-like redirect; signed in without the
    permission: 403 page. Unlike FAB's ``has_access`` it never redirects a signed-in person away.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            require(f"can_{permission}", self.class_permission_name)
            return view(self, *args, **kwargs)

        checked._permission_name = permission  # type: ignore[attr-defined]
        return cast("View", checked)

    return wrap


def for_machines(path: str) -> bool:
    """Whether an address is the REST API's: tokens count there, cookies do not. Its page for people
    is a page like others."""
    return path.startswith("/api/v1/") and path.rstrip("/") != "/api/v1/docs"


def unattended(view: View) -> View:
    """A page asks for this by itself: it is no sign that a person is there (idle limit)."""
    view._unattended = True  # type: ignore[attr-defined]
    return view


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and "text/html" not in request.headers.get("Accept", "")


def require(permission: str, view_name: str) -> None:
    """Abort unless the current person holds ``permission`` on ``view_name``."""
    if not current_user.is_authenticated:
        if wants_json():
            abort(401)  # a script asks: a sign-in page is no answer to it
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        abort(redirect(url_for("AuthView.login", next=target)))
    if not current_app.appbuilder.sm.has_access(permission, view_name):  # type: ignore[attr-defined]
        g.refused_right = (permission, view_name)  # the page of the refusal says what it takes
        abort(403)
