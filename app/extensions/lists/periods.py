"""Relative days of a condition: 本月, 近 30 天. Days are those of Asia/Shanghai, today included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

#: Name in an address -> its words, in the order in which they are offered.
PERIODS: dict[str, Any] = {
    "today": _l("今天"),
    "yesterday": _l("昨天"),
    "this_week": _l("本周"),
    "last_week": _l("上周"),
    "this_month": _l("本月"),
    "last_month": _l("上月"),
    "this_quarter": _l("本季度"),
    "this_year": _l("今年"),
    "last_year": _l("去年"),
    "last_7": _l("近 7 天"),
    "last_30": _l("近 30 天"),
    "last_90": _l("近 90 天"),
    "last_365": _l("近 365 天"),
    "next_7": _l("今天起 7 天"),
    "next_30": _l("今天起 30 天"),
}
ONE = timedelta(days=1)


def days_of(name: str, today: date) -> tuple[date, date]:
    """First and last day of a period as seen from ``today``; a week begins on Monday."""
    kind, _sign, unit = name.partition("_")
    if unit.isdigit():
        rest = timedelta(days=int(unit) - 1)
        return (today - rest, today) if kind == "last" else (today, today + rest)
    if not unit:
        day = today if name == "today" else today - ONE
        return day, day
    first = _first_of(unit, today)
    if kind == "last":
        last = first - ONE
        return _first_of(unit, last), last
    return first, _first_of(unit, first + timedelta(days=_LONGER[unit])) - ONE


#: So many days from a first day lie surely in the next one's span.
_LONGER = {"week": 7, "month": 31, "quarter": 92, "year": 366}


def _first_of(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(month=1, day=1)
