"""An effect that can be counted, and a look at a row as the database has it now."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from app.engines.jobs import Job
from app.extensions import db
from app.features.parks.models import Organisation
from app.transaction import aside


def leave_effect(job: Job) -> None:
    db.session.add(Organisation(uscc=secrets.token_hex(9), name=f"effect of {job.id}"))


def effects_of(job_id: int) -> int:
    with aside(None) as session:
        query = sa.select(sa.func.count()).where(Organisation.name == f"effect of {job_id}")
        return session.scalar(query)


def row(job_id: int) -> Job:
    with aside(None) as session:
        return session.get(Job, job_id)
