"""合并记录: what was merged into what, by whom and why; and 撤销合并 for thirty days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import trail
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import clauses, entries, labelled, listed
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises import policy
from app.features.enterprises.labels import heading
from app.features.enterprises.labels.duplicates import (
    HEADINGS,
    MERGE_DOTS,
    MERGE_WORDS,
    REFUSALS,
)
from app.features.enterprises.models.duplicates import EnterpriseMerge
from app.features.enterprises.queries import duplicates
from app.features.enterprises.services import unmerging
from app.features.enterprises.views import access
from app.features.enterprises.views.history import told
from app.features.parks.models import Park
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, HistoryItem, Link, ShowPage

BASE = "/desk/enterprises/merges"
STATE = sa.case((EnterpriseMerge.undone_at.is_(None), "merged"), else_="undone")


def _person(column: Any) -> Any:
    query = sa.select(FULL_NAME).where(User.id == column).correlate(EnterpriseMerge)
    return query.scalar_subquery()


PARK = (
    sa.select(Park.name)
    .where(Park.id == EnterpriseMerge.park_id)
    .correlate(EnterpriseMerge)
    .scalar_subquery()
)


class MergeView(RegisterView):
    """What was merged; nothing here is edited, only undone."""

    datamodel = SQLAInterface(EnterpriseMerge)
    route_base = BASE
    class_permission_name = policy.MERGES
    tenant = Tenant.zone
    menu_place = "/desk/enterprises/duplicates"
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": access.ZONE for name in ("list", "show", "unmerge")
    }
    fields = (
        Field("gone", HEADINGS["gone"], frozen=True, sortable=False),
        Field("kept", HEADINGS["kept"], sortable=False),
        Field("park", HEADINGS["park"], sortable=False),
        Field("why", HEADINGS["why"], sortable=False),
        Field("person", HEADINGS["person"], sortable=False),
        Field("merged_at", HEADINGS["merged_at"]),
        Field("state", HEADINGS["state"], sortable=False),
    )
    filters = (ChoiceFilter("state", HEADINGS["state"], STATE, options=tuple(MERGE_WORDS.items())),)
    source = ListSource(
        EnterpriseMerge,
        {
            "gone": EnterpriseMerge.gone_name,
            "kept": EnterpriseMerge.kept_name,
            "park": PARK,
            "why": EnterpriseMerge.reason,
            "person": _person(EnterpriseMerge.merged_by),
            "merged_at": EnterpriseMerge.merged_at,
            "state": STATE,
        },
        search=(EnterpriseMerge.gone_name, EnterpriseMerge.kept_name),
    )
    sorted_by = ("merged_at", "desc")
    name_field = "gone"
    status_field = "state"
    tab_filter = "state"
    list_heading = _l("合并记录")
    section_label = _l("平台管理")
    unit_of = staticmethod(entries)
    search_label = _l("企业名称")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels = HEADINGS
    show_sections = (
        (
            _l("合并"),
            (
                *("gone", "gone_code", "park", "kept", "kept_code", "moved"),
                *("person", "merged_at", "why"),
            ),
        ),
        (
            _l("撤销合并"),
            (
                *("undone_by", "undone_at", "undo_reason"),
                *("restored", "stayed", "returned", "remained"),
            ),
        ),
    )

    def tab_counts(self, criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        found = {
            state: self.source.count(Criteria(criteria.rules, values={"state": state}))
            for state in MERGE_WORDS
        }
        return [(state, label, str(found[state])) for state, label in MERGE_WORDS.items()]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "state":
            return Cell(MERGE_WORDS[value], dot=MERGE_DOTS[value])
        return cells.cell(value)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        back = "/desk/enterprises/duplicates/list/?state=open"
        return (Link(_("重复企业"), back, icon="arrow-left"),)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        return (Link(_("查看"), self.url(f"show/{row.pk}"), kind="link"),)

    def nothing_yet(self) -> Empty:
        text = _("在重复企业中比较并合并后，记录在这里，30 天内可以撤销。")
        return Empty("nothing", _("还没有合并过"), text, self.list_acts(self.criteria({})))

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> EnterpriseMerge:
        return duplicates.merge(pk)

    def record_name(self, item: Any) -> str:
        return str(_("“%(gone)s”并入“%(kept)s”", gone=item.gone_name, kept=item.kept_name))

    def show_status(self, item: Any) -> Cell:
        return self.cell("state", "merged" if item.undone_at is None else "undone", item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        if item.undone_at is not None:
            return ()
        words = _(
            "确定撤销合并，让“%(gone)s”重新单独列出吗？合并后没有改过的字段恢复原值，改过的保留现值。",
            gone=item.gone_name,
        )
        no = policy.unmerging(item, clock.now())
        act = Link(
            _("撤销合并"),
            self.url(f"undo/{item.id}"),
            kind="danger",
            post=True,
            confirm=words,
            ask=HEADINGS["undo_reason"],
            disabled=no is not None,
            hint=str(REFUSALS[no.code]) if no is not None else "",
        )
        return (act,)

    def show_page(self, item: Any, tab: str) -> ShowPage:
        """Of an undoing only where there was one."""
        page = super().show_page(item, tab)
        return page if item.undone_at is not None else replace(page, sections=page.sections[:1])

    def fact(self, item: Any, name: str) -> Fact:
        wide = name in ("why", "undo_reason", "restored", "stayed")
        return Fact(HEADINGS[name], self.show_cell(item, name), wide=wide)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name in ("kept", "gone"):
            return _record(item, name)
        if name in ("kept_code", "gone_code"):
            key = item.kept_id if name == "kept_code" else item.gone_id
            return Cell(duplicates.any_state(key).uscc, code=True)
        if name in ("person", "undone_by"):
            column = item.merged_by if name == "person" else item.undone_by
            return Cell(duplicates.person_name(column))
        if name == "park":
            return Cell(duplicates.park_name(item.park_id))
        if name in ("why", "moved"):
            return Cell(item.reason if name == "why" else _kinds(item.moved))
        if name in ("restored", "stayed", "returned", "remained"):
            return Cell(_came(item.undo_result or {}, name))
        return cells.cell(getattr(item, name))

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        """The merge and its undoing, as the record that stayed tells them."""
        entries_ = trail.history("enterprise", item.kept_id)
        return tuple(told(one) for one in entries_ if one.details.get("number") == item.id)

    @expose("/undo/<pk:pk>", methods=["POST"])
    @guarded("unmerge")
    def undo(self, pk: int) -> Any:
        """Two records again, with the reason."""
        reason = request.form.get("reason", "")
        try:
            with transaction():
                done = unmerging.undo(current_actor(), pk, reason=reason, now=clock.now())
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return self.go(self.url(f"show/{pk}"))
        result = done.undo_result or {}
        flash(_("合并已撤销，“%(name)s”重新单独列出。", name=done.gone_name), "success")
        if result["kept"] or result["stayed"]:
            flash(_("合并后又有变动的内容没有恢复，见本页。"), "warning")
        return self.go(self.url(f"show/{pk}"))


def _record(item: EnterpriseMerge, side: str) -> Cell:
    """As it was called then; the link leads to what is there now."""
    key = item.kept_id if side == "kept" else item.gone_id
    name = item.kept_name if side == "kept" else item.gone_name
    found = duplicates.any_state(key)
    alive = (duplicates.stays(key) or found).deleted_at is None
    url = f"/desk/enterprises/show/{key}" if alive else ""
    return Cell(name, url=url)


def _kinds(numbers: Mapping[str, Any]) -> str:
    """入驻申请：2 for each kind that moves."""
    labels = {mover.kind: mover.label for mover in policy.MOVERS}
    sizes = {kind: one if isinstance(one, int) else len(one) for kind, one in numbers.items()}
    return clauses(labelled(labels[kind], n) for kind, n in sizes.items() if kind in labels)


def _came(result: Mapping[str, Any], name: str) -> str:
    if name in ("restored", "stayed"):
        fields = result.get("restored" if name == "restored" else "kept", ())
        return listed(heading(one) for one in fields)
    return _kinds(result.get("returned" if name == "returned" else "stayed", {}))
