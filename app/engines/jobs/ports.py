"""What the engine needs from above: transactions, the actor, the roster. Injected by the worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actor import Actor
from app.engines.jobs.models import Job
from app.engines.jobs.roster import Roster


class ActorGone(Exception):
    """Who asked for the job may no longer act: account off, or not of that park any more."""


class Ports(Struct, frozen=True):
    """``transaction`` is the application's; ``aside(wait_ms)`` a short one on its own connection.

    ``leave`` ends whatever the thread's session still reads or holds, without saving it.
    """

    transaction: Callable[[], AbstractContextManager[Session]]
    aside: Callable[[int | None], AbstractContextManager[Session]]
    leave: Callable[[], object]
    actor_of: Callable[[Job], Actor]
    roster: Roster
    stopping: threading.Event = field(default_factory=threading.Event)


def moment(session: Session) -> datetime:
    """Now by the database's clock where it has one of its own (leases of several machines)."""
    if session.get_bind().dialect.name != "postgresql":
        return clock.now()
    now: datetime = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now
