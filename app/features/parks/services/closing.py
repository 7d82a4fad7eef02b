"""An invitation ends: answered, withdrawn, expired, or with whoever sent it."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.parks import queries
from app.features.parks.models import Park, ParkInvitation


def close(found: ParkInvitation, state: str, now: datetime) -> None:
    found.state, found.decided_at, found.sealed = state, now, None
    db.session.flush()


def tell_holder(found: ParkInvitation, park: Park, kind: str, cause: str) -> None:
    holder = accounts.identity("phone", "", found.phone_index)
    if holder is not None:
        params = {"park": park.name, "role": found.role}
        link = f"/me/invitations/{found.id}" if kind == "park.invited" else ""
        notices.tell([holder.user_id], kind, params, link=link, cause=cause)


def withdraw(actor: Actor, found: ParkInvitation, park: Park, now: datetime) -> None:
    """Nobody can answer it any more."""
    close(found, "withdrawn", now)
    cause = f"invitation-withdrawn:{found.id}"
    tell_holder(found, park, "park.invitation_withdrawn", cause)
    trail.record(actor, "invitation.withdrawn", found)


def end_with(actor: Actor, park: Park, user_id: int, now: datetime) -> None:
    """Who looks after the park's people no more, or is out, let nobody in for later: neither a
    friend nor themselves."""
    for found in queries.invitations_around(park.id, user_id):
        withdraw(actor, found, park, now)
