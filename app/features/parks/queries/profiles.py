"""Profiles in force and yearly figures: what the back office, the zone and the public read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core import scope
from app.core.errors import NotFound
from app.extensions import db
from app.extensions.lists.spec import contains
from app.features.parks.models import Organisation, Park, ParkFigures, ParkProfile
from app.features.parks.queries import register

#: What somebody who reads a page as a visitor may see of a profile; the rest is for the desk.
PRIVATE = frozenset({"contact_name", "contact_phone", "email", "legal_representative", "evidence",
                     "investment", "staff_count", "uscc", "nature"})  # fmt: skip


class Public(Struct, frozen=True):
    """A park as its public page shows it; ``content`` holds no field of ``PRIVATE``."""

    park_id: int
    code: str
    slug: str
    name: str
    short_name: str
    kind: str
    level: str
    division: str
    customs_modes: tuple[str, ...]
    area_leasable: Any
    updated_at: datetime
    content: Mapping[str, Any]


# -- in force --------------------------------------------------------------------------------------
def profile_of(park_id: int) -> ParkProfile | None:
    """The profile in force, in the current scope."""
    return db.session.scalar(sa.select(ParkProfile).where(ParkProfile.park_id == park_id))


def origin_of(park_id: int) -> dict[str, Any] | None:
    """What the park began with when it came from an upgrade, in the current scope."""
    found = profile_of(park_id)
    return None if found is None else found.origin


def locked_profile(park_id: int) -> ParkProfile | None:
    query = sa.select(ParkProfile).where(ParkProfile.park_id == park_id).with_for_update()
    return db.session.scalar(query, execution_options={"populate_existing": True})


def content_of(park: Park) -> dict[str, Any]:
    """What is in force of a park: its profile, or what its registration alone says."""
    found = profile_of(park.id)
    if found is not None:
        return dict(found.content)
    owner = (
        None if park.organisation_id is None else db.session.get(Organisation, park.organisation_id)
    )
    told = {} if owner is None else {"operator_name": owner.name, "uscc": owner.uscc}
    return {"name": park.name, "kind": park.kind, **told}


def slugs_of(park_ids: Collection[int]) -> dict[int, str]:
    """Park -> the last part of its public address, of those with a published profile."""
    query = _published().where(ParkProfile.park_id.in_(park_ids))
    with scope.unscoped():
        return {one.park_id: one.slug for one, _code in db.session.execute(query)}


def slug_of(park: Park) -> str:
    """The last part of its one public address: its profile's, or its code."""
    return slugs_of([park.id]).get(park.id) or park.code.lower()


def at_address(key: str) -> Park | None:
    """The park in operation that an address of the public site names: by slug, or by code."""
    query = _published().where(ParkProfile.slug == key).with_only_columns(Park)
    with scope.unscoped():
        found: Park | None = db.session.scalar(query)
    return found or register.shown_by_code(key.upper())


def by_public_key(key: str) -> Park:
    """The same, or ``NotFound``."""
    found = at_address(key)
    if found is None:
        raise NotFound(f"public park {key}")
    return found


def slugs() -> set[str]:
    with scope.unscoped():
        return set(db.session.scalars(sa.select(ParkProfile.slug)))


def codes() -> list[str]:
    with scope.unscoped():
        return list(db.session.scalars(sa.select(Park.code)))


# -- public ----------------------------------------------------------------------------------------
def _published() -> Any:
    query = sa.select(ParkProfile, Park.code).join(Park, Park.id == ParkProfile.park_id)
    return query.where(ParkProfile.published.is_(True), Park.status == "active")


def published() -> Sequence[Public]:
    """Parks that the public sees, by code. A suspended park is not among them."""
    with scope.unscoped():
        found = db.session.execute(_published().order_by(Park.code))
        return [_public(profile, code) for profile, code in found]


def _public(profile: ParkProfile, code: str) -> Public:
    content = {name: value for name, value in profile.content.items() if name not in PRIVATE}
    return Public(
        park_id=profile.park_id,
        code=code,
        slug=profile.slug,
        name=profile.name,
        short_name=profile.short_name,
        kind=profile.kind,
        level=profile.level,
        division=profile.division,
        customs_modes=profile.customs_modes or (),
        area_leasable=profile.area_leasable,
        updated_at=profile.updated_at,
        content=content,
    )


def published_with(key: str) -> list[dict[str, Any]]:
    """Profiles on the public site that name the key, of whatever park."""
    query = (
        sa.select(ParkProfile.content)
        .join(Park, Park.id == ParkProfile.park_id)
        .where(ParkProfile.published.is_(True), Park.status == "active")
        .where(contains(sa.type_coerce(ParkProfile.content, sa.Text), key))
    )
    with scope.unscoped():
        return list(db.session.scalars(query))


# -- yearly figures ----------------------------------------------------------------------------------
def figures(figures_id: int) -> ParkFigures:
    """A year's figures in the current scope, or ``NotFound``."""
    found = db.session.scalar(sa.select(ParkFigures).where(ParkFigures.id == figures_id))
    if found is None:
        raise NotFound(f"figures {figures_id}")
    return found


def locked_figures(figures_id: int) -> ParkFigures:
    query = sa.select(ParkFigures).where(ParkFigures.id == figures_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(f"figures {figures_id}")
    return found


def figures_of(park_id: int) -> list[ParkFigures]:
    """All years of a park, the newest first."""
    query = sa.select(ParkFigures).where(ParkFigures.park_id == park_id)
    return list(db.session.scalars(query.order_by(ParkFigures.year.desc())))


def has_figures(park_id: int, year: int) -> bool:
    query = sa.select(ParkFigures.id).where(
        ParkFigures.park_id == park_id, ParkFigures.year == year
    )
    return db.session.scalar(query) is not None
