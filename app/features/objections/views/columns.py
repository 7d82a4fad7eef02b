"""The register's columns and filters."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l

from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, KeyFilter
from app.features.accounts.queries import FULL_NAME
from app.features.assessments.models import AssessmentRound
from app.features.objections import queries, services
from app.features.objections.labels import (
    CORRECTION_WORDS,
    HEADINGS,
    OUTCOME_WORDS,
    STATE_WORDS,
    TARGET_WORDS,
)
from app.features.objections.models import Objection
from app.features.objections.rules import State
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.features.rankings import queries as rankings
from app.web.acting import current_actor
from app.web.listing.build import Field

MINE = "mine"
PARK_NAME = sa.select(Park.name).where(Park.id == Objection.park_id).scalar_subquery()
ROUND_NAME = (
    sa.select(AssessmentRound.name)
    .where(AssessmentRound.id == Objection.round_id)
    .scalar_subquery()
)
HANDLER = (
    sa.select(FULL_NAME).where(User.id == Objection.handler_id).correlate(Objection)
).scalar_subquery()
#: A decision is nobody's to filter or sort by before it is answered.
TOLD = sa.case((Objection.state == State.answered.value, Objection.outcome))
#: Of upheld ones: whether a version holds the correction. Told to the park only once answered, too.
CORRECTION = sa.case(
    (Objection.corrected_in_id.is_not(None), "done"), (queries.uncorrected(), "pending")
)
FIELDS = (
    Field("number", HEADINGS["number"], frozen=True),
    Field("round", HEADINGS["round"]),
    Field("target", HEADINGS["target"], choices=TARGET_WORDS),
    Field("state", HEADINGS["state"]),
    Field("outcome", HEADINGS["outcome"]),
    Field("filed_at", HEADINGS["filed_at"]),
    Field("due_on", HEADINGS["due_on"]),
)
#: The zone's alone: a park is not told who of the zone's people has its case.
PARK, HANDLER_FIELD = Field("park", HEADINGS["park"]), Field("handler", HEADINGS["handler"])


class Mine(ChoiceFilter, frozen=True):
    """The cases whose next act is open to whoever looks."""

    def where(self, _value: Any) -> Any:
        return self.column.in_([one.id for one in services.waiting_for(current_actor())])


FILTERS = (
    ChoiceFilter("state", HEADINGS["state"], Objection.state, options=tuple(STATE_WORDS.items())),
    ChoiceFilter(
        "outcome",
        HEADINGS["outcome"],
        TOLD,
        options=tuple(OUTCOME_WORDS.items()),
        promoted=True,
    ),
    ChoiceFilter(
        "correction",
        HEADINGS["correction"],
        CORRECTION,
        options=tuple(CORRECTION_WORDS.items()),
    ),
    KeyFilter("park", HEADINGS["park"], Objection.park_id, options=parks.own_options),
    KeyFilter(
        "round",
        HEADINGS["round"],
        Objection.round_id,
        options=partial(rankings.round_options, Objection.round_id),
    ),
    Mine(MINE, HEADINGS["mine"], Objection.id, options=(("1", _l("待我办理")),)),
)
SOURCE = ListSource(
    Objection,
    {
        "number": Objection.number,
        "round": ROUND_NAME,
        "park": PARK_NAME,
        "target": Objection.target,
        "state": Objection.state,
        "outcome": TOLD,
        "filed_at": Objection.filed_at,
        "due_on": Objection.due_on,
        "handler": HANDLER,
    },
    search=(Objection.number, PARK_NAME),
)
