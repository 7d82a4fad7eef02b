"""导出 of the register of parks: what left the house is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actor import Actor
from app.engines import trail
from app.extensions import db


def rows(query: Any) -> list[Any]:
    """The rows of a list's statement."""
    return list(db.session.execute(query))


def record(actor: Actor, *, count: int, kind: str, facts: Mapping[str, str]) -> None:
    trail.record(
        actor,
        "parks.exported",
        trail.Ref("park", 0, label=kind),
        details={"count": count, "facts": dict(facts)},
    )
