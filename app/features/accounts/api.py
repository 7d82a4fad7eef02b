"""Who a token of the REST API stands for, and how often it may still call."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError

from app.core import clock, scope
from app.features.accounts import queries
from app.features.accounts.models import AccessToken
from app.features.accounts.services import tokens
from app.transaction import aside, end_reading
from app.web.acting import person
from app.web.api.dispatch import Holder, rate
from app.web.api.problems import Problem

#: Of a minute's calls a process takes so many parts at once: a call in every tenth writes.
PARTS = 10


def holder(secret: str) -> Holder:
    """The person behind a token as they are now; raises ``Problem``.

    One that nobody ever had and one that is over are told apart: who brings the second knew it.
    """
    now = clock.now()
    with scope.unscoped():
        row = queries.token_with(tokens.hash_of(secret))
        if row is None:
            raise Problem("unauthorized")
        if queries.state_of(row.user_id) != "active":
            raise Problem("token_ended")
        actor = person(queries.by_id(row.user_id), acting_park_id=row.park_id)
    if not tokens.fits(actor, row, now):
        raise Problem("token_ended")
    return Holder(actor, row.id, frozenset(row.scopes), row.purpose, f"{row.name} {row.mark}")


@dataclass
class _Lease:
    """Calls that this process may still answer in a minute without asking."""

    minute: int
    left: int  # below zero: the minute's are used up, nobody need be asked again


_leases: dict[int, _Lease] = {}
_mutex = threading.Lock()


def spend(token_id: int) -> int:
    """One call more; the seconds to wait when the minute's are used up by all processes together."""
    now = clock.now()
    minute = int(now.timestamp()) // 60
    with _mutex:
        lease = _leases.get(token_id)
        if lease is None or lease.minute != minute or lease.left == 0:
            lease = _Lease(minute, _taken(token_id, minute, now))
            _leases[token_id] = lease
        lease.left -= 1
        return 0 if lease.left >= 0 else 60 - int(now.timestamp()) % 60


def forget() -> None:
    """As a process that has just started."""
    with _mutex:
        _leases.clear()


def _taken(token_id: int, minute: int, now: datetime) -> int:
    """From the row that all processes share. While somebody else writes for long (an import), a
    process goes on by itself: a full database is no reason to refuse who only reads."""
    most = rate()
    wanted = max(most // PARTS, 1)
    end_reading()  # what was read of the person belongs to no later moment
    try:
        with aside() as session:
            row = session.get(AccessToken, token_id, with_for_update=True)
            return 0 if row is None else tokens.take(row, minute, wanted, most, now)
    except OperationalError:
        return wanted
