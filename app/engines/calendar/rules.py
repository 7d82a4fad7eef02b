"""Working days, counted on plain dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

ONE = timedelta(days=1)
Exceptions = Mapping[date, bool]
MOST_DAYS = 3660


def is_working(day: date, exceptions: Exceptions) -> bool:
    """The calendar's word, otherwise Monday to Friday."""
    return exceptions.get(day, day.weekday() < 5)


def between(start: date, end: date, exceptions: Exceptions) -> int:
    """Working days after ``start`` up to and with ``end``; negative when ``end`` is earlier.

    Handed in on Friday and looked at on Monday: one working day has passed.
    """
    if end < start:
        return -between(end, start, exceptions)
    days = (end - start).days
    return sum(is_working(start + ONE * step, exceptions) for step in range(1, days + 1))


def add(start: date, number: int, exceptions: Exceptions) -> date:
    """The day on which the ``number``-th working day after ``start`` ends; 0 = ``start`` itself."""
    day, left = start, number
    for _ in range(MOST_DAYS):
        if left <= 0:
            return day
        day += ONE
        left -= is_working(day, exceptions)
    msg = f"no {number} working days after {start}"
    raise ValueError(msg)


def back(end: date, number: int, exceptions: Exceptions) -> date:
    """The earliest day since which no more than ``number`` working days have passed at ``end``."""
    day, passed = end, 0
    for _ in range(MOST_DAYS):
        passed += is_working(day, exceptions)
        if passed > number:
            return day
        day -= ONE
    msg = f"no {number} working days before {end}"
    raise ValueError(msg)
