"""Yearly figures of a park: the park says them, the zone verifies them, the trail keeps both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal, Stale, refuse_if
from app.engines import trail
from app.extensions import db
from app.features.parks import policy, queries
from app.features.parks.models import ParkFigures
from app.features.parks.queries import profiles
from app.features.parks.rules import profile as rules

ORIGIN_MAX = 200


def add(actor: Actor, park_id: int, year: int, values: Mapping[str, Any]) -> ParkFigures:
    """The figures of a year that has none yet."""
    park = queries.locked(park_id)
    refuse_if(policy.changing(park))
    if profiles.has_figures(park.id, year):
        raise Refusal("figures_taken", fields={"year": "figures_taken"})
    read = _read(values, year)
    made = ParkFigures(park_id=park.id, year=year, created_by=actor.user_id, **read)
    made.updated_by = actor.user_id
    db.session.add(made)
    changes = trail.changes_of(made, ("year", *read))
    db.session.flush()
    trail.record(actor, "figures.added", made, label=f"{park.name} {year}", changes=changes)
    return made


def change(
    actor: Actor, figures_id: int, values: Mapping[str, Any], *, version: int
) -> ParkFigures:
    """Save an edit made on ``version``; verified ones the zone alone may correct."""
    found = profiles.locked_figures(figures_id)
    if found.version != version:
        raise Stale(found)
    park = queries.locked(found.park_id)
    if not actor.sees_all:
        refuse_if(policy.changing(park))
        if found.verified_at is not None:
            raise Refusal("figures_verified")
    for name, value in _read(values, found.year).items():
        setattr(found, name, value)
    changes = trail.changes_of(found, (*rules.FIGURES, "origin"))
    if changes:
        found.updated_by, found.updated_at = actor.user_id, clock.now()
        db.session.flush()
        label = f"{park.name} {found.year}"
        trail.record(actor, "figures.changed", found, label=label, changes=changes)
    return found


def verify(actor: Actor, figures_id: int, *, version: int, now: datetime) -> ParkFigures:
    """核定 by the zone: from now on the park cannot change them."""
    if not actor.sees_all:
        raise Forbidden
    found = profiles.locked_figures(figures_id)
    if found.version != version:
        raise Stale(found)
    if found.verified_at is not None:
        return found
    found.verified_at, found.verified_by = now, actor.user_id
    db.session.flush()
    park = queries.by_id(found.park_id)
    trail.record(actor, "figures.verified", found, label=f"{park.name} {found.year}")
    return found


def _read(values: Mapping[str, Any], year: int) -> dict[str, Any]:
    texts = {name: rules.number(str(values.get(name) or "").strip()) for name in rules.FIGURES}
    wrong = rules.figure_faults(texts, year, clock.today().year)
    origin = " ".join(str(values.get("origin") or "").split())
    if len(origin) > ORIGIN_MAX:
        wrong["origin"] = "too_long"
    if wrong:
        raise Refusal("figures_wrong", fields=wrong)
    return {
        **{
            name: None if not text else (Decimal(text) if rules.FIGURES[name] else int(text))
            for name, text in texts.items()
        },
        "origin": origin,
    }
