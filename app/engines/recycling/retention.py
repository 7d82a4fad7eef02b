"""For how long nothing in the bin can be deleted for good: a setting of the platform."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.engines import settings

KEEP_DAYS = "bin.days"
LEAST, MOST = 30, 3650


def _days(value: object) -> str | None:
    good = isinstance(value, int) and (value == 0 or LEAST <= value <= MOST)
    return None if good else "setting_bin_days"


settings.define(
    settings.Spec(
        KEEP_DAYS,
        _l("回收站保留天数"),
        "bin",
        hint=_l("30–3650 天；填 0 表示长期保留。期内只能恢复，期满后经两人确认才能彻底删除。"),
        default=180,
        shape=settings.Shape.number,
        check=_days,
    )
)


def keep_days() -> int:
    """Days within which a deleted record can only be restored; 0: it is never deleted for good."""
    return int(settings.get(KEEP_DAYS))


def kept_until(deleted_at: datetime) -> datetime | None:
    """From when on a record may be deleted for good; ``None``: never."""
    days = keep_days()
    return deleted_at + timedelta(days=days) if days else None


def deletable_before(now: datetime) -> datetime | None:
    """What was deleted by then may be deleted for good; ``None``: nothing may."""
    days = keep_days()
    return now - timedelta(days=days) if days else None
