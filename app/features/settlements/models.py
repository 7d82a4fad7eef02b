"""Applications to settle, their log, their files, and which were nudged when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import (
    JsonText,
    Money,
    ParkOwned,
    PlainModel,
    Stamped,
    StringList,
    UtcDateTime,
    Versioned,
)
from app.features.settlements.rules import BEGINNINGS, REASONS, Act, State

STATES = tuple(state.value for state in State)
ACTS = (*BEGINNINGS, *(act.value for act in Act))
FILE_KINDS = ("applicant", "contract")


class SettlementApplication(ParkOwned, Stamped, Versioned, PlainModel):
    """What somebody asked one park for. Handed over to another park, it leaves its log here and
    goes on there as a new row (``origin_id``)."""

    __tablename__ = "settlement_application"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint(f"reason_code IN {REASONS}", name="reason_code"),
        sa.CheckConstraint(
            "(state = 'declined') = (reason_code IS NOT NULL)", name="reason_if_declined"
        ),
        sa.CheckConstraint("(state = 'landed') = (landed_on IS NOT NULL)", name="day_if_landed"),
        sa.CheckConstraint("(state = 'moved') = (moved_to_id IS NOT NULL)", name="target_if_moved"),
        sa.Index("ix_settlement_application_park_state", "park_id", "state", "submitted_at"),
        sa.Index("ix_settlement_application_due", "state", "due_on"),
    )

    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    #: Digest of the form's key and its browser: the same form sent twice is one application.
    form_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    state: Mapped[str] = mapped_column(sa.String(12), default=State.new.value)
    company: Mapped[str] = mapped_column(sa.String(120), default="")
    preparing: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), default=False)
    uscc: Mapped[str | None] = mapped_column(sa.String(18))
    contact_name: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    #: Blind index of the number that a code has proven.
    phone_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    email: Mapped[str] = mapped_column(sa.String(120), default="")
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    roles: Mapped[tuple[str, ...]] = mapped_column(StringList(60), nullable=True)
    modes: Mapped[tuple[str, ...]] = mapped_column(StringList(60), nullable=True)
    needs: Mapped[tuple[str, ...]] = mapped_column(StringList(120), nullable=True)
    goods: Mapped[str] = mapped_column(sa.String(200), default="")
    markets: Mapped[str] = mapped_column(sa.String(200), default="")
    office_area: Mapped[int | None] = mapped_column(sa.BigInteger)
    warehouse_area: Mapped[int | None] = mapped_column(sa.BigInteger)
    budget: Mapped[Decimal | None] = mapped_column(Money())
    expected_on: Mapped[date | None]
    staff_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    expected_value: Mapped[Decimal | None] = mapped_column(Money())
    message: Mapped[str] = mapped_column(sa.Text, default="")
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_address: Mapped[str] = mapped_column(sa.String(64), default="")
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due_on: Mapped[date]
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handler_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(sa.String(16))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    landed_on: Mapped[date | None]
    enterprise_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("enterprise.id", ondelete="SET NULL"), index=True
    )
    #: Since when a contract or licence is there; landed without it: 待补合同.
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("park.id"))
    origin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("settlement_application.id"))

    def __str__(self) -> str:
        return self.number


class SettlementEvent(ParkOwned, PlainModel):
    """One line of the log: never changed. ``details`` keeps what an outcome was about."""

    __tablename__ = "settlement_event"
    __table_args__ = (sa.CheckConstraint(f"act IN {ACTS}", name="act"),)

    application_id: Mapped[int] = mapped_column(
        sa.ForeignKey("settlement_application.id"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(128), default="")
    act: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12))
    reason_code: Mapped[str | None] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.String(1000), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)


class SettlementFile(ParkOwned, PlainModel):
    """A file of an application: the applicant's, or the contract or licence that proves a landing."""

    __tablename__ = "settlement_file"
    __table_args__ = (sa.CheckConstraint(f"kind IN {FILE_KINDS}", name="kind"),)

    application_id: Mapped[int] = mapped_column(
        sa.ForeignKey("settlement_application.id"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(12))
    file_key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class SettlementNudge(ParkOwned, PlainModel):
    """That a first contact was due or late was told on a day: once per application and day."""

    __tablename__ = "settlement_nudge"
    __table_args__ = (sa.UniqueConstraint("application_id", "day"),)

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("settlement_application.id"))
    day: Mapped[date]
    late: Mapped[int] = mapped_column(sa.Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
