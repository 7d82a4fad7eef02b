"""Objections, their log, their files. A case is one park's: the row scope hides it from others."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import ParkOwned, PlainModel, Stamped, StringList, UtcDateTime, Versioned
from app.features.objections.rules import Act, Outcome, State, Target

STATES = tuple(one.value for one in State)
OUTCOMES = tuple(one.value for one in Outcome)
TARGETS = tuple(one.value for one in Target)
ACTS = ("file", "again", *(one.value for one in Act), "nudge")


class Objection(ParkOwned, Stamped, Versioned, PlainModel):
    """One case. ``matters``: what it raises, so that nothing is raised twice. ``review_of_id``: it
    asks to look at the answer of an earlier one again."""

    __tablename__ = "objection"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint(f"target IN {TARGETS}", name="target"),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        sa.CheckConstraint(
            "(state IN ('decided', 'answered')) = (outcome IS NOT NULL)", name="outcome_if_decided"
        ),
        sa.CheckConstraint("answered_by IS NULL OR answered_by <> decided_by", name="two_persons"),
        sa.UniqueConstraint("review_of_id"),
        sa.Index("ix_objection_state", "state", "due_on"),
    )

    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_snapshot.id"))
    review_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("objection.id"))
    state: Mapped[str] = mapped_column(sa.String(12), default=State.filed.value)
    target: Mapped[str] = mapped_column(sa.String(12))
    indicators: Mapped[tuple[str, ...]] = mapped_column(StringList(500), nullable=True)
    other_park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"))
    matters: Mapped[tuple[str, ...]] = mapped_column(StringList(600), nullable=True)
    reason: Mapped[str] = mapped_column(sa.String(1000))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    filed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    due_on: Mapped[date]
    handler_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    answer: Mapped[str] = mapped_column(sa.String(2000), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    #: Of an upheld one: the version that holds its correction; without one it is still to be made.
    corrected_in_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ranking_snapshot.id"))

    def __str__(self) -> str:
        return self.number


class ObjectionEvent(ParkOwned, PlainModel):
    """One line of a case's log: never changed."""

    __tablename__ = "objection_event"
    __table_args__ = (sa.CheckConstraint(f"act IN {ACTS}", name="act"),)

    objection_id: Mapped[int] = mapped_column(sa.ForeignKey("objection.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(128), default="")
    from_zone: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    act: Mapped[str] = mapped_column(sa.String(12))
    text: Mapped[str] = mapped_column(sa.String(2000), default="")


class ObjectionFile(ParkOwned, PlainModel):
    """A file of a case, of either side."""

    __tablename__ = "objection_file"

    objection_id: Mapped[int] = mapped_column(sa.ForeignKey("objection.id"), index=True)
    file_key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    from_zone: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
