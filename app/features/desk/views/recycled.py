"""Words of dictionaries and days of the calendar in the recycle bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.engines import calendar, dictionaries, recycling
from app.engines.calendar import CalendarDay
from app.engines.calendar.labels import REFUSALS as DAY_REFUSALS
from app.engines.dictionaries import DictionaryEntry
from app.extensions.phrases import labelled
from app.features.desk.labels import CALENDAR_KINDS, ENTRY_HEADINGS, ENTRY_REFUSALS, OBJECTS
from app.features.desk.views.calendar import BASE as DAYS
from app.features.desk.views.dictionaries import BASE as ENTRIES


def _entry(facts: Mapping[str, Any]) -> Sequence[Any]:
    name = facts.get("dictionary")
    return (dictionaries.TITLES.get(str(name), name), facts.get("code"))


def _day(facts: Mapping[str, Any]) -> Sequence[Any]:
    return (CALENDAR_KINDS[bool(facts.get("working"))], facts.get("name"))


def _used(ids: Sequence[int]) -> dict[int, list[str]]:
    """Records that hold a word: with any of them it cannot be deleted."""
    told: dict[int, list[str]] = {}
    for entry in dictionaries.several(ids):
        if number := dictionaries.uses(entry.dictionary, entry.label):
            words = ngettext("%(n)s 条记录", "%(n)s 条记录", number, n=f"{number:,}")
            told[entry.id] = [labelled(ENTRY_HEADINGS["uses"], words)]
    return told


def _as_weekday(ids: Sequence[int]) -> dict[int, list[str]]:
    """Deadlines that are still running count the day otherwise from then on."""
    living = calendar.several(ids)
    return {one.id: [_("删除后该日按星期计算，未到的期限随之变化")] for one in living}


RECYCLED = (
    recycling.Kind(
        DictionaryEntry.__tablename__,
        OBJECTS["dictionary_entry"],
        "DictionaryView",
        register=f"{ENTRIES}/list/",
        record=lambda pk: f"{ENTRIES}/show/{pk}",
        meet=lambda _actor, pk: dictionaries.get(pk),
        restore=dictionaries.restore,
        purge=recycling.thawed,
        facts=_entry,
        hanging=_used,
        refusals=ENTRY_REFUSALS,
    ),
    recycling.Kind(
        CalendarDay.__tablename__,
        OBJECTS["calendar_day"],
        "CalendarView",
        register=f"{DAYS}/list/",
        record=lambda pk: f"{DAYS}/show/{pk}",
        meet=lambda _actor, pk: calendar.get(pk),
        restore=calendar.restore,
        purge=recycling.thawed,
        facts=_day,
        hanging=_as_weekday,
        refusals=DAY_REFUSALS,
    ),
)
