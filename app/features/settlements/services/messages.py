"""What becomes a message: to the people who look after the park, or to the applicant.

The row keeps codes and names; of the applicant only the company, never the person. An applicant
without an account hears of an outcome by text message, at the number that a code has proven.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.actor import Actor
from app.engines import notices
from app.features.parks import queries as parks
from app.features.settlements import queries
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import Act

DESK = "/desk/settlements/show"
OWN = "/me/applications/"
#: Act of the park -> kind of the applicant's message.
HEARD = {
    Act.follow.value: "settlement.followed",
    Act.land.value: "settlement.landed",
    Act.decline.value: "settlement.declined",
    Act.reopen.value: "settlement.reopened",
}
#: Kind of the applicant's message -> the result in a text message (its template is Chinese).
TEXTED = {
    "settlement.landed": "已落地",
    "settlement.declined": "未落地",
    "settlement.reopened": "重新办理中",
    "settlement.moved": "已转其他园区",
}


def inform(actor: Actor, application: SettlementApplication, what: str) -> None:
    """A teller: each event once, in the transaction of its act, not to who did it."""
    if what in HEARD:
        _applicant(actor, application, HEARD[what])
    elif what in _TO_PARK:
        kind, more = _TO_PARK[what]
        params = {"company": application.company, "number": application.number}
        _park(actor, application, kind, params | more(application))
    if what == "arrive":
        _applicant(actor, application, "settlement.moved")


def _due(application: SettlementApplication) -> dict[str, Any]:
    return {"due": application.due_on.isoformat()}


def _came(application: SettlementApplication) -> dict[str, Any]:
    assert application.origin_id is not None
    here = queries.origins([application.origin_id])[application.origin_id]
    return {**_due(application), "park": queries.park_names([here])[here]}


def _late(application: SettlementApplication) -> dict[str, Any]:
    return {"days": queries.last_nudge(application.id).late}


def _nothing(_application: SettlementApplication) -> dict[str, Any]:
    return {}


_TO_PARK: dict[str, tuple[str, Callable[[SettlementApplication], dict[str, Any]]]] = {
    "submit": ("settlement.submitted", _due),
    "arrive": ("settlement.arrived", _came),
    "due": ("settlement.due", _nothing),
    "late": ("settlement.late", _late),
    Act.withdraw.value: ("settlement.withdrawn", _nothing),
}
#: Told again each working day: the day belongs to the cause.
_DAILY = frozenset({"settlement.due", "settlement.late"})


def _park(
    actor: Actor, application: SettlementApplication, kind: str, params: dict[str, Any]
) -> None:
    people = parks.managers_of(application.park_id, but=actor.user_id)
    cause = f"{kind}:{application.id}"
    if kind in _DAILY:
        cause = f"{cause}:{queries.last_nudge(application.id).day.isoformat()}"
    notices.tell(people, kind, params, link=f"{DESK}/{application.id}", cause=cause)


def _applicant(actor: Actor, application: SettlementApplication, kind: str) -> None:
    if application.user_id is None:
        _text(application, TEXTED.get(kind, ""))
        return
    if application.user_id == actor.user_id:
        return
    params: dict[str, Any] = {
        "park": queries.park_names([application.park_id])[application.park_id],
        "number": application.number,
    }
    if kind == "settlement.declined":
        params["reason"] = application.reason_code
    if kind == "settlement.moved":
        params |= _due(application)
    # The first 跟进 is news to the applicant; an outcome is, each time there is one.
    once = "" if kind == "settlement.followed" else f":{application.version}"
    cause = f"{kind}:{application.id}{once}"
    notices.tell([application.user_id or 0], kind, params, link=OWN, cause=cause)


def _text(application: SettlementApplication, result: str) -> None:
    """The result to who has no inbox; the number is gone once its time of keeping is over."""
    if result and application.contact_phone and application.phone_index:
        params = {"number": application.number, "result": result}
        notices.queue(application.contact_phone, notices.SmsKind.settlement, params)
