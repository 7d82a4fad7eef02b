"""Note a refused request in the trail; the answer is the same for a foreign thing and a missing one."""

from __future__ import annotations

from app.core import clock
from app.core.actor import Actor
from app.features.desk import services
from app.transaction import transaction
from app.web.denials import Denial

#: A look is not kept waiting for long because somebody else writes.
WAIT_MS = 2_000


def note_refused(actor: Actor, denial: Denial) -> None:
    """In a short transaction of its own, unless the person was noted just now."""
    news = services.news(actor, denial.route, now=clock.now())
    if news is services.News.none:
        return
    with transaction(WAIT_MS, while_looking=True):
        services.note_denied(
            actor,
            route=denial.route,
            endpoint=denial.endpoint,
            object_id=denial.object_id,
            reason=denial.reason,
            posted=denial.posted,
            last=news is services.News.limit,
        )
    if news is services.News.note:
        services.LEFT_OUT.pop(actor.real.user_id, None)  # told, and committed
