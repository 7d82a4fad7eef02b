"""Changing settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import trail
from app.engines.settings import queries
from app.engines.settings.models import Setting
from app.engines.settings.registry import spec
from app.extensions import db
from app.extensions.locks import lock

LOCKS = 7_282


def change(actor: Actor, values: Mapping[str, Any], seen: Mapping[str, int]) -> None:
    """Set several at once, all or nothing. ``seen``: the versions that the form showed.

    Raises ``Refusal`` whose ``fields`` name the keys, or ``Stale``.
    """
    wrong = {key: code for key, value in values.items() if (code := spec(key).check(value))}
    if wrong:
        raise Refusal("settings_wrong", fields=wrong)
    lock(LOCKS, "settings")
    changes = {}
    for key, value in values.items():
        pair = _set(actor, key, value, seen.get(key, 0))
        if pair is not None:
            changes[key] = pair
    if changes:
        db.session.flush()
        db.session.info.pop(queries.CACHE, None)
        trail.record(actor, "settings.changed", trail.Ref("setting", "platform"), changes=changes)


def _set(actor: Actor, key: str, value: Any, seen: int) -> list[Any] | None:
    found = queries.locked(key)
    before = spec(key).default if found is None else found.value
    if value == before:
        return None
    if (found.version if found is not None else 0) != seen:
        raise Stale(found)
    if found is None:
        found = Setting(key=key, created_by=actor.user_id)
        db.session.add(found)
    found.value, found.updated_by = value, actor.user_id
    return [before, value]
