"""Profiles in force and yearly figures: what the back office, the zone and the public read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import scope
from app.core.errors import NotFound
from app.engines.review import Revision
from app.extensions import db
from app.extensions.lists.spec import contains
from app.features.parks.models import Organisation, Park, ParkFigures, ParkProfile

#: What somebody who reads a page as a visitor may see of a profile; the rest is for the desk.
PRIVATE = frozenset({"contact_name", "contact_phone", "email", "legal_representative", "evidence",
                     "investment", "staff_count", "uscc", "nature"})  # fmt: skip


@dataclass(frozen=True)
class Public:
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


def shown_elsewhere(keys: Collection[str], park_id: int) -> frozenset[str]:
    """Those of the pictures that something else shows that review put in force, news too."""
    text = sa.type_coerce(Revision.content, sa.Text)
    other = sa.or_(Revision.park_id.is_(None), Revision.park_id != park_id)
    mine = Revision.kind.in_(("park_profile", "park_upgrade"))
    asked = sa.select(Revision.id).where(Revision.in_force.is_(True), sa.or_(other, ~mine))
    with scope.unscoped():
        return frozenset(
            key
            for key in keys
            if db.session.scalar(asked.where(contains(text, key)).limit(1)) is not None
        )


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
