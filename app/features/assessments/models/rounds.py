"""Rounds: one scheme version, one cohort (decisions.md 18), and the papers that values rest on."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, PlainModel, Stamped, UtcDateTime, Versioned
from app.features.assessments.rules.rounds import RoundState

STATES = tuple(one.value for one in RoundState)


class AssessmentRound(Stamped, Versioned, PlainModel):
    """One assessment. Days are last days in Asia/Shanghai; numbers of days are working days.

    ``sources``: code -> where the platform finds the value (rules.sources). ``lead_id``: the
    reviewer who leads. ``rehearsal_of_id``: a copy to try things with, never shown to parks.
    ``snapshot_at``: when the values of the registers were taken.
    """

    __tablename__ = "assessment_round"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("period_from <= period_to", name="period"),
        sa.CheckConstraint("opens_on <= fill_until", name="fill_window"),
        sa.CheckConstraint("fill_until <= late_until", name="late_window"),
        sa.CheckConstraint("late_until <= review_until", name="review_window"),
        sa.Index("ix_assessment_round_state", "state", "opens_on"),
    )

    name: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[str] = mapped_column(sa.String(12), default=RoundState.draft.value)
    scheme_version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assessment_scheme_version.id", name="fk_assessment_round_version"),
        index=True,
    )
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessment_round.id"))
    rehearsal_of_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("assessment_round.id"), index=True
    )
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    cut_off_on: Mapped[date]
    opens_on: Mapped[date]
    fill_until: Mapped[date]
    late_until: Mapped[date]
    review_until: Mapped[date]
    correction_days: Mapped[int] = mapped_column(default=5)
    corrections_max: Mapped[int] = mapped_column(default=2)
    publicity_days: Mapped[int] = mapped_column(default=5)
    objection_reply_days: Mapped[int] = mapped_column(default=10)
    sources: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    notice: Mapped[str] = mapped_column(sa.Text, default="")
    snapshot_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    panel_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __str__(self) -> str:
        return self.name


class AssessmentDocument(Stamped, PlainModel):
    """A paper that values of a round rest on: statistics of customs, a finding, a survey."""

    __tablename__ = "assessment_document"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(80), default="")
    issued_by: Mapped[str] = mapped_column(sa.String(120), default="")
    issued_on: Mapped[date | None]
    file_key: Mapped[str | None] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    details: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)

    def __str__(self) -> str:
        return self.title
