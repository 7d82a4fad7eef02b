"""迁园: what is asked of whom and where it stands; the form, the answers, undoing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, g, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.core.values import replace
from app.engines import trail
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items
from app.features.enterprises import policy, queries
from app.features.enterprises.forms import EnterpriseMoveForm
from app.features.enterprises.labels.moves import (
    MOVE_ACTS,
    MOVE_DOTS,
    MOVE_HEADINGS,
    MOVE_REFUSALS,
    MOVE_WORDS,
)
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.queries import moves
from app.features.enterprises.rules.moves import Act, State, may
from app.features.enterprises.services import moves as services
from app.features.enterprises.views import access
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.board import Number, Todo
from app.web.forms import key_of
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Fact, FormPage, HistoryItem, Link

BASE = "/desk/enterprises/moves"
PARKS = frozenset({"from_park_id", "to_park_id"})
ACTS = {Act.consent: services.consent, Act.take_back: services.take_back}


def move_todos(actor: Actor) -> list[Todo]:
    """On the 工作台: moves that wait for this park's answer."""
    own = actor.acting_park_id
    if actor.sees_all or own is None or not actor.can("can_decide", policy.MOVES):
        return []
    waiting = moves.waiting_for(own)
    if not waiting:
        return []
    url = f"{BASE}/show/{waiting[0].id}" if len(waiting) == 1 else f"{BASE}/list/?state=asked"
    return [
        Todo(
            _("迁园"),
            _("等待本园区同意的迁园"),
            _("答复"),
            url,
            number=Number(len(waiting), url),
            since=waiting[0].asked_at,
        )
    ]


