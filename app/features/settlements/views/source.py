"""The list of applications: columns, filters, search, and how each value is shown."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import g
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from app.core import clock
from app.core.phones import mask_name, mask_phone
from app.core.values import replace
from app.engines import calendar
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import (
    ChoiceFilter,
    DayRangeFilter,
    Filter,
    KeyFilter,
    MultiFilter,
    Options,
)
from app.extensions.phrases import listed
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises.labels import ROLE_WORDS
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.features.settlements import policy, queries
from app.features.settlements.labels import (
    CHOICE_WORDS,
    FOCUS_WORDS,
    HEADINGS,
    NEED_WORDS,
    PREPARING,
    REASON_WORDS,
    STATE_DOTS,
    STATE_WORDS,
)
from app.features.settlements.models import SettlementApplication as Application
from app.features.settlements.rules import OPEN
from app.web import cells
from app.web.acting import current_actor
from app.web.listing.build import Field
from app.web.listing.page import Cell

PARK_NAME = sa.select(Park.name).where(Park.id == Application.park_id).scalar_subquery()
HANDLER = (
    sa.select(FULL_NAME).where(User.id == Application.handler_id).correlate(Application)
).scalar_subquery()
AREA = sa.func.coalesce(Application.office_area, 0) + sa.func.coalesce(
    Application.warehouse_area, 0
)
PLAIN = (
    *("number", "contact_name", "contact_phone", "company", "preparing", "uscc", "roles", "modes"),
    *("needs", "goods", "markets", "budget", "expected_on", "staff_count", "expected_value"),
    *("state", "submitted_at", "due_on", "contacted_at", "decided_at", "reason_code"),
    *("landed_on", "proven_at"),
)


class FocusFilter(ChoiceFilter, frozen=True):
    """What the figures above the list count."""

    def where(self, value: Any) -> Any:
        if value in ("overdue", "due"):
            late = value == "overdue"
            return queries.overdue(clock.today()) if late else queries.due(clock.today())
        return queries.UNPROVEN if value == "unproven" else queries.CONTACTED


def park_options() -> Options:
    """The parks in reach, read once per page."""
    if "park_options" not in g:
        g.park_options = tuple((str(park.id), park.name) for park in parks.all_by_code())
    found: Options = g.park_options
    return found


FILTERS: tuple[Filter, ...] = (
    ChoiceFilter("state", HEADINGS["state"], Application.state, options=tuple(STATE_WORDS.items())),
    FocusFilter(
        "focus",
        HEADINGS["focus"],
        Application.state,
        promoted=True,
        options=tuple(FOCUS_WORDS.items()),
    ),
    MultiFilter(
        "needs",
        HEADINGS["needs"],
        Application.needs,
        options=tuple(NEED_WORDS.items()),
        members=True,
    ),
    MultiFilter(
        "roles",
        HEADINGS["roles"],
        Application.roles,
        options=tuple(ROLE_WORDS.items()),
        members=True,
    ),
    MultiFilter(
        "modes",
        HEADINGS["modes"],
        Application.modes,
        options=tuple(CHOICE_WORDS["modes"].items()),
        members=True,
    ),
    DayRangeFilter(
        "submitted_at", HEADINGS["submitted_at"], Application.submitted_at, promoted=True
    ),
    ChoiceFilter(
        "reason_code",
        HEADINGS["reason"],
        Application.reason_code,
        options=tuple(REASON_WORDS.items()),
    ),
)
PARK_FILTER = KeyFilter(
    "park", HEADINGS["park"], Application.park_id, promoted=True, options=park_options
)
#: The park takes the place of a date among the filters that are always seen: one line has no more.
ZONE_FILTERS: tuple[Filter, ...] = (
    PARK_FILTER,
    *(replace(one, promoted=False) if one.name == "submitted_at" else one for one in FILTERS),
)

FIELDS: tuple[Field, ...] = (
    Field("contact_name", HEADINGS["applicant"], frozen=True, sortable=False, personal=True),
    Field("company", HEADINGS["company"]),
    Field("needs", HEADINGS["needs"], sortable=False),
    Field("submitted_at", HEADINGS["submitted_at"]),
    Field("due_on", HEADINGS["due_on"]),
    Field("waited", HEADINGS["waited"], sortable=False, asked=False),
    Field("area", HEADINGS["area"], numeric=True, shown=False),
    Field("state", HEADINGS["state"], sortable=False),
    Field("number", HEADINGS["number"], shown=False),
    Field("uscc", HEADINGS["uscc"], shown=False),
    Field("roles", HEADINGS["roles"], shown=False, sortable=False),
    Field("modes", HEADINGS["modes"], shown=False, sortable=False),
    Field("goods", HEADINGS["goods"], shown=False, sortable=False),
    Field("markets", HEADINGS["markets"], shown=False, sortable=False),
    Field("budget", HEADINGS["budget"], numeric=True, shown=False),
    Field("expected_value", HEADINGS["expected_value"], numeric=True, shown=False),
    Field("expected_on", HEADINGS["expected_on"], shown=False),
    Field("staff_count", HEADINGS["staff_count"], numeric=True, shown=False),
    Field("handler", HEADINGS["handler"], shown=False, sortable=False),
    Field("decided_at", HEADINGS["decided_at"], shown=False),
    Field("reason_code", HEADINGS["reason"], shown=False, sortable=False),
)
PARK = Field("park", HEADINGS["park"], sortable=False)


class SettlementSource(ListSource):
    """Applications in scope."""

    def __init__(self) -> None:
        columns: dict[str, Any] = {name: getattr(Application, name) for name in PLAIN}
        columns |= {"park": PARK_NAME, "handler": HANDLER, "area": AREA}
        columns["waited"] = Application.submitted_at
        super().__init__(Application, columns)

    def search(self, text: str, *, counting: bool = False) -> Any:
        """A contact is found only by those who may see personal data."""
        return queries.matches(text, personal=policy.personal(current_actor()))


def person(name: str) -> str:
    """A contact's name, in full only for those who may see personal data."""
    if not name:
        return str(_("已转出"))
    return name if policy.personal(current_actor()) else mask_name(name)


