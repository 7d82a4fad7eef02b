"""Changing the calendar: the zone enters what the State Council announces."""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import recycling, trail
from app.engines.calendar import queries
from app.engines.calendar.models import CalendarDay, CalendarYear
from app.extensions import db
from app.extensions.locks import lock

LOCKS = 7_283
NAME_MAX = 40
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def add(actor: Actor, *, day: date, working: bool, name: str) -> CalendarDay:
    """Enter a holiday or a working weekend; the year counts as known from then on."""
    _check(day, name, working=working)
    lock(LOCKS, "calendar")
    if queries.on(day) is not None:
        raise Refusal("calendar_day_taken", fields={"day": "calendar_day_taken"})
    made = CalendarDay(
        day=day, working=working, name=name.strip(), source="zone", created_by=actor.user_id
    )
    db.session.add(made)
    if queries.missing_years((day.year,)):
        db.session.add(CalendarYear(year=day.year, source="zone"))
    db.session.flush()
    queries.forget()
    changes = {"working": [None, working], "name": [None, made.name]}
    trail.record(actor, "calendar.added", made, changes=changes)
    return made


def change(actor: Actor, day_id: int, *, working: bool, name: str, version: int) -> CalendarDay:
    found = queries.locked(day_id)
    if found.version != version:
        raise Stale(found)
    _check(found.day, name, working=working)
    found.working, found.name = working, name.strip()
    if changes := trail.changes_of(found, ["working", "name"]):
        found.source, found.updated_by = "zone", actor.user_id
        db.session.flush()
        trail.record(actor, "calendar.changed", found, changes=changes)
    queries.forget()
    return found


def delete(actor: Actor, day_id: int, *, reason: str = "") -> None:
    """Into the recycle bin; the day is again what its weekday is."""
    found = queries.locked(day_id)
    ref = trail.Ref("calendar_day", found.id, label=str(found))
    changes = {"working": [found.working, None], "name": [found.name, None]}
    gone = recycling.Gone(
        CalendarDay.__tablename__,
        found.id,
        str(found),
        search=f"{found}|{found.name}".lower(),
        facts={"working": found.working, "name": found.name},
        payload=recycling.frozen(found),
    )
    recycling.put(actor, [gone], reason=reason, now=clock.now())
    db.session.delete(found)
    db.session.flush()
    queries.forget()
    details = {"reason": reason} if reason else {}
    trail.record(actor, "calendar.deleted", ref, changes=changes, details=details)


def restore(actor: Actor, item: recycling.BinItem) -> CalendarDay:
    """Take a day back, unless it was entered anew."""
    lock(LOCKS, "calendar")
    standing = queries.on(date.fromisoformat((item.payload or {})["day"]))
    made: CalendarDay = recycling.unfrozen(actor, item, CalendarDay, "calendar.restored", standing)
    queries.forget()
    return made


def _check(day: date, name: str, *, working: bool) -> None:
    if not FIRST <= day <= LAST:
        raise Refusal("calendar_day_range", fields={"day": "calendar_day_range"})
    if working == (day.weekday() < 5):
        raise Refusal("calendar_day_same", fields={"working": "calendar_day_same"})
    if len(name.strip()) > NAME_MAX:
        raise Refusal("calendar_name_long", fields={"name": "calendar_name_long"})
