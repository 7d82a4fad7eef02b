"""考核 in the REST API: rounds, read only, as the zone sees all and a park those it is in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound
from app.features.assessments import policy
from app.features.assessments.labels.zone import ROUND_HEADINGS
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.views.rounds import RoundView
from app.web.access import Tenant
from app.web.api import listing
from app.web.api.operation import Answer, Call, Operation, Parameter, tag_of
from app.web.api.problems import Problem
from app.web.api.schema import DAY, NUMBER, TEXT, Field, Shape, one_of, text
from app.web.api.scopes import Scope

VIEW, FILL = policy.ROUND_VIEW, policy.FILL_VIEW
ABOUT = _l("考核")
READ = Scope(
    "rounds:read",
    _l("读取考核"),
    frozenset({f"can_list on {VIEW}", f"can_show on {VIEW}", f"can_index on {FILL}"}),
    about=ABOUT,
)
SORTS = ("opens_on", "fill_until", "name", "state")
DAYS = ("period_from", "period_to", "opens_on", "fill_until", "late_until", "review_until")
ROUND = Shape(
    "Round",
    (
        Field("id", NUMBER, _l("考核编号"), example=1),
        Field("name", TEXT, ROUND_HEADINGS["name"]),
        Field("state", one_of([one.value for one in RoundState]), ROUND_HEADINGS["state"]),
        *(Field(name, DAY, ROUND_HEADINGS.get(name, _l("考核期"))) for name in DAYS),
        Field("filing", {"type": ["string", "null"]}, _l("令牌所属园区的填报状态"), always=False),
    ),
)
ROUNDS = listing.shape_of_list("Rounds", ROUND)
KEY = Parameter("round", {**text(18), "pattern": "^[0-9]{1,18}$"}, _l("考核编号"), "path", "1")


def list_rounds(call: Call) -> Answer:
    """The zone's register; a park's own list is short, and filtered and put in order here."""
    if call.actor.sees_all:
        view = listing.view_of(RoundView)
        answer, _criteria = listing.page(call, view, names=("name", "state", *DAYS), sorts=SORTS,
                                         item=lambda row: told(row, row.pk))  # fmt: skip
        return answer
    state, text = call.args.get("state", ""), call.args.get("q", "").strip()
    rehearsal = call.args.get("rehearsal", "")
    found = [
        told(one, one.id, filing=filing.state)
        for one, filing in rounds.of_parks()
        if state in ("", one.state)
        and text in one.name
        and rehearsal in ("", "0" if one.rehearsal_of_id is None else "1")
    ]
    return listing.few(call, found, "id", SORTS)


def read_round(call: Call) -> Answer:
    """One round."""
    text = call.path["round"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem("not_found")
    if call.actor.sees_all:
        data = told(rounds.get(int(text)), int(text))
        return Answer(data, tag=tag_of(data))
    for one, filing in rounds.of_parks():
        if one.id == int(text):
            data = told(one, one.id, filing=filing.state)
            return Answer(data, tag=tag_of(data))
    raise NotFound("round")


def told(row: Any, key: int, **more: Any) -> dict[str, Any]:
    """A round as JSON has it."""
    days = {name: getattr(row, name).isoformat() for name in DAYS}
    return {"id": key, "name": row.name, "state": row.state, **days, **more}


OPERATIONS = (
    Operation(
        *("list_rounds", "GET", "/rounds", _l("考核列表"), "rounds"),
        scope=READ,
        rights=frozenset({f"can_list on {VIEW}", f"can_index on {FILL}"}),
        tenant=Tenant.park,
        run=list_rounds,
        answers=ROUNDS,
        parameters=listing.PAGING,
        filters=RoundView.filters,
        sorts=SORTS,
        searches=ROUND_HEADINGS["name"],
    ),
    Operation(
        *("read_round", "GET", "/rounds/{round}", _l("一轮考核"), "rounds"),
        scope=READ,
        rights=frozenset({f"can_show on {VIEW}", f"can_index on {FILL}"}),
        tenant=Tenant.park,
        run=read_round,
        answers=ROUND,
        parameters=(KEY,),
    ),
)
