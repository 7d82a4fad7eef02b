"""Who hears of an act: the park of the case, or the zone's people who answer."""

from __future__ import annotations

from datetime import datetime

from app.core import scope
from app.core.actor import Actor
from app.engines import calendar, notices
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.objections import queries
from app.features.objections.models import Objection
from app.features.objections.services.handling import barred_from
from app.features.parks import queries as parks

DESK = "/desk/objections/show"
#: Act -> kind of the park's message; a decision is told only once it is answered.
TO_PARK = {
    "accept": "objection.accepted",
    "refuse": "objection.refused",
    "answer": "objection.answered",
}
TO_ZONE = {"file": "objection.filed", "again": "objection.again", "withdraw": "objection.withdrawn"}
#: Working days before the end at which the zone is reminded.
REMIND_BEFORE = 2


def inform(actor: Actor, found: Objection, act: str) -> None:
    """A teller: each act once, in its transaction, not to who did it."""
    params = {"number": found.number}
    if act in TO_PARK or (act == "write" and actor.sees_all):
        kind = TO_PARK.get(act, "objection.word")
        with scope.unscoped():
            people = parks.managers_of(found.park_id, but=actor.user_id)
        _tell(people, kind, params, found)
    elif act in TO_ZONE:
        _tell(_zone(found, actor.user_id), TO_ZONE[act], params, found)
    elif act == "write" and found.handler_id is not None:
        _tell([found.handler_id], "objection.word", params, found)
    elif act == "decide":
        _tell(_zone(found, actor.user_id), "objection.decided", params, found)


def nudge(_actor: Actor, now: datetime) -> int:
    """The zone's people are reminded of what is nearly or already late: once on a working day."""
    today = calendar.local(now)
    if not calendar.is_working(today):
        return 0
    told = 0
    for found in queries.waiting():
        if calendar.left(found.due_on, today) > REMIND_BEFORE:
            continue
        people = [found.handler_id] if found.handler_id else _zone(found, None)
        params = {"number": found.number, "due": found.due_on.isoformat()}
        cause = f"objection.due:{found.id}:{today.isoformat()}"
        told += bool(
            notices.tell(people, "objection.due", params, link=f"{DESK}/{found.id}", cause=cause)
        )
    return told


def _zone(found: Objection, but: int | None) -> list[int]:
    """Who may take it on; where that is nobody, all of them: somebody has to be found."""
    roles = [str(Role.reviewer), str(Role.operator)]
    people = [one for one in accounts.holding_any(roles) if one != but]
    barred = barred_from(found)
    return [one for one in people if one not in barred] or people


def _tell(people: list[int], kind: str, params: dict[str, str], found: Objection) -> None:
    cause = f"{kind}:{found.id}:{found.version}"
    if kind == "objection.word":
        cause = f"{cause}:{len(queries.log(found.id))}"
    notices.tell(people, kind, params, link=f"{DESK}/{found.id}", cause=cause)
