"""Parks and organisations in the recycle bin. Only such go there as nothing refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_pgettext

from app.engines import recycling
from app.features.parks import queries, services
from app.features.parks.labels import HEADINGS, KIND_WORDS, REFUSALS
from app.features.parks.models import Organisation, Park
from app.features.parks.views.organisations import BASE as ORGANISATIONS
from app.features.parks.views.parks import BASE as PARKS


def _park(facts: Mapping[str, Any]) -> Sequence[Any]:
    kind = str(facts.get("kind"))
    return (facts.get("code"), KIND_WORDS.get(kind, kind))


def _organisation(facts: Mapping[str, Any]) -> Sequence[Any]:
    return (facts.get("uscc"),)


RECYCLED = (
    recycling.Kind(
        Park.__tablename__,
        HEADINGS["park"],
        "ParkView",
        register=f"{PARKS}/list/",
        record=lambda pk: f"{PARKS}/show/{pk}",
        meet=lambda _actor, pk: queries.by_id(pk),
        restore=services.restore_park,
        purge=recycling.thawed,
        facts=_park,
        refusals=REFUSALS,
    ),
    recycling.Kind(
        Organisation.__tablename__,
        lazy_pgettext("one", "主体"),
        "OrganisationView",
        register=f"{ORGANISATIONS}/list/",
        record=lambda pk: f"{ORGANISATIONS}/show/{pk}",
        meet=lambda _actor, pk: queries.organisation(pk),
        restore=services.restore_organisation,
        purge=recycling.thawed,
        facts=_organisation,
        refusals=REFUSALS,
    ),
)
