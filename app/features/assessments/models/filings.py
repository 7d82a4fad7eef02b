"""What one park hands in for one round: its values, each with its history, and its evidence."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, ParkOwned, PlainModel, Stamped, UtcDateTime, Versioned
from app.features.assessments.rules.filing import State, Verdict

STATES = tuple(one.value for one in State)
VERDICTS = tuple(one.value for one in Verdict)
#: What a change of a value was: typed by the park, taken by the platform, said by the zone.
CHANGES = (
    *("declared", "restored", "taken", "disputed", "explained"),
    *("verified", "passed", "corrected", "returned", "opened"),
)


class AssessmentFiling(ParkOwned, Stamped, Versioned, PlainModel):
    """A park in a round. ``takes_part`` false: 不参评, with its reason; ``first_*`` is what counts
    for lateness, corrections do not move it."""

    __tablename__ = "assessment_filing"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "park_id"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("(state = 'draft') OR (first_submitted_at IS NOT NULL)", name="filed"),
        sa.CheckConstraint("takes_part OR (absence_reason <> '')", name="reason_if_absent"),
        sa.CheckConstraint(
            "(extended_until IS NULL) = (extension_reason = '')", name="reason_if_extended"
        ),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(12), default=State.draft.value)
    takes_part: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=True)
    absence_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    previous_rank: Mapped[int | None]
    extended_until: Mapped[date | None]
    extension_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    extended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    number: Mapped[str | None] = mapped_column(sa.String(24), unique=True)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    late_days: Mapped[int] = mapped_column(default=0)
    times_returned: Mapped[int] = mapped_column(default=0)
    correct_until: Mapped[date | None]
    return_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    taken_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    commitment_key: Mapped[str | None] = mapped_column(sa.String(32))
    #: Each submission as it was handed in, the digest of its values: the receipt names it.
    digest: Mapped[str] = mapped_column(sa.String(64), default="")

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class FilingValue(ParkOwned, PlainModel):
    """One value: declared by the park, taken from the registers, or said by the zone; each side is
    kept (rules.typed: canonical form). ``version`` counts every change: two tabs merge by it.

    ``open_again``: sent back, the park may change this one.
    """

    __tablename__ = "assessment_value"
    __table_args__ = (
        sa.UniqueConstraint("filing_id", "code"),
        sa.CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        sa.CheckConstraint(
            "verdict <> 'returned' OR verdict_reason <> ''", name="reason_if_returned"
        ),
    )

    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"))
    code: Mapped[str] = mapped_column(sa.String(80))
    declared: Mapped[Any] = mapped_column(JsonText, nullable=True)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declared_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    #: What could not be read as a value is kept as it was typed, so that nothing is lost.
    unread: Mapped[Any] = mapped_column(JsonText, nullable=True)
    taken: Mapped[Any] = mapped_column(JsonText, nullable=True)
    taken_from: Mapped[str] = mapped_column(sa.String(80), default="")
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The park's remark: why the value moved so much, or why a taken one is wrong.
    explanation: Mapped[str] = mapped_column(sa.String(1000), default="")
    dispute: Mapped[str] = mapped_column(sa.String(1000), default="")
    verified: Mapped[Any] = mapped_column(JsonText, nullable=True)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessment_document.id"))
    verdict: Mapped[str] = mapped_column(sa.String(10), default=Verdict.open.value)
    verdict_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    open_again: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    version: Mapped[int] = mapped_column(default=1)

    def __str__(self) -> str:
        return self.code


class FilingValueChange(ParkOwned, PlainModel):
    """One line of a value's history: never changed."""

    __tablename__ = "assessment_value_change"
    __table_args__ = (
        sa.CheckConstraint(f"act IN {CHANGES}", name="act"),
        sa.Index("ix_assessment_value_change_value", "value_id", "id"),
    )

    value_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_value.id"))
    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"), index=True)
    act: Mapped[str] = mapped_column(sa.String(10))
    before: Mapped[Any] = mapped_column(JsonText, nullable=True)
    after: Mapped[Any] = mapped_column(JsonText, nullable=True)
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(128), default="")


class FilingEvidence(ParkOwned, PlainModel):
    """A file for a value. Replaced or removed ones stay, with their time: a version each."""

    __tablename__ = "assessment_evidence"
    __table_args__ = (
        sa.Index("ix_assessment_evidence_filing", "filing_id", "code"),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
    )

    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"))
    code: Mapped[str] = mapped_column(sa.String(80))
    file_key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessment_evidence.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))

    def __str__(self) -> str:
        return self.name
