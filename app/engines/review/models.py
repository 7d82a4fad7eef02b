"""A revision is what somebody proposes about a thing; its events are all that happened to it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core import clock
from app.engines.review.rules import PENDING, Act, State
from app.extensions import PlainModel, Stamped, UtcDateTime, Versioned
from app.extensions.model import JsonText, ParkOwned

STATES = tuple(str(state) for state in State)
ACTS = ("begin", *(str(act) for act in Act))
_OPEN = sa.text(f"state IN {tuple(sorted(str(state) for state in PENDING))}")
_IN_FORCE = sa.text("in_force")


class Revision(Stamped, Versioned, ParkOwned, PlainModel):
    """What is proposed for one thing (``kind``, ``subject_id``): number 1, 2, … of it.

    ``content`` is plain JSON by field. ``in_force``: the approved one that pages show. A revision
    of no park (somebody who wants to become one) is in reach of its author and the zone only.
    """

    __tablename__ = "revision"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "number"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("stage >= 1 AND stage <= stages", name="stage"),
        sa.CheckConstraint("NOT in_force OR state = 'passed'", name="in_force"),
        sa.CheckConstraint("(state = 'picked') = (picked_by IS NOT NULL)", name="picked"),
        sa.CheckConstraint("(picked_by IS NULL) = (picked_at IS NULL)", name="picked_pair"),
        sa.CheckConstraint(
            "(state IN ('passed', 'refused', 'revoked')) = (decided_at IS NOT NULL)", name="decided"
        ),
        sa.Index(
            "uq_revision_pending",
            *("kind", "subject_id"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index(
            "uq_revision_in_force",
            *("kind", "subject_id"),
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        sa.Index("ix_revision_waiting", "state", "submitted_at"),
    )

    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    content: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    state: Mapped[State] = mapped_column(
        sa.Enum(State, native_enum=False, length=12, create_constraint=False), default=State.draft
    )
    stage: Mapped[int] = mapped_column(default=1)
    stages: Mapped[int] = mapped_column(default=1)
    in_force: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    returned_fields: Mapped[list[str] | None] = mapped_column(JsonText)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    picked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    picked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))

    @declared_attr
    @classmethod
    def park_id(cls) -> Mapped[int | None]:  # type: ignore[override]
        return mapped_column(sa.ForeignKey("park.id"), index=True, nullable=True)

    def __str__(self) -> str:
        return self.title


class ReviewEvent(PlainModel):
    """One act on a revision; saves and submissions keep what was proposed then.

    Read through its revision only, which is what row scope narrows.
    """

    __tablename__ = "review_event"
    __table_args__ = (
        sa.CheckConstraint(f"act IN {ACTS}", name="act"),
        sa.Index("ix_review_event_actor", "actor_id", "act"),
    )

    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revision.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(128))
    act: Mapped[str] = mapped_column(sa.String(12))
    stage: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    fields: Mapped[list[str] | None] = mapped_column(JsonText)
    version: Mapped[int]
    content: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
