"""Asking for a job, cancelling it, trying a failed one again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines.jobs import delivery, queries
from app.engines.jobs.models import Job, State
from app.engines.jobs.registry import TITLE_VALUES, handler_of, title_of
from app.engines.trail import plain
from app.extensions import after_commit, db


def enqueue(  # noqa: PLR0913 - the row's own fields
    actor: Actor,
    kind: str,
    params: Mapping[str, Any],
    *,
    title: str | Mapping[str, Any],
    effect_key: str | None = None,
    total: int | None = None,
    park_id: int | None = None,
) -> Job:
    """Write the job in the caller's transaction; it is sent once that is committed.

    ``title`` fills the title declared for the kind (``registry.titles``), so that each reader sees
    it in their own language; text is shown to everybody as it is.

    With an ``effect_key`` that a job already has, that job is returned and nothing is written.
    """
    handler_of(kind)  # an undeclared kind fails here, not in the worker
    if not isinstance(title, str):
        params = {**params, TITLE_VALUES: dict(title)}
        title = title_of(kind, title)  # what a reader sees once nobody declares the kind any more
    job = Job(
        kind=kind,
        title=plain(title)[:200],
        state=State.queued,
        params=plain(params),
        origin=_origin(actor),
        total=total,
        effect_key=effect_key,
        created_by=actor.user_id,
        park_id=actor.acting_park_id if park_id is None else park_id,
    )
    if effect_key is not None and (known := _insert_once(job)) is not None:
        return known
    db.session.add(job)
    db.session.flush()
    after_commit(delivery.send, job.id)
    return job


def _insert_once(job: Job) -> Job | None:
    """Insert, or give the row that has the effect key: also when two do it at once."""
    key = job.effect_key
    if (known := queries.by_effect_key(key)) is not None:
        return known
    db.session.flush()
    try:
        with db.session.begin_nested():
            db.session.add(job)
            db.session.flush()
    except IntegrityError:
        if (known := queries.by_effect_key(key)) is None:
            raise
        return known
    return None


def _origin(actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "username": actor.username,
        "acting_park_id": actor.acting_park_id,
        "address": actor.address,
        "request_id": actor.request_id,
    }


def cancel(actor: Actor, job_id: int) -> Job:
    """A queued job is cancelled at once, a running one at its next progress; final ones refuse."""
    job = queries.get_own(actor, job_id, lock=True)
    if job.final:
        raise Refusal("job_is_final")
    job.cancel_requested = True
    if job.state == State.queued:
        job.state = State.cancelled
        job.finished_at = clock.now()
    db.session.flush()
    return job


def may_retry(job: Job) -> bool:
    """Only what ended without its effect."""
    return job.state in (State.failed, State.cancelled)


def retry(actor: Actor, job_id: int) -> Job:
    """Send a failed or cancelled job once more, with all its attempts."""
    job = queries.get_own(actor, job_id, lock=True)
    if not may_retry(job):
        raise Refusal("job_is_not_failed")
    job.state = State.queued
    job.attempt = job.done = 0
    job.cancel_requested = False
    job.error = job.message = ""
    job.result = job.finished_at = None
    job.sent_at = clock.now()
    db.session.flush()
    after_commit(delivery.send, job.id)
    return job
