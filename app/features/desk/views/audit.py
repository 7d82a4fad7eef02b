"""审计日志: the trail, for 审计管理员 only; read, checked and taken away, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import Response, current_app, flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.phones import redacted
from app.core.values import replace
from app.engines import trail
from app.engines.trail import AuditEntry
from app.extensions import db
from app.extensions.lists.criteria import Criteria, Rules, read
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import (
    ChoiceFilter,
    DayRangeFilter,
    ExactFilter,
    Filter,
    KeyFilter,
    Options,
    TextFilter,
)
from app.extensions.phrases import clauses, entries, labelled, listed
from app.features.accounts.labels import VIEW_ENDS
from app.features.accounts.rules import Role
from app.features.accounts.views.history import pair_words
from app.features.desk import services
from app.features.desk.labels import (
    ACTIONS,
    AUDIT_HEADINGS,
    DENIALS,
    DETAILS,
    FAULTS,
    OBJECTS,
    field_words,
    value_words,
)
from app.features.desk.views.trail_export import TrailFile, taken
from app.features.enterprises.labels import DELETE_REASONS, EXPORT_WORDS
from app.features.enterprises.labels.moves import MOVE_REFUSALS
from app.features.enterprises.labels.origins import CERTIFIED_BY
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.board import Chart, Number, Row, Series
from app.web.listing.build import Field, at, said
from app.web.listing.page import Cell, Empty, Fact, HistoryItem, Link, ShowPage

BASE = "/desk/audit"
AUDITOR = frozenset({Role.auditor})
NAMES = ("id", "at", "actor_name", "actor_id", "action", "object_type", "object_id")
MORE = ("object_label", "park_id", "changes", "details", "address", "request_id", "hash")
EXPORTED = (
    *("id", "at", "actor_name", "actor_id", "action", "object_type", "object_id"),
    *("object_label", "park", "changes", "details", "address", "request_id", "hash"),
)
BATCH = 500


def options(words: dict[str, Any]) -> Options:
    return tuple(words.items())


class AuditView(RegisterView):
    """The trail as a register without a way to write."""

    found_by_palette = False
    datamodel = SQLAInterface(AuditEntry)
    route_base = BASE
    class_permission_name = "AuditView"
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": AUDITOR for name in ("list", "show", "verify", "export")
    }
    fields: ClassVar[tuple[Field, ...]] = (
        Field("id", AUDIT_HEADINGS["id"], frozen=True),
        Field("at", AUDIT_HEADINGS["at"], sortable=False),
        Field("actor_name", AUDIT_HEADINGS["actor_name"], sortable=False),
        Field("action", AUDIT_HEADINGS["action"], sortable=False),
        Field("object_label", AUDIT_HEADINGS["object_label"], sortable=False),
        Field("object_type", AUDIT_HEADINGS["object_type"], sortable=False),
        Field("object_id", AUDIT_HEADINGS["object_id"], sortable=False, shown=False),
        Field("park_id", AUDIT_HEADINGS["park"], sortable=False),
        Field("address", AUDIT_HEADINGS["address"], sortable=False),
        Field("request_id", AUDIT_HEADINGS["request_id"], sortable=False, shown=False),
    )
    filters: ClassVar[tuple[Filter, ...]] = (
        DayRangeFilter("at", AUDIT_HEADINGS["at"], AuditEntry.at, promoted=True),
        TextFilter("actor", AUDIT_HEADINGS["actor_name"], AuditEntry.actor_name, promoted=True),
        ChoiceFilter(
            "action",
            AUDIT_HEADINGS["action"],
            AuditEntry.action,
            promoted=True,
            options=options(ACTIONS),
        ),
        ChoiceFilter(
            "object_type",
            AUDIT_HEADINGS["object_type"],
            AuditEntry.object_type,
            options=options(OBJECTS),
        ),
        ExactFilter("object_id", AUDIT_HEADINGS["object_id"], AuditEntry.object_id),
        KeyFilter("park", AUDIT_HEADINGS["park"], AuditEntry.park_id, options=parks.options),
    )
    source = ListSource(
        AuditEntry,
        {name: getattr(AuditEntry, name) for name in (*NAMES, *MORE)},
        search=(AuditEntry.object_label,),
    )
    sorted_by = ("id", "desc")
    name_field = "id"
    list_heading = _l("审计日志")
    section_label = _l("审计")
    unit_of = staticmethod(entries)
    search_label = _l("对象名称")

    # -- list ----------------------------------------------------------------------------------
    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        export = at(f"{BASE}/export", criteria, paging=False)
        return (
            Link(_("导出"), export, icon="download", post=True),
            Link(_("验证完整性"), f"{BASE}/verify", icon="shield-check", kind="primary", post=True),
        )

    def rows(self, criteria: Criteria, fields: Sequence[Field]) -> Any:
        names = dict(parks.options())
        made = super().rows(criteria, fields)
        at_park = [place for place, one in enumerate(fields) if one.name == "park_id"]
        return tuple(
            replace(
                row,
                cells=tuple(
                    Cell(names.get(str(cell.text), cell.text)) if place in at_park else cell
                    for place, cell in enumerate(row.cells)
                ),
            )
            for row in made
        )

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "id":
            return Cell(str(value), code=True)
        if name == "at":
            return Cell(moment(value))
        if name == "action":
            tag = "danger" if value in ("access.denied", "access.limit") else ""
            return Cell(ACTIONS.get(value, value), tag=tag)
        if name == "object_type":
            return Cell(OBJECTS.get(value, value))
        if name == "park_id":
            return Cell("" if value is None else str(value))
        return cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("还没有日志"), _("每一次新增、修改、删除都会记录在这里。"))

    # -- record --------------------------------------------------------------------------------
    def record_name(self, item: Any) -> str:
        return str(_("第 %(id)s 条", id=item.id))

    def show_page(self, item: Any, _tab: str) -> ShowPage:
        facts = tuple(Fact(AUDIT_HEADINGS[name], self._fact(item, name)) for name in NAMES[1:])
        rest = ("object_label", "park", "address", "request_id")
        facts += tuple(Fact(AUDIT_HEADINGS[name], self._fact(item, name)) for name in rest)
        told = tuple(
            Fact(
                DETAILS.get(name, name),
                # What a file said on its first sheet stays in the language of who took it.
                Cell(words, raw=isinstance(item.details.get(name), dict)),
                wide=len(words) > 40,
            )
            for name, words in detail_words(item.details)
        )
        hashes = tuple(
            Fact(AUDIT_HEADINGS[name], Cell(getattr(item, name), code=True), wide=True)
            for name in ("prev_hash", "hash")
        )
        sections = ((_("记录"), facts), (_("说明"), told), (_("校验"), hashes))
        changes = HistoryItem(
            at=item.at,
            actor=item.actor_name,
            action=ACTIONS.get(item.action, item.action),
            changes=change_words(item),
        )
        return ShowPage(
            title=_("%(name)s：%(act)s", name=self.record_name(item), act=changes.action),
            sections=tuple(part for part in sections if part[1]),
            history=(changes,) if item.changes else (),
            breadcrumbs=(Link(self.list_heading, f"{BASE}/list/"),),
        )

    def _fact(self, item: Any, name: str) -> Cell:
        if name == "park":
            return Cell(dict(parks.options()).get(str(item.park_id), ""))
        return self.cell(name, getattr(item, name), item)

    # -- acts ----------------------------------------------------------------------------------
    @expose("/verify", methods=["POST"])
    @guarded("verify")
    def verify(self) -> Any:
        """Check the chain now and say what came of it."""
        found = trail.verify(services.VERIFY_MOST)
        with transaction():
            services.note_verified(current_actor(), found)
        if found.ok:
            words = _(
                "日志完整：已核对 %(n)s 条，链头 %(id)s，校验值 %(hash)s。",
                n=f"{found.checked:,}",
                id=found.head_id,
                hash=found.head_hash[:16],
            )
            flash(words, "success")
        else:
            words = _(
                "日志不完整：第 %(id)s 条，%(fault)s。请立即保全数据库并报告。",
                id=found.first_bad_id or found.head_id,
                fault=FAULTS[found.reason],
            )
            flash(words, "danger")
        return self.go(f"{BASE}/list/")

    @expose("/export", methods=["POST"])
    @guarded("export")
    def export(self) -> Response:
        """The filtered rows as csv, while they are read; noted before they leave."""
        file = TrailFile(
            "audit",
            columns=(*NAMES, *MORE),
            headings=lambda: [str(AUDIT_HEADINGS[name]) for name in EXPORTED],
            rows=exported,
            filters=said,
        )
        return taken(file, self.source, self.criteria(request.args))


def exported(query: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of the file; personal values are masked there as on the page."""
    names = dict(parks.options())
    for row in db.session.execute(query.execution_options(yield_per=BATCH)):
        yield (
            row.id,
            moment(row.at),
            row.actor_name,
            row.actor_id if row.actor_id is not None else "",
            str(ACTIONS.get(row.action, row.action)),
            str(OBJECTS.get(row.object_type, row.object_type)),
            row.object_id,
            row.object_label,
            names.get(str(row.park_id), ""),
            clauses(
                labelled(label, f"{old or '—'} → {new or '—'}")
                for label, old, new in change_words(row)
            ),
            clauses(
                labelled(DETAILS.get(name, name), words)
                for name, words in detail_words(row.details)
            ),
            row.address,
            row.request_id,
            row.hash,
        )


