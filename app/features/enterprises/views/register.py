"""企业管理: the register's list, form, record and export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from flask import flash, g, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.phones import mask_name
from app.engines import sheets
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.lists.source import Counted
from app.extensions.lists.spec import KeysFilter
from app.extensions.phrases import clauses, firms, listed, remarked
from app.features.enterprises import policy, queries, services
from app.features.enterprises.forms import SECTIONS, EnterpriseForm
from app.features.enterprises.labels import (
    DELETED_MANY,
    DELETED_ONE,
    HEADINGS,
    REFUSALS,
    ROLE_WORDS,
    SOURCE_WORDS,
    STATUS_DOTS,
    STATUS_WORDS,
)
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import BY_NAME, YEARLY, years
from app.features.enterprises.services.register import masked
from app.features.enterprises.views import access
from app.features.enterprises.views.exporting import ExportPart
from app.features.enterprises.views.history import history, looks
from app.features.enterprises.views.source import FIELDS, FILTERS, EnterpriseSource
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_list import query_arguments
from app.web.listing.build import at
from app.web.listing.page import BulkAct, Cell, Empty, Fact, Link

BASE = "/desk/enterprises"
HIDDEN = frozenset({"contact_phone", "email"})


class EnterpriseView(ExportPart):
    """The register of enterprises."""

    datamodel = SQLAInterface(Enterprise)
    route_base = BASE
    class_permission_name = "EnterpriseView"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": access.READERS,
        "can_show": access.READERS,
        "can_add": access.EDITORS,
        "can_edit": access.EDITORS,
        "can_delete": access.KEEPERS,
        "can_export": access.EDITORS,
        "can_personal": access.EDITORS,
    }
    extra_permissions = frozenset({"can_personal"})
    fields = FIELDS
    filters = FILTERS
    source = EnterpriseSource()
    sorted_by = ("settled_on", "desc")
    tab_filter = "status"
    status_field = "status"
    list_heading = _l("企业管理")
    section_label = _l("园区服务")
    unit_of = staticmethod(firms)
    search_label = _l("企业名称、拼音、信用代码或联系人")
    add_heading = _l("新增企业")
    edit_heading = _l("编辑企业")
    form_class = EnterpriseForm
    form_sections = SECTIONS
    form_units: ClassVar[Mapping[str, Any]] = {
        name: _l("万元")
        for name in ("registered_capital", "annual_sales", "annual_import", "annual_export")
    }
    form_wide = frozenset(
        {"registered_address", "business_address", "remark", "roles", "customs_modes"}
    )
    form_required = frozenset({"park_id", *(n for n, column in BY_NAME.items() if column.required)})
    refusals = REFUSALS
    constraint_fields: ClassVar[Mapping[str, tuple[str, str]]] = {
        "uq_enterprise_park_id_uscc_alive": ("uscc", "code_taken"),
        "enterprise.park_id, enterprise.uscc": ("uscc", "code_taken"),  # SQLite names the columns
    }
    show_sections = SECTIONS
    show_labels = HEADINGS
    bulk_permissions: ClassVar[dict[str, str]] = {
        "status": "edit",
        "export": "export",
        "delete": "delete",
    }

    # -- list ----------------------------------------------------------------------------------
    def list_rules(self) -> Rules:
        last = clock.last_full_year()
        names = tuple(one.name for one in self.fields if one.sortable)
        return Rules(self.filters, names, self.sorted_by, years(last), last)

    def counts(self) -> dict[str, int]:
        """The kept counts per status, read once per page."""
        if "enterprise_counts" not in g:
            g.enterprise_counts = queries.status_counts()
        found: dict[str, int] = g.enterprise_counts
        return found

    def total(self, _criteria: Criteria) -> Counted:
        return Counted(sum(self.counts().values()))

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = self.counts()
        return [(status, label, f"{kept[status]:,}") for status, label in STATUS_WORDS.items()]

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "status":
            return Cell(STATUS_WORDS.get(value, value), dot=STATUS_DOTS.get(value, "muted"))
        if name in ("uscc", "customs_code"):
            return Cell(value or "", code=True)
        if name == "contact_name":
            return Cell(self.person(value), muted=masked("contact_phone", row.contact_phone))
        if name in HIDDEN:
            return Cell(masked(name, value))
        if name == "roles":
            return Cell(listed(ROLE_WORDS.get(one, one) for one in value))
        if name == "source":
            return Cell(SOURCE_WORDS.get(value, value))
        return cells.cell(value)

    def person(self, name: str) -> str:
        """A contact's name in full only for those who may see personal columns."""
        return name if policy.personal(current_actor()) else mask_name(name)

    def extra_columns(self) -> tuple[str, ...]:
        return ("contact_phone",)

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        acts = []
        if self.may("add"):
            acts.append(Link(_("新增企业"), f"{BASE}/add", icon="plus"))
        if self.may("export"):
            url = at(f"{BASE}/export", criteria, paging=False)
            acts.append(Link(_("导出"), url, icon="download"))
        if current_actor().can("can_upload", "EnterpriseImportView"):
            acts.append(Link(_("导入"), f"{BASE}/imports/new", icon="upload", kind="primary"))
        return tuple(acts)

    def list_menus(self, _criteria: Criteria) -> dict[str, tuple[Link, ...]]:
        if not current_actor().can("can_upload", "EnterpriseImportView"):
            return {}
        entries = [
            Link(_("上传导入模板"), f"{BASE}/imports/new", icon="file-upload"),
            Link(_("下载导入模板"), f"{BASE}/imports/template", icon="file-download"),
            Link(_("导入记录"), f"{BASE}/imports/", icon="history"),
        ]
        if current_actor().can("can_list", "EnterpriseBinView"):
            entries.append(Link(_("回收站"), f"{BASE}/bin/list/", icon="trash"))
        return {str(_("导入")): tuple(entries)}

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        acts = []
        if self.may("edit"):
            acts.append(
                BulkAct(
                    "status",
                    _("批量修改状态"),
                    f"{BASE}/bulk/status",
                    icon="pencil",
                    options=tuple(STATUS_WORDS.items()),
                    option_label=_("企业状态"),
                )
            )
        if self.may("export"):
            url = f"{BASE}/bulk/export"
            acts.append(BulkAct("export", _("导出所选"), url, icon="download"))
        if self.may("delete"):
            acts.append(
                BulkAct(
                    "delete",
                    _("删除"),
                    f"{BASE}/bulk/delete",
                    icon="trash",
                    kind="danger",
                    confirm=_("确定删除所选的 {n} 家企业吗？删除后可在回收站恢复。"),
                    ask=_("删除原因（选填）"),
                )
            )
        return tuple(acts)

    def nothing_yet(self) -> Empty:
        acts = tuple(
            replace(link, kind="primary") for link in self.list_acts(self.criteria({}))[:1]
        )
        text = _("可以逐家新增，也可以下载导入模板，填好后一次导入。")
        return Empty("nothing", _("还没有企业"), text, acts)

    def bulk_status(self, ids: Sequence[int]) -> None:
        try:
            with transaction():
                changed = services.set_status(
                    current_actor(), ids, request.form.get("status.value", "")
                )
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return
        kept = len(ids) - changed
        flash(
            _(
                "已修改 %(changed)s 家企业的状态，%(kept)s 家原本就是该状态。",
                changed=changed,
                kept=kept,
            ),
            "success",
        )

    def bulk_export(self, ids: Sequence[int]) -> Any:
        """The export's page for the ticked rows, or for all that match."""
        _path, _mark, query = request.form.get("next", "").partition("?")
        criteria = self.criteria(query_arguments(query))
        if request.form.get("all") != "1":
            criteria = replace(criteria, q="", values={"keys": tuple(ids[: KeysFilter.MOST])})
        return self.go(at(f"{BASE}/export", criteria, paging=False))

    def bulk_delete(self, ids: Sequence[int]) -> None:
        gone, kept = 0, []
        reason = request.form.get("reason", "").strip() or DELETED_MANY
        names = queries.names_of(ids)
        for enterprise_id in ids:
            try:
                with transaction():
                    services.discard(current_actor(), enterprise_id, reason=reason, now=clock.now())
                gone += 1
            except NotFound:  # somebody else was faster: it is where it should be
                continue
            except Refusal as refusal:
                words = self.words_of(refusal.code, refusal.params)
                kept.append(remarked(names[enterprise_id], words))
        told = ngettext(
            "已删除 %(num)s 家企业，可在回收站恢复。",
            "已删除 %(num)s 家企业，可在回收站恢复。",
            gone,
        )
        flash(told, "success")
        if kept:
            flash(_("未删除：%(names)s", names=clauses(kept[:10])), "warning")

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> Enterprise:
        return queries.get(pk)

    def past(self, item: Any) -> Any:
        return history(item)

    def looks(self, item: Any) -> Any:
        return looks(item)

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        link = super().delete_link(pk, name, kind)
        words = _("确定删除“%(name)s”吗？删除后可在回收站恢复。", name=name)
        more = f"{BASE}/bin/hanging/{pk}"
        return replace(link, confirm=words, ask=_("删除原因（选填）"), more=more)

    def show_status(self, item: Any) -> Cell:
        return Cell(STATUS_WORDS[item.status], dot=STATUS_DOTS[item.status])

    def fact(self, item: Any, name: str) -> Fact:
        label = HEADINGS[name]
        if name in HIDDEN and policy.personal(current_actor()) and getattr(item, name):
            shown = masked(name, getattr(item, name))
            return Fact(label, Cell(shown), reveal_url=f"{BASE}/reveal/{item.id}/{name}")
        wide = name in self.form_wide and name not in ("roles", "customs_modes")
        return Fact(label, self.show_cell(item, name), wide=wide)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name in YEARLY:
            figures = queries.figures(item.id, self.year())
            return cells.cell(getattr(figures, name) if figures else None)
        if name == "contact_name":
            return Cell(self.person(item.contact_name))
        return self.cell(name, getattr(item, name), item)

    @expose("/reveal/<pk:pk>/<string:name>", methods=["POST"])
    @guarded("show")
    def reveal(self, pk: int, name: str) -> Any:
        """Show a masked value once; the reveal is recorded.

        The answer itself shows it: a message for the next page would lie in a cookie till then.
        """
        with transaction():
            value = services.reveal(current_actor(), pk, name)
        page = self.show_page(self.record(pk), "facts")
        sections = tuple(
            (
                title,
                tuple(
                    replace(fact, value=Cell(value), reveal_url="")
                    if fact.reveal_url.endswith(f"/{name}")
                    else fact
                    for fact in facts
                ),
            )
            for title, facts in page.sections
        )
        return self.render_page(
            "appbuilder/general/model/show.html", replace(page, sections=sections)
        )

    @staticmethod
    def remove(actor: Any, pk: int) -> Any:
        reason = request.form.get("reason", "").strip() or DELETED_ONE
        return services.discard(actor, pk, reason=reason, now=clock.now())

    def deleted_words(self, name: str) -> str:
        return str(_("“%(name)s”已删除，可在回收站恢复。", name=name))

    # -- form ----------------------------------------------------------------------------------
    def year(self) -> int:
        wanted = self.criteria(request.args).year
        return wanted or clock.last_full_year()

    def make_form(self, values: Mapping[str, Any] | None = None) -> EnterpriseForm:
        adding = request.path.endswith("/add")
        choices = None
        if adding and current_actor().sees_all:
            choices = [(str(park.id), f"{park.code} {park.name}") for park in parks.all_by_code()]
        return EnterpriseForm(data=values, parks=choices)

    def initial_values(self) -> dict[str, Any]:
        return {"status": BY_NAME["status"].default, "settled_on": clock.today().isoformat()}

    def form_values(self, item: Any) -> dict[str, Any]:
        figures = queries.figures(item.id, self.year())
        values: dict[str, Any] = {}
        for name, column in BY_NAME.items():
            value = getattr(figures, name, None) if name in YEARLY else getattr(item, name)
            if name in HIDDEN:
                values[name] = masked(name, value)
            elif column.kind == "multi_choice":
                values[name] = list(value or ())
            else:
                values[name] = sheets.format_value(column, value)
        return values

    def sections_of(self, form: EnterpriseForm) -> Any:
        """Who works for all parks chooses one when adding."""
        if "park_id" not in form:
            return self.form_sections
        (title, names), *rest = self.form_sections
        return ((title, ("park_id", *names)), *rest)

    def _values(self, form: EnterpriseForm) -> dict[str, Any]:
        values = dict(form.parsed)
        if "park_id" in form:
            values["park_id"] = form.park_id.data
        return values

    def create(self, actor: Any, values: dict[str, Any]) -> Enterprise:
        chosen = values.pop("park_id", None)
        park_id = parks.by_id(int(chosen)).id if chosen else actor.acting_park_id
        if park_id is None:
            raise NotFound("no park to act for")
        return services.add(actor, park_id, values, year=self.year())

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Enterprise:
        return services.change(actor, pk, values, version=version, year=self.year())

    def form_query(self) -> str:
        year = self.year()
        return "" if year == clock.last_full_year() else f"?year={year}"

    def saved_address(self, pk: int) -> str:
        return f"{BASE}/show/{pk}{self.form_query()}"
