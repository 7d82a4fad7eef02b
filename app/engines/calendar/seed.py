"""What ``chinesecalendar`` knows: the State Council's arrangements, year by year."""

from __future__ import annotations

import chinese_calendar
import sqlalchemy as sa
from chinese_calendar import constants

from app.engines.calendar import queries
from app.engines.calendar.models import CalendarDay, CalendarYear
from app.extensions import db


def seed() -> int:
    """Add years that are missing, touch nothing of a year that is there; returns days added."""
    known = set(db.session.scalars(sa.select(CalendarYear.year)))
    shipped = {day.year for day in (*constants.holidays, *constants.workdays)}
    there = set(db.session.scalars(sa.select(CalendarDay.day)))
    added = 0
    for year in sorted(shipped - known):
        rows = [row for row in _days(year) if row.day not in there]
        db.session.add_all([*rows, CalendarYear(year=year, source="shipped")])
        added += len(rows)
    db.session.flush()
    queries.forget()
    return added


def _days(year: int) -> list[CalendarDay]:
    """Only days that differ from their weekday: a holiday on a Sunday changes no count."""
    off = {day: name for day, name in constants.holidays.items() if day.weekday() < 5}
    on = {day: name for day, name in constants.workdays.items() if day.weekday() >= 5}
    return [
        CalendarDay(day=day, working=working, name=_name(name), source="shipped")
        for days, working in ((off, False), (on, True))
        for day, name in sorted(days.items())
        if day.year == year
    ]


def _name(english: str) -> str:
    """The holiday's Chinese name."""
    known = {one.value: one.chinese for one in chinese_calendar.Holiday}
    return str(known.get(english, english))