def change_words(entry: Any) -> tuple[tuple[str, str, str], ...]:
    """``(field, old, new)`` in words, personal values masked."""
    kind = entry.object_type
    return tuple(
        (
            field_words(kind, name),
            redacted(value_words(kind, name, old)),
            redacted(value_words(kind, name, new)),
        )
        for name, (old, new) in trail.shown_changes(entry, personal=False).items()
    )


def detail_words(details: dict[str, Any]) -> list[tuple[str, str]]:
    """What else an entry tells; the list of personal fields is the machine's own note."""
    told = {name: value for name, value in details.items() if name != "personal" or value is True}
    return [(name, _told(name, value)) for name, value in told.items() if value not in ("", None)]


def _told(name: str, value: Any) -> str:
    """Codes of ours in words, the rest as it was written down."""
    if name == "reason" and value in DENIALS:
        return str(DENIALS[value])
    if name == "why" and value in VIEW_ENDS:
        return str(VIEW_ENDS[value])
    if name == "reason" and value in DELETE_REASONS:
        return str(DELETE_REASONS[value])
    if name == "stopped" and value in MOVE_REFUSALS:
        return str(MOVE_REFUSALS[value])
    if name == "source" and value in CERTIFIED_BY:
        return str(CERTIFIED_BY[value])
    function = current_app.view_functions.get(str(value)) if name == "action" else None
    if permission := getattr(function, "_permission_name", ""):
        view = str(value).partition(".")[0]
        return pair_words(f"can_{permission} on {view}")
    return _plain(value)


