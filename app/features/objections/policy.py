"""Who is on which side of an objection, and who reads its files."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.features.objections import rules
from app.features.objections.models import Objection
from app.features.objections.rules import Act, Side, Standing, State

VIEW = "ObjectionView"
FILE = "objection_file"


def sides(actor: Actor, park_id: int) -> frozenset[Side]:
    """The park's administrators object; reviewers and operators answer."""
    held = set()
    parks = actor.scope_park_ids
    if parks is not None and park_id in parks and actor.can("can_file", VIEW):
        held.add(Side.park)
    process = actor.user_id is None and actor.username.startswith("system")
    if actor.sees_all and (process or actor.can("can_handle", VIEW)):
        held.add(Side.zone)
    return frozenset(held)


def standing(
    actor: Actor,
    found: Objection,
    *,
    reviewers: frozenset[int] = frozenset(),
    earlier: frozenset[int] = frozenset(),
) -> Standing:
    return Standing(
        state=State(found.state),
        sides=sides(actor, found.park_id),
        actor_id=actor.user_id,
        handler_id=found.handler_id,
        decided_by=found.decided_by,
        reviewers=reviewers,
        earlier=earlier,
    )


def require(act: Act, standing: Standing) -> None:
    """Raise ``Forbidden`` for who is on another side, ``Refusal`` when the act cannot be now."""
    against = rules.refusal(act, standing)
    if against is None:
        return
    if against.startswith("objection_not_"):
        raise Forbidden(against)
    raise Refusal(against)


def may_file(actor: Actor, park_id: int) -> bool:
    return Side.park in sides(actor, park_id)


def may_read_file(actor: Actor, file: Any) -> bool:
    """The people of the case: its park and the zone."""
    parks = actor.scope_park_ids
    if actor.user_id is None or not actor.can("can_show", VIEW):
        return False
    return parks is None or file.park_id in parks
