"""个人信息访问: who saw or took away personal values in full, and for what; from the trail, for 审计管理员."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound
from app.engines.trail import AuditEntry
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, DayRangeFilter, KeyFilter, TextFilter
from app.extensions.phrases import listed
from app.features.desk.labels import ACTIONS, AUDIT_HEADINGS, OBJECTS, field_words
from app.features.desk.views.audit import AUDITOR, BATCH, AuditView, detail_words, moment
from app.features.desk.views.trail_export import TrailFile, taken
from app.features.parks import queries as parks
from app.web import reasons
from app.web.access import guarded
from app.web.listing.build import Field, at, said
from app.web.listing.page import Cell, Empty, Link

BASE = "/desk/audit/personal"
#: Acts that show or hand out personal values, whichever register they belong to.
ALWAYS = ("revealed", ".errors_saved")
#: The same, where the entry names personal columns among what was taken.
WITH_COLUMNS = (".exported", ".prefilled")
NAMED = '%"personal":["%'  # JSON as ``JsonText`` writes it
HEADINGS = {
    **AUDIT_HEADINGS,
    "what": _l("涉及信息"),
    "purpose": _l("用途"),
    "count": _l("行数"),
}
SHOWN = ("id", "at", "actor_name", "action", "object_label", "park_id", "what", "purpose", "count")
EXPORTED = (*SHOWN, "object_type", "object_id", "address", "request_id", "hash")
TOLD = ("what", "purpose", "count")


def personal() -> Any:
    """Condition: somebody saw or took personal values."""
    named = sa.type_coerce(AuditEntry.details, sa.Text).like(NAMED)
    return sa.or_(
        *(AuditEntry.action.like(f"%{end}") for end in ALWAYS),
        *(sa.and_(AuditEntry.action.like(f"%{end}"), named) for end in WITH_COLUMNS),
    )


def acts() -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, words)
        for name, words in ACTIONS.items()
        if name.endswith((*ALWAYS, *WITH_COLUMNS)) and name != "audit.exported"
    )


class PersonalSource(ListSource):
    """Entries of the trail about personal values; what they tell is read out of ``details``."""

    def __init__(self) -> None:
        names = ("id", "at", "actor_name", "actor_id", "action", "object_type", "object_id")
        more = ("object_label", "park_id", "address", "request_id", "hash", "details")
        columns = {name: getattr(AuditEntry, name) for name in (*names, *more)}
        columns |= dict.fromkeys(TOLD, AuditEntry.details)
        super().__init__(
            AuditEntry,
            columns,
            search=(AuditEntry.object_label,),
            where=lambda _criteria: (personal(),),
        )


class PersonalAccessView(AuditView):
    """The part of the trail that is about personal values."""

    found_by_palette = False
    route_base = BASE
    class_permission_name = "PersonalAccessView"
    exclude_route_methods: Any = frozenset({"verify"})
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": AUDITOR for name in ("list", "show", "export")
    }
    fields = (
        Field("id", HEADINGS["id"], frozen=True),
        Field("at", HEADINGS["at"], sortable=False),
        Field("actor_name", HEADINGS["actor_name"], sortable=False),
        Field("action", HEADINGS["action"], sortable=False),
        Field("object_label", HEADINGS["object_label"], sortable=False),
        Field("what", HEADINGS["what"], sortable=False),
        Field("purpose", HEADINGS["purpose"], sortable=False),
        Field("count", HEADINGS["count"], sortable=False, numeric=True),
        Field("park_id", HEADINGS["park"], sortable=False),
        Field("address", HEADINGS["address"], sortable=False, shown=False),
        Field("request_id", HEADINGS["request_id"], sortable=False, shown=False),
    )
    filters = (
        DayRangeFilter("at", HEADINGS["at"], AuditEntry.at, promoted=True),
        TextFilter("actor", HEADINGS["actor_name"], AuditEntry.actor_name, promoted=True),
        ChoiceFilter(
            "action", HEADINGS["action"], AuditEntry.action, promoted=True, options=acts()
        ),
        KeyFilter("park", HEADINGS["park"], AuditEntry.park_id, options=parks.options),
    )
    source = PersonalSource()
    list_heading = _l("个人信息访问")

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        export = at(f"{BASE}/export", criteria, paging=False)
        return (Link(_("导出"), export, icon="download", post=True, kind="primary"),)

    def extra_columns(self) -> tuple[str, ...]:
        return ("object_type",)

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name in TOLD:
            return Cell(told(name, row.object_type, value))
        return super().cell(name, value, row)

    def nothing_yet(self) -> Empty:
        words = _("查看完整个人信息、导出含个人信息的文件，都会记录在这里。")
        return Empty("nothing", _("还没有记录"), words)

    def record(self, pk: int) -> AuditEntry:
        """Only what this list holds."""
        found = db.session.scalar(sa.select(AuditEntry).where(AuditEntry.id == pk, personal()))
        if found is None:
            raise NotFound(f"entry {pk} about personal values")
        return found

    @expose("/export", methods=["POST"])
    @guarded("export")
    def export(self) -> Response:
        """The filtered rows as csv, while they are read; noted before they leave."""
        file = TrailFile(
            "personal-access",
            columns=EXPORTED,
            headings=lambda: [str(HEADINGS["park" if n == "park_id" else n]) for n in EXPORTED],
            rows=exported,
            filters=lambda criteria: [
                (str(_("范围")), str(self.list_heading)),
                *said(criteria),
            ],
        )
        return taken(file, self.source, self.criteria(request.args))


def exported(query: Any) -> Iterator[tuple[Any, ...]]:
    names = dict(parks.options())
    for row in db.session.execute(query.execution_options(yield_per=BATCH)):
        yield tuple(_text(name, row, names) for name in EXPORTED)


def _text(name: str, row: Any, park_names: dict[str, Any]) -> str:
    value = getattr(row, name)
    if name in TOLD:
        return told(name, row.object_type, value)
    if name == "at":
        return moment(value)
    if name == "park_id":
        return str(park_names.get(str(value), ""))
    words = {"action": ACTIONS, "object_type": OBJECTS}.get(name, {})
    return str(words.get(value, value))


def told(name: str, object_type: str, details: dict[str, Any]) -> str:
    """What an entry says of the fields, of their purpose or of the number of rows."""
    if name != "what":
        said = dict(detail_words(details)).get(name, "")
        return reasons.words(said) if name == "purpose" else said
    columns = details.get("personal") or details.get("field") or ()
    columns = [columns] if isinstance(columns, str) else columns
    return listed(field_words(object_type, one) for one in columns)
