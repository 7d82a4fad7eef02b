"""Who hears of a decision: whoever wrote or sent what was decided on."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.engines import notices
from app.engines.review.models import ReviewEvent, Revision
from app.engines.review.registry import kind
from app.engines.review.rules import Act, State

#: Act -> kind of message; 通过 counts once it is in force.
MESSAGES = {
    Act.approve: "review.approved",
    Act.send_back: "review.returned",
    Act.refuse: "review.refused",
    Act.revoke: "review.revoked",
}


#: Features that keep a state beside their things; called in the transaction of every act.
TELLERS: list[Callable[[Actor, Revision, ReviewEvent], None]] = []


def tell(actor: Actor, revision: Revision, event: ReviewEvent) -> None:
    """Write the authors' messages, once for an event; before the act's trail entry."""
    for follow in TELLERS:
        follow(actor, revision, event)
    try:
        message = MESSAGES.get(Act(event.act))
    except ValueError:
        return  # begun: nobody waits for that
    unfinished = event.act == Act.approve and revision.state is not State.passed
    if message is None or unfinished:
        return
    people = {revision.created_by, revision.submitted_by} - {None, actor.user_id}
    params = {"title": revision.title}
    if message != MESSAGES[Act.approve]:
        params["reason"] = event.reason
    notices.tell(
        [one for one in people if one is not None],
        message,
        params,
        link=kind(revision.kind).address(revision),
        cause=f"review:{event.id}",
    )
