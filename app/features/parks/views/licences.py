"""企业认证审核: claims by licence, examined by 审核员 or 平台运营."""

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

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import files
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items, remarked
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.parks import policy, queries, services
from app.features.parks.forms import RefuseClaimForm
from app.features.parks.labels import (
    CLAIM_DOTS,
    CLAIM_HEADINGS,
    CLAIM_WORDS,
    REFUSALS,
    SOURCE_WORDS,
)
from app.features.parks.models import LicenceClaim
from app.features.parks.views.shared import ZoneRegister
from app.transaction import transaction
from app.web import cells
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, FormPage, Link

BASE = "/desk/certifications"
EXAMINERS = frozenset({Role.reviewer, Role.operator})
PERSON = (
    sa.select(accounts.FULL_NAME)
    .where(User.id == LicenceClaim.user_id)
    .correlate(LicenceClaim)
    .scalar_subquery()
)

files.kind(services.LICENCE_KIND, policy.may_read_licence)


def claims_card(actor: Actor) -> dict[str, Any] | None:
    """待审核的企业认证 on the 工作台."""
    if not actor.can("can_list", policy.CLAIMS):
        return None
    number = queries.claim_counts().get("pending", 0)
    return {
        "label": _("待审核的企业认证"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{BASE}/list/?state=pending",
    }


class LicenceClaimView(ZoneRegister):
    """Claims: seen, passed or refused; never edited."""

    datamodel = SQLAInterface(LicenceClaim)
    route_base = BASE
    class_permission_name = policy.CLAIMS
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": EXAMINERS for name in ("list", "show", "pass", "refuse")
    }
    trail_type = "licence_claim"
    fields = (
        Field("name", CLAIM_HEADINGS["name"], frozen=True),
        Field("uscc", CLAIM_HEADINGS["uscc"]),
        Field("person", CLAIM_HEADINGS["person"], sortable=False),
        Field("created_at", CLAIM_HEADINGS["created_at"]),
        Field("decided_at", CLAIM_HEADINGS["decided_at"]),
        Field("state", CLAIM_HEADINGS["state"], sortable=False),
    )
    filters = (
        ChoiceFilter(
            "state",
            CLAIM_HEADINGS["state"],
            LicenceClaim.state,
            options=tuple(CLAIM_WORDS.items()),
        ),
    )
    source = ListSource(
        LicenceClaim,
        {
            **{n: getattr(LicenceClaim, n) for n in ("name", "uscc", "created_at", "decided_at")},
            "person": PERSON,
            "state": LicenceClaim.state,
        },
        search=(LicenceClaim.name, LicenceClaim.uscc),
    )
    sorted_by = ("created_at", "asc")
    status_field = "state"
    tab_filter = "state"
    list_heading = _l("企业认证审核")
    section_label = _l("平台管理")
    unit_of = staticmethod(items)
    search_label = _l("统一社会信用代码或企业名称")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels = CLAIM_HEADINGS
    show_sections = (
        (
            _l("营业执照"),
            ("name", "uscc", "legal_representative", "file", "known", "registered_address"),
        ),
        (_l("申请与审核"), ("person", "created_at", "decider", "decided_at", "reason")),
    )

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = queries.claim_counts()
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in CLAIM_WORDS.items()]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "state":
            return Cell(CLAIM_WORDS[value], dot=CLAIM_DOTS[value])
        return Cell(value, code=True) if name == "uscc" else cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return ()

    def nothing_yet(self) -> Empty:
        return Empty("nothing", _("还没有申请"), _("用户上传营业执照后在此审核。"))

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> LicenceClaim:
        return queries.claim(pk)

    def show_status(self, item: Any) -> Cell:
        return self.cell("state", item.state, item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        if item.state != "pending" or policy.deciding(current_actor(), item.user_id):
            return ()
        words = _("确定通过“%(name)s”的认证吗？通过后该账号可维护这家企业的信息。", name=item.name)
        return (
            Link(_("不予通过"), f"{BASE}/refuse/{item.id}", kind="danger"),
            Link(
                _("通过"),
                f"{BASE}/pass/{item.id}",
                icon="circle-check",
                kind="primary",
                post=True,
                confirm=words,
                confirm_label=_("通过"),
            ),
        )

    def fact(self, item: Any, name: str) -> Fact:
        wide = name in ("registered_address", "reason")
        return Fact(CLAIM_HEADINGS[name], self.show_cell(item, name), wide=wide)

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "file":
            kept = files.is_kept(item.file_key)
            return Cell(_("下载营业执照"), url=f"/files/{item.file_key}") if kept else Cell("")
        if name in ("person", "decider"):
            user_id = item.user_id if name == "person" else item.decided_by
            return Cell(accounts.account(user_id).name if user_id else "")
        if name == "known":
            return Cell(self._known(item))
        return self.cell(name, getattr(item, name), item)

    def _known(self, item: Any) -> str:
        """What is certified of the company already: 海易办's word stands above a licence."""
        found = queries.organisation_with_code(item.uscc)
        if found is None or found.certified_at is None:
            return ""
        return remarked(found.name, SOURCE_WORDS.get(found.source, found.source))

    @expose("/pass/<pk:pk>", methods=["POST"])
    @guarded("pass")
    def approve(self, pk: int) -> Any:
        """通过."""
        item = self.record(pk)
        try:
            with transaction():
                services.pass_claim(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        else:
            flash(_("“%(name)s”的认证已通过。", name=item.name), "success")
        return self.go(f"{BASE}/show/{pk}")

    @expose("/refuse/<pk:pk>", methods=["GET", "POST"])
    @guarded("refuse")
    def refuse(self, pk: int) -> Any:
        """不予通过: asks for the reason, which the person is shown."""
        item = self.record(pk)
        form = RefuseClaimForm()

        def act() -> None:
            services.refuse_claim(current_actor(), pk, reason=form.reason.data, now=clock.now())

        if asks := self.ask_then(self._refuse_page(form, item), act):
            return asks
        flash(_("“%(name)s”的认证不予通过，原因会告知申请人。", name=item.name), "success")
        return self.go(f"{BASE}/show/{pk}")

    form_class = RefuseClaimForm
    form_sections = (("", ("reason",)),)

    def _refuse_page(self, form: Any, item: LicenceClaim) -> FormPage:
        page = self._form_page(form, heading=_("不予通过"), item=item)
        return replace(
            page,
            action=f"{BASE}/refuse/{item.id}",
            submit_label=_("不予通过"),
            required=frozenset({"reason"}),
            wide=frozenset({"reason"}),
            draft_key="",
        )
