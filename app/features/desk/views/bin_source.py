"""What the recycle bin lists: columns, filters, search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.values import replace
from app.engines import recycling
from app.engines.recycling import HEADINGS, STAGE_WORDS, BinItem
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, DayRangeFilter, KeyFilter, contains
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises.rules import search_text
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.web.acting import current_actor
from app.web.listing.build import Field


def _person(column: Any) -> Any:
    query = sa.select(FULL_NAME).where(User.id == column)
    return query.correlate(BinItem).scalar_subquery()


PARK_NAME = (
    sa.select(Park.name).where(Park.id == BinItem.park_id).correlate(BinItem).scalar_subquery()
)
#: What cells and acts need beside the shown columns.
ASIDE = (
    *("id", "kind", "subject_id", "park_id", "name", "deleted_at"),
    *("proposed_at", "proposed_by", "proposer", "proposal", "version"),
)


class StageFilter(ChoiceFilter, frozen=True):
    """Where a record stands; two of the stages depend on who asks."""

    def where(self, value: Any) -> Any:
        return recycling.at_stage(value, current_actor(), clock.now())


class BinSource(ListSource):
    """What this person may see of the bin."""

    def __init__(self) -> None:
        own = ("kind", "name", "facts", "deleted_at", "reason", "subject_id", "park_id", "version")
        asked = ("proposed_at", "proposed_by", "proposal")
        columns: dict[str, Any] = {name: getattr(BinItem, name) for name in (*own, *asked)}
        columns |= {
            "deleted_by": _person(BinItem.deleted_by),
            "proposer": _person(BinItem.proposed_by),
            "park": PARK_NAME,
            "id": BinItem.id,
            "hanging": sa.null(),  # told of a page's rows together
            "kept": sa.null(),
        }
        super().__init__(
            BinItem,
            columns,
            search=lambda text: contains(BinItem.search_key, search_text(text)),
            where=lambda _criteria: (recycling.visible_to(current_actor()),),
        )

    def visible_ids(self, ids: Sequence[int]) -> set[int]:
        """All of them: what is gone, or was never this person's, gets its line in the result."""
        return set(ids)


def kinds() -> tuple[tuple[str, Any], ...]:
    return tuple((one.name, one.label) for one in recycling.kinds_for(current_actor()))


def _parks() -> tuple[tuple[str, str], ...]:
    if "bin_parks" not in g:
        g.bin_parks = tuple((str(park.id), park.name) for park in parks.all_by_code())
    found: tuple[tuple[str, str], ...] = g.bin_parks
    return found


FILTERS = (
    ChoiceFilter("kind", HEADINGS["kind"], BinItem.kind, options=kinds),
    StageFilter(
        "stage", HEADINGS["stage"], None, promoted=True, options=tuple(STAGE_WORDS.items())
    ),
    DayRangeFilter("deleted_at", HEADINGS["deleted_at"], BinItem.deleted_at, promoted=True),
)
PARK_FILTER = KeyFilter("park", HEADINGS["park"], BinItem.park_id, promoted=True, options=_parks)
#: The park takes the place of the day among the filters that are always seen.
ZONE_FILTERS = (*FILTERS[:2], replace(FILTERS[2], promoted=False), PARK_FILTER)
FIELDS = (
    Field("name", HEADINGS["name"], frozen=True),
    Field("kind", HEADINGS["kind"], sortable=False),
    Field("facts", HEADINGS["facts"], sortable=False),
    Field("deleted_at", HEADINGS["deleted_at"]),
    Field("kept", HEADINGS["kept"], sortable=False),
    Field("deleted_by", HEADINGS["deleted_by"], sortable=False),
    Field("reason", HEADINGS["reason"], sortable=False),
    # Told on the record's page and in the question before each act.
    Field("hanging", HEADINGS["hanging"], sortable=False, shown=False),
)
PARK = Field("park", HEADINGS["park"], sortable=False)
