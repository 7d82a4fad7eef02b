"""迁园: one enterprise goes from one park to another, with both parks' consent."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import JsonText, PlainModel, UtcDateTime, Versioned
from app.features.enterprises.rules.moves import REASON_MAX, State

STATES = tuple(one.value for one in State)


class EnterpriseMove(Versioned, PlainModel):
    """Two parks see it, so it is no park's own: who may is asked by ``queries.moves``.

    ``enterprise_id`` stays empty when the park that was named has no such enterprise: it is not
    told, and who asked reads the same as if nobody had answered yet.
    """

    __tablename__ = "enterprise_move"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("from_park_id <> to_park_id", name="two_parks"),
        sa.CheckConstraint("(state IN ('done', 'undone')) = (done_at IS NOT NULL)", name="done"),
        sa.Index("ix_enterprise_move_from", "from_park_id", "state"),
        sa.Index("ix_enterprise_move_to", "to_park_id", "state"),
        sa.Index("ix_enterprise_move_enterprise", "enterprise_id"),
    )

    uscc: Mapped[str] = mapped_column(sa.String(18))
    name: Mapped[str] = mapped_column(sa.String(120))
    enterprise_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    from_park_id: Mapped[int] = mapped_column(sa.ForeignKey("park.id"))
    to_park_id: Mapped[int] = mapped_column(sa.ForeignKey("park.id"))
    #: Empty = the zone.
    asked_by_park_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"))
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    reason: Mapped[str] = mapped_column(sa.String(REASON_MAX), default="")
    #: The day on which it takes effect; empty = with the last consent.
    effective_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(sa.String(12), default=State.asked.value)
    from_ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    to_ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was declined, or undone.
    answer: Mapped[str] = mapped_column(sa.String(REASON_MAX), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What undoing needs: versions after the move, and what the old record was.
    kept: Mapped[dict[str, Any] | None] = mapped_column(JsonText)

    def __str__(self) -> str:
        return self.name
