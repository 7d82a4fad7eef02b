"""What the worker does every few seconds: keep its leases, take back what stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from app.engines.jobs import delivery
from app.engines.jobs.context import LEASE, settle
from app.engines.jobs.models import Job, State
from app.engines.jobs.ports import Ports, moment
from app.engines.jobs.running import MAX_ATTEMPTS

log = structlog.get_logger("jobs")
RESEND_AFTER = timedelta(seconds=30)
BATCH = 100


def extend_leases(ports: Ports) -> None:
    """Prolong the leases of this process's running jobs; skipped when the row is locked.

    Needed for other machines only: on this one the roster's lock speaks for the process.
    """
    mine = (Job.state == State.running, Job.worker == ports.roster.me())
    with ports.aside(None) as session:
        if session.scalar(sa.select(Job.id).where(*mine).limit(1)) is None:
            return
    try:
        with ports.aside(0) as session:
            until = moment(session) + LEASE
            query = sa.update(Job).where(*mine).values(lease_until=until)
            session.execute(query.execution_options(synchronize_session=False))
    except OperationalError:
        return  # the job's own transaction holds the lock; the next turn tries again


def recover(ports: Ports) -> list[int]:
    """Take running jobs back from processes that are gone; returns the ids that are queued again.

    The third crash fails the job for good; a job whose cancelling was asked for is cancelled.
    """
    with ports.aside(None) as session:
        running = list(session.scalars(sa.select(Job).where(Job.state == State.running)))
        now = moment(session)
    gone = [job for job in running if _is_gone(ports, job, now)]
    again = []
    for job in gone:
        with ports.aside(5_000) as session:
            if _take_back(session, job):
                again.append(job.id)
    ports.roster.forget({str(job.worker) for job in running if job not in gone})
    for job_id in again:
        delivery.send(job_id)
    return again


def _is_gone(ports: Ports, job: Job, now: Any) -> bool:
    dead = ports.roster.is_dead(str(job.worker))
    if dead is not None:
        return dead
    return job.lease_until is not None and job.lease_until < now


def _take_back(session: Any, job: Job) -> bool:
    """Settle one abandoned row; ``True`` when it is to run again."""
    if job.cancel_requested:
        settle(session, job, State.cancelled)
        return False
    if job.attempt >= MAX_ATTEMPTS:
        if settle(session, job, State.failed, error="worker_died"):
            log.error("job_dead", job_id=job.id, job_kind=job.kind, attempts=job.attempt)
        return False
    return settle(session, job, State.queued)


def resend(ports: Ports, after: timedelta = RESEND_AFTER) -> list[int]:
    """Send queued jobs again that nobody took for a while: the queue may have lost them."""
    with ports.aside(None) as session:
        late = (Job.state == State.queued, Job.sent_at <= moment(session) - after)
        ids = list(session.scalars(sa.select(Job.id).where(*late).order_by(Job.id).limit(BATCH)))
    if not ids:
        return []
    with ports.aside(5_000) as session:
        query = sa.update(Job).where(Job.id.in_(ids), Job.state == State.queued)
        session.execute(
            query.values(sent_at=moment(session)).execution_options(synchronize_session=False)
        )
    for job_id in ids:
        delivery.send(job_id)
    return ids
