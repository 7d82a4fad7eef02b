"""Reading and keeping a person's columns, density and saved views of a list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.core.errors import NotFound, Refusal
from app.extensions.database import db
from app.extensions.lists.models import ListPreference, SavedView

MAX_VIEWS = 30
# Asked for by every list page: put together once.
_PREFERENCE = sa.select(ListPreference).where(
    ListPreference.user_id == sa.bindparam("user_id"), ListPreference.view == sa.bindparam("view")
)
_VIEWS = (
    sa.select(SavedView.id, SavedView.name, SavedView.query)
    .where(SavedView.user_id == sa.bindparam("user_id"), SavedView.view == sa.bindparam("view"))
    .order_by(SavedView.name, SavedView.id)
)


def preference(user_id: int, view: str) -> ListPreference | None:
    return db.session.scalar(_PREFERENCE, {"user_id": user_id, "view": view})


def keep(user_id: int, view: str, *, columns: list[str], density: str) -> None:
    """Store what the person chose; the last choice wins."""
    row = preference(user_id, view)
    if row is None:
        row = ListPreference(user_id=user_id, view=view)
        db.session.add(row)
    row.columns, row.density = columns, density
    db.session.flush()


def saved_views(user_id: int, view: str) -> list[Any]:
    return list(db.session.execute(_VIEWS, {"user_id": user_id, "view": view}))


def save_view(user_id: int, view: str, *, name: str, query: str) -> None:
    """Keep a view under ``name``; an existing one of that name is replaced."""
    name = name.strip()[:40]
    if not name:
        raise Refusal("view_name_missing")
    mine = saved_views(user_id, view)
    if len(mine) >= MAX_VIEWS and all(row.name != name for row in mine):
        raise Refusal("too_many_views", most=MAX_VIEWS)
    found = db.session.scalar(
        sa.select(SavedView).where(
            SavedView.user_id == user_id, SavedView.view == view, SavedView.name == name
        )
    )
    if found is None:
        found = SavedView(user_id=user_id, view=view, name=name)
        db.session.add(found)
    found.query = query[:2000]
    db.session.flush()


def delete_view(user_id: int, view: str, view_id: int) -> None:
    """Forget one's own saved view."""
    found = db.session.scalar(
        sa.select(SavedView).where(
            SavedView.id == view_id, SavedView.user_id == user_id, SavedView.view == view
        )
    )
    if found is None:
        raise NotFound("saved view")
    db.session.delete(found)
    db.session.flush()
