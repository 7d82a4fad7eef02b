"""Roles of the platform (product.md 1) and how sign-in failures are counted; rules of names and passwords."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct


class Role(StrEnum):
    """Role names as stored; titles are in ``labels``."""

    enterprise_user = "enterprise_user"
    park_admin = "park_admin"
    park_clerk = "park_clerk"
    reviewer = "reviewer"
    expert = "expert"
    operator = "operator"
    sysadmin = "sysadmin"
    secadmin = "secadmin"
    auditor = "auditor"


PARK_ROLES = frozenset({Role.park_admin, Role.park_clerk})
ZONE_ROLES = frozenset({Role.operator, Role.reviewer, Role.expert})
#: 三员: one account holds one of them and no business role (domain.md 5.1).
SYSTEM_ROLES = frozenset({Role.sysadmin, Role.secadmin, Role.auditor})
ALL_ROLES = frozenset(Role)
#: Roles of somebody who works for a park or an enterprise: all that an added role may draw from.
TENANT_ROLES = PARK_ROLES | {Role.enterprise_user}
#: Without one of them nobody could give it to anybody again.
KEEPERS = frozenset({Role.sysadmin, Role.secadmin})

FAILURES_BEFORE_LOCK = 5
LOCK_FOR = timedelta(minutes=15)
ADDRESS_FAILURES = 50
ADDRESS_WINDOW = timedelta(minutes=15)
#: window -> most wrong second codes of one person.
SECOND_WINDOWS = ((timedelta(minutes=15), 5), (timedelta(hours=24), 20))
FEW_CODES = 2  # recovery codes left, at which the person is told
PASSWORD_MIN = 10
PASSWORD_MAX = 128
COMMON = Path(__file__).with_name("common_passwords.txt")
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another sign
_USERNAME = re.compile(r"[a-z][a-z0-9_.-]{2,31}")


class Attempts(Struct, frozen=True):
    """Failures counted for a name since ``since``."""

    count: int
    last_at: datetime | None

    def locked_until(self) -> datetime | None:
        """When the name may be tried again; ``None`` = now."""
        if self.count < FAILURES_BEFORE_LOCK or self.last_at is None:
            return None
        return self.last_at + LOCK_FOR


def separated(roles: frozenset[str]) -> bool:
    """Whether a set of roles keeps the three administrators apart from business and each other."""
    system = roles & SYSTEM_ROLES
    return not system or len(roles) == 1


def zone_and_park(roles: frozenset[str]) -> bool:
    """Whether a set of roles joins the sight of all parks with rights meant for one's own park.

    Roles that the zone added draw from those of parks and enterprises: whatever they hold was
    granted for the parks of the person, never for all of them.
    """
    return bool(roles & ZONE_ROLES and (roles & PARK_ROLES or roles - ALL_ROLES))


def second_factor_needed(roles: frozenset[str], *, staff: bool, parks: bool) -> bool:
    """Whether these roles come in by two steps; ``staff``, ``parks``: the settings.

    Roles that the zone added draw from those of parks, so they count as such.
    """
    if staff and roles & (ZONE_ROLES | SYSTEM_ROLES):
        return True
    return parks and bool(roles & PARK_ROLES or roles - ALL_ROLES)


def username_fault(username: str) -> str | None:
    """Why a new user name cannot be; names of processes begin with ``system``."""
    if not _USERNAME.fullmatch(username):
        return "username_signs"
    return "username_reserved" if username.startswith("system") else None


def password_fault(password: str, username: str) -> str | None:
    """Why a password may not be chosen: length first, then what is guessed first."""
    if len(password) < PASSWORD_MIN:
        return "password_short"
    if len(password) > PASSWORD_MAX:
        return "password_long"
    if any(ord(sign) < 32 for sign in password):
        return "password_signs"
    plain = password.casefold()
    if len(username) >= 4 and username.casefold() in plain:
        return "password_name"
    if len(set(plain)) <= 2 or plain in common_passwords():
        return "password_common"
    return None


@cache
def common_passwords() -> frozenset[str]:
    """What is tried first everywhere (only those long enough to pass the length rule)."""
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def generate_password() -> str:
    """About 79 bits, in groups that can be read out over the telephone."""
    signs = ("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))
    return "-".join(signs)


def fingerprint(parts: Iterable[str]) -> int:
    """A number that stands for what a row holds: the version of rows of FAB's own tables.

    Those tables have no save counter of ours. Equal content has an equal number, which is
    harmless: a save made on equal content overwrites nothing.
    """
    text = "\n".join(sorted(parts))
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)
