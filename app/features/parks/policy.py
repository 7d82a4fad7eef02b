"""What parks have against an act of others: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Collection

from app.core.errors import Refusal
from app.features.accounts.rules import SYSTEM_ROLES, ZONE_ROLES


def joining(roles: Collection[str]) -> Refusal | None:
    """三员 have no business rights and zone roles see all parks: neither belongs to one."""
    if SYSTEM_ROLES & set(roles):
        return Refusal("system_person", fields={"username": "system_person"})
    if ZONE_ROLES & set(roles):
        return Refusal("zone_and_park", fields={"username": "zone_and_park"})
    return None