def _known(word: str) -> str:
    """What a file's first sheet says in Chinese, in the reader's language."""
    return str(EXPORT_WORDS.get(word, word))


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return clauses(labelled(_known(name), _known(_plain(part))) for name, part in value.items())
    if isinstance(value, list):
        return listed(_plain(part) for part in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return redacted(cells.words(value))


def moment(value: Any) -> str:
    """To the second, in the zone's time."""
    return f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _counted(day: date) -> Number:
    """As many entries of a day as the list counts."""
    text = day.isoformat()
    criteria = read(
        {"at.from": text, "at.to": text}, Rules(AuditView.filters, (), AuditView.sorted_by)
    )
    found = AuditView.source.count(criteria)
    return Number(found.number, at(f"{BASE}/list/", criteria), str(found))


def today_card(actor: Actor) -> dict[str, Any] | None:
    """今日日志 on the 工作台: what the list shows for today."""
    if not actor.can("can_list", "AuditView"):
        return None
    found = _counted(clock.today())
    unit = entries(found.value)
    return {"label": _("今日日志"), "value": str(found), "unit": unit, "url": found.url}


def trail_chart(actor: Actor) -> Chart | None:
    """The entries of the last seven days."""
    if not actor.can("can_list", "AuditView"):
        return None
    days = [clock.today() - timedelta(days=back) for back in range(6, -1, -1)]
    return Chart(
        name="trail",
        title=_("近七天的日志"),
        heading=_("日期"),
        series=(Series(_("日志")),),
        rows=tuple(Row(day.isoformat(), (_counted(day),)) for day in days),
        unit=entries(2),
        empty=_("还没有日志"),
    )
