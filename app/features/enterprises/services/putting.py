"""A record as another system knows it: added where there is none, else changed (REST API)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core.actor import Actor
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.services import locks
from app.features.enterprises.services.register import add, change

Seen = Callable[[Enterprise | None], None]


def put(
    actor: Actor, park_id: int, uscc: str, values: Mapping[str, Any], *, year: int, seen: Seen
) -> tuple[Enterprise, str]:
    """The record and ``added``, ``changed`` or ``unchanged``. What ``values`` leave out stays.

    Two callers at once go one after the other; ``seen`` is shown what is there then and raises when
    the caller meant something else.
    """
    locks.park(park_id)
    found = queries.alive_with_code(park_id, uscc)
    seen(found)
    if found is None:
        policy.require(actor, "can_add")
        return add(actor, park_id, {**values, "uscc": uscc}, year=year), "added"
    policy.require(actor, "can_edit")
    before = found.version
    saved = change(actor, found.id, values, version=before, year=year)
    return saved, "unchanged" if saved.version == before else "changed"
