"""考核结果处理: what follows from confirmed results. The zone sees all and closes; a park its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.engines import calendar, files, sheets
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, KeyFilter
from app.extensions.phrases import items
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import rounds
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.features.rankings import policy, queries, services
from app.features.rankings.forms import CloseForm, ReopenForm, ReportForm
from app.features.rankings.labels import (
    CONSEQUENCE_HEADINGS,
    CONSEQUENCE_WORDS,
    OUTCOME_WORDS,
    REFUSALS,
)
from app.features.rankings.models import RankingConsequence as Row
from app.features.rankings.rules.consequences import ENDINGS, Kind
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_export import SmallExport
from app.web.forms import key_of
from app.web.listing.build import Field, at
from app.web.listing.page import Cell, Empty, Link

BASE = "/desk/consequences"
H = CONSEQUENCE_HEADINGS
READERS = PARK_ROLES | {Role.operator, Role.reviewer}
PARK_NAME = sa.select(Park.name).where(Park.id == Row.park_id).correlate(Row).scalar_subquery()
ROUND_NAME = (
    sa.select(AssessmentRound.name)
    .where(AssessmentRound.id == Row.round_id)
    .correlate(Row)
    .scalar_subquery()
)
OPEN = "open"
#: One word for how it stands: open, or how it ended.
STANDING = sa.func.coalesce(Row.outcome, OPEN)
STANDINGS: Mapping[str, Any] = {OPEN: _l("办理中"), **OUTCOME_WORDS}
DOTS = {OPEN: "warning", "failed": "danger", "revoked": "danger"}


files.kind(policy.REPORT, policy.may_read_report)


class Late(ChoiceFilter, frozen=True):
    """Open although the last day is over."""

    def where(self, _value: Any) -> Any:
        return queries.consequence_overdue(clock.today())


class Reported(ChoiceFilter, frozen=True):
    """Open: the park's report is still wanted, or is there."""

    def where(self, value: Any) -> Any:
        sent = value == "sent"
        return queries.consequence_reported() if sent else queries.consequence_unreported()


