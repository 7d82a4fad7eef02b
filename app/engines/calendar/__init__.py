"""Working days with 调休 (face of the engine): data in tables, never in code.

Seeded from ``chinesecalendar``; the zone edits it. A year that nobody entered counts Monday to
Friday, and pages that count in it say so (``missing_years``).
"""

from __future__ import annotations

from app.engines.calendar.models import CalendarDay, CalendarYear
from app.engines.calendar.queries import (
    due,
    get,
    is_working,
    known_years,
    left,
    local,
    missing_years,
    several,
    since,
    waited,
)
from app.engines.calendar.seed import seed
from app.engines.calendar.services import add, change, delete, restore

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "add",
    "change",
    "delete",
    "due",
    "get",
    "is_working",
    "known_years",
    "left",
    "local",
    "missing_years",
    "restore",
    "seed",
    "several",
    "since",
    "waited",
]
