"""What the zone says of filings: who reviews what, marks, vetoes, runs, grades set by hand."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, ParkOwned, PlainModel, UtcDateTime
from app.extensions.model import Scaled

OVERRIDE_STATES = ("proposed", "approved", "refused", "withdrawn")
RUN_STATES = ("running", "done", "failed")
#: Points have at most so many decimals, however a scheme rounds.
POINTS = 6


class AssessmentAssignment(PlainModel):
    """Whose task it is: a park's filing, a section of all, or a section of one park's."""

    __tablename__ = "assessment_assignment"
    __table_args__ = (
        sa.UniqueConstraint(
            "round_id", "reviewer_id", "filing_id", "section", name="uq_assessment_assignment_task"
        ),
        sa.CheckConstraint("filing_id IS NOT NULL OR section <> ''", name="something"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    filing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessment_filing.id"))
    section: Mapped[str] = mapped_column(sa.String(80), default="")


class AssessmentPanelist(PlainModel):
    """An expert of a round's panel. ``finished_at``: has handed in the marks."""

    __tablename__ = "assessment_panelist"
    __table_args__ = (sa.UniqueConstraint("round_id", "expert_id"),)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AssessmentMark(ParkOwned, PlainModel):
    """One expert's mark for one park's indicator: blind until the panel is closed."""

    __tablename__ = "assessment_mark"
    __table_args__ = (sa.UniqueConstraint("filing_id", "indicator", "expert_id"),)

    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"))
    indicator: Mapped[str] = mapped_column(sa.String(80))
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    mark: Mapped[Decimal | None] = mapped_column(Scaled(2))
    comment: Mapped[str] = mapped_column(sa.String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    #: The expert has something to do with the park: no mark, and said so.
    abstains: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)


class AssessmentVeto(ParkOwned, PlainModel):
    """一票否决 with its document; lifted ones stay."""

    __tablename__ = "assessment_veto"
    __table_args__ = (
        sa.CheckConstraint("(lifted_at IS NULL) = (lift_reason = '')", name="reason_if_lifted"),
        sa.Index(
            "uq_assessment_veto_filing_alive",
            "filing_id",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )

    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(500))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_document.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    set_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    lift_reason: Mapped[str] = mapped_column(sa.String(500), default="")


class AssessmentRun(PlainModel):
    """One scoring of a round. ``inputs`` and ``results`` are digests: equal inputs give equal
    results, whoever runs it and when. ``preview``: made while filings were still being judged."""

    __tablename__ = "assessment_run"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        sa.CheckConstraint(f"state IN {RUN_STATES}", name="state"),
        sa.CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="done"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_round.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(8), default="running")
    scheme_digest: Mapped[str] = mapped_column(sa.String(64))
    inputs_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    results_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(128), default="")
    job_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Tried before everything was judged: shown to the zone, never published.
    preview: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    parks: Mapped[int] = mapped_column(default=0)


class AssessmentResult(ParkOwned, PlainModel):
    """What a run says of one park. ``outcome``: the engine's answer; ``subject``: what went in;
    ``explanation``: how every score came about. The zone's alone until it is published."""

    __tablename__ = "assessment_result"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "park_id"),
        sa.Index("ix_assessment_result_rank", "run_id", "rank"),
    )

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_run.id"))
    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"), index=True)
    rank: Mapped[int | None]
    final: Mapped[Decimal | None] = mapped_column(Scaled(POINTS))
    grade: Mapped[str] = mapped_column(sa.String(80))
    veto: Mapped[str | None] = mapped_column(sa.String(80))
    subject: Mapped[dict[str, Any]] = mapped_column(JsonText)
    outcome: Mapped[dict[str, Any]] = mapped_column(JsonText)
    explanation: Mapped[dict[str, Any]] = mapped_column(JsonText)


class AssessmentOverride(ParkOwned, PlainModel):
    """A grade set by hand: proposed by one, decided by another; the computed one stays beside it."""

    __tablename__ = "assessment_override"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {OVERRIDE_STATES}", name="state"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)", name="decided"
        ),
    )

    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_filing.id"), index=True)
    grade: Mapped[str] = mapped_column(sa.String(80))
    computed: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(500))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessment_document.id"))
    state: Mapped[str] = mapped_column(sa.String(10), default="proposed")
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    proposed_by: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    decision_reason: Mapped[str] = mapped_column(sa.String(500), default="")
