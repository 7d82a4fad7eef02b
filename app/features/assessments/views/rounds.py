"""考核管理: the list of rounds, one round, and the form that plans it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import jsonify, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.engines import calendar
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import BoolFilter, ChoiceFilter
from app.extensions.phrases import items, remarked
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.forms import RoundForm
from app.features.assessments.labels import REFUSALS, ROUND_WORDS
from app.features.assessments.labels.zone import ROUND_DOTS, ROUND_HEADINGS
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    AssessmentScheme,
    SchemeVersion,
)
from app.features.assessments.queries import round_board
from app.features.assessments.queries import rounds as queries
from app.features.assessments.queries import schemes as scheme_queries
from app.features.assessments.rules.rounds import Windows, cycle, next_year, proposed
from app.features.assessments.services import rounds
from app.features.assessments.views.round_acts import RoundActs
from app.features.assessments.views.round_parks import RoundParks
from app.features.assessments.views.round_past import past_of
from app.features.assessments.views.round_places import PLACES, place_of
from app.features.assessments.views.round_sources import RoundSources
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.forms import key_of
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, HistoryItem, Link, Tab

BASE = "/desk/assessment-rounds"
READERS = frozenset({Role.operator, Role.reviewer})
WRITERS = frozenset({Role.operator})
DAYS = ("opens_on", "fill_until", "late_until", "review_until")
NUMBERS = ("correction_days", "corrections_max", "publicity_days", "objection_reply_days")
PERIOD = ("period_from", "period_to", "cut_off_on")
SCHEME = (
    sa.select(AssessmentScheme.name)
    .join(SchemeVersion, SchemeVersion.scheme_id == AssessmentScheme.id)
    .where(SchemeVersion.id == AssessmentRound.scheme_version_id)
    .correlate(AssessmentRound)
    .scalar_subquery()
)


def _parks(*where: Any) -> Any:
    query = sa.select(sa.func.count()).select_from(AssessmentFiling)
    told = AssessmentFiling.round_id == AssessmentRound.id, AssessmentFiling.takes_part
    return query.where(*told, *where).correlate(AssessmentRound).scalar_subquery()


class RoundView(RoundParks, RoundSources, RoundActs):
    """Rounds."""

    datamodel = SQLAInterface(AssessmentRound)
    route_base = BASE
    class_permission_name = policy.ROUND_VIEW
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": READERS,
        "can_show": READERS,
        "can_add": WRITERS,
        "can_edit": WRITERS,
    }
    veiled = False
    fields = (
        Field("name", ROUND_HEADINGS["name"], frozen=True),
        Field("state", ROUND_HEADINGS["state"]),
        Field("progress", ROUND_HEADINGS["progress"], sortable=False, asked=False),
        Field("opens_on", ROUND_HEADINGS["opens_on"]),
        Field("fill_until", ROUND_HEADINGS["fill_until"]),
        Field("period_to", ROUND_HEADINGS["period"]),
        Field("scheme", ROUND_HEADINGS["scheme"], sortable=False),
        Field("review_until", ROUND_HEADINGS["review_until"], shown=False),
    )
    filters = (
        ChoiceFilter(
            "state",
            ROUND_HEADINGS["state"],
            AssessmentRound.state,
            options=tuple(ROUND_WORDS.items()),
        ),
        BoolFilter(
            "rehearsal",
            ROUND_HEADINGS["rehearsal"],
            AssessmentRound.rehearsal_of_id.is_not(None),
            promoted=True,
        ),
    )
    source = ListSource(
        AssessmentRound,
        {
            "name": AssessmentRound.name,
            "state": AssessmentRound.state,
            "progress": _parks(AssessmentFiling.state != "draft"),
            "parks": _parks(),
            "opens_on": AssessmentRound.opens_on,
            "fill_until": AssessmentRound.fill_until,
            "late_until": AssessmentRound.late_until,
            "review_until": AssessmentRound.review_until,
            "period_from": AssessmentRound.period_from,
            "period_to": AssessmentRound.period_to,
            "scheme": SCHEME,
            "rehearsal": AssessmentRound.rehearsal_of_id,
        },
        search=(AssessmentRound.name,),
    )
    sorted_by = ("opens_on", "desc")
    tab_filter = "state"
    status_field = "state"
    list_heading = _l("考核管理")
    section_label = _l("考核评估")
    unit_of = staticmethod(items)
    search_label = ROUND_HEADINGS["name"]
    add_heading = _l("新建考核")
    edit_heading = _l("编辑考核")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels: ClassVar[Mapping[str, Any]] = {**ROUND_HEADINGS, **PLACES}
    show_sections = (
        ("", ("name", "scheme", "period", "cut_off_on", "previous_id", "lead_id", "progress")),
        (_l("本轮的工作"), tuple(PLACES)),
        (_l("时间安排"), (*DAYS, "opened_at", "snapshot_at", "closed_at")),
        (_l("办理期限"), NUMBERS),
        (ROUND_HEADINGS["notice"], ("notice",)),
    )
    form_class = RoundForm
    form_sections = (
        ("", ("name", "scheme_version_id", "previous_id", "lead_id")),
        (_l("考核期与数据"), PERIOD),
        (_l("时间安排"), DAYS),
        (_l("办理期限"), NUMBERS),
        (ROUND_HEADINGS["notice"], ("notice",)),
    )
    form_required = frozenset({"name", "scheme_version_id", *PERIOD, *DAYS, *NUMBERS})
    form_units: ClassVar[Mapping[str, Any]] = {
        "correction_days": _l("个工作日"),
        "corrections_max": _l("次"),
        "publicity_days": _l("个工作日"),
        "objection_reply_days": _l("个工作日"),
    }

    # -- list ----------------------------------------------------------------------------------
    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = round_board.state_counts()
        return [(name, word, f"{kept.get(name, 0):,}") for name, word in ROUND_WORDS.items()]

    def extra_columns(self) -> tuple[str, ...]:
        return ("parks", "period_from", "late_until", "rehearsal")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "name":
            return Cell(value, muted=ROUND_HEADINGS["rehearsal"] if row.rehearsal else "")
        if name == "state":
            return Cell(ROUND_WORDS[value], dot=ROUND_DOTS[value])
        if name == "progress":
            return Cell(_("%(filed)s / %(parks)s 家", filed=row.progress, parks=row.parks))
        if name == "period_to":
            return Cell(_span(row.period_from, row.period_to))
        if name == "fill_until" and row.state == "open":
            return Cell(cells.words(value), muted=left_words(value, row.late_until))
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        may = self.may("edit") and row.state == "draft"
        return (Link(_("编辑"), self.url(f"edit/{row.pk}"), kind="link"),) if may else ()

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        words = _("先在“考核方案”中备好方案，再新建一轮考核并选择参加的园区/基地。")
        return Empty("nothing", _("还没有考核"), words, acts)

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> AssessmentRound:
        return queries.get(pk)

    def subtitle(self, item: Any) -> str:
        period = _span(item.period_from, item.period_to)
        return remarked(period, ROUND_HEADINGS["rehearsal"]) if item.rehearsal_of_id else period

    def show_status(self, item: Any) -> Cell:
        return Cell(ROUND_WORDS[item.state], dot=ROUND_DOTS[item.state])

    def show_page(self, item: Any, tab: str) -> Any:
        page = super().show_page(item, tab)
        return replace(page, tabs=self.round_tabs(item, tab), notice=_notice(item))

    def round_tabs(self, item: Any, current: str) -> tuple[Tab, ...]:
        """What there is of a round; its pages share these."""
        told = (
            ("facts", _("详情"), self.url(f"show/{item.id}")),
            ("parks", _("参评园区"), self.url(f"parks/{item.id}")),
            ("sources", _("数据来源"), self.url(f"sources/{item.id}")),
            ("values", _("平台与主管部门数据"), f"/desk/assessment-rounds/values/{item.id}"),
            ("history", _("变更记录"), self.url(f"show/{item.id}", "tab=history")),
        )
        return tuple(Tab(words, url, active=name == current) for name, words, url in told)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "scheme":
            version = scheme_queries.version(item.scheme_version_id)
            words = f"{scheme_queries.get(version.scheme_id).name} v{version.number}"
            return Cell(words, url=f"/desk/assessment-schemes/version/{version.id}")
        if name == "period":
            return Cell(_span(item.period_from, item.period_to))
        if name == "previous_id":
            return Cell(str(queries.get(item.previous_id))) if item.previous_id else Cell("")
        if name == "lead_id":
            return Cell(round_board.names_of([item.lead_id]).get(item.lead_id, ""))
        if name == "progress":
            filed, parks = round_board.progress([item.id]).get(item.id, (0, 0))
            return Cell(_("%(filed)s / %(parks)s 家", filed=filed, parks=parks))
        if name in PLACES:
            return place_of(item, name)
        if name in DAYS[1:]:
            told = hints_of({day: getattr(item, day) for day in DAYS})
            return Cell(cells.words(getattr(item, name)), muted=told.get(name, ""))
        cell = super().show_cell(item, name)
        return replace(cell, muted=self.form_units[name]) if name in NUMBERS else cell

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return past_of(item.id)

    # -- form ----------------------------------------------------------------------------------
    def make_form(self, values: Mapping[str, Any] | None = None) -> Any:
        form = super().make_form(values)
        none = ("", _("请选择"))
        form.scheme_version_id.choices = [none, *round_board.version_options()]
        before = [(str(one.id), one.name) for one in round_board.kept_rounds()]
        form.previous_id.choices = [("", _("没有上一轮")), *before]
        form.lead_id.choices = [none, *round_board.people_with(Role.reviewer)]
        return form

    def initial_values(self) -> dict[str, Any]:
        known, newest = round_board.kept_rounds(), round_board.version_options()
        year = next_year([one.period_to for one in known], clock.last_full_year())
        begins, ends = date(year, 1, 1), date(year, 12, 31)
        before = next((one.id for one in known if one.period_to < begins), "")
        key = key_of(request.args.get("version")) or (int(newest[0][0]) if newest else None)
        return {
            "name": _("%(year)s 年度考核", year=year),
            "scheme_version_id": str(key or ""),
            "previous_id": str(before),
            "period_from": begins,
            "period_to": ends,
            "cut_off_on": ends,
            **_proposal(key, after(max(clock.today(), ends), 1)),
        }

    def form_values(self, item: Any) -> dict[str, Any]:
        values = super().form_values(item)
        keys = ("scheme_version_id", "previous_id", "lead_id")
        return {**values, **{name: str(values[name] or "") for name in keys}}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> Any:
        page = super()._form_page(form, heading=heading, item=item)
        days = {name: form[name].data for name in DAYS}
        return replace(page, hints={**page.hints, **hints_of(days)})

    def _show_form(self, page: Any, status: int) -> Any:
        return self.render("assessments/round_form.html", page=page), status

    @expose("/days")
    @guarded("list")
    def days(self) -> Any:
        """For the form as it is typed: working days of its windows; ``version``: what a scheme
        proposes from the opening day on."""
        read = {name: _date(request.args.get(name, "")) for name in DAYS}
        values: dict[str, Any] = {}
        if request.args.get("version"):
            start = read["opens_on"] or after(clock.today(), 1)
            values = _proposal(key_of(request.args["version"]), start)
            read = {name: values[name] for name in DAYS}
        told = {name: cells.words(one) if name in DAYS else one for name, one in values.items()}
        return jsonify(values=told, hints=hints_of(read))

    def create(self, actor: Any, values: dict[str, Any]) -> AssessmentRound:
        return rounds.create(actor, plan_of(values))

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> AssessmentRound:
        return rounds.change(actor, pk, plan_of(values), seen=version)


def plan_of(values: Mapping[str, Any]) -> rounds.Plan:
    """What the form holds; refuses what must be filled."""
    keys = {name: key_of(values[name]) for name in ("scheme_version_id", "previous_id", "lead_id")}
    told = {**values, **keys, "name": values["name"] or "", "notice": values["notice"] or ""}
    missing = {
        name: "required"
        for name in RoundView.form_required
        if told[name] is None or told[name] == ""
    }
    if missing:
        raise Refusal("required", fields=missing)
    return rounds.Plan(**told)


def after(day: date, number: int) -> date:
    """The day on which so many working days after another end."""
    return calendar.due(clock.beginning_of(day), number)


def _proposal(version_id: int | None, opens_on: date) -> dict[str, Any]:
    """The windows and numbers that a scheme's defaults make of an opening day."""
    try:
        content = scheme_queries.version(version_id or 0).content
    except NotFound:
        content = {}
    told = cycle(content)
    windows: Windows = proposed(told, opens_on, after)
    return {
        **{name: getattr(windows, name) for name in DAYS},
        "correction_days": told["correction_window_days"],
        "corrections_max": told["correction_rounds_max"],
        "publicity_days": told["publicity_days"],
        "objection_reply_days": told["objection_reply_days"],
    }


