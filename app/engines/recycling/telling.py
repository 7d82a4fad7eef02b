"""Who hears of a proposal: those who may decide it; who proposed hears what became of it."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.engines import notices
from app.engines.recycling.labels import ADDRESS
from app.engines.recycling.models import BinItem

#: Who may decide on a record, beside its proposer: wiring knows people, the engine does not.
DECIDERS: list[Callable[[BinItem], list[int]]] = []
#: What the proposer hears of.
OUTCOMES = {"rejected": "bin.rejected", "purged": "bin.purged", "restored": "bin.restored"}


def tell(actor: Actor, found: BinItem, act: str, *, reason: str = "") -> None:
    """Each act once; never to who did it. Before the act's trail entry."""
    params = {"kind": found.kind, "name": found.name}
    cause = f"bin.{act}:{found.id}:{found.version}"
    if act == "proposed":
        people = {one for deciders in DECIDERS for one in deciders(found)} - {actor.user_id or 0}
        params["reason"] = found.proposal or ""
        link = f"{ADDRESS}/show/{found.id}"
        notices.tell(people, "bin.proposed", params, link=link, cause=cause)
        return
    if act == "rejected":
        params["reason"] = reason
    link = f"{ADDRESS}/show/{found.id}" if act == "rejected" else f"{ADDRESS}/list/"
    people = {found.proposed_by or 0} - {0, actor.user_id}
    notices.tell(people, OUTCOMES[act], params, link=link, cause=cause)
