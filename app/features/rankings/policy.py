"""Who sees a ranking, and who publishes one."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden

VIEW = "RankingView"
PUBLISH = "PublicationView"
CONSEQUENCES = "ConsequenceView"
REPORT = "consequence_report"


def publishes(actor: Actor) -> None:
    """Raise ``Forbidden`` for who may not publish."""
    process = actor.user_id is None and actor.username.startswith("system")
    if not (actor.sees_all and (process or actor.can("can_publish", PUBLISH))):
        raise Forbidden("ranking_not_operator")


def reports(actor: Actor, park_id: int) -> None:
    """Raise ``Forbidden`` for who does not send in what the park itself answers."""
    own = not actor.sees_all and actor.acting_park_id == park_id
    if not (own and actor.can("can_report", CONSEQUENCES)):
        raise Forbidden("consequence_not_park")


def may_read_report(actor: Actor, file: Any) -> bool:
    """The park that it is about, and the zone."""
    parks = actor.scope_park_ids
    if actor.user_id is None or not actor.can("can_show", CONSEQUENCES):
        return False
    return parks is None or file.park_id in parks


def sees_detail(actor: Actor, park_id: int) -> bool:
    """In full: the park its own, the zone all; of the others everybody sees the sums."""
    if not actor.can("can_index", VIEW):
        return False
    parks = actor.scope_park_ids
    return parks is None or park_id in parks
