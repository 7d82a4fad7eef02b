"""Applications follow the enterprise that they landed as when it is merged into another record."""

from __future__ import annotations

from collections.abc import Collection

from app.extensions import db
from app.features.settlements import queries


def move(gone: int, kept: int) -> list[int]:
    """Applications of ``gone`` are ``kept``'s now; their keys."""
    found = queries.landed_as(gone)
    for one in found:
        one.enterprise_id = kept
    db.session.flush()
    return [one.id for one in found]


def back(keys: Collection[int], gone: int, kept: int) -> list[int]:
    """Those of ``keys`` that are still ``kept``'s go back; their keys."""
    found = [one for one in queries.landed_as(kept) if one.id in keys]
    for one in found:
        one.enterprise_id = gone
    db.session.flush()
    return [one.id for one in found]
