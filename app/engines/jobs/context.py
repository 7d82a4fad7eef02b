"""What a handler is given: the job, the actor, transactions, progress."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actor import Actor
from app.engines.jobs.models import Job, State
from app.engines.jobs.ports import Ports, moment
from app.engines.trail import plain

LEASE = timedelta(seconds=60)
OTHERS_MS = 250  # a short write of somebody else
PROGRESS_EVERY = 0.5  # seconds; more often nobody sees it


class Interrupted(BaseException):
    """The run ends here. Not an ``Exception``: a handler's broad ``except`` must not swallow it."""


class Cancelled(Interrupted):
    """The person asked to stop."""


class Released(Interrupted):
    """The worker is being stopped; the job goes back to the queue and loses no attempt."""


class LeaseLost(Interrupted):
    """The row belongs to another attempt: nothing may be committed any more."""


class JobContext:
    """One attempt at one job."""

    def __init__(self, job: Job, actor: Actor, ports: Ports) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.actor = actor
        self.finished = False
        self._ports = ports
        self._told_at = 0.0
        self._inside = False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """The application's transaction; it commits only while the job is still this attempt's."""
        self._inside = True
        try:
            with self._ports.transaction() as session:
                yield session
                if not self.finished:
                    session.flush()
                    self._require(session)
        except BaseException:
            self.finished = False  # rolled back, also when it was the commit that failed
            raise
        finally:
            self._inside = False

    def finish(self, message: str = "", result: dict[str, Any] | None = None) -> None:
        """Mark the job done in the open ``transaction()``: done and the effect commit together."""
        from app.extensions import db  # noqa: PLC0415 - only a handler's own session is meant

        session = db.session()
        session.flush()
        values = {"message": message, "result": plain(result)}
        if not settle(session, self.job, State.done, **values):
            raise LeaseLost
        self.finished = True

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far it is, keep the lease, and stop here when a stop was asked for.

        Cheap to call for every row. Where the database is locked the number is skipped and only
        the wish to cancel is read: at once inside the handler's own transaction, else after a
        moment.
        """
        if self.finished:
            return  # the row is locked by our own transaction, and nothing can be stopped now
        if self._ports.stopping.is_set():
            raise Released
        if time.monotonic() - self._told_at < PROGRESS_EVERY and done != total:
            return
        self._told_at = time.monotonic()
        try:
            wish = self._tell(done, total)
        except OperationalError:
            wish = self._ask()
        if wish is None:
            raise LeaseLost
        if wish:
            raise Cancelled

    def _tell(self, done: int, total: int | None) -> bool | None:
        # Inside our own transaction SQLite's lock is ours: waiting for it would be in vain.
        with self._ports.aside(0 if self._inside else OTHERS_MS) as session:
            values: dict[str, Any] = {"done": done, "lease_until": moment(session) + LEASE}
            if total is not None:
                values["total"] = total
            query = sa.update(Job).where(*still(self.job)).values(values)
            return session.execute(
                query.returning(Job.cancel_requested).execution_options(synchronize_session=False)
            ).scalar_one_or_none()

    def _ask(self) -> bool | None:
        with self._ports.aside(None) as session:
            return session.scalar(sa.select(Job.cancel_requested).where(*still(self.job)))

    def _require(self, session: Session) -> None:
        """The row, locked until the commit: it cannot be taken back in between."""
        query = sa.select(Job.id).where(*still(self.job)).with_for_update()
        if session.scalar(query) is None:
            raise LeaseLost


def still(job: Job) -> tuple[Any, ...]:
    """Criteria: the row is running and this attempt is the one that runs it."""
    return (
        Job.id == job.id,
        Job.state == State.running,
        Job.attempt == job.attempt,
        Job.worker == job.worker,
    )


def settle(session: Session, job: Job, state: State, **values: Any) -> bool:
    """Take the row out of ``running``; ``False`` when it is no longer this attempt's."""
    final = {"finished_at": clock.now()} if state != State.queued else {"sent_at": clock.now()}
    if state == State.done:
        final["done"] = sa.func.coalesce(Job.total, Job.done)  # type: ignore[assignment]
    found = session.execute(
        sa.update(Job)
        .where(*still(job))
        .values(state=state, worker=None, lease_until=None, **final, **values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return found.scalar_one_or_none() is not None
