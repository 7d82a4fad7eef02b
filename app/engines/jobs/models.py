"""The job table."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, PlainModel, UtcDateTime


class State(StrEnum):
    """Where a job stands. done, failed and cancelled are final (failed ones can be retried)."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


FINAL = frozenset({State.done, State.failed, State.cancelled})


class Job(PlainModel):
    """One piece of background work.

    ``message`` and ``error`` are codes (``registry.words``), never text of an exception.
    ``title`` is what the one who asked was told; people read ``registry.title``.
    ``origin`` is what of the actor must outlive the request: name, acting park, address, request.
    """

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {tuple(str(s) for s in State)}", name="state"),
        sa.CheckConstraint(
            "(state = 'running') = (worker IS NOT NULL) AND "
            "(state = 'running') = (lease_until IS NOT NULL)",
            name="lease_while_running",
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished_when_final",
        ),
        sa.Index("ix_job_mine", "created_by", "id"),
        sa.Index("ix_job_state", "state", "id"),
    )

    kind: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(16), default=State.queued)
    params: Mapped[dict[str, Any]] = mapped_column(JsonText)
    origin: Mapped[dict[str, Any]] = mapped_column(JsonText)
    done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int | None] = mapped_column(sa.BigInteger)
    message: Mapped[str] = mapped_column(sa.String(64), default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    error: Mapped[str] = mapped_column(sa.String(64), default="")
    attempt: Mapped[int] = mapped_column(sa.Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(sa.String(160))
    effect_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    cancel_requested: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return self.title

    @property
    def final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINAL
