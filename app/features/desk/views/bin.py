"""回收站: deleted records of every kind, restoring them, and the two persons of a final deletion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, g, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal, Stale
from app.core.values import replace
from app.engines import recycling
from app.engines.recycling import HEADINGS, BinItem
from app.extensions import db
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import clauses, entries
from app.extensions.why import Why
from app.features.accounts.rules import Role
from app.features.desk.views.bin_several import SeveralPart
from app.features.desk.views.bin_source import (
    ASIDE,
    FIELDS,
    FILTERS,
    PARK,
    ZONE_FILTERS,
    BinSource,
    kinds,
)
from app.features.desk.views.bin_words import (
    facts_of,
    history_of,
    kept_cell,
    name_of,
    proposed_words,
    reason_of,
    said,
)
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.errors import error_page
from app.web.listing.build import Field
from app.web.listing.page import (
    BulkAct,
    Cell,
    Empty,
    Fact,
    HistoryItem,
    Link,
    Row,
    ShowPage,
)
from app.web.redirects import safe_target

BASE = "/desk/bin"
KEEPERS = frozenset({Role.park_admin, Role.operator})


class BinView(SeveralPart):
    """The one recycle bin. A park's people see their park's part, the zone all of it."""

    datamodel = SQLAInterface(BinItem)
    route_base = BASE
    class_permission_name = recycling.VIEW
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": KEEPERS for name in ("list", "show", "restore", "purge")
    }
    fields = FIELDS
    filters = FILTERS
    source = BinSource()
    sorted_by = ("deleted_at", "desc")
    tab_filter = "kind"
    status_field = "kept"
    list_heading = _l("回收站")
    section_label = _l("记录维护")
    unit_of = staticmethod(entries)
    search_label = _l("名称、拼音或代码")
    found_by_palette = False  # what was deleted is looked for here on purpose
    bulk_permissions: ClassVar[dict[str, str]] = {"restore": "restore"}

    # -- list ----------------------------------------------------------------------------------
    def list_rules(self) -> Rules:
        filters = ZONE_FILTERS if current_actor().sees_all else FILTERS
        return Rules(filters, ("name", "deleted_at"), self.sorted_by)

    def offered_fields(self) -> tuple[Field, ...]:
        return (*FIELDS[:2], PARK, *FIELDS[2:]) if current_actor().sees_all else FIELDS

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = recycling.counts(current_actor())
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in kinds()]

    def extra_columns(self) -> tuple[str, ...]:
        return ASIDE

    def rows(self, criteria: Criteria, fields: Sequence[Field]) -> tuple[Row, ...]:
        """With what hangs on them: asked once for each kind on the page."""
        shown = (one.name for one in fields)
        names = list(dict.fromkeys([*shown, *ASIDE, self.status_field]))
        found = self.source.rows(criteria, names)
        told: dict[tuple[str, int], list[Any]] = {}
        if any(one.name == "hanging" for one in fields):
            for kind in {row.kind for row in found}:
                ids = [row.subject_id for row in found if row.kind == kind]
                lines = recycling.hanging(kind, ids)
                told |= {(kind, key): value for key, value in lines.items()}
        g.bin_hanging = told
        return tuple(self.row(row, [one.name for one in fields]) for row in found)

    def row(self, found: Any, shown: Sequence[str]) -> Row:
        return replace(super().row(found, shown), name=name_of(found.name))

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        match name:
            case "name":
                return Cell(name_of(value))
            case "kind":
                return Cell(recycling.KIND_WORDS.get(value, value))
            case "facts":
                return Cell(facts_of(row.kind, value))
            case "reason":
                return Cell(reason_of(row.kind, value))
            case "park":
                return Cell(value or _("综试区"))
            case "hanging":
                return Cell(clauses(g.bin_hanging.get((row.kind, row.subject_id), ())))
            case "kept":
                return kept_cell(row)
        return cells.cell(value)

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("回收站是空的"), _("删除的记录会放在这里，可以恢复。"))

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        if not self.may("restore"):
            return ()
        words = _("确定恢复所选的 {n} 条记录吗？恢复后回到原来的列表。")
        act = BulkAct("restore", _("恢复"), f"{BASE}/bulk/restore", icon="restore", confirm=words)
        return (act,)

    # -- acts offered --------------------------------------------------------------------------
    def row_acts(self, row: Any) -> tuple[Link, ...]:
        """Who is to decide reads the reason first, on the record's page."""
        acts = [self._restoring(row)] if self._may_restore(row) else []
        deciding = row.proposed_at is not None and row.proposed_by != current_actor().user_id
        if self.may("purge"):
            page = Link(_("处理"), f"{BASE}/show/{row.pk}")
            acts += [page] if deciding else self._purging(row)
        return tuple(replace(one, kind="link") if one.kind == "default" else one for one in acts)

    def _may_restore(self, row: Any) -> bool:
        kind = recycling.kind(row.kind)
        actor = current_actor()
        return self.may("restore") and kind is not None and kind.may_restore(actor, row.park_id)

    def _restoring(self, row: Any) -> Link:
        words = _("确定恢复“%(name)s”吗？恢复后回到原来的列表。", name=name_of(row.name))
        more = f"{BASE}/hanging/{row.kind}/{row.subject_id}"
        return Link(
            _("恢复"),
            f"{BASE}/restore/{row.pk}",
            post=True,
            confirm=words,
            confirm_label=_("恢复"),
            more=more,
        )

    def _purging(self, row: Any) -> list[Link]:
        """What this person may do about deleting the record for good, as it stands."""
        name = name_of(row.name)
        if row.proposed_at is None:
            until = recycling.kept_until(row.deleted_at)
            if until is None or clock.now() < until:
                return []
            words = _("确定提出彻底删除“%(name)s”吗？须由另一人确认，确认后不能恢复。", name=name)
            ask = _asking(_("彻底删除"), f"{BASE}/propose/{row.pk}", words, _("彻底删除的原因"))
            return [replace(ask, confirm_label=_("提议彻底删除"))]  # nothing is deleted by that
        if row.proposed_by == current_actor().user_id:
            words = _("确定撤回对“%(name)s”的彻底删除提议吗？撤回后仍留在回收站。", name=name)
            url = f"{BASE}/take-back/{row.pk}"
            return [Link(_("撤回提议"), url, post=True, confirm=words, confirm_label=_("撤回提议"))]
        ref = f"{row.pk}/{row.version}"
        words = _(
            "确定彻底删除“%(name)s”吗？提出的原因：%(reason)s。删除后不能恢复，只留一条审计日志。",
            name=name,
            reason=row.proposal,
        )
        back = _("确定驳回对“%(name)s”的彻底删除吗？驳回后仍留在回收站。", name=name)
        yes = _asking(_("确认彻底删除"), f"{BASE}/confirm/{ref}", words, "")
        no = replace(
            _asking(_("驳回"), f"{BASE}/reject/{ref}", back, _("驳回的原因")), kind="default"
        )
        return [yes, no]

    # -- one record ----------------------------------------------------------------------------
    def record(self, pk: int) -> Any:
        """A row as the list has it."""
        names = [*(one.name for one in (*FIELDS, PARK)), *ASIDE]
        criteria = Criteria(self.list_rules())
        query = self.source.selected(criteria, list(dict.fromkeys(names)))
        found = db.session.execute(query.where(BinItem.id == pk)).first()
        if found is None:
            raise NotFound(f"bin item {pk}")
        g.bin_hanging = {
            (found.kind, key): lines
            for key, lines in recycling.hanging(found.kind, [found.subject_id]).items()
        }
        return found

    def record_name(self, item: Any) -> str:
        return name_of(item.name)

    def show_page(self, item: Any, tab: str) -> ShowPage:
        names = [one.name for one in self.offered_fields() if one.name != "name"]
        told = (_("删除的记录"), tuple(self._told(item, name) for name in names))
        page = super().show_page(item, tab)
        notice = proposed_words(current_actor(), item)
        return replace(page, sections=(told,), acts=self._shown_acts(item), notice=notice)

    def _told(self, item: Any, name: str) -> Fact:
        shown = self.cell(name, getattr(item, name), item)
        return Fact(HEADINGS[name], shown, wide=name == "hanging", name=name)

    def _shown_acts(self, item: Any) -> tuple[Link, ...]:
        acts = [self._restoring(item)] if self._may_restore(item) else []
        acts = [replace(one, icon="restore", kind="primary") for one in acts]
        return (*(self._purging(item) if self.may("purge") else ()), *acts)

    def whys(self, item: Any) -> tuple[Why, ...]:
        """Until when, by what or for want of whom the record is kept from being deleted for good."""
        if not self.may("purge"):
            return ()
        if item.proposed_at is not None:
            alone = recycling.alone(current_actor(), item)
            return () if alone is None else (Why(_("确认彻底删除"), said(item.kind, alone)),)
        against = recycling.deletable(item, clock.now())
        return () if against is None else (Why(_("彻底删除"), said(item.kind, against)),)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return history_of(item.kind, item.subject_id)

    # -- routes --------------------------------------------------------------------------------
    @expose("/hanging/<string:kind>/<pk:pk>")
    @guarded("list")
    def hanging(self, kind: str, pk: int) -> Any:
        """What hangs on a record, living or deleted: the dialog says it before the act."""
        of = recycling.kind(kind)
        if of is None or not of.keeps(current_actor()):
            abort(404)
        held = recycling.of(kind, pk)
        if held is None:
            of.meet(current_actor(), pk)
        else:
            recycling.get(current_actor(), held.id)
        return {"lines": [str(line) for line in recycling.hanging(kind, [pk])[pk]]}

    @expose("/restore/<pk:pk>", methods=["POST"])
    @guarded("restore")
    def restore(self, pk: int) -> Any:
        """恢复."""
        return self._act(
            pk,
            lambda: recycling.restore(current_actor(), pk),
            lambda name: _("“%(name)s”已恢复。", name=name),
        )

    @expose("/undo/<string:kind>/<pk:pk>", methods=["POST"])
    @guarded("restore")
    def undo(self, kind: str, pk: int) -> Any:
        """撤销 beside the word that something was deleted."""
        held = recycling.of(kind, pk)
        return self._gone() if held is None else self.restore(held.id)

    @expose("/propose/<pk:pk>", methods=["POST"])
    @guarded("purge")
    def propose(self, pk: int) -> Any:
        """彻底删除, first person."""
        reason = request.form.get("reason", "")
        return self._act(
            pk,
            lambda: recycling.propose(current_actor(), pk, reason=reason, now=clock.now()),
            lambda name: _("已提出彻底删除“%(name)s”，等待另一人确认。", name=name),
        )

    @expose("/take-back/<pk:pk>", methods=["POST"])
    @guarded("purge")
    def take_back(self, pk: int) -> Any:
        """撤回提议."""
        return self._act(
            pk,
            lambda: recycling.take_back(current_actor(), pk),
            lambda name: _("已撤回，“%(name)s”仍在回收站。", name=name),
        )

    @expose("/reject/<pk:pk>/<pk:seen>", methods=["POST"])
    @guarded("purge")
    def reject(self, pk: int, seen: int) -> Any:
        """驳回, second person."""
        reason = request.form.get("reason", "")
        return self._act(
            pk,
            lambda: recycling.reject(current_actor(), pk, reason=reason, seen=seen),
            lambda name: _("已驳回，“%(name)s”仍在回收站。", name=name),
        )

    @expose("/confirm/<pk:pk>/<pk:seen>", methods=["POST"])
    @guarded("purge")
    def confirm(self, pk: int, seen: int) -> Any:
        """彻底删除, second person."""
        return self._act(
            pk,
            lambda: recycling.confirm(current_actor(), pk, seen=seen, now=clock.now()),
            lambda name: _("“%(name)s”已彻底删除。", name=name),
        )

    def _act(self, pk: int, act: Any, words: Any) -> Any:
        """One act on one record; who was slower than somebody else reads so."""
        try:
            held = recycling.get(current_actor(), pk)
            kind, name = held.kind, name_of(held.name)
            with transaction():
                act()
        except NotFound:
            return self._gone()
        except Stale:
            flash(_("彻底删除的申请有变化，没有处理，请核对后重试。"), "warning")
            return self.go(f"{BASE}/show/{pk}")
        except Refusal as refusal:
            flash(said(kind, refusal), "danger")
        else:
            flash(words(name), "success")
        back = safe_target(request.form.get("next"), f"{BASE}/list/")
        own = back.startswith(f"{BASE}/show/")
        return self.go(f"{BASE}/list/" if own and recycling.names_of([pk]) == {} else back)

    def _gone(self) -> Any:
        """The same for what was never there and what another park has."""
        words = _("该记录不在回收站：可能已被恢复或彻底删除。")
        return error_page(404, detail=words)


def _asking(label: Any, url: str, words: str, ask: Any) -> Link:
    return Link(label, url, kind="danger", post=True, confirm=words, confirm_label=label, ask=ask)
