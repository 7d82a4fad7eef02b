"""Reading jobs: a person sees their own, nobody else's, whatever the role."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines.jobs.models import Job
from app.extensions import db


def mine(actor: Actor, *, limit: int = 50) -> list[Job]:
    """The actor's newest jobs."""
    if actor.user_id is None:
        return []
    query = sa.select(Job).where(Job.created_by == actor.user_id)
    return list(db.session.scalars(query.order_by(Job.id.desc()).limit(limit)))


def get_own(actor: Actor, job_id: int, *, lock: bool = False) -> Job:
    """The actor's job as it stands now, or ``NotFound``."""
    query = sa.select(Job).where(Job.id == job_id, Job.created_by == actor.user_id)
    query = query.execution_options(populate_existing=True)
    job = db.session.scalar(query.with_for_update() if lock else query)
    if job is None or actor.user_id is None:
        raise NotFound(f"job {job_id}")
    return job


def by_effect_key(key: str | None) -> Job | None:
    return db.session.scalar(sa.select(Job).where(Job.effect_key == key))
