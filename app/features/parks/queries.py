"""Every SELECT on parks and memberships."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.core.errors import NotFound
from app.extensions import db
from app.features.parks.models import Park, ParkMembership


def memberships_of(user_id: int) -> list[Any]:
    """Rows ``(park_id, park_name, park_code, role)`` of a person, by code."""
    query = (
        sa.select(
            ParkMembership.park_id,
            Park.name.label("park_name"),
            Park.code.label("park_code"),
            ParkMembership.role,
        )
        .join(Park, Park.id == ParkMembership.park_id)
        .where(ParkMembership.user_id == user_id)
        .order_by(Park.code)
    )
    return list(db.session.execute(query))


def by_code(code: str) -> Park:
    """The park with ``code`` in the current scope, or ``NotFound``."""
    park = db.session.scalar(sa.select(Park).where(Park.code == code))
    if park is None:
        raise NotFound(f"park {code}")
    return park


def by_id(park_id: int) -> Park:
    """The park in the current scope, or ``NotFound``."""
    park = db.session.scalar(sa.select(Park).where(Park.id == park_id))
    if park is None:
        raise NotFound(f"park {park_id}")
    return park


def all_by_code() -> list[Park]:
    """Parks in the current scope, by code."""
    return list(db.session.scalars(sa.select(Park).order_by(Park.code)))
