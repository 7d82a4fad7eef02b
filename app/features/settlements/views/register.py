"""入驻申请处理: the list with its funnel, and the page of one application."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.phones import mask_email, mask_phone
from app.core.values import replace
from app.engines import calendar, documents, files, trail
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import items, labelled, remarked
from app.extensions.why import Why, stands_against
from app.features.accounts.rules import Role
from app.features.parks import queries as parks
from app.features.settlements import policy, queries, services
from app.features.settlements.labels import (
    ACT_WORDS,
    ACTS,
    FOCUS_WORDS,
    HEADINGS,
    REASON_WORDS,
    REFUSALS,
    STATE_WORDS,
)
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import WORKFLOW, Act, Side, State, refusal
from app.features.settlements.views import source as shown
from app.features.settlements.views.handling import HandlingPart
from app.transaction import transaction
from app.web import cells, why
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, HistoryItem, Link, ShowPage

BASE = "/desk/settlements"
#: Parks handle; the zone reads (product.md: a data clerk works in the register only).
READERS = frozenset({Role.park_admin, Role.operator, Role.reviewer})
HANDLERS = frozenset({Role.park_admin})
REVEALERS = frozenset({Role.park_admin, Role.operator})

#: Told only once there is something to tell.
LATER = (
    *("waited", "decided_at", "landed_on", "enterprise", "proven_at", "reason", "moved_to"),
    "consent",
)

files.kind(policy.APPLICANT_FILE, policy.may_read_file)
files.kind(policy.CONTRACT_FILE, policy.may_read_contract)


class SettlementView(HandlingPart):
    """Applications of the own park; the zone sees all of them."""

    datamodel = SQLAInterface(SettlementApplication)
    route_base = BASE
    class_permission_name = policy.VIEW
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": READERS,
        "can_show": READERS,
        "can_handle": HANDLERS,
        "can_personal": REVEALERS,
    }
    extra_permissions = frozenset({"can_personal"})
    fields = shown.FIELDS
    filters = shown.FILTERS
    source = shown.SettlementSource()
    sorted_by = ("submitted_at", "desc")
    tab_filter = "state"
    status_field = "state"
    name_field = "contact_name"
    list_heading = _l("入驻申请处理")
    section_label = _l("园区服务")
    unit_of = staticmethod(items)
    search_label = _l("申请人、企业名称、信用代码或受理编号")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels = HEADINGS
    show_sections = (
        (
            _l("申请人"),
            (
                *("contact_name", "contact_phone", "email", "company", "uscc"),
                *("roles", "modes", "goods", "markets"),
            ),
        ),
        (
            _l("入驻需求"),
            (
                *("office_area", "warehouse_area", "budget", "expected_on", "staff_count"),
                *("expected_value", "needs", "message"),
            ),
        ),
        (
            _l("办理情况"),
            (
                *("number", "submitted_at", "waited", "due_on", "contacted_at", "handler"),
                *("decided_at", "landed_on", "enterprise", "proven_at", "reason", "moved_to"),
                "consent",
            ),
        ),
    )

    # -- list ----------------------------------------------------------------------------------
    def sees_personal(self) -> bool:
        return policy.personal(current_actor())

    def offered_fields(self) -> tuple[Field, ...]:
        """The park is a column for those only who see several."""
        if not current_actor().sees_all:
            return self.fields
        name, company, *rest = self.fields
        return (name, shown.PARK, company, *rest)

    def list_rules(self) -> Rules:
        names = tuple(one.name for one in self.fields if one.sortable)
        filters = shown.ZONE_FILTERS if current_actor().sees_all else self.filters
        return Rules(filters, names, self.sorted_by)

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = queries.state_counts()
        words = STATE_WORDS
        return [(name, label, f"{kept.get(name, 0):,}") for name, label in words.items()]

    def extra_columns(self) -> tuple[str, ...]:
        more = ("contact_phone", "preparing", "company", "submitted_at", "due_on")
        return (*more, "contacted_at", "decided_at", "proven_at")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        """In the list the day says enough."""
        if name in ("submitted_at", "decided_at") and value is not None:
            return Cell(cells.words(calendar.local(value)))
        return shown.value(name, value, row)

    def row(self, found: Any, names: Sequence[str]) -> Any:
        """The row is called by the name as this person may see it."""
        return replace(super().row(found, names), name=shown.person(found.contact_name))

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return ()

    def list_whys(self) -> tuple[Why, ...]:
        """Parks handle applications, of their people those with the role."""
        if current_actor().sees_all:
            return (Why(str(_("办理")), str(_("由园区/基地自行办理，平台只查看。"))),)
        return why.by_role(_("办理"), "can_handle", policy.VIEW)

    def nothing_yet(self) -> Empty:
        return Empty(
            "nothing",
            _("还没有入驻申请"),
            _("企业在园区页面点击“申请入驻”提交后，会出现在这里。"),
        )

    def render_page(self, template: str, page: Any) -> str:
        if template.endswith("/list.html"):
            return self.render("settlements/list.html", page=page, funnel=self._funnel())
        return super().render_page(template, page)

    def _funnel(self) -> tuple[tuple[Any, str, str, str], ...]:
        """``(words, number, address of exactly these, share of all)``."""
        counts = queries.funnel_counts(clock.today())
        told = (
            ("all", _("收到申请"), ""),
            ("contacted", FOCUS_WORDS["contacted"], "?focus=contacted"),
            ("landed", STATE_WORDS["landed"], "?state=landed"),
            ("overdue", FOCUS_WORDS["overdue"], "?focus=overdue"),
            ("unproven", FOCUS_WORDS["unproven"], "?focus=unproven"),
        )
        every = counts["all"]
        return tuple(
            (
                words,
                f"{counts[name]:,}",
                f"{BASE}/list/{query}",
                f"{round(100 * counts[name] / every)}%"
                if every and name in ("contacted", "landed")
                else "",
            )
            for name, words, query in told
        )

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> SettlementApplication:
        return queries.get(pk)

    def record_name(self, item: Any) -> str:
        return shown.person(item.contact_name)

    def subtitle(self, item: Any) -> str:
        """The company, and for who sees all parks the park."""
        if not current_actor().sees_all:
            return shown.company(item)
        return remarked(shown.company(item), parks.by_id(item.park_id).name)

    def show_status(self, item: Any) -> Cell:
        return shown.state(item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        """Each opens its dialog; the likely next act stands last."""
        words = {
            Act.reopen: (_("重新打开"), "default"),
            Act.move: (_("转其他园区"), "default"),
            Act.decline: (_("未落地"), "danger"),
            Act.land: (_("已落地"), "primary"),
        }
        may = policy.acts(current_actor(), item)
        return tuple(
            Link(label, self.url(f"show/{item.id}", f"act={act.value}"), kind=kind)
            for act, (label, kind) in words.items()
            if act in may
        )

    def whys(self, item: Any) -> tuple[Why, ...]:
        """What the park cannot do now; the zone reads only, a clerk without the right asks for it."""
        standing = policy.standing(current_actor(), item)
        if Side.park not in standing.sides:
            return self.list_whys()
        mine = {act: ACT_WORDS[act] for act, step in WORKFLOW.items() if step.side is Side.park}
        return stands_against(
            mine,
            lambda act: refusal(act, standing),
            REFUSALS,
            now=STATE_WORDS[item.state],
            fits=lambda act: (STATE_WORDS[one] for one in State if one in WORKFLOW[act].origin),
        )

    def show_page(self, item: Any, tab: str) -> ShowPage:
        """Without what this application has not come to."""
        page = super().show_page(item, tab)
        later = {HEADINGS[name] for name in LATER}
        return replace(
            page,
            sections=tuple(
                (title, tuple(one for one in facts if one.value.text or one.label not in later))
                for title, facts in page.sections
            ),
        )

    def fact(self, item: Any, name: str) -> Fact:
        label = HEADINGS[name]
        if name in ("contact_phone", "email"):
            return self._hidden(item, name)
        if name in ("office_area", "warehouse_area", "budget", "expected_value"):
            unit = "㎡" if name.endswith("area") else str(_("万元"))
            found = cells.words(getattr(item, name))
            return Fact(label, Cell(f"{found} {unit}" if found else ""))
        return Fact(label, self.show_cell(item, name), wide=name in ("message", "reason"))

    def _hidden(self, item: Any, name: str) -> Fact:
        found = getattr(item, name)
        mask = mask_phone if name == "contact_phone" else mask_email
        may = found and policy.personal(current_actor())
        return Fact(
            HEADINGS[name],
            Cell(mask(found) if found else ""),
            reveal_url=self.url(f"reveal/{item.id}/{name}") if may else "",
        )

    def show_cell(self, item: Any, name: str) -> Cell:
        told: dict[str, Callable[[], str]] = {
            "handler": lambda: queries.person(item.handler_id),
            "contact_name": lambda: shown.person(item.contact_name),
            "reason": lambda: _reason(item),
            "moved_to": lambda: queries.park_names([item.moved_to_id]).get(item.moved_to_id, ""),
            "consent": lambda: _consent(item),
            "message": lambda: item.message if policy.personal(current_actor()) else "",
        }
        if name in told:
            return Cell(told[name]())
        if name == "enterprise":
            return _enterprise(item)
        if name == "proven_at" and item.state == "landed" and item.proven_at is None:
            return Cell(FOCUS_WORDS["unproven"], dot="warning")
        return shown.value(name, getattr(item, name, None), item)

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return _history(item, None)

    def looks(self, item: Any) -> tuple[HistoryItem, ...]:
        """For those who may look themselves."""
        return _history(item, trail.LOOKS) if policy.personal(current_actor()) else ()

    @expose("/reveal/<pk:pk>/<string:name>", methods=["POST"])
    @guarded("show")
    def reveal(self, pk: int, name: str) -> Any:
        """Show a masked value once, in the answer itself; the reveal is recorded."""
        with transaction():
            value = services.reveal(current_actor(), pk, name)
        page = self.show_page(self.record(pk), "facts")
        sections = tuple(
            (
                title,
                tuple(
                    replace(fact, value=Cell(value), reveal_url="")
                    if fact.reveal_url.partition("?")[0].endswith(f"/{name}")
                    else fact
                    for fact in facts
                ),
            )
            for title, facts in page.sections
        )
        return self.record_page(self.record(pk), replace(page, sections=sections))

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> Any:
        """The application, its log and files; ``act`` opens the dialog of an act."""
        item = self.record(pk)
        tab = "history" if request.args.get("tab") == "history" else "facts"
        return self.record_page(item, self.show_page(item, tab), opened=request.args.get("act", ""))


def _reason(item: Any) -> str:
    if not item.reason_code:
        return ""
    words = str(REASON_WORDS[item.reason_code])
    return labelled(words, item.reason) if item.reason else words


def _consent(item: Any) -> str:
    if item.document_id is None or item.agreed_at is None:
        return ""
    document = documents.get(item.document_id)
    return remarked(str(document), cells.words(item.agreed_at))


def _enterprise(item: Any) -> Cell:
    name = queries.enterprise_name(item.enterprise_id)
    may = name and current_actor().can("can_show", "EnterpriseView")
    return Cell(name, url=f"/desk/enterprises/show/{item.enterprise_id}" if may else "")


def _history(item: Any, only: Any) -> tuple[HistoryItem, ...]:
    entries = trail.history("settlement_application", item.id, **({"only": only} if only else {}))
    return tuple(
        HistoryItem(
            at=entry.at,
            actor=entry.actor_name or str(_("申请人")),
            action=ACTS.get(entry.action, entry.action),
            note=HEADINGS.get(entry.details.get("field", ""), ""),
        )
        for entry in entries
    )