def company(row: Any) -> str:
    return str(PREPARING) if row.preparing else row.company


def days(number: int) -> str:
    """1 个工作日."""
    return str(_("%(n)s 个工作日", n=number))


def waited(row: Any) -> str:
    """How long the applicant has waited."""
    return days(calendar.waited(row.submitted_at))


def due(row: Any) -> Cell:
    """首次联系时限: late, soon or kept."""
    text = cells.words(row.due_on)
    if row.state != "new":
        kept = row.contacted_at is not None
        return Cell(text, muted=_("已联系") if kept else "")
    left = calendar.left(row.due_on)
    if left < 0:
        return Cell(text, tag="danger", muted=_("已超 %(days)s", days=days(-left)))
    muted = _("剩 %(days)s", days=days(left)) if left else _("今天到期")
    return Cell(text, tag="warning" if left <= 1 else "", muted=muted)


def state(row: Any) -> Cell:
    muted = ""
    if row.state == "landed" and row.proven_at is None:
        muted = FOCUS_WORDS["unproven"]
    return Cell(STATE_WORDS[row.state], dot=STATE_DOTS[row.state], muted=muted)


def value(name: str, found: Any, row: Any) -> Cell:
    """A cell of the list or of the page."""
    if name == "contact_name":
        phone = mask_phone(row.contact_phone) if row.contact_phone else ""
        return Cell(person(found), muted=phone)
    if name == "state":
        return state(row)
    if name == "due_on":
        return due(row)
    if name == "waited":
        return Cell(waited(row) if row.state in OPEN else "")
    if name == "company":
        return Cell(company(row))
    if name in ("uscc", "number"):
        return Cell(found or "", code=True)
    if name in CHOICE_WORDS:
        return Cell(listed(CHOICE_WORDS[name].get(one, one) for one in found or ()))
    if name == "reason_code":
        return Cell(REASON_WORDS[found] if found else "")
    return cells.cell(found)
