"""Every SELECT on known devices and the second step of a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from app.extensions import db
from app.features.accounts.models import (
    KnownDevice,
    RecoveryCode,
    SecondFactor,
    SecondFactorAttempt,
    UserProfile,
)
from app.features.accounts.queries.people import roles_of_many
from app.features.accounts.rules import SECOND_WINDOWS, second_factor_needed

#: ``() -> (staff, parks)``: the settings of whose roles come in by two steps (wiring hands them in).
ASKED_OF: list[Callable[[], tuple[bool, bool]]] = []


def device(name_hash: str, device_hash: str) -> KnownDevice | None:
    """The device as the account of this name knows it."""
    query = (
        sa.select(KnownDevice)
        .join(UserProfile, UserProfile.user_id == KnownDevice.user_id)
        .where(UserProfile.name_hash == name_hash, KnownDevice.device_hash == device_hash)
    )
    return db.session.scalar(query)


def devices_of(user_id: int) -> list[KnownDevice]:
    """Devices that an account knows, the first one first."""
    query = sa.select(KnownDevice).where(KnownDevice.user_id == user_id)
    return list(db.session.scalars(query.order_by(KnownDevice.id)))


def second_factor(user_id: int) -> SecondFactor | None:
    query = sa.select(SecondFactor).where(SecondFactor.user_id == user_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def second_factor_asked(user_id: int) -> bool:
    """Whether this person comes in by two steps: the roles want it, or an authenticator is there."""
    if db.session.scalar(sa.select(SecondFactor.id).where(SecondFactor.user_id == user_id)):
        return True
    return second_factor_wanted(frozenset(roles_of_many([user_id]).get(user_id, ())))


def second_factor_wanted(roles: frozenset[str]) -> bool:
    """Whether these roles come in by two steps, as it is set now."""
    staff, parks = ASKED_OF[0]()
    return second_factor_needed(roles, staff=staff, parks=parks)


def second_factor_locked_until(user_id: int, now: datetime) -> datetime | None:
    """When a second code may be tried again; ``None`` = now."""
    waits = []
    for window, most in SECOND_WINDOWS:
        query = (
            sa.select(SecondFactorAttempt.at)
            .where(SecondFactorAttempt.user_id == user_id, SecondFactorAttempt.at > now - window)
            .order_by(SecondFactorAttempt.at.desc())
            .limit(most)
        )
        tries = list(db.session.scalars(query))
        if len(tries) == most:
            waits.append(tries[-1] + window)
    return max(waits, default=None)


def recovery_codes_left(user_id: int) -> int:
    query = sa.select(sa.func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return int(db.session.scalar(query) or 0)
