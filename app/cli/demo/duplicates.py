"""A few enterprises that were written down twice, and the first look for them."""

from __future__ import annotations

from itertools import count
from typing import Any

import sqlalchemy as sa

from app.cli.demo.enterprises import code_of
from app.core import clock
from app.core.actor import system_actor
from app.core.values import replace
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries import ALIVE
from app.features.enterprises.rules import PLAIN
from app.features.enterprises.services import finding
from app.features.parks.models import Park
from app.transaction import transaction

ACTOR = replace(system_actor("system:demo"), name="演示数据")
#: Serial numbers of invented codes that no other enterprise of the demo has.
CODES = count(980_001)
SHORT, LONG, GROUP = "有限公司", "有限责任公司", "（集团）有限公司"


def seed_duplicates() -> None:
    """One company in two parks, one under two codes after a renewed licence, one typed twice."""
    here, there = _some("P01", 1), _some("P02", 3)
    if not here or len(there) < 3 or not _some("P03", 1):
        return
    renewed, twice, abroad = there
    _again(here[0], "P02", uscc=here[0].uscc, name=here[0].name.replace(SHORT, LONG))
    _again(renewed, "P02", name=_turned(renewed.name), email="office@example.com")
    _again(twice, "P02", name=f"{twice.name[:4]}　{twice.name[4:]}", contact_phone="13900001234")
    _again(abroad, "P03", name=abroad.name.replace(SHORT, GROUP))
    found = finding.look()
    with transaction():
        finding.keep(ACTOR, found, now=clock.now())


def _some(park: str, number: int) -> list[Enterprise]:
    query = sa.select(Enterprise).join(Park, Park.id == Enterprise.park_id)
    query = query.where(Park.code == park, ALIVE, Enterprise.status == "在园")
    return list(db.session.scalars(query.order_by(Enterprise.id).limit(number)))


def _turned(name: str) -> str:
    """三亚某某有限公司 as 三亚·某某股份有限公司."""
    return f"{name[:2]}·{name[2:]}".replace(SHORT, f"股份{SHORT}")


def _again(item: Enterprise, park: str, **changes: Any) -> None:
    """The same company once more, under another code unless it is said."""
    values = {name: getattr(item, name) for name in PLAIN}
    with transaction():
        target = db.session.scalars(sa.select(Park).where(Park.code == park)).one()
        values |= {"uscc": code_of(next(CODES)), **changes}
        services.add(ACTOR, target.id, values, year=clock.last_full_year())
