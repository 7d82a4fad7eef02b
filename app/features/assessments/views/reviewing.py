"""填报审核: the queue of filings, 待办 and 已办; each opens its cockpit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.values import replace
from app.engines import calendar
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import Counted, ListSource
from app.extensions.lists.spec import ChoiceFilter, Filter, KeyFilter
from app.extensions.phrases import entries
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.labels import STATE_WORDS
from app.features.assessments.labels.judge import MINE_WORDS, QUEUE_HEADINGS, STATE_DOTS
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import reviews
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.views.reviewing_board import BoardPart
from app.features.assessments.views.reviewing_screen import CockpitPart
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.web import cells
from app.web.access import Tenant
from app.web.acting import current_actor
from app.web.listing.build import Field, at
from app.web.listing.page import Cell, Empty, Link, ListPage, Tab

BASE = "/desk/filing-reviews"
READERS = frozenset({Role.operator, Role.reviewer})


PARK = (
    sa.select(Park.name)
    .where(Park.id == AssessmentFiling.park_id)
    .correlate(AssessmentFiling)
    .scalar_subquery()
)
ROUND = (
    sa.select(AssessmentRound.name)
    .where(AssessmentRound.id == AssessmentFiling.round_id)
    .correlate(AssessmentFiling)
    .scalar_subquery()
)
TAKEN = (
    sa.select(accounts.FULL_NAME)
    .where(User.id == AssessmentFiling.taken_by)
    .correlate(AssessmentFiling)
    .scalar_subquery()
)
#: As ``reviewing_told.waits_since`` says it of one filing.
PUBLISHED = sa.select(AssessmentRound.id).where(
    AssessmentRound.state == RoundState.publicized.value
)
SINCE = sa.case(
    (
        sa.and_(AssessmentFiling.state == "taken", AssessmentFiling.round_id.in_(PUBLISHED)),
        AssessmentFiling.taken_at,
    ),
    else_=AssessmentFiling.submitted_at,
)
#: Tab -> the clause that says what is in it, for a person.
TABS: Mapping[str, tuple[Any, Callable[[Actor], Any]]] = {
    "todo": (_l("待办"), lambda _actor: reviews.waiting()),
    "done": (_l("已办"), lambda actor: reviews.judged_by(actor.user_id)),
}


class TabFilter(ChoiceFilter, frozen=True):
    """Which of the two lists; the clause depends on who asks."""

    def where(self, value: Any) -> Any:
        return TABS[value][1](current_actor())


class MineFilter(ChoiceFilter, frozen=True):
    """What is mine to judge, or nobody's yet."""

    def where(self, value: Any) -> Any:
        if value == "mine":
            return reviews.given_to(current_actor().user_id)
        return AssessmentFiling.taken_by.is_(None)


def round_options() -> tuple[tuple[str, Any], ...]:
    """Rehearsals are reached by their own board: the queue does not list their filings."""
    real = [one for one in reviews.running_rounds() if one.rehearsal_of_id is None]
    return tuple((str(one.id), one.name) for one in real)


