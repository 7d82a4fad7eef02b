"""One delivery of one job: claim, run, settle."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from app.core import clock, scope
from app.core.errors import AppError, Refusal
from app.engines.jobs.context import (
    LEASE,
    Cancelled,
    Interrupted,
    JobContext,
    LeaseLost,
    settle,
)
from app.engines.jobs.models import Job, State
from app.engines.jobs.ports import ActorGone, Ports, moment
from app.engines.jobs.registry import handler_of
from app.engines.trail import plain
from app.extensions import UtcDateTime

log = structlog.get_logger("jobs")
MAX_ATTEMPTS = 3
WAIT_MS = 30_000


def run(job_id: int, ports: Ports) -> None:
    """Run the job unless somebody else does or did; leaves the row in a settled state.

    Needs an application context. Nothing of the handler's escapes but the end of the process.
    """
    if ports.stopping.is_set():
        return  # still queued: the next worker gets it
    job = claim(job_id, ports)
    if job is None:
        return
    try:
        actor = ports.actor_of(job)
        ports.leave()
        context = JobContext(job, actor, ports)
        with scope.acting_as(actor):
            result = handler_of(job.kind)(context)
        if not context.finished:
            _settle(ports, job, State.done, result=plain(result))
    except LeaseLost:
        log.warning("job_lease_lost", job_id=job.id, attempt=job.attempt)
    except Cancelled:
        _settle(ports, job, State.cancelled)
    except (Interrupted, KeyboardInterrupt, SystemExit) as stop:
        _settle(ports, job, State.queued, attempt=job.attempt - 1)
        if not isinstance(stop, Interrupted):
            raise
    except Exception as error:  # noqa: BLE001 - whatever a handler does, the row says how it ended
        _failed(ports, job, error)


def claim(job_id: int, ports: Ports) -> Job | None:
    """Make the queued row this process's; ``None`` when it is not queued (any more)."""
    me = ports.roster.me()
    with ports.aside(WAIT_MS) as session:
        query = (
            sa.update(Job)
            .where(Job.id == job_id, Job.state == State.queued)
            .values(
                state=State.running,
                worker=me,
                attempt=Job.attempt + 1,
                lease_until=moment(session) + LEASE,
                started_at=sa.func.coalesce(Job.started_at, sa.literal(clock.now(), UtcDateTime())),
            )
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        if session.execute(query).scalar_one_or_none() is None:
            return None
        return session.get(Job, job_id)


def _failed(ports: Ports, job: Job, error: Exception) -> None:
    """A rule's refusal is told; a busy database is tried again; anything else is a bug."""
    if isinstance(error, OperationalError) and job.attempt < MAX_ATTEMPTS:
        log.warning("job_database_busy", job_id=job.id, attempt=job.attempt)
        _settle(ports, job, State.queued)
        return
    code, params = _code_of(error)
    if code == "crashed":
        log.error("job_failed", job_id=job.id, job_kind=job.kind, exc_info=error)
    result = {"params": plain(params)} if params else None
    _settle(ports, job, State.failed, error=code[:64], result=result)


def _code_of(error: Exception) -> tuple[str, dict[str, Any]]:
    if isinstance(error, Refusal):
        return error.code, error.params
    if isinstance(error, ActorGone):
        return "actor_gone", {}
    if isinstance(error, AppError):
        return type(error).__name__.lower(), {}
    return "crashed", {}


def _settle(ports: Ports, job: Job, state: State, **values: Any) -> None:
    ports.leave()
    with ports.aside(WAIT_MS) as session:
        if not settle(session, job, state, **values):
            log.warning("job_lease_lost", job_id=job.id, attempt=job.attempt)
