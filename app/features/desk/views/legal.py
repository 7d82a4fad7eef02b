"""法律文本: versions of the legal texts, drafted, previewed and published by 平台运营."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash, g, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal, Stale
from app.engines import documents, trail
from app.engines.documents import Document
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items
from app.features.accounts.rules import Role
from app.features.desk.forms import DocumentForm
from app.features.desk.labels import (
    DOCUMENT_ACTS,
    DOCUMENT_DOTS,
    DOCUMENT_HEADINGS,
    DOCUMENT_KINDS,
    DOCUMENT_REFUSALS,
    DOCUMENT_STATES,
)
from app.features.desk.views.documents import document_page
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, FormPage, HistoryItem, Link

BASE = "/desk/documents"
OPERATOR = frozenset({Role.operator})
NAMES = ("title", "number", "kind", "state", "effective_on", "published_at", "updated_at")
EDITED = ("title", "effective_on", "body")
NOTICE_DAYS = 7  # proposed between today and the day a new version comes into force


class DocumentView(RegisterView):
    """Versions by kind. A published one stays as it is for ever: people agreed to it."""

    datamodel = SQLAInterface(Document)
    route_base = BASE
    class_permission_name = "DocumentView"
    tenant = Tenant.zone
    veiled = False  # published texts
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": OPERATOR for name in ("list", "show", "add", "edit", "publish")
    }
    fields = (
        Field("title", DOCUMENT_HEADINGS["title"], frozen=True),
        Field("number", DOCUMENT_HEADINGS["number"], numeric=True),
        Field("state", DOCUMENT_HEADINGS["state"], sortable=False),
        Field("effective_on", DOCUMENT_HEADINGS["effective_on"]),
        Field("published_at", DOCUMENT_HEADINGS["published_at"]),
        Field("kind", DOCUMENT_HEADINGS["kind"], shown=False),
        Field("updated_at", DOCUMENT_HEADINGS["updated_at"], shown=False),
    )
    filters = (
        ChoiceFilter(
            "kind", DOCUMENT_HEADINGS["kind"], Document.kind, options=tuple(DOCUMENT_KINDS.items())
        ),
        ChoiceFilter(
            "state",
            DOCUMENT_HEADINGS["state"],
            Document.state,
            promoted=True,
            options=(("draft", _l("草稿")), ("published", _l("已发布"))),
        ),
    )
    source = ListSource(
        Document, {name: getattr(Document, name) for name in NAMES}, search=(Document.title,)
    )
    sorted_by = ("number", "desc")
    tab_filter = "kind"
    status_field = "state"
    name_field = "title"
    list_heading = _l("法律文本")
    section_label = _l("平台管理")
    unit_of = staticmethod(items)
    search_label = _l("标题")
    add_heading = _l("起草新版")
    edit_heading = _l("编辑草稿")
    refusals = DOCUMENT_REFUSALS
    show_sections = (
        (
            _l("版本"),
            ("kind", "title", "number", "state", "effective_on", "published_at", "sha256"),
        ),
    )
    show_labels = DOCUMENT_HEADINGS
    form_class = DocumentForm
    form_sections = (("", EDITED),)
    form_required = frozenset(EDITED)
    form_hints: ClassVar[Mapping[str, Any]] = {
        "effective_on": _l("从这一天起，用户登录时须重新阅读并同意"),
        "body": _l("一行一段；以“# ”开头的行是小标题"),
    }

    # -- list ----------------------------------------------------------------------------------
    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        query = sa.select(Document.kind, sa.func.count().label("number")).group_by(Document.kind)
        counted = {row.kind: row.number for row in db.session.execute(query)}
        return [(kind, words, str(counted.get(kind, 0))) for kind, words in DOCUMENT_KINDS.items()]

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        """A draft begins with the text in force; which one, the tab says."""
        chosen = criteria.values.get("kind")
        kinds = [chosen] if chosen else list(DOCUMENT_KINDS)
        return tuple(
            Link(
                _("起草《%(title)s》新版", title=DOCUMENT_KINDS[kind]),
                f"{BASE}/add?kind={kind}",
                icon="plus",
                kind="primary" if kind == kinds[-1] else "default",
            )
            for kind in kinds
        )

    def extra_columns(self) -> tuple[str, ...]:
        return ("kind", "state", "effective_on")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "state":
            state = _state(row.pk if hasattr(row, "pk") else row.id, row)
            return Cell(DOCUMENT_STATES[state], dot=DOCUMENT_DOTS[state])
        if name == "kind":
            return Cell(DOCUMENT_KINDS[value])
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        acts = [Link(_("预览"), f"{BASE}/preview/{row.pk}", kind="link")]
        if row.state == "draft":
            acts.append(Link(_("编辑"), f"{BASE}/edit/{row.pk}", kind="link"))
        return tuple(acts)

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> Document:
        return documents.get(pk)

    def show_cell(self, item: Any, name: str) -> Cell:
        return self.cell(name, getattr(item, name), item)

    def show_status(self, item: Any) -> Cell:
        return self.cell("state", item.state, item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        preview = Link(_("预览"), f"{BASE}/preview/{item.id}", icon="eye")
        if item.state != "draft":
            return (preview,)
        words = _(
            "确定发布“%(name)s”第 %(n)s 版吗？%(day)s 起生效，用户须重新同意；发布后不能再修改或撤回。",
            name=item.title,
            n=item.number,
            day=cells.words(item.effective_on),
        )
        publish = Link(
            _("发布"),
            f"{BASE}/publish/{item.id}?version={item.version}",
            post=True,
            confirm=words,
            confirm_label=_("发布"),
        )
        return (preview, publish, *super().show_acts(item))

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=DOCUMENT_ACTS.get(entry.action, entry.action),
                changes=tuple(
                    (DOCUMENT_HEADINGS.get(name, name), cells.words(old), cells.words(new))
                    for name, (old, new) in entry.changes.items()
                ),
            )
            for entry in trail.history("document", item.id)
        )

    # -- form ----------------------------------------------------------------------------------
    def initial_values(self) -> dict[str, Any]:
        kind = _kind(request.args.get("kind", "legal"))
        now = documents.current(kind, clock.today())
        return {
            "kind": kind,
            "title": now.title if now else str(DOCUMENT_KINDS[kind]),
            "body": now.body if now else "",
            "effective_on": clock.today() + timedelta(days=NOTICE_DAYS),
        }

    def form_values(self, item: Any) -> dict[str, Any]:
        return {name: getattr(item, name) for name in EDITED}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is None:
            heading = _("起草《%(title)s》新版", title=DOCUMENT_KINDS[_kind(form.kind.data)])
        return super()._form_page(form, heading=heading, item=item)

    def _values(self, form: Any) -> dict[str, Any]:
        return {**super()._values(form), "kind": form.kind.data}

    def create(self, actor: Any, values: dict[str, Any]) -> Document:
        kind = _kind(values.pop("kind"))
        return documents.draft(actor, kind, **values)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Document:
        values.pop("kind")
        return documents.change(actor, pk, **values, version=version)

    # -- acts ----------------------------------------------------------------------------------
    @expose("/preview/<pk:pk>")
    @guarded("show")
    def preview(self, pk: int) -> str:
        """The page as everybody will see it."""
        return document_page(self, self.record(pk), preview=True)

    @expose("/publish/<pk:pk>", methods=["POST"])
    @guarded("publish")
    def publish(self, pk: int) -> Any:
        """发布: what was seen, and nothing that somebody saved meanwhile."""
        item = self.record(pk)
        seen = request.args.get("version", "")
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
        try:
            with transaction():
                documents.publish(current_actor(), pk, version=version)
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        except Stale:
            flash(_("您打开后，草稿已被修改，没有发布。请核对最新内容后再发布。"), "danger")
        else:
            flash(_("“%(name)s”第 %(n)s 版已发布。", name=item.title, n=item.number), "success")
        return self.go(f"{BASE}/show/{pk}")


def _kind(text: str | None) -> str:
    if text not in DOCUMENT_KINDS:
        raise NotFound("kind of document")
    return text


def _state(pk: int, row: Any) -> str:
    """``draft``, ``current``, ``coming`` (published, its day has not come) or ``former``."""
    if row.state == "draft":
        return "draft"
    if row.effective_on > clock.today():
        return "coming"
    if "documents_in_force" not in g:
        found = [documents.current(kind, clock.today()) for kind in documents.KINDS]
        g.documents_in_force = {one.id for one in found if one is not None}
    return "current" if pk in g.documents_in_force else "former"
