"""园区/基地: code, name, type and state. 信息维护 adds the profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, MultiFilter
from app.extensions.phrases import clauses, items, listed, remarked
from app.features.accounts.rules import Role
from app.features.parks import queries, services
from app.features.parks.forms import AddParkForm, EditParkForm
from app.features.parks.labels import HEADINGS, KIND_WORDS, STATUS_DOTS, STATUS_WORDS
from app.features.parks.labels.profile import HEADINGS as PROFILE_HEADINGS
from app.features.parks.labels.profile import LEVEL_WORDS, MODE_WORDS, REFUSALS, SECTIONS, UNITS
from app.features.parks.models import Organisation, Park, ParkMembership, ParkProfile
from app.features.parks.queries import divisions
from app.features.parks.views.exporting import ParkExport
from app.features.parks.views.history import moment, reviewed
from app.features.parks.views.kinds import links_of, words_of
from app.features.parks.views.organisations import BASE as ORGANISATIONS
from app.features.parks.views.shared import OPERATOR, ZoneRegister
from app.web import viewing
from app.web.acting import current_actor
from app.web.listing.build import Field, at
from app.web.listing.page import Cell, Empty, Fact, FormPage, HistoryItem, Link

BASE = "/desk/parks"
#: Facts of the profile in force, beside the park's own of the same name.
PREFIX = "profile."
PROFILE_SECTIONS = tuple(
    (title, tuple(f"{PREFIX}{name}" for name in names)) for title, names in SECTIONS
)
READERS = OPERATOR | {Role.reviewer}
MEMBERS = (
    sa.select(sa.func.count())
    .where(ParkMembership.park_id == Park.id)
    .correlate(Park)
    .scalar_subquery()
)
OWNER = (
    sa.select(Organisation.name)
    .where(Organisation.id == Park.organisation_id)
    .correlate(Park)
    .scalar_subquery()
)


def with_profile(query: Any, _criteria: Criteria) -> Any:
    return query.outerjoin(ParkProfile, ParkProfile.park_id == Park.id)


def division_options() -> tuple[tuple[str, str], ...]:
    return tuple(divisions.tree().items())


class ParkView(ParkExport, ZoneRegister):
    """The register of parks and bases."""

    datamodel = SQLAInterface(Park)
    bin_kind = Park.__tablename__
    route_base = BASE
    class_permission_name = "ParkView"
    access: ClassVar[dict[str, frozenset[str]]] = {
        **{f"can_{name}": OPERATOR for name in ("add", "edit", "delete", "export")},
        **{f"can_{name}": READERS for name in ("list", "show")},
    }
    trail_type = "park"
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    fields = (
        Field("name", HEADINGS["name"], frozen=True),
        Field("code", HEADINGS["code"]),
        Field("kind", HEADINGS["kind"]),
        Field("level", PROFILE_HEADINGS["level"]),
        Field("division", PROFILE_HEADINGS["division"]),
        Field("customs_modes", PROFILE_HEADINGS["customs_modes"], sortable=False, shown=False),
        Field("area_leasable", PROFILE_HEADINGS["leasable_area"], numeric=True, unit="㎡"),
        Field("organisation", HEADINGS["organisation"]),
        Field("members", HEADINGS["members"], numeric=True),
        Field("updated_at", HEADINGS["updated_at"], shown=False),
        Field("status", HEADINGS["status"]),
    )
    filters = (
        ChoiceFilter(
            "status", HEADINGS["status"], Park.status, options=tuple(STATUS_WORDS.items())
        ),
        ChoiceFilter(
            "kind", HEADINGS["kind"], Park.kind, promoted=True, options=tuple(KIND_WORDS.items())
        ),
        ChoiceFilter(
            "level",
            PROFILE_HEADINGS["level"],
            ParkProfile.level,
            promoted=True,
            options=tuple(LEVEL_WORDS.items()),
        ),
        ChoiceFilter(
            "division", PROFILE_HEADINGS["division"], ParkProfile.division, options=division_options
        ),
        MultiFilter(
            "mode",
            PROFILE_HEADINGS["customs_modes"],
            ParkProfile.customs_modes,
            options=tuple(MODE_WORDS.items()),
            members=True,
        ),
    )
    source = ListSource(
        Park,
        {
            **{name: getattr(Park, name) for name in ("name", "code", "kind", "status")},
            **{
                name: getattr(ParkProfile, name)
                for name in ("level", "division", "customs_modes", "area_leasable")
            },
            "organisation": OWNER,
            "members": MEMBERS,
            "updated_at": Park.updated_at,
        },
        search=(Park.name, Park.code, OWNER),
        joins=with_profile,
    )
    sorted_by = ("code", "asc")
    tab_filter = "status"
    status_field = "status"
    list_heading = lazy_pgettext("list", "园区/基地")
    section_label = _l("平台管理")
    unit_of = staticmethod(items)
    search_label = _l("名称、编码或运营主体")
    add_heading = _l("新增园区/基地")
    edit_heading = _l("编辑园区/基地")
    show_sections = (
        (_l("登记信息"), ("code", "name", "kind", "organisation", "status", "updated_at")),
        *PROFILE_SECTIONS,
        (_l("年度数据"), ("figures",)),
    )
    form_class = EditParkForm
    add_form_class = AddParkForm
    form_sections = (("", ("code", "name", "kind", "organisation", "status", "reason")),)
    form_required = frozenset({"code", "name"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "code": _l("大写字母开头的字母和数字，例如 P11、B03；保存后不能修改"),
        "organisation": _l("填写已登记主体的统一社会信用代码；尚未确定可留空"),
        "reason": _l("暂停或恢复运行时必填，会记入变更记录"),
    }

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = queries.status_counts()
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in STATUS_WORDS.items()]

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        """A park with people is not offered for deletion (the service would refuse it)."""
        acts = super().row_acts(row)
        return acts[:1] if row.members else acts

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        acts = super().show_acts(item)
        return acts[:1] if queries.people_of(item.id) else acts

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        """Its own acts, and what a review of 信息维护 put in force or took out."""
        return tuple(sorted((*super().past(item), *reviewed(item)), key=moment, reverse=True))

    def extra_columns(self) -> tuple[str, ...]:
        return ("members",)

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        return Empty("nothing", _("还没有园区/基地"), _("新增后即可安排人员、登记企业。"), acts)

    def record(self, pk: int) -> Park:
        return queries.by_id(pk)

    def show_status(self, item: Any) -> Cell:
        return Cell(STATUS_WORDS[item.status], dot=STATUS_DOTS[item.status])

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name in ("level", "division", "customs_modes"):
            return Cell(words_of(name, value))
        return super().cell(name, value, row)

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        acts = super().list_acts(criteria)
        if not self.may("export"):
            return acts
        url = at(f"{BASE}/export", criteria, paging=False)
        return (Link(_("导出"), url, icon="download"), *acts)

    def fact(self, item: Any, name: str) -> Fact:
        if name == "figures":
            return Fact(_l("年度数据"), self._figures(item), wide=True)
        if not name.startswith(PREFIX):
            return super().fact(item, name)
        plain = name.removeprefix(PREFIX)
        profile = queries.profile_of(item.id)
        value = profile.content.get(plain) if profile is not None else None
        wide = plain in ("introduction", "policies", "address", "warehouses")
        words = words_of(plain, value)
        links = () if viewing.looking() else links_of(plain, value)
        shown = Cell(words, muted=UNITS.get(plain, "") if words else "", links=links)
        return Fact(PROFILE_HEADINGS[plain], shown, wide=wide)

    def _figures(self, item: Any) -> Cell:
        found = queries.figures_of(item.id)
        if not found:
            return Cell("")
        years = listed(
            remarked(one.year, _("已核定") if one.verified_at else _("未核定")) for one in found
        )
        return Cell(years, url=f"/desk/park-figures/list/?park={item.id}")

    def show_cell(self, item: Any, name: str) -> Cell:
        if name != "organisation":
            return super().show_cell(item, name)
        owner = queries.owner_of(item)
        if owner is None:
            return Cell("")
        may = current_actor().can("can_show", "OrganisationView")
        url = f"{ORGANISATIONS}/show/{owner.id}" if may else ""
        return Cell(owner.name, muted=owner.uscc, url=url)

    def form_values(self, item: Any) -> dict[str, Any]:
        owner = queries.owner_of(item)
        return {
            "name": item.name,
            "kind": item.kind,
            "organisation": owner.uscc if owner else "",
            "status": item.status,
        }

    def locked(self, item: Any) -> dict[str, Any]:
        locked = {"code": _("编码不能修改")}
        if queries.profile_of(item.id) is not None:
            why = _("以审核通过的园区信息为准")
            owner = queries.owner_of(item)
            whose = clauses([owner.name, why]) if owner else why  # the field shows its code
            locked |= {"name": why, "kind": why, "organisation": whose}
        return locked

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is not None:
            form.code.data = item.code
            for name in self.locked(item).keys() & {"name", "kind", "organisation"}:
                kept = self.form_values(item)[name]
                form[name].data, form[name].raw_data = kept, [kept]  # what is locked is not sent
        return super()._form_page(form, heading=heading, item=item)

    def create(self, actor: Any, values: dict[str, Any]) -> Park:
        return services.add_park(
            actor,
            code=values["code"] or "",
            name=values["name"] or "",
            kind=values["kind"],
            organisation=values["organisation"] or "",
        )

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Park:
        return services.change_park(
            actor,
            pk,
            name=values["name"] or "",
            kind=values["kind"],
            status=values["status"],
            organisation=values["organisation"] or "",
            reason=values["reason"] or "",
            version=version,
        )

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> Park:
        return services.delete_park(actor, pk, reason=reason)
