"""工作日历: holidays on weekdays and working weekends, entered by 平台运营 year by year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.values import replace
from app.engines import calendar, trail
from app.engines.calendar import CalendarDay
from app.engines.calendar.labels import ACTS, REFUSALS
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import entries, listed
from app.features.accounts.rules import Role
from app.features.desk.forms import CalendarDayForm, EditCalendarDayForm
from app.features.desk.labels import CALENDAR_HEADINGS, CALENDAR_KINDS, CALENDAR_SOURCES
from app.web import cells
from app.web.access import Tenant
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, FormPage, HistoryItem, ListPage

BASE = "/desk/calendar"
OPERATOR = frozenset({Role.operator})
EDITED = ("day", "working", "name")


class YearFilter(ChoiceFilter, frozen=True):
    """One year's days."""

    def where(self, value: Any) -> Any:
        year = int(value)
        return CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))


def year_options() -> tuple[tuple[str, str], ...]:
    """Years that are known, and those one has to know now."""
    wanted = {*calendar.known_years(), *_needed()}
    return tuple((str(year), str(year)) for year in sorted(wanted, reverse=True))


def _needed() -> tuple[int, int]:
    """This year and the next: deadlines reach into it."""
    year = clock.today().year
    return year, year + 1


class CalendarView(RegisterView):
    """Days that differ from their weekday."""

    datamodel = SQLAInterface(CalendarDay)
    bin_kind = CalendarDay.__tablename__
    route_base = BASE
    class_permission_name = "CalendarView"
    tenant = Tenant.zone
    veiled = False  # public holidays
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": OPERATOR for name in ("list", "show", "add", "edit", "delete")
    }
    fields = (
        Field("day", CALENDAR_HEADINGS["day"], frozen=True),
        Field("working", CALENDAR_HEADINGS["working"], choices=CALENDAR_KINDS),
        Field("name", CALENDAR_HEADINGS["name"]),
        Field("source", CALENDAR_HEADINGS["source"], choices=CALENDAR_SOURCES),
    )
    filters = (
        YearFilter(
            "year", CALENDAR_HEADINGS["year"], CalendarDay.day, promoted=True, options=year_options
        ),
    )
    source = ListSource(
        CalendarDay,
        {name: getattr(CalendarDay, name) for name in ("day", "working", "name", "source")},
        search=(CalendarDay.name, sa.cast(CalendarDay.day, sa.String)),
    )
    sorted_by = ("day", "desc")
    status_field = "working"
    name_field = "day"
    list_heading = _l("工作日历")
    section_label = _l("平台管理")
    unit_of = staticmethod(entries)
    search_label = _l("日期或名称")
    add_heading = _l("登记调休日")
    edit_heading = _l("修改调休日")
    refusals = REFUSALS
    show_sections = ((_l("调休日"), ("day", "working", "name", "source")),)
    show_labels = CALENDAR_HEADINGS
    form_class = EditCalendarDayForm
    add_form_class = CalendarDayForm
    form_sections = (("", EDITED),)
    form_required = frozenset({"day", "working"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "day": _l("只需登记与星期不同的日子：放假的工作日、上班的周末"),
        "name": _l("例如国庆节、春节调休"),
    }

    def list_page(self, criteria: Criteria) -> ListPage:
        return replace(super().list_page(criteria), notice=_missing_words())

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "working":
            return Cell(CALENDAR_KINDS[bool(value)], dot="warning" if value else "success")
        if name == "source":
            return Cell(CALENDAR_SOURCES[value])
        return cells.cell(value)

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> CalendarDay:
        return calendar.get(pk)

    def show_cell(self, item: Any, name: str) -> Cell:
        return self.cell(name, getattr(item, name), item)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=ACTS.get(entry.action, entry.action),
                changes=tuple(
                    (CALENDAR_HEADINGS.get(name, name), _words(name, old), _words(name, new))
                    for name, (old, new) in entry.changes.items()
                ),
            )
            for entry in trail.history("calendar_day", item.id)
        )

    # -- form ----------------------------------------------------------------------------------
    def initial_values(self) -> dict[str, Any]:
        year = request.args.get("year", "")
        known = year.isascii() and year.isdigit() and len(year) == 4
        return {"day": date(int(year), 1, 1) if known and int(year) else None, "working": "0"}

    def form_values(self, item: Any) -> dict[str, Any]:
        return {"working": "1" if item.working else "0", "name": item.name}

    def locked(self, _item: Any) -> dict[str, Any]:
        return {"day": _("保存后不能修改")}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is not None:
            form.day.data = str(item)
        return super()._form_page(form, heading=heading, item=item)

    def create(self, actor: Any, values: dict[str, Any]) -> CalendarDay:
        return calendar.add(actor, **_typed(values))

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> CalendarDay:
        typed = _typed(values)
        typed.pop("day")
        return calendar.change(actor, pk, **typed, version=version)

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> None:
        calendar.delete(actor, pk, reason=reason)


def _missing_words() -> str:
    """Which years nobody entered: there, working days are only weekdays."""
    missing = calendar.missing_years(_needed())
    if not missing:
        return ""
    years = listed(str(year) for year in missing)
    return str(_("尚未登记 %(years)s 年的放假调休安排，期限暂按周一至周五计算。", years=years))


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "day": values["day"],
        "working": values["working"] == "1",
        "name": values["name"] or "",
    }


def _words(name: str, value: Any) -> str:
    if name == "working" and value is not None:
        return str(CALENDAR_KINDS[bool(value)])
    return cells.words(value)