class ConsequenceView(SmallExport):
    """The register; each kind is a tab."""

    datamodel = SQLAInterface(Row)
    route_base = BASE
    class_permission_name = policy.CONSEQUENCES
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        **dict.fromkeys(("can_list", "can_show", "can_export"), READERS),
        "can_close": frozenset({Role.operator}),
        "can_report": frozenset({Role.park_admin}),
    }
    extra_permissions = frozenset({"can_close", "can_report"})
    fields = (
        Field("park", H["park"], frozen=True),
        Field("round", H["round"]),
        Field("kind", H["kind"]),
        Field("due_on", H["due_on"]),
        Field("grade", H["grade"], sortable=False),
        Field("words", H["words"]),
        Field("made_at", H["made_at"]),
        Field("outcome", H["outcome"]),
        Field("reported_at", H["reported_at"], shown=False),
        Field("closed_at", H["closed_at"], shown=False),
    )
    filters = (
        ChoiceFilter("kind", H["kind"], Row.kind, options=tuple(CONSEQUENCE_WORDS.items())),
        ChoiceFilter(
            "outcome", H["outcome"], STANDING, promoted=True, options=tuple(STANDINGS.items())
        ),
        KeyFilter(
            "round",
            H["round"],
            Row.round_id,
            promoted=True,
            options=partial(queries.round_options, Row.round_id),
        ),
        KeyFilter("park", H["park"], Row.park_id, options=parks.own_options),
        Late("late", H["late"], Row.due_on, options=(("1", _l("已超期")),)),
        Reported(
            "report",
            H["park_report"],
            Row.reported_at,
            options=(("wanted", _l("待提交")), ("sent", _l("待核实"))),
        ),
    )
    source = ListSource(
        Row,
        {
            **{name: getattr(Row, name) for name in ("kind", "words", "grade", "made_at")},
            **{name: getattr(Row, name) for name in ("due_on", "closed_at", "round_id")},
            "reported_at": Row.reported_at,
            "park": PARK_NAME,
            "round": ROUND_NAME,
            "outcome": STANDING,
        },
        search=(PARK_NAME, ROUND_NAME),
    )
    sorted_by = ("due_on", "asc")
    tab_filter = "kind"
    status_field = "outcome"
    name_field = "park"
    list_heading = _l("考核结果处理")
    section_label = _l("考核评估")
    unit_of = staticmethod(items)
    search_label = _l("园区/基地或考核名称")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    export_title = _l("考核结果处理")
    export_writer = staticmethod(sheets.small_file)
    export_column = staticmethod(sheets.ColumnOut)
    export_plain = frozenset({"made_at", "due_on", "closed_at", "reported_at"})
    export_more = ("round_id",)
    show_labels = H
    show_sections = (
        ("", ("park", "round", "kind", "words", "grade", "why", "made_at", "due_on")),
        (_l("整改"), ("reported_at", "park_report", "park_note")),
        (_l("办理"), ("outcome", "closed_at", "report", "note")),
    )

    # -- list ----------------------------------------------------------------------------------
    def extra_columns(self) -> tuple[str, ...]:
        return ("round_id", "outcome")

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = queries.consequence_counts()
        return [
            (name, words, f"{kept.get(name, 0):,}")
            for name, words in CONSEQUENCE_WORDS.items()
            if name != Kind.other or kept.get(name)
        ]

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "kind":
            return Cell(str(CONSEQUENCE_WORDS[value]))
        if name == "outcome":
            return Cell(str(STANDINGS[value]), dot=DOTS.get(value, "success"))
        if name == "grade":
            return Cell(_grade(row.round_id, value))
        if name == "due_on":
            return due(value, is_open=row.outcome == OPEN)
        return cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        if not self.may("export"):
            return ()
        return (Link(_("导出"), at(f"{BASE}/export", criteria, paging=False), icon="download"),)

    def export_rows(self, query: Any) -> Sequence[Any]:
        return queries.listed(query)

    def note_export(self, *, count: int, kind: str, facts: Mapping[str, str]) -> None:
        services.exported(current_actor(), count=count, kind=kind, facts=facts)

    def nothing_yet(self) -> Empty:
        return Empty(
            "nothing", _("没有需要处理的考核结果"), _("确认考核结果时，按方案的规定自动列出。")
        )

    # -- one -----------------------------------------------------------------------------------
    def record(self, pk: int) -> Row:
        return queries.consequence(pk)

    def record_name(self, item: Any) -> str:
        return parks.by_id(item.park_id).name

    def show_status(self, item: Any) -> Cell:
        value = item.outcome or OPEN
        return Cell(str(STANDINGS[value]), dot=DOTS.get(value, "success"))

    def show_cell(self, item: Any, name: str) -> Cell:
        texts: dict[str, Callable[[], str]] = {
            "park": lambda: parks.by_id(item.park_id).name,
            "round": lambda: rounds.get(item.round_id).name,
            "kind": lambda: str(CONSEQUENCE_WORDS[item.kind]),
            "grade": lambda: _grade(item.round_id, item.grade),
            "why": lambda: _why(item),
            "outcome": lambda: str(STANDINGS[item.outcome or OPEN]),
        }
        if name == "due_on":
            return due(item.due_on, is_open=item.outcome is None)
        if name in ("report", "park_report"):
            return _report(item.report_key if name == "report" else item.park_report_key)
        return Cell(texts[name]()) if name in texts else cells.cell(getattr(item, name))

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        ranking = f"/desk/ranking/?round={item.round_id}&park={item.park_id}"
        acts = [Link(_("查看排名"), ranking, icon="trophy")]
        here, opened = f"{BASE}/show/{item.id}", request.args.get("act")
        if self._reports(item) and opened != "report":
            words = _("提交整改报告") if item.reported_at is None else _("重新提交整改报告")
            acts.append(Link(words, f"{here}?act=report", kind="primary"))
        if self.may("close") and item.outcome is None and opened != "close":
            acts.append(Link(_("办结"), f"{here}?act=close", kind="primary"))
        if self.may("close") and item.outcome is not None and opened != "reopen":
            acts.append(Link(_("重新办理"), f"{here}?act=reopen"))
        return tuple(acts)

    def _reports(self, item: Row) -> bool:
        return self.may("report") and item.outcome is None and Kind(item.kind) is Kind.rectify

    def show_page(self, item: Any, tab: str) -> Any:
        """What a park reports is asked for a 限期整改 only."""
        page = super().show_page(item, tab)
        if Kind(item.kind) is Kind.rectify:
            return page
        return replace(page, sections=(page.sections[0], *page.sections[2:]))

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> Any:
        """The facts; ``act`` opens the form: the park's report, of what is open to close it, else to
        reopen it."""
        item = self.record(pk)
        if request.args.get("act") == "report" and self._reports(item):
            return self._page(item, ReportForm(formdata=None))
        act = "close" if item.outcome is None else "reopen"
        opened = request.args.get("act") == act and self.may("close")
        return self._page(item, self._form(item, act, formdata=None) if opened else None)

    @staticmethod
    def _form(item: Row, act: str, **options: Any) -> CloseForm | ReopenForm:
        if act == "reopen":
            return ReopenForm(**options)
        form = CloseForm(**options)
        form.outcome.choices = [
            (one.value, OUTCOME_WORDS[one.value]) for one in ENDINGS[Kind(item.kind)]
        ]
        return form

    def _page(self, item: Row, form: CloseForm | ReopenForm | ReportForm | None) -> str:
        if form is not None:
            form.version.data = str(item.version)
        return self.render(
            "rankings/consequence.html",
            # what happened is told by the trail; there is no second tab of it
            page=replace(self.show_page(item, "facts"), tabs=()),
            item=item,
            form=form,
            reopening=isinstance(form, ReopenForm),
            reporting=isinstance(form, ReportForm),
            park=self.record_name(item),
        )

    @expose("/close/<pk:pk>", methods=["POST"])
    @guarded("close")
    def close(self, pk: int) -> Any:
        """办结, or 重新办理 of what was closed."""
        item, act = self.record(pk), "reopen" if request.form.get("act") == "reopen" else "close"
        form = self._form(item, act)
        try:
            with transaction():
                _do(pk, form)
        except Refusal as refusal:
            db.session.expire_all()
            item = self.record(pk)
            self.put_errors(form, refusal)
            if refusal.code == "consequence_changed":
                flash(self.words_of(refusal.code, refusal.params), "danger")
                return self._page(item, None), 409
            if isinstance(form, CloseForm) and _given(form) and not form.report.errors:
                form.report.errors = [str(REFUSALS["consequence_choose_again"])]
            return self._page(item, form), 400
        done = (
            _("已办结，园区会收到通知。") if act == "close" else _("已重新办理，园区会收到通知。")
        )
        flash(done, "success")
        return self.go(f"{BASE}/show/{pk}")

    @expose("/report/<pk:pk>", methods=["POST"])
    @guarded("report")
    def report(self, pk: int) -> Any:
        """提交整改报告, by the park's administrator."""
        self.record(pk)
        form = ReportForm()
        seen, note = key_of(form.version.data or "") or 0, form.note.data or ""
        try:
            with transaction():
                paper, now = _given(form), clock.now()
                services.report(current_actor(), pk, paper, note, seen=seen, now=now)
        except Refusal as refusal:
            db.session.expire_all()
            item = self.record(pk)
            self.put_errors(form, refusal)
            if not refusal.fields:
                flash(self.words_of(refusal.code, refusal.params), "danger")
                return self._page(item, None), 409
            if _given(form) and not form.report.errors:
                form.report.errors = [str(REFUSALS["consequence_choose_again"])]
            return self._page(item, form), 400
        flash(_("整改报告已提交，平台运营会收到通知。"), "success")
        return self.go(f"{BASE}/show/{pk}")


