"""暂停 and 恢复: who looks after the park hears of it, and why."""

from __future__ import annotations

from app.core.actor import Actor
from app.engines import notices
from app.features.parks import queries
from app.features.parks.models import Park

KINDS = {"suspended": "park.suspended", "active": "park.resumed"}


def tell_state(actor: Actor, park: Park, reason: str) -> None:
    """Owner and administrators, once for each change; before its trail entry."""
    people = queries.managers_of(park.id, but=actor.user_id)
    cause = f"park-state:{park.id}:{park.version}"
    params = {"park": park.name, "reason": reason}
    notices.tell(people, KINDS[park.status], params, link="/desk/", cause=cause)
