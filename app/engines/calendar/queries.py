"""The calendar as pages and reminders ask it: one statement for as many days as they like."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import sqlalchemy as sa

from app.core import clock
from app.engines.calendar import rules
from app.engines.calendar.models import CalendarDay, CalendarYear
from app.extensions import by_key, db

CACHE = "calendar"


def exceptions() -> Mapping[date, bool]:
    """Every day that differs from its weekday; some thirty a year. Kept for the request."""
    session = db.session()
    if CACHE not in session.info:
        rows = session.execute(sa.select(CalendarDay.day, CalendarDay.working))
        session.info[CACHE] = dict(rows.all())
    found: Mapping[date, bool] = session.info[CACHE]
    return found


def forget() -> None:
    """After a change."""
    db.session.info.pop(CACHE, None)


def is_working(day: date) -> bool:
    return rules.is_working(day, exceptions())


def waited(since: datetime, until: datetime | None = None) -> int:
    """Working days from one instant to another (or now), as days of Asia/Shanghai."""
    end = clock.now() if until is None else until
    return rules.between(local(since), local(end), exceptions())


def left(deadline: date, today: date | None = None) -> int:
    """Working days that remain; negative when it has passed."""
    return rules.between(today or clock.today(), deadline, exceptions())


def due(since: datetime, number: int) -> date:
    """The day on which ``number`` working days after an instant end."""
    return rules.add(local(since), number, exceptions())


def since(number: int, today: date | None = None) -> date:
    """The earliest day since which at most ``number`` working days have passed: ``waited`` undone."""
    return rules.back(today or clock.today(), number, exceptions())


def local(instant: datetime) -> date:
    return instant.astimezone(clock.SHANGHAI).date()


def missing_years(years: Collection[int]) -> tuple[int, ...]:
    """Which of the years have no 调休 yet."""
    known = set(db.session.scalars(sa.select(CalendarYear.year)))
    return tuple(sorted(set(years) - known))


def known_years() -> tuple[int, ...]:
    return tuple(db.session.scalars(sa.select(CalendarYear.year).order_by(CalendarYear.year)))


def several(ids: Collection[int]) -> list[CalendarDay]:
    """Those of them that are there."""
    return list(db.session.scalars(sa.select(CalendarDay).where(CalendarDay.id.in_(ids))))


def get(day_id: int) -> CalendarDay:
    return by_key.one(CalendarDay, day_id)


def locked(day_id: int) -> CalendarDay:
    """The day, read again and locked until the transaction ends."""
    return by_key.locked(CalendarDay, day_id)


def on(day: date) -> CalendarDay | None:
    return db.session.scalar(sa.select(CalendarDay).where(CalendarDay.day == day))
