"""Who is on which side of an application, and who reads its files."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import Act, Side, Standing, State, allowed, refusal

VIEW = "SettlementView"
#: File kinds of the store.
APPLICANT_FILE = "settlement_file"
CONTRACT_FILE = "settlement_contract"


def sides(actor: Actor, found: SettlementApplication) -> frozenset[Side]:
    """The park handles what is its own; the applicant is whom the application is linked to."""
    held = set()
    if handles(actor, found.park_id):
        held.add(Side.park)
    if actor.user_id is not None and actor.user_id == found.user_id:
        held.add(Side.applicant)
    return frozenset(held)


def handles(actor: Actor, park_id: int) -> bool:
    """Handling is a park's own business: who sees all parks reads and does nothing."""
    parks = actor.scope_park_ids
    process = actor.user_id is None and actor.username.startswith("system")
    inside = parks is not None and park_id in parks and actor.can("can_handle", VIEW)
    return process or inside


def standing(actor: Actor, found: SettlementApplication) -> Standing:
    return Standing(State(found.state), sides(actor, found))


def acts(actor: Actor, found: SettlementApplication) -> tuple[Act, ...]:
    """What the actor may do now."""
    return allowed(standing(actor, found))


def require(actor: Actor, found: SettlementApplication, act: Act, side: Side) -> None:
    """Raise ``Forbidden`` for who is on the other side of the act, ``Refusal`` when it is too late."""
    if side not in sides(actor, found):
        raise Forbidden(f"settlement_not_{side}")
    against = refusal(act, Standing(State(found.state), frozenset({side})))
    if against is not None:
        raise Refusal(against)


def personal(actor: Actor) -> bool:
    """Whether this actor may see names, numbers and files of applicants in full."""
    return actor.can("can_personal", VIEW)


def may_read_file(actor: Actor, file: Any) -> bool:
    """An applicant's file: who sent it, and who may see personal data of its park."""
    own = actor.user_id is not None and file.created_by == actor.user_id
    return own or may_read_contract(actor, file)


def may_read_contract(actor: Actor, file: Any) -> bool:
    """A contract is the park's."""
    parks = actor.scope_park_ids
    return personal(actor) and (parks is None or file.park_id in parks)
