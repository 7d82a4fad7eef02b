"""人工核验: credit codes accepted by hand, upon evidence; 平台运营 accepts and revokes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.core import clock
from app.core.actor import Actor
from app.core.values import replace
from app.engines import files, trail
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items
from app.features.accounts.queries import FULL_NAME
from app.features.enterprises import policy, queries, services
from app.features.enterprises.forms import AcceptCodeForm, RevokeCodeForm
from app.features.enterprises.labels import HEADINGS, REFUSALS
from app.features.enterprises.models import AcceptedCode
from app.features.enterprises.views import access
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, FormPage, HistoryItem, Link

BASE = "/desk/enterprises/codes"
STATES = {"valid": lazy_pgettext("code", "有效"), "revoked": lazy_pgettext("code", "已撤销")}
STATE_DOTS = {"valid": "success", "revoked": "muted"}
STATE = sa.case((AcceptedCode.revoked_at.is_(None), "valid"), else_="revoked")
PERSON = (
    sa.select(FULL_NAME)
    .where(User.id == AcceptedCode.accepted_by)
    .correlate(AcceptedCode)
    .scalar_subquery()
)
CODE_HEADINGS: dict[str, Any] = {
    "uscc": HEADINGS["uscc"],
    "name": HEADINGS["name"],
    "state": _l("状态"),
    "evidence": _l("核验依据"),
    "file": _l("证明材料"),
    "person": _l("核验人"),
    "accepted_at": _l("核验时间"),
    "revoked_at": _l("撤销时间"),
    "revoke_reason": _l("撤销原因"),
}
ACTS = {
    "code.accepted": lazy_pgettext("act", "人工核验通过"),
    "code.revoked": lazy_pgettext("act", "撤销核验"),
}

files.kind(services.EVIDENCE_KIND, policy.may_read_evidence)


def codes_card(actor: Actor) -> dict[str, Any] | None:
    """核验通过的代码 on the 工作台 of 平台运营."""
    if not actor.can("can_list", policy.CODES):
        return None
    number = len(queries.accepted_codes())
    return {
        "label": _("人工核验通过的代码"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{BASE}/list/?state=valid",
    }


class AcceptedCodeView(RegisterView):
    """The register of accepted codes; what was accepted is revoked, never edited."""

    datamodel = SQLAInterface(AcceptedCode)
    route_base = BASE
    class_permission_name = policy.CODES
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": access.ZONE for name in ("list", "show", "add", "revoke")
    }
    fields = (
        Field("uscc", CODE_HEADINGS["uscc"], frozen=True),
        Field("name", CODE_HEADINGS["name"]),
        Field("state", CODE_HEADINGS["state"], sortable=False),
        Field("evidence", CODE_HEADINGS["evidence"], sortable=False),
        Field("person", CODE_HEADINGS["person"], sortable=False),
        Field("accepted_at", CODE_HEADINGS["accepted_at"]),
        Field("revoke_reason", CODE_HEADINGS["revoke_reason"], sortable=False, shown=False),
    )
    filters = (ChoiceFilter("state", CODE_HEADINGS["state"], STATE, options=tuple(STATES.items())),)
    source = ListSource(
        AcceptedCode,
        {
            "uscc": AcceptedCode.uscc,
            "name": AcceptedCode.name,
            "state": STATE,
            "evidence": AcceptedCode.evidence,
            "person": PERSON,
            "accepted_at": AcceptedCode.accepted_at,
            "revoke_reason": AcceptedCode.revoke_reason,
        },
        search=(AcceptedCode.uscc, AcceptedCode.name),
    )
    sorted_by = ("accepted_at", "desc")
    name_field = "uscc"
    status_field = "state"
    tab_filter = "state"
    list_heading = _l("人工核验")
    section_label = _l("平台管理")
    unit_of = staticmethod(items)
    search_label = _l("统一社会信用代码或企业名称")
    add_heading = _l("核验代码")
    refusals: ClassVar[Mapping[str, Any]] = {**REFUSALS, **files.LABELS}
    constraint_fields: ClassVar[Mapping[str, tuple[str, str]]] = {
        "uq_accepted_code_uscc": ("uscc", "code_accepted_already"),
        "accepted_code.uscc": ("uscc", "code_accepted_already"),  # SQLite names the column
    }
    form_class = AcceptCodeForm
    form_sections = (("", ("uscc", "name", "evidence", "file", "confirmed")),)
    form_hints: ClassVar[Mapping[str, Any]] = {
        "uscc": _l("只接受末位校验不符的 18 位代码；核验通过后，录入和导入都不再报错。"),
        "file": _l("营业执照扫描件或登记机关证明，pdf、png 或 jpg，不超过 10 MB。"),
    }
    form_required = frozenset({"uscc", "name", "evidence", "file", "confirmed"})
    form_wide = frozenset({"evidence", "confirmed"})
    show_labels = CODE_HEADINGS
    show_sections = (
        (_l("核验"), ("uscc", "name", "evidence", "file", "person", "accepted_at")),
        (_l("撤销核验"), ("revoked_at", "revoke_reason")),
    )

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        valid, everything = len(queries.accepted_codes()), self.source.total(_criteria).number
        numbers = {"valid": valid, "revoked": everything - valid}
        return [(state, label, f"{numbers[state]:,}") for state, label in STATES.items()]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "uscc":
            return Cell(value, code=True)
        if name == "state":
            return Cell(STATES[value], dot=STATE_DOTS[value])
        return cells.cell(value)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return (Link(_("核验代码"), f"{BASE}/add", icon="plus", kind="primary"),)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if row.state == "revoked":
            return ()
        return (Link(_("撤销核验"), f"{BASE}/revoke/{row.pk}", kind="danger"),)

    def nothing_yet(self) -> Empty:
        text = _("执照属实而末位校验不符的代码，凭证明材料在此核验。")
        return Empty("nothing", _("还没有核验过代码"), text, self.list_acts(self.criteria({})))

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> AcceptedCode:
        return queries.accepted_code(pk)

    def show_status(self, item: Any) -> Cell:
        return self.cell("state", "revoked" if item.revoked_at else "valid", item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        if item.revoked_at is not None:
            return ()
        return (Link(_("撤销核验"), f"{BASE}/revoke/{item.id}", kind="danger"),)

    def fact(self, item: Any, name: str) -> Fact:
        wide = name in ("evidence", "revoke_reason")
        return Fact(CODE_HEADINGS[name], self.show_cell(item, name), wide=wide)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "file":
            url = f"/files/{item.file_key}" if item.file_key else ""
            return Cell(_("下载证明材料"), url=url) if url else Cell("")
        if name == "person":
            return Cell(queries.accepted_by(item.id))
        return self.cell(name, getattr(item, name), item)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name,
                action=ACTS[entry.action],
                note=entry.details.get("evidence") or entry.details.get("reason", ""),
            )
            for entry in trail.history("accepted_code", item.id)
        )

    # -- form ----------------------------------------------------------------------------------
    def create(self, actor: Any, values: dict[str, Any]) -> AcceptedCode:
        given = values["file"]
        return services.accept_code(
            actor,
            values["uscc"],
            evidence=values["evidence"],
            name=values["name"],
            file=services.Evidence(given.stream, given.filename),
        )

    @expose("/revoke/<pk:pk>", methods=["GET", "POST"])
    @guarded("revoke")
    def revoke(self, pk: int) -> Any:
        """Asks for the reason, then takes the acceptance back."""
        item = self.record(pk)
        form = RevokeCodeForm()

        def act() -> None:
            services.revoke_code(current_actor(), pk, reason=form.reason.data, now=clock.now())

        if asks := self.ask_then(self._revoke_page(form, item), act):
            return asks
        flash(_("“%(name)s”的核验已撤销。", name=item.uscc), "success")
        return self.go(f"{BASE}/show/{pk}")

    def _revoke_page(self, form: Any, item: AcceptedCode) -> FormPage:
        page = self._form_page(form, heading=_("撤销核验"), item=item)
        return replace(
            page,
            sections=(("", ("reason",)),),
            action=f"{BASE}/revoke/{item.id}",
            submit_label=_("撤销核验"),
            required=frozenset({"reason"}),
            notice=_("撤销后，该代码在录入和导入时重新报错；已登记的企业不受影响。"),
            draft_key="",
        )