class EnterpriseMoveView(RegisterView):
    """Moves of the own park, or of all for the zone."""

    datamodel = SQLAInterface(EnterpriseMove)
    route_base = BASE
    class_permission_name = policy.MOVES
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        **{f"can_{name}": access.KEEPERS for name in ("list", "show", "add", "decide")},
        "can_revoke": access.ZONE,
    }
    fields = (
        Field("name", MOVE_HEADINGS["name"], frozen=True),
        Field("uscc", MOVE_HEADINGS["uscc"]),
        Field("from_park_id", MOVE_HEADINGS["from_park_id"], sortable=False),
        Field("to_park_id", MOVE_HEADINGS["to_park_id"], sortable=False),
        Field("asked_at", MOVE_HEADINGS["asked_at"]),
        Field("state", MOVE_HEADINGS["state"], sortable=False),
    )
    filters = (
        ChoiceFilter(
            "state",
            MOVE_HEADINGS["state"],
            EnterpriseMove.state,
            options=tuple(MOVE_WORDS.items()),
        ),
    )
    source = ListSource(
        EnterpriseMove,
        {
            name: getattr(EnterpriseMove, name)
            for name in ("name", "uscc", "from_park_id", "to_park_id", "asked_at", "state")
        },
        search=(EnterpriseMove.name, EnterpriseMove.uscc),
        where=lambda _criteria: (moves.in_reach(),),
    )
    sorted_by = ("asked_at", "desc")
    tab_filter = "state"
    status_field = "state"
    list_heading = _l("迁园")
    section_label = _l("园区服务")
    unit_of = staticmethod(items)
    search_label = _l("统一社会信用代码或企业名称")
    add_heading = _l("申请迁园")
    refusals: ClassVar[Mapping[str, Any]] = MOVE_REFUSALS
    form_sections = (
        ("", ("uscc", "name", "from_park_id", "to_park_id", "effective_on", "reason")),
    )
    form_hints: ClassVar[Mapping[str, Any]] = {
        "uscc": _l("迁出方须有该代码的在册企业；对方是否有这家企业，答复前不会告知。"),
        "effective_on": _l("不填则在对方同意时立即生效；最远 180 天内。"),
    }
    form_required = frozenset({"uscc", "name", "from_park_id", "to_park_id", "reason"})
    form_wide = frozenset({"reason"})
    show_labels = MOVE_HEADINGS
    show_sections = (
        (
            _l("申请内容"),
            (
                "uscc",
                "from_park_id",
                "to_park_id",
                "effective_on",
                "asked_by",
                "asked_at",
                "reason",
            ),
        ),
        (_l("答复"), ("from_ok_at", "to_ok_at", "done_at", "record", "answer")),
    )

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = moves.state_counts()
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in MOVE_WORDS.items()]

    @staticmethod
    def names() -> dict[int, str]:
        """Names of the parks, read once per page."""
        if "move_parks" not in g:
            g.move_parks = moves.park_names()
        found: dict[int, str] = g.move_parks
        return found

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "state":
            return Cell(MOVE_WORDS[value], dot=MOVE_DOTS[value])
        if name in PARKS:
            return Cell(self.names().get(value, ""))
        return Cell(value, code=True) if name == "uscc" else cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return (Link(_("申请迁园"), f"{BASE}/add", icon="plus", kind="primary"),)

    def nothing_yet(self) -> Empty:
        text = _("企业从一个园区/基地迁到另一个，由一方申请，对方同意后生效。")
        return Empty("nothing", _("还没有迁园申请"), text, self.list_acts(self.criteria({})))

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> EnterpriseMove:
        return moves.get(pk)

    def show_status(self, item: Any) -> Cell:
        return self.cell("state", item.state, item)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        sides = policy.sides(current_actor(), item)
        state, names = State(item.state), self.names()
        said = {"name": item.name, "to": names[item.to_park_id]}
        links = {
            Act.take_back: (_("撤回"), _("确定撤回“%(name)s”的迁园申请吗？撤回后可以重新申请。", name=item.name)),
            Act.decline: (_("不同意"), _("确定不同意“%(name)s”迁园吗？申请方会看到原因。", name=item.name)),
            Act.consent: (_("同意"), _("确定同意“%(name)s”迁入“%(to)s”吗？生效后原档案只能查看。", **said)),
            Act.undo: (_("撤销迁园"), _("确定撤销“%(name)s”的迁园吗？迁入方的档案会移除。", name=item.name)),
        }  # fmt: skip
        return tuple(
            Link(
                label,
                f"{BASE}/act/{item.id}/{act}/{item.version}"
                if act is not Act.undo
                else f"{BASE}/undo/{item.id}/{item.version}",
                kind="primary" if act is Act.consent else "danger",
                post=True,
                confirm=words,
                confirm_label=label,
                ask=_("原因") if act in (Act.decline, Act.undo) else "",
            )
            for act, (label, words) in links.items()
            if may(act, state, sides)
        )

    def fact(self, item: Any, name: str) -> Fact:
        return Fact(
            MOVE_HEADINGS[name], self.show_cell(item, name), wide=name in ("reason", "answer")
        )

    def show_cell(self, item: Any, name: str) -> Cell:
        if name == "asked_by":
            own = item.asked_by_park_id
            return Cell(self.names().get(own, "") if own else _("平台运营"))
        if name == "record":
            return self._record(item)
        return self.cell(name, getattr(item, name), item)

    @staticmethod
    def _record(item: EnterpriseMove) -> Cell:
        """The records that this reader may open: each park its own, the zone both."""
        links = []
        for key in (item.enterprise_id, item.new_id if item.state == State.done else None):
            try:
                found = queries.get(key) if key else None
            except NotFound:
                continue
            if found is not None:
                links.append((found.name, f"/desk/enterprises/show/{found.id}"))
        return Cell("", links=tuple(links))

    def past(self, item: Any) -> tuple[HistoryItem, ...]:
        return tuple(
            HistoryItem(
                at=entry.at,
                actor=entry.actor_name if self._ours(entry) else "",
                action=MOVE_ACTS[entry.action],
                note=entry.details.get("reason", ""),
            )
            for entry in trail.history("enterprise_move", item.id)
        )

    @staticmethod
    def _ours(entry: Any) -> bool:
        """People are named to their own park and to the zone."""
        actor = current_actor()
        return actor.sees_all or entry.park_id == actor.acting_park_id

    # -- acts ----------------------------------------------------------------------------------
    @expose("/act/<pk:pk>/<string:name>/<pk:seen>", methods=["POST"])
    @guarded("decide")
    def act(self, pk: int, name: str, seen: int) -> Any:
        """同意, 不同意, 撤回."""
        moves.get(pk)
        reason, now = request.form.get("reason", ""), clock.now()
        if name == Act.decline:
            return self._done(
                pk, lambda one: services.decline(one, pk, reason=reason, seen=seen, now=now)
            )
        if name not in (Act.consent, Act.take_back):
            raise NotFound(name)
        return self._done(pk, lambda one: ACTS[Act(name)](one, pk, seen=seen, now=now))

    @expose("/undo/<pk:pk>/<pk:seen>", methods=["POST"])
    @guarded("revoke")
    def undo(self, pk: int, seen: int) -> Any:
        """撤销迁园, for 30 days."""
        reason, now = request.form.get("reason", ""), clock.now()
        return self._done(pk, lambda one: services.undo(one, pk, reason=reason, seen=seen, now=now))

    def _done(self, pk: int, act: Any) -> Any:
        try:
            with transaction():
                found = act(current_actor())
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        except Stale:
            flash(_("您打开后，它已有变化。请核对现在的内容再操作。"), "danger")
        else:
            flash(
                _("“%(name)s”：%(state)s。", name=found.name, state=MOVE_WORDS[found.state]),
                "success",
            )
        return self.go(f"{BASE}/show/{pk}")

    # -- form ----------------------------------------------------------------------------------
    def make_form(self, values: Mapping[str, Any] | None = None) -> EnterpriseMoveForm:
        return EnterpriseMoveForm(data=values, parks=moves.park_names(active=True))

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        page = super()._form_page(form, heading=heading, item=item)
        return replace(page, submit_label=_("提交申请"))

    def after_save(self, saved: Any) -> Any:
        flash(_("“%(name)s”的迁园申请已提交，等待答复。", name=saved.name), "success")
        return self.go(self.saved_address(saved.id))

    def initial_values(self) -> dict[str, Any]:
        """From a record's page: that record, out of its park, or back to it."""
        key = key_of(request.args.get("enterprise"))
        own = current_actor().acting_park_id
        if key is None:
            return {"from_park_id": str(own or "")}
        item = queries.get(key)
        given = {"uscc": item.uscc, "name": item.name, "from_park_id": str(item.park_id)}
        if item.moved_to is not None:
            went = (one.to_park_id for one in moves.of_record(item) if one.enterprise_id == item.id)
            given |= {"from_park_id": str(next(went, "")), "to_park_id": str(item.park_id)}
        return given

    def create(self, actor: Any, values: dict[str, Any]) -> EnterpriseMove:
        wish = services.Wish(
            uscc=values["uscc"] or "",
            name=values["name"] or "",
            from_park_id=key_of(values["from_park_id"]),
            to_park_id=key_of(values["to_park_id"]),
            reason=values["reason"] or "",
            effective_on=values["effective_on"],
        )
        return services.ask(actor, wish, now=clock.now())


def moved_facts(item: Any) -> tuple[Fact, ...]:
    """What a record's page says of where it went or came from; the zone gets the other record too."""
    if item.moved_to is None and item.moved_from is None:
        return ()
    names, sees_all = moves.park_names(), current_actor().sees_all
    facts = []
    for one in moves.of_record(item):
        gone = one.enterprise_id == item.id
        other = one.new_id if gone else one.enterprise_id
        park = names.get(one.to_park_id if gone else one.from_park_id, "")
        day = f"{one.done_at.astimezone(clock.SHANGHAI):%Y-%m-%d}" if one.done_at else ""
        label = _("已迁往") if gone else _("迁自")
        url = f"/desk/enterprises/show/{other}" if sees_all else ""
        facts.append(Fact(label, Cell(park, url=url, muted=day)))
    return tuple(facts)
