"""Days that differ from the week: holidays on weekdays, working weekends (调休)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import PlainModel, Stamped, Versioned

SOURCES = ("shipped", "zone")


class CalendarDay(Stamped, Versioned, PlainModel):
    """One day: ``working`` says what it is, whatever the weekday."""

    __tablename__ = "calendar_day"
    __table_args__ = (sa.CheckConstraint(f"source IN {SOURCES}", name="source"),)

    day: Mapped[date] = mapped_column(unique=True)
    working: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    source: Mapped[str] = mapped_column(sa.String(8), default="zone")

    def __str__(self) -> str:
        return self.day.isoformat()


class CalendarYear(PlainModel):
    """A year whose 调休 is known: without it, working days are weekdays and pages say so."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(sa.String(8), default="zone")
