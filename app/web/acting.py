"""The ``Actor`` of a request: who, with which rights, for which park."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from app.core import clock, scope
from app.core.actor import NOBODY, Actor
from app.core.values import replace
from app.web.access import Tenant
from app.web.held import held
from app.web.security_manager import rights_of

#: Roles whose work spans all parks. Everybody else sees the parks they belong to.
ZONE_ROLES = frozenset({"operator", "reviewer", "expert"})
SYSTEM_ROLES = frozenset({"sysadmin", "secadmin", "auditor"})
#: A data clerk of this park who administers another one is a clerk here.
CLERK, ELSEWHERE = "clerk", frozenset({"park_admin"})

#: Rights that change nothing of a park's.
LOOKS = frozenset(
    {
        *("can_list", "can_show", "can_index", "can_export", "can_personal"),
        *("can_template", "can_download"),
    }
)

#: Whose right it is to see the site as somebody else (features.accounts).
VIEW_AS = "ViewAsView"

Memberships = Callable[[int], list[Any]]
_memberships: list[Memberships] = []
_why_resting: list[Callable[[int], str]] = []


def init(app: Flask, memberships: Memberships, why_resting: Callable[[int], str]) -> None:
    """``memberships(user_id)`` gives rows with ``park_id``, ``park_name``, ``park_status`` and ``role``
    (injected by wiring); ``why_resting(park_id)`` the reason of a suspension."""
    _memberships[:] = [memberships]
    _why_resting[:] = [why_resting]
    app.before_request(_enter)
    app.teardown_request(lambda _error: scope.reset())
    app.jinja_env.globals["current_actor"] = current_actor
    app.jinja_env.globals["my_parks"] = my_parks
    app.jinja_env.globals["resting_park"] = resting_park
    app.jinja_env.globals["resting_reason"] = resting_reason


def _enter() -> None:
    scope.reset()
    if request.endpoint != "static":
        scope.set_for(current_actor())


def current_actor() -> Actor:
    """The actor of this request; ``NOBODY`` for a visitor."""
    kept = held()
    if "actor" not in kept:
        kept["actor"] = _build() if current_user.is_authenticated else NOBODY
    actor: Actor = kept["actor"]
    return actor


def act_as(actor: Actor) -> None:
    """In a job: what asks for the current actor gets the one who asked for the job."""
    g.actor = actor


def my_parks() -> list[Any]:
    """Parks of the signed-in person, by name: the switcher."""
    if current_actor().user_id is None:
        g.my_parks = []
    parks: list[Any] = g.my_parks
    return parks


def resting_park() -> str:
    """The name of the park that is acted for, where it is suspended; else empty."""
    here = current_actor().acting_park_id
    return next((row.park_name for row in resting(my_parks()) if row.park_id == here), "")


def resting_reason() -> str:
    """Why the park that is acted for is suspended; its people read that, nobody in their place."""
    actor = current_actor()
    if actor.acting_park_id is None or actor.viewed_by is not None:
        return ""
    return _why_resting[0](actor.acting_park_id)


def person(
    user: Any, *, acting_park_id: int | None = None, parks: list[Any] | None = None
) -> Actor:
    """The actor that a person is now: roles, rights and parks read afresh.

    ``acting_park_id`` narrows to one of their parks; by default, or for a park not theirs, the first.
    """
    with scope.unscoped():
        parks = _memberships[0](user.id) if parks is None else parks
    park_ids = frozenset(row.park_id for row in parks)
    if acting_park_id not in park_ids:
        acting_park_id = min(park_ids, default=None)
    here = next((row.role for row in parks if row.park_id == acting_park_id), "")
    roles, granted = rights_of(user.id, not_here=ELSEWHERE if here == CLERK else frozenset())
    sees_all = bool(roles & ZONE_ROLES)
    if not sees_all and acting_park_id in {row.park_id for row in resting(parks)}:
        granted = _to_look(granted)
    return Actor(
        user_id=user.id,
        name=f"{user.last_name}{user.first_name}".strip(),
        username=user.username,
        roles=roles,
        permissions=_named(granted),
        park_ids=park_ids,
        acting_park_id=None if sees_all else acting_park_id,
        sees_all=sees_all,
    )


@lru_cache(maxsize=256)
def _named(granted: frozenset[tuple[str, str]]) -> frozenset[str]:
    return frozenset(f"{name} on {view}" for name, view in granted)


@lru_cache(maxsize=256)
def _paired(permissions: frozenset[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split(" on ", 1)) for one in permissions)


def asked_view() -> Any:
    """The view that answers this request; none for what is no page of a view."""
    name = (request.endpoint or "").partition(".")[0]
    views = current_app.appbuilder.baseviews  # type: ignore[attr-defined]
    return next((one for one in views if type(one).__name__ == name), None)


def resting(parks: Iterable[Any]) -> list[Any]:
    """Those that the zone has suspended: their people look, they change nothing."""
    return [row for row in parks if row.park_status == "suspended"]


def _to_look(granted: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    builder: Any = current_app.appbuilder  # type: ignore[attr-defined]
    of_parks = {
        view.class_permission_name for view in builder.baseviews if view.tenant is Tenant.park
    }
    return frozenset(pair for pair in granted if pair[1] not in of_parks or pair[0] in LOOKS)


def _build() -> Actor:
    own = _of_request(current_user, session.get("park_id"))
    view = getattr(session, "view", None)
    if view is None:
        return own
    seen, why = _seen(own, view)
    if seen is None:
        g.view_over = why  # ``viewing`` notes it
        return _of_request(current_user, session.get("park_id"))
    return replace(seen, viewed_by=own)


def _of_request(user: Any, park_id: int | None, without: str = "") -> Actor:
    """The actor of this request, and what else of theirs the request asks for."""
    with scope.unscoped():  # the scope is built from this very list
        g.my_parks = _memberships[0](user.id)
    found = person(user, acting_park_id=park_id, parks=g.my_parks)
    granted = found.permissions
    if without:
        granted = frozenset(pair for pair in granted if not pair.startswith(without))
    g._granted = _paired(granted)
    address, request_id = request.remote_addr or "", g.get("request_id", "")
    return replace(found, permissions=granted, address=address, request_id=request_id)


def _seen(own: Actor, view: Any) -> tuple[Actor | None, str]:
    """The person looked as, without the right to see personal values; else why that is over."""
    if clock.now() >= view.until:
        return None, "time"
    if not own.can("can_index", VIEW_AS):
        return None, "right"
    user = current_app.appbuilder.sm.load_user(str(view.user_id))  # type: ignore[attr-defined]
    if user is None:
        return None, "account"
    seen = _of_request(user, None, without="can_personal on ")
    return (None, "role") if seen.roles & SYSTEM_ROLES else (seen, "")
