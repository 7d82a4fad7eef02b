"""What is certified of companies, as the register takes it: by credit code, whatever the park.

That a company is certified says nothing of the parks that it is in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, field

from app.extensions import db
from app.extensions.rows import one_of
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import BY_NAME
from app.features.enterprises.rules.origins import PROVEN, Origin
from app.features.parks.models import Organisation

_SOURCES = {"haiyiban": Origin.haiyiban, "licence": Origin.licence}


class Certified(Struct, frozen=True):
    """Column -> certified value (only what is said), by whom, and when."""

    values: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.unknown
    at: datetime | None = None

    @property
    def origins(self) -> dict[str, Origin]:
        return dict.fromkeys(self.values, self.origin)


NOTHING = Certified()


def certified_of(codes: Collection[str]) -> dict[str, Certified]:
    """Code -> what is certified of its company now."""
    query = sa.select(
        Organisation.uscc,
        Organisation.source,
        Organisation.certified_at,
        *(getattr(Organisation, name) for name in PROVEN),
    ).where(
        one_of(Organisation.uscc, codes),
        Organisation.certified_at.is_not(None),
        Organisation.source.in_(_SOURCES),
    )
    return {
        uscc: Certified(_said(values), _SOURCES[source], at)
        for uscc, source, at, *values in db.session.execute(query)
    }


def _said(values: Collection[str | None]) -> dict[str, str]:
    """What is said, at most as much as the register holds."""
    pairs = zip(PROVEN, values, strict=True)
    return {name: value.strip()[: BY_NAME[name].max_length] for name, value in pairs if value}


def certified(code: str) -> Certified:
    """The same of one code."""
    return certified_of([code]).get(code, NOTHING)


def alive_everywhere(code: str) -> list[Enterprise]:
    """Living records of a code in all parks in scope; one that has moved on stays as it was."""
    query = sa.select(Enterprise).where(
        Enterprise.uscc == code, Enterprise.deleted_at.is_(None), Enterprise.moved_to.is_(None)
    )
    return list(db.session.scalars(query.order_by(Enterprise.park_id)))
