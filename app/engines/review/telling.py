"""Who hears of an act: the author of decisions. The notices engine sends it after the commit."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.engines.review.models import ReviewEvent, Revision

#: Called in the transaction of every act; wiring joins the inbox here.
TELLERS: list[Callable[[Actor, Revision, ReviewEvent], None]] = []


def tell(actor: Actor, revision: Revision, event: ReviewEvent) -> None:
    for teller in TELLERS:
        teller(actor, revision, event)
