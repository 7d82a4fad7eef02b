"""异议处理: the cases of one's own park, or for the zone all of them; each with its log and acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import files
from app.extensions import db
from app.extensions.lists.criteria import Criteria, Rules
from app.extensions.phrases import items
from app.extensions.why import Why, stands_against
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.assessments.policy import JUDGE_VIEW
from app.features.assessments.queries import rounds
from app.features.objections import policy, queries, rules, services
from app.features.objections.forms import DecideForm, ReasonForm, WriteForm
from app.features.objections.labels import (
    ACT_WORDS,
    CONFIRM_WORDS,
    DONE_WORDS,
    HEADINGS,
    OUTCOME_WORDS,
    REFUSALS,
    STATE_DOTS,
    STATE_WORDS,
    TARGET_WORDS,
)
from app.features.objections.models import Objection
from app.features.objections.rules import Act, Side, State
from app.features.objections.views.columns import (
    FIELDS,
    FILTERS,
    HANDLER_FIELD,
    MINE,
    PARK,
    SOURCE,
)
from app.features.objections.views.filing import choose_again, uploads
from app.features.objections.views.telling import (
    corrected,
    draft_of,
    due_cell,
    indicators,
    log_of,
    marked,
    name_of,
    other_park,
    to_compare,
    told,
)
from app.features.parks import queries as parks
from app.features.rankings import queries as rankings
from app.transaction import transaction
from app.web import cells
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.forms import key_of
from app.web.listing.build import Field
from app.web.listing.page import Cell, Empty, Link
from app.web.viewing import not_while_looking
from app.web.why import by_role

BASE = "/desk/objections"
READERS = PARK_ROLES | {Role.operator, Role.reviewer}
FORMS: Mapping[Act, type[Any]] = {
    Act.refuse: ReasonForm,
    Act.recall: ReasonForm,
    Act.write: WriteForm,
    Act.decide: DecideForm,
}
files.kind(policy.FILE, policy.may_read_file)


class ObjectionView(RegisterView):
    """Cases; the zone's acts stand on each case's page."""

    datamodel = SQLAInterface(Objection)
    route_base = BASE
    class_permission_name = policy.VIEW
    tenant = Tenant.park
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": READERS,
        "can_show": READERS,
        "can_handle": frozenset({Role.operator, Role.reviewer}),
        "can_file": frozenset({Role.park_admin}),
    }
    extra_permissions = frozenset({"can_file", "can_handle"})
    fields = FIELDS
    filters = FILTERS
    source = SOURCE
    sorted_by = ("filed_at", "desc")
    tab_filter = "state"
    status_field = "state"
    name_field = "number"
    list_heading = _l("异议处理")
    section_label = _l("考核评估")
    unit_of = staticmethod(items)
    search_label = _l("异议编号或园区/基地名称")
    refusals: ClassVar[Mapping[str, Any]] = REFUSALS
    show_labels = HEADINGS
    show_sections = (
        (
            "",
            (
                *("number", "park", "round", "version", "target", "indicators", "other"),
                *("filed_at", "filed_by", "due_on", "handler", "review_of", "compare", "reason"),
            ),
        ),
        (_l("答复"), ("outcome", "answered_at", "corrected_in", "answer")),
    )

    # -- list ----------------------------------------------------------------------------------
    def list_rules(self) -> Rules:
        """What waits for oneself is asked of the zone's people alone."""
        known = super().list_rules()
        if current_actor().sees_all:
            return known
        return replace(known, filters=tuple(one for one in known.filters if one.name != MINE))

    def offered_fields(self) -> tuple[Field, ...]:
        number, *rest = self.fields
        return (number, PARK, *rest, HANDLER_FIELD) if current_actor().sees_all else self.fields

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        kept = queries.state_counts()
        return [(name, words, f"{kept.get(name, 0):,}") for name, words in STATE_WORDS.items()]

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name == "state":
            return Cell(str(STATE_WORDS[value]), dot=STATE_DOTS[value])
        if name == "outcome":
            return Cell(str(OUTCOME_WORDS[value]) if value else "")
        if name == "target":
            return Cell(str(TARGET_WORDS[value]))
        if name == "due_on":
            return due_cell(value, row.state)
        return cells.cell(value)

    def row_acts(self, _row: Any) -> tuple[Link, ...]:
        return ()

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        return ()

    def list_whys(self) -> tuple[Why, ...]:
        """A park's people object, those with the role; the zone answers."""
        actor = current_actor()
        act, right = (_("受理"), "can_handle") if actor.sees_all else (_("提出异议"), "can_file")
        return by_role(act, right, policy.VIEW)

    def nothing_yet(self) -> Empty:
        return Empty(
            "nothing",
            _("还没有异议"),
            _("公示期内，在“全园区/基地考核排名情况”页点击“提出异议”。"),
        )

    # -- one case ------------------------------------------------------------------------------
    def record(self, pk: int) -> Objection:
        return queries.get(pk)

    def record_name(self, item: Any) -> str:
        return str(item.number)

    def show_status(self, item: Any) -> Cell:
        return Cell(str(STATE_WORDS[item.state]), dot=STATE_DOTS[item.state])

    def show_cell(self, item: Any, name: str) -> Cell:
        texts: dict[str, Callable[[], str]] = {
            "park": lambda: parks.by_id(item.park_id).name,
            "round": lambda: rounds.get(item.round_id).name,
            "version": lambda: f"v{rankings.get(item.snapshot_id).number}",
            "target": lambda: str(TARGET_WORDS[item.target]),
            "indicators": lambda: indicators(item),
            "other": lambda: other_park(item),
            "filed_by": lambda: name_of(item.filed_by),
            "handler": lambda: name_of(item.handler_id) if current_actor().sees_all else "",
            "outcome": lambda: told(item, str(OUTCOME_WORDS.get(item.outcome or "", ""))),
            "answer": lambda: told(item, item.answer),
            "corrected_in": lambda: corrected(item),
        }
        if name == "due_on":
            return due_cell(item.due_on, item.state)
        if name == "compare":
            return Cell("", links=to_compare(item))
        if name == "review_of" and (key := item.review_of_id):
            return Cell(queries.get(key).number, url=self.url(f"show/{key}"))
        if name == "review_of":
            return Cell("")
        if name in texts:
            return Cell(texts[name]())
        return cells.cell(getattr(item, name))

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        """Those that need no words are asked once more; the others open their form."""
        may = _may(item)
        here = self.url(f"show/{item.id}")
        links = _to_correct(item)
        for act in (
            Act.withdraw,
            Act.refuse,
            Act.recall,
            Act.accept,
            Act.verify,
            Act.decide,
            Act.answer,
        ):
            if act not in may or act.value == _opened():
                continue
            label = str(ACT_WORDS[act.value])
            kind = (
                "danger"
                if act in (Act.withdraw, Act.refuse)
                else "primary"
                if act is may[-1]
                else "default"
            )
            if act in FORMS:
                links.append(Link(label, f"{here}?act={act.value}#act-form", kind=kind))
            else:
                words = str(CONFIRM_WORDS[act.value]) % {"number": item.number}
                links.append(
                    Link(
                        label,
                        f"{BASE}/act/{item.id}/{act.value}?seen={item.version}",
                        kind=kind,
                        post=True,
                        confirm=words,
                        confirm_label=label,
                    )
                )
        return tuple(links)

    def whys(self, item: Any) -> tuple[Why, ...]:
        """Acts of one's own side that cannot be now."""
        standing = services.standing_of(current_actor(), item)
        of_mine = {
            Side.park: Side.park in standing.sides,
            Side.either: bool(standing.sides),
        }
        mine = {
            act: ACT_WORDS[act.value]
            for act, step in rules.WORKFLOW.items()
            if of_mine.get(step.side, Side.zone in standing.sides)
        }
        return stands_against(
            mine,
            lambda act: rules.refusal(act, standing),
            REFUSALS,
            now=STATE_WORDS[item.state],
            fits=lambda act: (
                STATE_WORDS[one] for one in State if one in rules.WORKFLOW[act].origin
            ),
        )

    @expose("/show/<pk:pk>")
    @guarded("show")
    @not_while_looking
    def show(self, pk: int) -> Any:
        """The case with its log; ``act`` opens a form."""
        return self._case(self.record(pk), opened=_opened())

    def _case(self, item: Objection, *, opened: str = "", form: Any = None, kept: str = "") -> str:
        may = _may(item)
        act = next((one for one in FORMS if one.value == opened and one in may), None)
        drafted = {"answer": draft_of(item)} if act is Act.decide else {}
        shown = form if form is not None else FORMS[act](formdata=None, **drafted) if act else None
        if shown is not None:
            shown.version.data = str(item.version)
        all_said = Act.write in may and services.all_said(current_actor(), item)
        ask = Act.write in may and act is not Act.write and not all_said
        return self.render(
            "objections/show.html",
            # what happened stands below as 处理记录; there is no second tab of it
            page=replace(self.show_page(item, "facts"), notice=_barred(item), tabs=()),
            item=item,
            act=act.value if act else "",
            form=shown,
            writing=WriteForm(formdata=None) if ask else None,
            all_said=rules.MOST_WORDS if all_said else None,
            again_until=_ask_again_until(item),
            marked=marked(item),
            kept=kept,
            log=log_of(item),
            papers=queries.files_of(item.id),
            words=ACT_WORDS,
        )

    @expose("/act/<pk:pk>/<string:name>", methods=["POST"])
    @guarded("show")
    def act(self, pk: int, name: str) -> Any:
        """One act of the table; who may is decided there."""
        item = self.record(pk)
        if name not in {one.value for one in Act} | {"again"}:
            abort(404)
        form = FORMS[Act(name)]() if name in {one.value for one in FORMS} else WriteForm()
        seen = request.args.get("seen") or form.version.data or ""
        number = key_of(seen) or 0
        try:
            with transaction():
                found = _do(name, pk, form, number)
        except Refusal as refusal:
            return self._refused(item.id, name, form, refusal)
        flash(str(DONE_WORDS[name]) % {"number": found.number}, "success")
        return self.go(self.url(f"show/{found.id}"))

    def _refused(self, pk: int, name: str, form: Any, refusal: Refusal) -> Any:
        """The page as it is now, with what was typed in its form, or beside the page."""
        self.put_errors(form, refusal)
        choose_again(form)
        db.session.expire_all()
        item = self.record(pk)
        if name in {one.value for one in _may(item)} and name in {one.value for one in FORMS}:
            return self._case(item, opened=name, form=form), 400
        flash(self.words_of(refusal.code, refusal.params), "danger")
        typed = [getattr(form, one).data for one in ("text", "reason", "answer") if one in form]
        return self._case(item, kept=next(filter(None, typed), "")), 409