class FilingReviewView(CockpitPart, BoardPart):
    """The queue. Reviewers judge; operators look and give out the work."""

    datamodel = SQLAInterface(AssessmentFiling)
    route_base = BASE
    class_permission_name = policy.JUDGE_VIEW
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        **dict.fromkeys(("can_list", "can_show", "can_assign"), READERS),
        "can_judge": frozenset({Role.reviewer}),
    }
    fields = (
        Field("park", QUEUE_HEADINGS["park"], frozen=True),
        Field("round", QUEUE_HEADINGS["round"], sortable=False),
        Field("submitted_at", QUEUE_HEADINGS["submitted_at"]),
        Field("waited", QUEUE_HEADINGS["waited"], sortable=False, numeric=True, asked=False),
        Field("times", QUEUE_HEADINGS["times"], sortable=False, numeric=True),
        Field("late_days", QUEUE_HEADINGS["late_days"], numeric=True),
        Field("taken", QUEUE_HEADINGS["taken"], sortable=False),
        Field("state", QUEUE_HEADINGS["state"], sortable=False, choices=STATE_WORDS),
    )
    filters: ClassVar[tuple[Filter, ...]] = (
        TabFilter(
            "tab", "", AssessmentFiling.state, options=tuple((n, w) for n, (w, _c) in TABS.items())
        ),
        KeyFilter(
            "round",
            QUEUE_HEADINGS["round"],
            AssessmentFiling.round_id,
            promoted=True,
            options=round_options,
        ),
        MineFilter(
            "mine",
            QUEUE_HEADINGS["mine"],
            AssessmentFiling.taken_by,
            promoted=True,
            options=tuple(MINE_WORDS.items()),
        ),
        KeyFilter(
            "park",
            QUEUE_HEADINGS["park"],
            AssessmentFiling.park_id,
            options=parks.options,
        ),
    )
    source = ListSource(
        AssessmentFiling,
        {
            "park": PARK,
            "round": ROUND,
            "submitted_at": AssessmentFiling.submitted_at,
            "waited": AssessmentFiling.reviewed_at,
            "since": SINCE,
            "times": AssessmentFiling.times_returned,
            "late_days": AssessmentFiling.late_days,
            "taken": TAKEN,
            "state": AssessmentFiling.state,
        },
        search=(PARK, AssessmentFiling.number),
    )
    sorted_by = ("submitted_at", "asc")
    name_field = "park"
    status_field = "state"
    tab_filter = "tab"
    list_heading = _l("填报审核")
    section_label = _l("考核评估")
    unit_of = staticmethod(entries)
    search_label = _l("园区/基地名称或填报编号")

    def criteria(self, args: Any) -> Criteria:
        """Without a tab: 待办."""
        found = super().criteria(args)
        return replace(found, values={"tab": "todo", **found.values})

    def total(self, criteria: Criteria) -> Counted:
        only = {"tab": criteria.values["tab"]}
        return self.source.count(replace(criteria, q="", values=only))

    def list_page(self, criteria: Criteria) -> ListPage:
        page = super().list_page(criteria)
        now, actor = criteria.values["tab"], current_actor()
        tabs = tuple(
            Tab(
                words,
                at(f"{BASE}/list/", criteria.having("tab", name)),
                self._number(clause(actor)) if name == "todo" else "",
                active=name == now,
                warn=name == "todo",
            )
            for name, (words, clause) in TABS.items()
        )
        page = replace(page, tabs=tabs)
        if criteria.q or set(criteria.values) - {"tab"}:
            return page
        total = self.total(criteria)
        words = _("共 %(total)s %(unit)s", total=str(total), unit=entries(total.number))
        return replace(page, count_text=words, empty=None if page.rows else self.nothing_yet())

    @staticmethod
    def _number(clause: Any) -> str:
        return f"{reviews.number(clause):,}"

    def extra_columns(self) -> tuple[str, ...]:
        return ("submitted_at", "waited", "since")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        match name:
            case "state":
                return Cell(STATE_WORDS[value], dot=STATE_DOTS[value])
            case "waited" if row.since is not None:
                return Cell(_("%(n)s 个工作日", n=calendar.waited(row.since, value)))
            case "times":
                return Cell(str(value + 1))
            case "late_days":
                return Cell(str(value) if value else "")
        return cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        """The progress of each round that is under way."""
        return tuple(
            Link(_("“%(round)s”进度", round=one.name), f"{BASE}/board/{one.id}", icon="chart-bar")
            for one in reviews.running_rounds()[:2]
        )

    def nothing_yet(self) -> Empty:
        if request.args.get("tab", "") == "done":
            return Empty("nothing", _("您还没有审核过填报"))
        return Empty(
            "nothing", _("没有待审核的填报"), _("园区提交后会出现在这里，最早的排在最前。")
        )
