"""主体: companies and bodies, one per credit code."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.extensions.lists.source import ListSource
from app.extensions.phrases import firms, listed
from app.features.parks import queries, services
from app.features.parks.forms import OrganisationForm
from app.features.parks.labels import HEADINGS
from app.features.parks.models import Organisation, Park
from app.features.parks.views.shared import OPERATOR, ZoneRegister
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, Link

BASE = "/desk/organisations"
PARKS = (
    sa.select(sa.func.count())
    .where(Park.organisation_id == Organisation.id)
    .correlate(Organisation)
    .scalar_subquery()
)


class OrganisationView(ZoneRegister):
    """The register of organisations."""

    datamodel = SQLAInterface(Organisation)
    bin_kind = Organisation.__tablename__
    route_base = BASE
    class_permission_name = "OrganisationView"
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": OPERATOR for name in ("list", "show", "add", "edit", "delete")
    }
    trail_type = "organisation"
    fields = (
        Field("name", HEADINGS["name"], frozen=True),
        Field("uscc", HEADINGS["uscc"]),
        Field("parks", HEADINGS["parks"], numeric=True),
        Field("updated_at", HEADINGS["updated_at"]),
    )
    source = ListSource(
        Organisation,
        {
            "name": Organisation.name,
            "uscc": Organisation.uscc,
            "parks": PARKS,
            "updated_at": Organisation.updated_at,
        },
        search=(Organisation.name, Organisation.uscc),
    )
    sorted_by = ("name", "asc")
    list_heading = _l("主体")
    section_label = _l("平台管理")
    unit_of = staticmethod(firms)
    search_label = _l("名称或统一社会信用代码")
    add_heading = _l("新增主体")
    edit_heading = _l("编辑主体")
    show_sections = (
        (_l("基本信息"), ("uscc", "name", "run_parks", "updated_at")),
        (
            _l("企业认证"),
            ("source", "certified_at", "legal_representative", "registered_address"),
        ),
    )
    form_class = OrganisationForm
    form_sections = (("", ("uscc", "name")),)
    form_required = frozenset({"uscc", "name"})

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        acts = super().row_acts(row)
        return acts[:1] if row.parks else acts

    def extra_columns(self) -> tuple[str, ...]:
        return ("parks",)

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        return Empty("nothing", _("还没有主体"), _("一个统一社会信用代码登记为一个主体。"), acts)

    def record(self, pk: int) -> Organisation:
        return queries.organisation(pk)

    def fact(self, item: Any, name: str) -> Fact:
        if name != "run_parks":
            return super().fact(item, name)
        names = listed(park.name for park in queries.parks_run_by(item.id))
        return Fact(HEADINGS[name], Cell(names), wide=True)

    def create(self, actor: Any, values: dict[str, Any]) -> Organisation:
        return services.add_organisation(
            actor, uscc=values["uscc"] or "", name=values["name"] or ""
        )

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Organisation:
        return services.change_organisation(
            actor, pk, uscc=values["uscc"] or "", name=values["name"] or "", version=version
        )

    @staticmethod
    def remove(actor: Any, pk: int, *, reason: str) -> Organisation:
        return services.delete_organisation(actor, pk, reason=reason)
