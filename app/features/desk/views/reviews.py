"""审核中心: 待办, 已办, 我发起的; the screen on which a revision is read and decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, redirect, request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.values import replace
from app.engines import calendar, review
from app.engines.review import Revision
from app.engines.review.labels import REFUSALS, STATE_DOTS, STATE_WORDS
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import Counted, ListSource
from app.extensions.lists.spec import ChoiceFilter, Filter, KeyFilter
from app.extensions.phrases import items
from app.features.accounts import queries as accounts
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.desk.labels import AGES, REVIEW_HEADINGS
from app.features.desk.views.review_screen import stage_words
from app.features.desk.views.review_several import SeveralPart
from app.features.parks import queries as parks
from app.features.parks.labels.profile import REVIEWER_REFUSALS as PARK_REFUSALS
from app.features.parks.models import Park
from app.web import cells
from app.web.access import Tenant
from app.web.acting import current_actor
from app.web.listing.build import Field, at
from app.web.listing.page import BulkAct, Cell, Empty, Link, ListPage, Tab

BASE = "/desk/reviews"
REVIEWERS = frozenset({Role.reviewer, Role.operator})
PERSON = (
    sa.select(accounts.FULL_NAME)
    .where(User.id == Revision.submitted_by)
    .correlate(Revision)
    .scalar_subquery()
)
PARK = sa.select(Park.name).where(Park.id == Revision.park_id).correlate(Revision).scalar_subquery()
#: Tab -> the clause that says what is in it, for a person.
TABS: Mapping[str, tuple[Any, Callable[[Actor], Any]]] = {
    "todo": (_l("待办"), review.waiting_for),
    "done": (_l("已办"), review.decided_by),
    "mine": (_l("我发起的"), review.started_by),
}


class TabFilter(ChoiceFilter, frozen=True):
    """Which of the three lists; the clause depends on who asks."""

    def where(self, value: Any) -> Any:
        return TABS[value][1](current_actor())


class AgeFilter(ChoiceFilter, frozen=True):
    """For how many working days it has waited."""

    def where(self, value: Any) -> Any:
        return aged(value)


def aged(age: str) -> Any:
    """Clause: submitted within the bounds of ``AGES``."""
    names = tuple(AGES)
    place = names.index(age)
    parts = []
    if age.isdigit():
        parts.append(Revision.submitted_at >= _since(age))
    if place:
        parts.append(Revision.submitted_at < _since(names[place - 1]))
    return sa.and_(*parts)


def _since(days: str) -> datetime:
    return clock.beginning_of(calendar.since(int(days)))


def kind_options() -> tuple[tuple[str, Any], ...]:
    return tuple((one.name, one.title) for one in review.kinds())


class ReviewView(SeveralPart):
    """The queue. Reviewers have three tabs, others what they sent."""

    datamodel = SQLAInterface(Revision)
    route_base = BASE
    class_permission_name = review.DECIDE_VIEW
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        **dict.fromkeys(("can_list", "can_show"), REVIEWERS | PARK_ROLES),
        "can_decide": REVIEWERS,
        "can_revoke": frozenset({Role.operator}),
    }
    fields = (
        Field("title", REVIEW_HEADINGS["title"], frozen=True, sortable=False),
        Field("kind", REVIEW_HEADINGS["kind"], sortable=False),
        Field("park", REVIEW_HEADINGS["park"], sortable=False),
        Field("person", REVIEW_HEADINGS["person"], sortable=False),
        Field("submitted_at", REVIEW_HEADINGS["submitted_at"]),
        Field("waited", REVIEW_HEADINGS["waited"], sortable=False, numeric=True, asked=False),
        Field("state", REVIEW_HEADINGS["state"], sortable=False, choices=STATE_WORDS),
    )
    filters: ClassVar[tuple[Filter, ...]] = (
        TabFilter("tab", "", Revision.state, options=tuple((n, w) for n, (w, _c) in TABS.items())),
        ChoiceFilter(
            "kind", REVIEW_HEADINGS["kind"], Revision.kind, promoted=True, options=kind_options
        ),
        KeyFilter(
            "park", REVIEW_HEADINGS["park"], Revision.park_id, promoted=True, options=parks.options
        ),
        AgeFilter(
            "age", REVIEW_HEADINGS["waited"], Revision.submitted_at, options=tuple(AGES.items())
        ),
    )
    source = ListSource(
        Revision,
        {
            **{
                name: getattr(Revision, name) for name in ("title", "kind", "submitted_at", "state")
            },
            "person": PERSON,
            "park": PARK,
            "waited": Revision.decided_at,
            **{name: getattr(Revision, name) for name in ("stage", "stages")},
        },
        search=(Revision.title,),
    )
    sorted_by = ("submitted_at", "asc")
    name_field = "title"
    status_field = "state"
    tab_filter = "tab"
    list_heading = _l("审核中心")
    section_label = _l("审核")
    unit_of = staticmethod(items)
    search_label = _l("标题")
    refusals: ClassVar[Mapping[str, Any]] = {**REFUSALS, **PARK_REFUSALS}
    bulk_permissions: ClassVar[dict[str, str]] = {"decide": "decide"}

    # -- the three tabs ------------------------------------------------------------------------
    def tabs_of(self, actor: Actor) -> tuple[str, ...]:
        return tuple(TABS) if review.may_decide(actor) else ("mine",)

    def criteria(self, args: Any) -> Criteria:
        """Without a tab: the first of this person's."""
        found = super().criteria(args)
        offered = self.tabs_of(current_actor())
        now = found.values.get("tab", offered[0])
        if now not in offered:
            abort(400)
        return replace(found, values={**found.values, "tab": now})

    def total(self, criteria: Criteria) -> Counted:
        only = {"tab": criteria.values["tab"]}
        return self.source.count(replace(criteria, q="", values=only))

    def list_page(self, criteria: Criteria) -> ListPage:
        page = super().list_page(criteria)
        base, actor = f"{BASE}/list/", current_actor()
        now = criteria.values["tab"]
        tabs = tuple(
            Tab(
                TABS[name][0],
                at(base, criteria.having("tab", name)),
                f"{review.count(TABS[name][1](actor)):,}" if name == "todo" else "",
                active=name == now,
                warn=name == "todo",
            )
            for name in self.tabs_of(actor)
        )
        page = replace(page, tabs=tabs)
        if criteria.q or set(criteria.values) - {"tab"}:
            return page
        # A tab is where one stands, no filter that hides something.
        total = self.total(criteria)
        words = _("共 %(total)s %(unit)s", total=str(total), unit=items(total.number))
        pager = replace(page.pager, text=words) if page.pager else None
        empty = None if page.rows else self.nothing_yet()
        return replace(page, count_text=words, pager=pager, empty=empty)

    # -- cells ---------------------------------------------------------------------------------
    def extra_columns(self) -> tuple[str, ...]:
        return ("stage", "stages", "submitted_at")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        match name:
            case "state":
                return Cell(stage_words(value, row.stage, row.stages), dot=STATE_DOTS[value])
            case "kind":
                return Cell(review.kind(value).title)
            case "waited":
                return self._waited(row, value)
        return cells.cell(value)

    def _waited(self, row: Any, decided_at: Any) -> Cell:
        if row.submitted_at is None:
            return Cell("")
        days = calendar.waited(row.submitted_at, decided_at)
        due = "" if decided_at else cells.cell(review.answer_by(row.submitted_at)).text
        told = _("%(day)s 前答复", day=due) if due else ""
        return Cell(_("%(n)s 个工作日", n=days), muted=told)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return ()

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        if not self.may("decide"):
            return ()
        return (BulkAct("decide", _("批量审核"), f"{BASE}/bulk/decide", icon="circle-check"),)

    def bulk_decide(self, ids: Sequence[int]) -> Any:
        """Nothing is decided yet: the next page names each item with the version it shows."""
        few = ",".join(str(key) for key in ids[:100])
        if len(ids) > 100:
            flash(_("一次最多审核 100 项，已取前 100 项。"), "info")
        return redirect(f"{BASE}/several?ids={few}", code=303)

    def nothing_yet(self) -> Empty:
        if request.args.get("tab", "") == "mine" or not self.may("decide"):
            return Empty("nothing", _("您还没有提交过需要审核的内容"))
        if request.args.get("tab", "") == "done":
            return Empty("nothing", _("您还没有审核过"))
        return Empty("nothing", _("没有待审核的事项"), _("新的提交会出现在这里，最早的排在最前。"))