def _opened() -> str:
    """The act whose form stands on the page: asked for, or sent and refused."""
    return request.args.get("act") or str((request.view_args or {}).get("name", ""))


def _do(name: str, pk: int, form: Any, seen: int) -> Objection:
    actor, now = current_actor(), clock.now()
    if name == "again":
        given = uploads(form.files.data)
        return services.again(actor, pk, form.text.data or "", given, now=now)
    act = Act(name)
    if act is Act.write:
        given = uploads(form.files.data)
        return services.write(actor, pk, form.text.data or "", given, now=now)
    if act is Act.decide:
        outcome, answer = form.outcome.data or "", form.answer.data or ""
        return services.decide(actor, pk, outcome, answer, seen=seen, now=now)
    if act in (Act.refuse, Act.recall):
        verb = services.refuse if act is Act.refuse else services.recall
        return verb(actor, pk, form.reason.data or "", seen=seen, now=now)
    plain = {
        Act.withdraw: services.withdraw,
        Act.accept: services.accept,
        Act.verify: services.verify,
        Act.answer: services.answer,
    }
    return plain[act](actor, pk, seen=seen, now=now)


def _may(item: Objection) -> tuple[Act, ...]:
    return rules.allowed(services.standing_of(current_actor(), item))


def _barred(item: Objection) -> Any:
    """Why somebody of the zone only reads an open case; "": they take part."""
    code = rules.barred(services.standing_of(current_actor(), item))
    return REFUSALS[code] if code and State(item.state) in rules.OPEN else ""


def _to_correct(item: Objection) -> list[Link]:
    """Of an upheld case that waits for its correction: to the filing, for whoever judges."""
    actor = current_actor()
    waits = item.id in {one.id for one in queries.to_correct(item.round_id)}
    filing = queries.filing_of(item) if waits and actor.can("can_show", JUDGE_VIEW) else None
    if filing is None:
        return []
    return [Link(_("重新审核"), f"/desk/filing-reviews/show/{filing}", icon="report-search")]


def _ask_again_until(item: Objection) -> date | None:
    """申请复核: of an answered case, once, until this day; ``None``: not now, or not this person."""
    found, now = rounds.get(item.round_id), clock.now()
    may = policy.may_file(current_actor(), item.park_id)
    if not may or services.against_again(item, found, now=now) is not None:
        return None
    return services.again_until(item, found)
