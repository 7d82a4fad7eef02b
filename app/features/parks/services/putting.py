"""What another system says of a park: the draft of 信息维护, and its way to review (REST API)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core.actor import Actor
from app.core.errors import Stale
from app.engines import review
from app.features.parks import queries
from app.features.parks.models import Park
from app.features.parks.services import profiles

WAITING = frozenset({review.State.submitted, review.State.picked})


def standing(park: Park) -> dict[str, Any]:
    """What the next change of a park's profile starts from: what is proposed, else what is in force."""
    pending = review.pending(profiles.KIND, park.id)
    return profiles.cleaned(queries.content_of(park) if pending is None else pending.content)


def put(
    actor: Actor,
    park_id: int,
    given: Mapping[str, Any],
    *,
    send: bool | None,
    seen: Callable[[], None],
) -> str:
    """``changed`` or ``unchanged``. What ``given`` leaves out stays; sent twice it is sent once.

    ``send``: whether it goes to review; unsaid, it does unless a draft would go with it.
    ``seen`` raises when the caller meant something else than what is there now.
    """
    park = queries.locked(park_id)
    seen()
    pending = review.pending(profiles.KIND, park.id)
    if send is None:
        review.send_only_own(pending)
    send = send is not False
    base = standing(park)
    raw = {**base, **given}
    same = profiles.cleaned(raw) == base
    if same and (pending is None or pending.state in WAITING or not send):
        return "unchanged"
    version = 0 if pending is None else pending.version
    try:
        profiles.propose(actor, park.id, raw, seen=version, send=send)
    except review.Clash as clash:  # a draft of the screen was saved meanwhile
        raise Stale from clash
    return "changed"
