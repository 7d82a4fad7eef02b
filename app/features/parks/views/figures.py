"""年度数据: what each park says of a year; the zone verifies it (核定)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort, flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotFound, Refusal, Stale
from app.core.values import replace
from app.engines import trail
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import BoolFilter, KeyFilter
from app.extensions.phrases import entries
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.parks import queries
from app.features.parks.forms.profile import FiguresForm
from app.features.parks.labels.profile import (
    FIGURE_ACTS,
    FIGURE_HEADINGS,
    FIGURE_UNITS,
    REFUSALS,
)
from app.features.parks.models import Park, ParkFigures
from app.features.parks.rules import profile as rules
from app.features.parks.services import figures
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, HistoryItem, Link

BASE = "/desk/park-figures"
READERS = PARK_ROLES | {Role.operator, Role.reviewer}
PARK = sa.select(Park.name).where(Park.id == ParkFigures.park_id).correlate(ParkFigures)
NUMBERS = tuple(rules.FIGURES)


class FiguresView(RegisterView):
    """Figures by park and year."""

    datamodel = SQLAInterface(ParkFigures)
    route_base = BASE
    class_permission_name = "FiguresView"
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": READERS,
        "can_show": READERS,
        "can_add": frozenset({Role.park_admin}),
        "can_edit": frozenset({Role.park_admin, Role.operator}),
        "can_verify": frozenset({Role.operator}),
    }
    fields = (
        Field("park", FIGURE_HEADINGS["park"], frozen=True),
        Field("year", FIGURE_HEADINGS["year"]),
        *(
            Field(name, FIGURE_HEADINGS[name], numeric=True, unit=FIGURE_UNITS[name])
            for name in NUMBERS
        ),
        Field("verified", FIGURE_HEADINGS["verified"], sortable=False),
    )
    filters = (
        BoolFilter(
            "verified",
            FIGURE_HEADINGS["verified"],
            ParkFigures.verified_at.is_not(None),
            promoted=True,
        ),
        KeyFilter(
            "park", FIGURE_HEADINGS["park"], ParkFigures.park_id, options=queries.own_options
        ),
    )
    source = ListSource(
        ParkFigures,
        {
            "park": PARK.scalar_subquery(),
            "year": ParkFigures.year,
            **{name: getattr(ParkFigures, name) for name in NUMBERS},
            "verified": ParkFigures.verified_at,
        },
        search=(PARK.scalar_subquery(),),
    )
    name_field = "park"
    sorted_by = ("year", "desc")
    list_heading = _l("年度数据")
    section_label = _l("园区服务")
    unit_of = staticmethod(entries)
    search_label = _l("园区/基地名称")
    add_heading = _l("新增年度数据")
    edit_heading = _l("编辑年度数据")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels = FIGURE_HEADINGS
    show_sections = (("", ("park", "year", *NUMBERS, "origin", "verified", "updated_at")),)
    form_class = FiguresForm
    form_sections = (("", ("year", *NUMBERS, "origin")),)
    form_units = FIGURE_UNITS
    form_required = frozenset({"year"})

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "verified":
            words = _("已核定") if value else _("未核定")
            return Cell(words, dot="success" if value else "muted")
        return Cell(str(value)) if name == "year" else cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        """What is verified is the zone's alone to change."""
        return super().row_acts(row) if self._changes(row.verified) else ()

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))
        return Empty("nothing", _("还没有年度数据"), _("每年填写一次，由平台运营核定。"), acts)

    def list_acts(self, criteria: Criteria) -> tuple[Link, ...]:
        return super().list_acts(criteria) if current_actor().acting_park_id else ()

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> ParkFigures:
        return queries.figures(pk)

    def record_name(self, item: Any) -> str:
        return f"{queries.by_id(item.park_id).name} {item.year}"

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "park":
            return Cell(queries.by_id(item.park_id).name)
        value = item.verified_at if name == "verified" else getattr(item, name)
        cell = self.cell(name, value, item)
        return cell if value is None else replace(cell, muted=FIGURE_UNITS.get(name, ""))

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        acts = super().show_acts(item) if self._changes(item.verified_at) else ()
        if not self.may("verify") or item.verified_at is not None:
            return acts
        words = _("确定核定“%(name)s”的数据吗？核定后园区不能再修改。", name=self.record_name(item))
        verify = Link(
            _("核定"),
            f"{BASE}/verify/{item.id}?seen={item.version}",
            icon="circle-check",
            kind="primary",
            post=True,
            confirm=words,
            confirm_label=_("核定"),
        )
        return (*acts, verify)

    @staticmethod
    def _changes(verified: Any) -> bool:
        return current_actor().sees_all or verified is None

    @expose("/verify/<pk:pk>", methods=["POST"])
    @guarded("verify")
    def verify(self, pk: int) -> Any:
        """核定."""
        item = self.record(pk)
        seen = request.args.get("seen", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
            abort(400)
        try:
            with transaction():
                figures.verify(current_actor(), pk, version=int(seen), now=clock.now())
        except Stale:
            flash(_("您打开后，它已有变化。请核对现在的内容再保存。"), "warning")
        else:
            flash(_("“%(name)s”已核定。", name=self.record_name(item)), "success")
        return self.go(f"{BASE}/show/{pk}")

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=FIGURE_ACTS.get(entry.action, entry.action),
                changes=tuple(
                    (FIGURE_HEADINGS.get(name, name), cells.words(old), cells.words(new))
                    for name, (old, new) in entry.changes.items()
                ),
            )
            for entry in trail.history("park_figures", item.id)
        )

    # -- form ----------------------------------------------------------------------------------
    def make_form(self, values: Mapping[str, Any] | None = None) -> Any:
        form = super().make_form(values)
        last = clock.last_full_year()
        form.year.choices = [(str(year), str(year)) for year in range(last + 1, last - 9, -1)]
        return form

    def form_values(self, item: Any) -> dict[str, Any]:
        values = {name: getattr(item, name) for name in NUMBERS}
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        return {"year": str(item.year), **texts, "origin": item.origin}

    def locked(self, item: Any) -> dict[str, Any]:
        return {"year": _("年度不能修改")}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> Any:
        if item is not None:
            form.year.data = str(item.year)
        return super()._form_page(form, heading=heading, item=item)

    def create(self, actor: Any, values: dict[str, Any]) -> ParkFigures:
        if actor.acting_park_id is None:
            raise NotFound("no park to act for")
        year = values["year"] or ""
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise Refusal("figure_year", fields={"year": "figure_year"})
        return figures.add(actor, actor.acting_park_id, int(year), values)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> ParkFigures:
        return figures.change(actor, pk, values, version=version)
