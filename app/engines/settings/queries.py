"""Reading settings: one statement per request, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.engines.settings.models import Setting
from app.engines.settings.registry import spec
from app.extensions import db
from app.extensions.database import prebuilt

CACHE = "settings"
_ALL = prebuilt(sa.select(Setting.key, Setting.value))  # nearly every request asks this


def get(key: str) -> Any:
    """The value that was set, or the declared one. ``KeyError`` for an unknown key."""
    declared = spec(key)
    return stored().get(key, declared.default)


def stored() -> Mapping[str, Any]:
    """Everything that was set. Kept for the request; never from inside a transaction."""
    session = db.session()
    if session.info.get("in_transaction"):
        return _read()
    if CACHE not in session.info:
        session.info[CACHE] = _read()
    found: Mapping[str, Any] = session.info[CACHE]
    return found


def _read() -> dict[str, Any]:
    return dict(db.session.execute(_ALL).all())


def versions(keys: tuple[str, ...]) -> Mapping[str, int]:
    """Key -> version, 0 for what was never set."""
    query = sa.select(Setting.key, Setting.version).where(Setting.key.in_(keys))
    return dict.fromkeys(keys, 0) | dict(db.session.execute(query).all())


def locked(key: str) -> Setting | None:
    query = sa.select(Setting).where(Setting.key == key).with_for_update()
    return db.session.scalar(query, execution_options={"populate_existing": True})
