"""Whose articles are whose."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden

VIEW = "NewsView"


def writes(actor: Actor, park_id: int | None) -> bool:
    """A park's people write for their park, the zone for itself and for nobody else."""
    if not actor.can("can_edit", VIEW):
        return False
    if park_id is None or actor.sees_all:
        return park_id is None and actor.sees_all
    return park_id in (actor.scope_park_ids or ())


def require(actor: Actor, park_id: int | None) -> None:
    if not writes(actor, park_id):
        raise Forbidden("news_not_yours")


def may_read_attachment(actor: Actor, file: Any) -> bool:
    """Before it is public: its maker, its park, and the zone, which reviews it."""
    if actor.user_id is None or not actor.can("can_show", VIEW):
        return False
    parks = actor.scope_park_ids
    return parks is None or file.park_id in parks
