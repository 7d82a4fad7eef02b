"""Pairs of records that may be one enterprise, the looks for them, and merges that can be undone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, ParkOwned, PlainModel, StringList, UtcDateTime

#: Waiting; said not to be the same; said to be one enterprise in two parks; merged.
PAIR_STATES = ("open", "apart", "linked", "merged")
MERGED = "@merged"  # why a merged record is not in the lists


class EnterpriseScan(PlainModel):
    """One look through the register of all parks: when, over how much, and what it found."""

    __tablename__ = "enterprise_scan"

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    records: Mapped[int] = mapped_column(sa.BigInteger)
    pairs: Mapped[int] = mapped_column(sa.BigInteger)
    #: There were more pairs than are kept: the weakest were left out.
    capped: Mapped[bool] = mapped_column(sa.Boolean, default=False)

    def __str__(self) -> str:
        return str(self.id)


class EnterprisePair(PlainModel):
    """Two records that may be one enterprise, in one park or two, and what the zone said of them."""

    __tablename__ = "enterprise_pair"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.Index("ix_enterprise_pair_second", "second_id"),
        sa.Index("ix_enterprise_pair_state", "state", "score", "id"),
        sa.CheckConstraint("first_id < second_id", name="order"),
        sa.CheckConstraint(f"state IN {PAIR_STATES}", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
    )

    first_id: Mapped[int] = mapped_column(sa.ForeignKey("enterprise.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("enterprise.id", ondelete="CASCADE"))
    reasons: Mapped[tuple[str, ...]] = mapped_column(StringList(80))
    score: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.second_id}"


class EnterpriseMerge(ParkOwned, PlainModel):
    """One record taken into another of the same park; what it wrote, so that it can be undone.

    ``written``: field of the staying record -> [before, after, where the one before came from],
    yearly ones as ``annual_sales@2025``, in the wire form; older merges lack the last, and who can no
    longer be undone holds nothing. ``moved``: what hung on the other record and went along -> its keys.
    """

    __tablename__ = "enterprise_merge"
    __table_args__ = (
        sa.Index(
            "uq_enterprise_merge_gone",
            "gone_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
        sa.Index("ix_enterprise_merge_kept", "kept_id"),
        sa.CheckConstraint("kept_id <> gone_id", name="two"),
        sa.CheckConstraint("(undone_at IS NULL) = (undo_reason IS NULL)", name="reason_if_undone"),
    )

    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("enterprise.id"))
    gone_id: Mapped[int] = mapped_column(sa.ForeignKey("enterprise.id"))
    #: As they were called then.
    kept_name: Mapped[str] = mapped_column(sa.String(120))
    gone_name: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(200))
    written: Mapped[dict[str, list[Any]]] = mapped_column(JsonText)
    moved: Mapped[dict[str, list[int]]] = mapped_column(JsonText)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    merged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    undo_reason: Mapped[str | None] = mapped_column(sa.String(200))
    #: What undoing met: {"restored": [...], "kept": [...], "returned": {...}, "stayed": {...}}.
    undo_result: Mapped[dict[str, Any] | None] = mapped_column(JsonText)

    def __str__(self) -> str:
        return self.gone_name
