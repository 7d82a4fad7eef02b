"""Roles of the platform (product.md 1) and how sign-in failures are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


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

FAILURES_BEFORE_LOCK = 5
LOCK_FOR = timedelta(minutes=15)
ADDRESS_FAILURES = 50
ADDRESS_WINDOW = timedelta(minutes=15)
PASSWORD_MIN = 10
PASSWORD_MAX = 128


@dataclass(frozen=True)
class Attempts:
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
