"""What parks have against an act of others: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Collection

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines.files import StoredFile
from app.features.accounts.rules import SYSTEM_ROLES, ZONE_ROLES
from app.features.parks.models import Park

CLAIMS = "LicenceClaimView"


def joining(roles: Collection[str]) -> Refusal | None:
    """三员 have no business rights and zone roles see all parks: neither belongs to one."""
    if SYSTEM_ROLES & set(roles):
        return Refusal("system_person", fields={"username": "system_person"})
    if ZONE_ROLES & set(roles):
        return Refusal("zone_and_park", fields={"username": "zone_and_park"})
    return None


def taking_in(park: Park) -> Refusal | None:
    """A suspended park takes in nobody."""
    return None if park.status == "active" else Refusal("park_suspended")


def deciding(actor: Actor, claimant_id: int) -> Refusal | None:
    """Nobody examines their own licence."""
    return Refusal("claim_own") if actor.user_id == claimant_id else None


def may_read_licence(actor: Actor, file: StoredFile) -> bool:
    """Who sent it, and who examines it."""
    return file.created_by == actor.user_id or actor.can("can_show", CLAIMS)


def changing(park: Park) -> Refusal | None:
    """A suspended park's people read; they change nothing until the zone resumes it."""
    return Refusal("park_suspended") if park.status == "suspended" else None


def may_read_of_park(actor: Actor, file: StoredFile) -> bool:
    """Pictures and evidence of a profile: who sent them, the park's people, and who reviews."""
    if actor.user_id is None:
        return False
    if file.created_by == actor.user_id:
        return True
    parks = actor.scope_park_ids
    if parks is None:
        return actor.can("can_list", "ReviewView") or actor.can("can_show", "ParkView")
    return file.park_id is not None and file.park_id in parks
