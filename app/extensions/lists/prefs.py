"""Reading and keeping a person's columns, density and saved views of a list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.extensions.database import db, prebuilt
from app.extensions.lists.criteria import DENSITIES
from app.extensions.lists.models import (
    NAME_LENGTH,
    QUERY_LENGTH,
    ListPreference,
    SavedView,
    ViewSubscription,
)

MAX_VIEWS = 30
# Asked for by every list page: put together once.
_PREFERENCE = prebuilt(
    sa.select(ListPreference).where(
        ListPreference.user_id == sa.bindparam("user_id"),
        ListPreference.view == sa.bindparam("view"),
    )
)
_READABLE = sa.or_(
    SavedView.user_id == sa.bindparam("user_id"),
    SavedView.park_id.in_(sa.bindparam("parks", expanding=True)),
    SavedView.role.in_(sa.bindparam("roles", expanding=True)),
)
_VIEWS = prebuilt(
    sa.select(SavedView)
    .where(_READABLE, SavedView.view == sa.bindparam("view"))
    .order_by(SavedView.name, SavedView.id)
)


class Arrangement(Struct, frozen=True):
    """Which columns in which order, and how dense; ``None`` and "" where nothing is said."""

    columns: tuple[str, ...] | None = None
    density: str = ""


def preference(user_id: int, view: str) -> ListPreference | None:
    return db.session.scalar(_PREFERENCE, {"user_id": user_id, "view": view})


def keep(user_id: int, view: str, *, columns: list[str], density: str) -> None:
    """Store what the person chose; the last choice wins."""
    row = _own_preference(user_id, view)
    row.columns, row.density = columns, density
    db.session.flush()


def make_default(user_id: int, view: str, view_id: int | None) -> None:
    """The view that the list opens with for this person; ``None``: everything."""
    row = _own_preference(user_id, view)
    row.default_view_id = view_id
    db.session.flush()


def _own_preference(user_id: int, view: str) -> ListPreference:
    row = preference(user_id, view)
    if row is None:
        row = ListPreference(user_id=user_id, view=view, density=DENSITIES[0])
        db.session.add(row)
    return row


def _readable_by(actor: Actor) -> dict[str, Any]:
    """Rights as they are now: who lost a role or a park does not see its views any more."""
    parks = actor.scope_park_ids or frozenset()  # who sees all parks is a member of none
    return {
        "user_id": actor.user_id or 0,
        "parks": sorted(parks),
        "roles": sorted(actor.roles),
    }


def saved_views(actor: Actor, view: str) -> list[SavedView]:
    """Of one list: the person's own, and those shared with them."""
    return list(db.session.scalars(_VIEWS, {**_readable_by(actor), "view": view}))


def all_views(actor: Actor) -> list[SavedView]:
    """Of every list; the lists themselves are not asked for here."""
    query = sa.select(SavedView).where(_READABLE).order_by(SavedView.view, SavedView.name)
    return list(db.session.scalars(query, _readable_by(actor)))


def view_for(actor: Actor, view_id: int, *, lock: bool = False) -> SavedView:
    """A view that the person may see; ``NotFound`` for another's and a missing one alike."""
    query = sa.select(SavedView).where(_READABLE, SavedView.id == view_id)
    query = query.execution_options(populate_existing=True)
    query = query.with_for_update() if lock else query
    found = db.session.scalar(query, _readable_by(actor))
    if found is None:
        raise NotFound("saved view")
    return found


def save_view(
    user_id: int, view: str, *, name: str, query: str, arranged: Arrangement
) -> SavedView:
    """Keep a view of one's own; a name that one of them has already is refused."""
    name = view_name(name)
    mine = db.session.scalars(
        sa.select(SavedView.name).where(SavedView.user_id == user_id, SavedView.view == view)
    ).all()
    if len(mine) >= MAX_VIEWS:
        raise Refusal("too_many_views", most=MAX_VIEWS)
    if name in mine:
        raise Refusal("view_name_taken")
    found = SavedView(user_id=user_id, view=view, name=name, query="")
    fill(found, query=query, arranged=arranged)
    db.session.add(found)
    db.session.flush()
    return found


def fill(found: SavedView, *, query: str, arranged: Arrangement) -> None:
    """What a view shows from now on."""
    if len(query) > QUERY_LENGTH:
        raise Refusal("view_too_long")
    found.query = query
    found.columns = None if arranged.columns is None else list(arranged.columns)
    found.density = arranged.density


def forget_person(user_id: int) -> None:
    """An account is closed: what it kept of lists goes, also what it sent itself every week; what it
    shared stays with those it is shared with."""
    for model in (ViewSubscription, ListPreference):
        for row in db.session.scalars(sa.select(model).where(model.user_id == user_id)):
            db.session.delete(row)
    own = sa.select(SavedView).where(
        SavedView.user_id == user_id, SavedView.park_id.is_(None), SavedView.role.is_(None)
    )
    for view in db.session.scalars(own):
        db.session.delete(view)
    db.session.flush()


def view_name(name: str) -> str:
    """A name as it is kept: one line, not too long. Others read it: no sign that nobody sees, none
    that turns the line around."""
    name = " ".join(name.split())[:NAME_LENGTH].rstrip()
    if not name.isprintable() or not name:
        raise Refusal("view_name_missing")
    return name