def _do(pk: int, form: CloseForm | ReopenForm) -> Row:
    actor, now, seen = current_actor(), clock.now(), key_of(form.version.data or "") or 0
    if isinstance(form, ReopenForm):
        return services.reopen(actor, pk, form.reason.data or "", seen=seen, now=now)
    outcome, note = form.outcome.data or "", form.note.data or ""
    return services.close(actor, pk, outcome, note, seen=seen, now=now, report=_given(form))


def _given(form: CloseForm | ReportForm) -> services.Report | None:
    """The file that was really chosen."""
    given = form.report.data
    name = getattr(given, "filename", "")
    return services.Report(given.stream, name) if name else None


def _report(key: str | None) -> Cell:
    if key is None:
        return Cell("")
    try:
        stored = files.by_key(key)
    except NotFound:
        return Cell("", muted=_("文件已不存在"))
    return Cell(stored.name, url=f"/files/{stored.key}")


def due(day: Any, *, is_open: bool) -> Cell:
    """The last day, with what is left of it while it is open."""
    if not is_open:
        return cells.cell(day)
    left = calendar.left(day)
    words = _("已超期") if left < 0 else _("剩 %(days)s 个工作日", days=left)
    tag = "danger" if left <= 1 else "warning" if left <= 3 else ""
    return Cell(day.isoformat(), tag=tag, muted=words)


def _grade(round_id: int, code: str) -> str:
    scheme = rounds.scheme_of(rounds.get(round_id))
    return next((one.name for one in scheme.grading.grades if one.code == code), code)


def _why(item: Row) -> str:
    """The veto, or for how many rounds in a row the grade is this one."""
    if item.veto is not None:
        scheme = rounds.scheme_of(rounds.get(item.round_id))
        name = next((one.name for one in scheme.vetoes if one.code == item.veto), "")
        return str(_("%(code)s 一票否决：%(name)s", code=item.veto, name=name))
    grade = _grade(item.round_id, item.grade)
    if item.years == 1:
        return str(_("本次考核为“%(grade)s”", grade=grade))
    return str(_("连续 %(years)s 次考核为“%(grade)s”", years=item.years, grade=grade))