def hints_of(days: Mapping[str, date | None]) -> dict[str, str]:
    """Field -> how many working days its window has; the opening day counts."""
    opens, fill, late, review = (days[name] for name in DAYS)
    found = {}
    if opens and not calendar.is_working(opens):
        found["opens_on"] = str(_("这一天不是工作日。"))
    for name, begin, end in (("late_until", fill, late), ("review_until", late, review)):
        if begin and end and end >= begin:
            found[name] = str(_("其后 %(n)s 个工作日", n=calendar.left(end, begin)))
    if opens and fill and fill >= opens:
        found["fill_until"] = working_days(opens, fill)
    if years := calendar.missing_years({one.year for one in days.values() if one}):
        found["opens_on"] = str(_("%(year)s 年的调休尚未录入，按周一至周五计算。", year=years[0]))
    return found


def working_days(begin: date, end: date) -> str:
    """Both ends counted."""
    number = calendar.left(end, begin) + calendar.is_working(begin)
    return str(_("共 %(n)s 个工作日", n=number))


def left_words(fill_until: date, late_until: date) -> str:
    """What is left of filling in, or of 补填."""
    today = clock.today()
    if today <= fill_until:
        return str(_("剩 %(n)s 个工作日", n=calendar.left(fill_until, today)))
    if today <= late_until:
        return str(_("补填剩 %(n)s 个工作日", n=calendar.left(late_until, today)))
    return ""


def _span(begin: date, end: date) -> str:
    return str(_("%(low)s 至 %(high)s", low=cells.words(begin), high=cells.words(end)))


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return None


def _notice(item: Any) -> str:
    if item.rehearsal_of_id is not None:
        return str(_("这是演练：园区看不到，也不影响正式考核。用完可以删除。"))
    if item.state == "draft":
        return str(_("草稿只有平台人员可以看到。选好参加的园区/基地后点击“发布”。"))
    if item.state == "planned":
        day = cells.words(item.opens_on)
        return str(_("已发布，%(day)s 起自动开始填报并通知园区。", day=day))
    return ""
