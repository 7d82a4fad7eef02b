"""企业管理: the register's list, form, record and export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.engines import sheets
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.lists.source import Counted
from app.extensions.phrases import firms, labelled
from app.extensions.why import Why, grouped
from app.features.enterprises import policy, queries, services
from app.features.enterprises.forms import SECTIONS, EnterpriseForm
from app.features.enterprises.labels import (
    DELETED_ONE,
    HEADINGS,
    REFUSALS,
    STATUS_DOTS,
    STATUS_WORDS,
)
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import BY_NAME, YEARLY, years
from app.features.enterprises.services.register import masked
from app.features.enterprises.views import access
from app.features.enterprises.views.bulk import BulkPart
from app.features.enterprises.views.exporting import ExportPart
from app.features.enterprises.views.history import history, looks
from app.features.enterprises.views.merged import MergedPart, led_here, linked_section
from app.features.enterprises.views.moves import moved_facts
from app.features.enterprises.views.origins import SourcedPart, noted, proven_of
from app.features.enterprises.views.rows import HIDDEN, RowPart
from app.features.enterprises.views.source import (
    FIELDS,
    FILTERS,
    PARK,
    ZONE_FILTERS,
    EnterpriseSource,
)
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import cells, reasons
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.held import held
from app.web.listing.build import Field, at
from app.web.listing.page import Cell, Empty, Fact, Link, ShowPage
from app.web.why import by_role

BASE = "/desk/enterprises"


class EnterpriseView(RowPart, SourcedPart, BulkPart, ExportPart, MergedPart):
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
    bin_kind = Enterprise.__tablename__
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

    # -- the year and the park -----------------------------------------------------------------
    def year(self) -> int:
        """数据年度 of this request's pages."""
        kept = held()
        if "enterprise_year" not in kept:
            kept["enterprise_year"] = self.criteria(request.args).year or clock.last_full_year()
        chosen: int = kept["enterprise_year"]
        return chosen

    def carried(self) -> str:
        """A year that somebody chose goes along from page to page."""
        year = self.year()
        return "" if year == clock.last_full_year() else f"year={year}"

    def section_title(self, title: Any, names: Sequence[str]) -> Any:
        if not set(names) & set(YEARLY):
            return title
        return _("%(title)s（%(year)s）", title=title, year=self.year())

    def subtitle(self, item: Any) -> str:
        """Who sees all parks reads whose record this is."""
        if not current_actor().sees_all:
            return ""
        return str(labelled(HEADINGS["park"], parks.by_id(item.park_id).name))

    def sees_personal(self) -> bool:
        return policy.personal(current_actor())

    def offered_fields(self) -> tuple[Field, ...]:
        """The park is a column for those only who see several."""
        if not current_actor().sees_all:
            return tuple(one for one in self.fields if one.name != "park")
        name, code, *rest = (one for one in self.fields if one.name != "park")
        # With the park there is no room for these two at first sight; 显示列 brings them back.
        aside = ("customs_modes", "contact_name")
        return (
            name,
            code,
            PARK,
            *(replace(one, shown=False) if one.name in aside else one for one in rest),
        )

    # -- list ----------------------------------------------------------------------------------
    def list_rules(self) -> Rules:
        last = clock.last_full_year()
        names = tuple(one.name for one in self.fields if one.sortable)
        filters = ZONE_FILTERS if current_actor().sees_all else self.filters
        return Rules(filters, names, self.sorted_by, years(last), last)

    def counts(self) -> dict[str, int]:
        """The kept counts per status, read once per page."""
        kept = held()
        if "enterprise_counts" not in kept:
            kept["enterprise_counts"] = queries.status_counts()
        found: dict[str, int] = kept["enterprise_counts"]
        return found

    def total(self, _criteria: Criteria) -> Counted:
        return Counted(sum(self.counts().values()))

    def matching(self, criteria: Criteria) -> Counted:
        """Of a status alone as many as its tab says."""
        if criteria.values.keys() == {"status"} and not criteria.q:
            return Counted(self.counts()[criteria.values["status"]])
        return super().matching(criteria)

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = self.counts()
        return [(status, label, f"{kept[status]:,}") for status, label in STATUS_WORDS.items()]

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        acts = []
        if self.may("add"):
            acts.append(Link(_("新增企业"), self.url("add"), icon="plus"))
        if self.may("export"):
            url = at(f"{BASE}/export", criteria, paging=False)
            acts.append(Link(_("导出"), url, icon="download"))
        if current_actor().can("can_upload", "EnterpriseImportView"):
            acts.append(Link(_("导入"), f"{BASE}/imports/new", icon="upload", kind="primary"))
        return tuple(acts)

    def list_whys(self) -> tuple[Why, ...]:
        return (*super().list_whys(), *by_role(_("导入"), "can_upload", "EnterpriseImportView"))

    def list_menus(self, _criteria: Criteria) -> dict[str, tuple[Link, ...]]:
        if not current_actor().can("can_upload", "EnterpriseImportView"):
            return {}
        entries = [
            Link(_("上传导入模板"), f"{BASE}/imports/new", icon="file-upload"),
            Link(_("下载导入模板"), f"{BASE}/imports/template", icon="file-download"),
            Link(_("导入记录"), f"{BASE}/imports/", icon="history"),
        ]
        entries += self.bin_link()
        return {str(_("导入")): tuple(entries)}

    def nothing_yet(self) -> Empty:
        acts = tuple(
            replace(link, kind="primary") for link in self.list_acts(self.criteria({}))[:1]
        )
        text = _("可以逐家新增，也可以下载导入模板，填好后一次导入。")
        return Empty("nothing", _("还没有企业"), text, acts)

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> Enterprise:
        return queries.get(pk)

    def past(self, item: Any) -> Any:
        return history(item)

    def looks(self, item: Any) -> Any:
        return looks(item)

    def whys(self, item: Any) -> tuple[Why, ...]:
        """A role that one lacks, and what keeps the record from being changed or deleted."""
        against = (
            (_("编辑"), "edit", policy.changing(item)),
            (_("删除"), "delete", policy.discarding(item)),
        )
        of_record = grouped(
            (label, self.words_of(no.code, no.params))
            for label, right, no in against
            if no is not None and self.may(right)
        )
        return (*super().whys(item), *of_record)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        """What has moved to another park is only read; it may come back."""
        gone = policy.changing(item) is not None
        acts = () if gone else super().show_acts(item)
        if current_actor().can("can_add", policy.MOVES):
            words = _("申请迁回") if gone else _("申请迁园")
            return (Link(words, f"{BASE}/moves/add?enterprise={item.id}"), *acts)
        return acts

    def show_status(self, item: Any) -> Cell:
        return Cell(STATUS_WORDS[item.status], dot=STATUS_DOTS[item.status])

    def plain_fact(self, item: Any, name: str) -> Fact:
        label = HEADINGS[name]
        if name in HIDDEN and policy.personal(current_actor()) and getattr(item, name):
            shown = masked(name, getattr(item, name))
            address = self.url(f"reveal/{item.id}/{name}")
            return Fact(label, Cell(shown), reveal_url=address, name=name)
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
        """Show a masked value once, for a purpose; the reveal is recorded.

        The answer itself shows it: a message for the next page would lie in a cookie till then.
        """
        purpose = reasons.given(_page_of(pk))
        try:
            with transaction():
                value = services.reveal(current_actor(), pk, name, purpose=purpose)
        except Refusal as refusal:
            page = self.show_page(self.record(pk), "facts")
            error = self.words_of(refusal.code, refusal.params)
            page = replace(page, ask=reasons.ask(_page_of(pk), error=error, at=name))
            return self.render_page("appbuilder/general/model/show.html", page), 400
        reasons.keep(_page_of(pk), purpose)
        page = self.show_page(self.record(pk), "facts")
        sections = tuple(
            (title, tuple(_opened(fact, name, value) for fact in facts))
            for title, facts in page.sections
        )
        return self.render_page(
            "appbuilder/general/model/show.html", replace(page, sections=sections)
        )

    def show_page(self, item: Any, tab: str) -> ShowPage:
        page = super().show_page(item, tab)
        moved = moved_facts(item)
        first = ((_("迁园"), moved),) if moved else ()
        sections = (*first, *page.sections, *linked_section(item))
        notice = led_here(item)
        return replace(page, ask=reasons.ask(_page_of(item.id)), notice=notice, sections=sections)

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> Any:
        return services.discard(actor, pk, reason=reason or DELETED_ONE, now=clock.now())

    @expose("/bin/list/")
    @guarded("delete")
    def old_bin(self) -> Any:
        """Where the bin of this register was before there was one for all."""
        return self.go(self.bin_link()[0].url if self.bin_link() else self.url("list/"))

    # -- form ----------------------------------------------------------------------------------
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
            elif name == "contact_name":
                values[name] = self.person(value or "")
            elif column.kind == "multi_choice":
                values[name] = list(value or ())
            else:
                values[name] = sheets.format_value(column, value)
        return {**values, **proven_of(item).values}

    def sections_of(self, form: EnterpriseForm) -> Any:
        """Who works for all parks chooses one when adding."""
        sections = super().sections_of(form)
        if "park_id" not in form:
            return sections
        (title, names), *rest = sections
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
        return noted(values, services.add(actor, park_id, values, year=self.year()))

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Enterprise:
        saved = services.change(actor, pk, values, version=version, year=self.year())
        return noted(values, saved)


def _page_of(pk: int) -> str:
    """What a purpose is given for: the page of one record."""
    return f"enterprise:{pk}"


def _opened(fact: Fact, name: str, value: str) -> Fact:
    return replace(fact, value=Cell(value), reveal_url="") if fact.name == name else fact
