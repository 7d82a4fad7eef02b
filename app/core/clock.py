"""The one source of "now": aware UTC; the trade's days are Asia/Shanghai days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Current instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def today() -> date:
    """Current calendar day in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def last_full_year() -> int:
    """The year whose figures are complete: the default 数据年度."""
    return today().year - 1


def beginning_of(day: date) -> datetime:
    """The instant at which a day begins in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)
