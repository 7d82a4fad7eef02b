"""重复企业: pairs that may be one enterprise, for 平台运营 only; found by a job, judged by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal
from app.core.values import replace
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter, MultiFilter, contains, starts_with
from app.extensions.phrases import clauses, listed, pairs
from app.features.enterprises import policy
from app.features.enterprises.labels.duplicates import (
    HEADINGS,
    PAIR_DOTS,
    PAIR_WORDS,
    PLACE_WORDS,
    REASON_WORDS,
    REFUSALS,
)
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import EnterprisePair
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules import search_text
from app.features.enterprises.services import pairs as deciding
from app.features.enterprises.views import access
from app.features.enterprises.views.compare import ComparePart
from app.features.parks.models import Park
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Link, ListPage

BASE = "/desk/enterprises/duplicates"
FIRST, SECOND = aliased(Enterprise), aliased(Enterprise)
ONE_PARK = FIRST.park_id == SECOND.park_id
PLACE = sa.case((ONE_PARK, "one"), else_="two")


def _park(of: Any) -> Any:
    return sa.select(Park.name).where(Park.id == of.park_id).correlate(of).scalar_subquery()


def _with_both(query: Any, _criteria: Criteria) -> Any:
    return query.join(FIRST, FIRST.id == EnterprisePair.first_id).join(
        SECOND, SECOND.id == EnterprisePair.second_id
    )


def _living(_criteria: Criteria) -> Sequence[Any]:
    """What was deleted or merged since the last look waits for nobody."""
    return FIRST.deleted_at.is_(None), SECOND.deleted_at.is_(None)


def _search(text: str) -> Any:
    folded = search_text(text)
    by_name = (contains(one.name_key, folded) for one in (FIRST, SECOND))
    by_code = (starts_with(one.uscc, folded.upper()) for one in (FIRST, SECOND))
    return sa.or_(*by_name, *by_code)


def duplicates_card(actor: Actor) -> dict[str, Any] | None:
    """待处理 on the 工作台 of 平台运营."""
    if not actor.can("can_list", policy.DUPLICATES):
        return None
    number = duplicates.open_pairs()
    return {
        "label": _("待处理的重复企业"),
        "value": f"{number:,}",
        "unit": pairs(number),
        "url": f"{BASE}/list/?state=open",
    }


class DuplicateView(ComparePart, RegisterView):
    """The list of pairs; a pair's own page lays the two records side by side."""

    datamodel = SQLAInterface(EnterprisePair)
    route_base = BASE
    class_permission_name = policy.DUPLICATES
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": access.ZONE for name in ("list", "show", "scan", "pair", "merge")
    }
    fields = (
        Field("first", HEADINGS["first"], frozen=True, sortable=False),
        Field("second", HEADINGS["second"], sortable=False),
        Field("reasons", HEADINGS["reasons"], sortable=False),
        Field("parks", HEADINGS["parks"], sortable=False, asked=False),
        Field("state", HEADINGS["state"], sortable=False, shown=False),
        Field("found_at", HEADINGS["found_at"], shown=False),
        Field("reason", HEADINGS["reason"], sortable=False, shown=False),
        Field("decided_at", HEADINGS["decided_at"], sortable=False, shown=False),
    )
    filters = (
        ChoiceFilter(
            "state", HEADINGS["state"], EnterprisePair.state, options=tuple(PAIR_WORDS.items())
        ),
        ChoiceFilter(
            "place", HEADINGS["place"], PLACE, promoted=True, options=tuple(PLACE_WORDS.items())
        ),
        MultiFilter(
            "reasons",
            HEADINGS["reasons"],
            EnterprisePair.reasons,
            promoted=True,
            options=tuple(REASON_WORDS.items()),
            members=True,
        ),
    )
    source = ListSource(
        EnterprisePair,
        {
            "first": FIRST.name,
            "second": SECOND.name,
            "parks": _park(FIRST),
            "other_park": _park(SECOND),
            "reasons": EnterprisePair.reasons,
            "state": EnterprisePair.state,
            "score": EnterprisePair.score,
            "found_at": EnterprisePair.found_at,
            "reason": EnterprisePair.reason,
            "decided_at": EnterprisePair.decided_at,
        },
        search=_search,
        joins=_with_both,
        where=_living,
    )
    sorted_by = ("score", "desc")
    name_field = "first"
    status_field = "state"
    tab_filter = "state"
    list_heading = _l("重复企业")
    section_label = _l("平台管理")
    unit_of = staticmethod(pairs)
    search_label = _l("企业名称、拼音或信用代码")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS

    def list_page(self, criteria: Criteria) -> ListPage:
        return replace(super().list_page(criteria), notice=_freshness())

    def tab_counts(self, criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        def number(state: str) -> str:
            values = {"state": state}
            return str(self.source.count(Criteria(criteria.rules, values=values)))

        return [(state, label, number(state)) for state, label in PAIR_WORDS.items()]

    def extra_columns(self) -> tuple[str, ...]:
        return ("other_park", "second")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "state":
            return Cell(PAIR_WORDS[value], dot=PAIR_DOTS[value])
        if name == "parks":
            return Cell(value if value == row.other_park else listed((value, row.other_park)))
        if name == "reasons":
            more = _("另 %(number)s 项", number=len(value) - 1) if len(value) > 1 else ""
            return Cell(REASON_WORDS[value[0]], muted=more)
        return cells.cell(value)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        acts = [Link(_("合并记录"), "/desk/enterprises/merges/list/", icon="history")]
        busy = duplicates.scan_running() is not None
        hint = str(REFUSALS["scan_running"]) if busy else ""
        look = Link(_("重新查找"), f"{BASE}/scan", icon="refresh", kind="primary", post=True)
        return (*acts, replace(look, disabled=busy, hint=hint))

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        return (Link(_("比较"), self.url(f"show/{row.pk}"), kind="link"),)

    def nothing_yet(self) -> Empty:
        acts = self.list_acts(self.criteria({}))[1:]
        if duplicates.last_scan() is None:
            text = _("在全部园区中查找信用代码或名称相同、相近的企业。")
            return Empty("nothing", _("还没有查找过"), text, acts)
        text = _("上次查找没有发现疑似重复的企业。企业有新增或修改后，可以重新查找。")
        return Empty("nothing", _("没有疑似重复的企业"), text, acts)

    # -- acts ----------------------------------------------------------------------------------
    @expose("/scan", methods=["POST"])
    @guarded("scan")
    def scan(self) -> Any:
        """查找 as a job; one that is under way is not asked for twice."""
        from app.features.enterprises import tasks  # noqa: PLC0415 - tasks and views share a layer

        with transaction():
            tasks.enqueue_scan(current_actor())
        flash(_("已开始查找，完成后刷新本页查看。"), "info")
        return self.go(f"{BASE}/list/?state=open")

    @expose("/apart/<pk:pk>", methods=["POST"])
    @guarded("pair")
    def apart(self, pk: int) -> Any:
        """不是重复, and why."""
        return self._decide(pk, "apart", _("已标为“不是重复”，今后查找不再列为待处理。"))

    @expose("/link/<pk:pk>", methods=["POST"])
    @guarded("pair")
    def link(self, pk: int) -> Any:
        """同一企业 in two parks, and upon what."""
        return self._decide(pk, "linked", _("已标为“同一企业”，仅平台可见。"))

    def _decide(self, pk: int, state: str, said: str) -> Any:
        reason = request.form.get("reason", "")
        try:
            with transaction():
                deciding.decide(current_actor(), pk, state, reason=reason, now=clock.now())
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return self.go(self._after(pk))
        flash(said, "success")
        return self.go(f"{BASE}/list/?state=open")

    @expose("/reopen/<pk:pk>", methods=["POST"])
    @guarded("pair")
    def reopen(self, pk: int) -> Any:
        """Take back what was said of the pair."""
        try:
            with transaction():
                deciding.take_back(current_actor(), pk)
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        else:
            flash(_("已重新列为待处理。"), "success")
        return self.go(self._after(pk))


def _freshness() -> str:
    """How old the list is, and over how much it looked."""
    if duplicates.scan_running() is not None:
        return str(REFUSALS["scan_running"])
    scan = duplicates.last_scan()
    if scan is None:
        return ""
    told = _(
        "上次查找：%(at)s，比较了 %(records)s 家在册企业，发现 %(found)s 对。其后新增或修改的企业要重新查找才会列出",
        at=cells.words(scan.at),
        records=f"{scan.records:,}",
        found=f"{scan.pairs:,}",
    )
    more = [_("疑似重复过多，只保留了最可能的部分，处理后请重新查找")] if scan.capped else []
    return clauses([told, *more])
