"""The one source of "now": aware UTC; the trade's days are Asia/Shanghai days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def now() -> datetime:
    """Current instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def today() -> date:
    """Current calendar day in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def day_of(text: str) -> date:
    """``2026-01-31``, as people write a day; other ways of ISO 8601 (a week, no lines) are none.

    Raises ``ValueError``.
    """
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def last_full_year() -> int:
    """The year whose figures are complete: the default 数据年度."""
    return today().year - 1


def beginning_of(day: date) -> datetime:
    """The instant at which a day begins in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def microseconds(at: datetime) -> int:
    """An instant as a number for an address; nothing of it is lost."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(number: int) -> datetime:
    """The instant again; numbers beyond what a calendar holds give the last one."""
    return _EPOCH + timedelta(microseconds=min(number, microseconds(_LAST)))
