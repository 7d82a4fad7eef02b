"""May this actor do this to this account: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Callable, Collection

from app.core.actor import Actor
from app.core.errors import Refusal
from app.features.accounts.rules import (
    KEEPERS,
    SYSTEM_ROLES,
    ZONE_ROLES,
    Role,
    separated,
    zone_and_park,
)

#: ``(user id, wanted roles) -> Refusal | None``: what other features have against an assignment.
GRANT_GUARDS: list[Callable[[int, frozenset[str]], Refusal | None]] = []
#: ``user id -> Refusal | None``: what other features have against closing an account.
CANCEL_GUARDS: list[Callable[[int], Refusal | None]] = []


def deactivating(actor: Actor, user_id: int, lone: Collection[str]) -> Refusal | None:
    """``lone``: roles that nobody else who is active holds."""
    if actor.user_id == user_id:
        return Refusal("own_account", fields={"active": "own_account"})
    return last_keeper(lone, "active")


def resetting(actor: Actor, user_id: int) -> Refusal | None:
    return Refusal("own_password") if actor.user_id == user_id else None


def resetting_second(actor: Actor, user_id: int) -> Refusal | None:
    return Refusal("own_second_factor") if actor.user_id == user_id else None


def viewing_as(
    actor: Actor, user_id: int, roles: Collection[str], *, active: bool
) -> Refusal | None:
    """Nobody as oneself, as another of the three administrators, or as who is out."""
    if actor.user_id == user_id:
        return Refusal("own_view")
    if SYSTEM_ROLES & set(roles):
        return Refusal("view_of_staff")
    return None if active else Refusal("view_of_disabled")


def granting(
    actor: Actor, user_id: int, roles: frozenset[str], lone: Collection[str]
) -> Refusal | None:
    """Three administrators apart, zone and park apart, nobody for oneself, never the last one."""
    if actor.user_id == user_id:
        return Refusal("own_roles", fields={"roles": "own_roles"})
    if not separated(roles):
        return Refusal("not_separated", fields={"roles": "not_separated"})
    if zone_and_park(roles):
        return Refusal("zone_and_park", fields={"roles": "zone_and_park"})
    if refusal := last_keeper(set(lone) - roles, "roles"):
        return refusal
    return next((no for guard in GRANT_GUARDS if (no := guard(user_id, roles)) is not None), None)


def last_keeper(lone: Collection[str], field: str) -> Refusal | None:
    codes = {Role.sysadmin: "last_sysadmin", Role.secadmin: "last_secadmin"}
    for role in sorted(KEEPERS & set(lone)):
        return Refusal(codes[Role(role)], fields={field: codes[Role(role)]})
    return None


def named_by_others(roles: Collection[str]) -> bool:
    """Staff are called what 系统管理员 entered: the trail names them by it."""
    return bool((SYSTEM_ROLES | ZONE_ROLES) & set(roles))


def cancelling(user_id: int, roles: Collection[str]) -> Refusal | None:
    """Staff are deactivated by 系统管理员; who works for a park leaves it first."""
    if named_by_others(roles):
        return Refusal("cancel_staff")
    return next((no for guard in CANCEL_GUARDS if (no := guard(user_id)) is not None), None)
