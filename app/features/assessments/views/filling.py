"""考核填报列表, and the form of one filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from flask import jsonify, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from msgspec import Struct

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines import calendar
from app.features.accounts.rules import PARK_ROLES, Role
from app.features.assessments import policy
from app.features.assessments.labels import PHASE_WORDS, STATE_WORDS
from app.features.assessments.labels.fill import FILING_DOTS
from app.features.assessments.labels.refusals import refusal_words
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import filings, rounds
from app.features.assessments.rules import estimate, form, progress
from app.features.assessments.rules.filing import Act, Phase, State, allowed
from app.features.assessments.services import submitting
from app.features.assessments.views.evidence import EvidencePart, given
from app.features.assessments.views.filling_check import CheckPart
from app.features.assessments.views.filling_items import seal
from app.features.assessments.views.filling_page import (
    Card,
    Filing,
    Section,
    deadline_of,
    name_of,
    plain,
)
from app.features.assessments.views.filling_receipt import ReceiptPart
from app.features.assessments.views.filling_typed import (
    Kept,
    Typed,
    keep,
    put_back,
    theirs_words,
    typed_of,
)
from app.features.assessments.views.filling_whatif import WhatIfPart
from app.features.assessments.views.workbook import WorkbookPart
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.viewing import not_while_looking

READERS = PARK_ROLES
BASE = "/desk/filings"


class Row(Struct, frozen=True):
    """A round in the list. ``act``: the manual's word for what can be done."""

    id: int
    name: str
    period: tuple[date, date]
    state: str
    dot: str
    phase: str
    deadline: date | None
    left: int | None
    filled: int
    asked: int
    act: str
    late: str
    absence: str
    template: bool


class FilingView(EvidencePart, CheckPart, ReceiptPart, WorkbookPart, WhatIfPart):
    """考核填报."""

    route_base = BASE
    class_permission_name = "FilingView"
    tenant = Tenant.park
    menu_label = _l("考核填报列表")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": READERS,
        "can_show": READERS,
        "can_template": READERS,
        "can_fill": frozenset({Role.park_admin}),
    }

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        """考核填报列表."""
        found = rounds.of_parks()
        declared = filings.declared_of([filing.id for _round, filing in found])
        rows = [row_of(one, filing, declared[filing.id]) for one, filing in found]
        return self.render("assessments/filling.html", heading=self.menu_label, rows=rows)

    @expose("/<pk:pk>")
    @guarded("show")
    @not_while_looking
    def show(self, pk: int) -> Any:
        """填报 / 补填 / 补正 / 查看: one section of the form."""
        return self._page(pk, request.args.get("part", ""))

    @expose("/<pk:pk>/part", methods=["POST"])
    @guarded("fill")
    def part(self, pk: int) -> Any:
        """Save a section as a whole: without scripts, and 保存草稿."""
        found = Filing(pk)
        part = found.part(request.form.get("part", ""))
        kept: dict[str, tuple[Typed, Kept]] = {}
        refused = ""
        for ask in part.asks:
            if f"n.{ask.code}" not in request.form:
                continue
            typed = typed_of(ask)
            try:
                done = keep(pk, ask, typed)
            except Refusal as refusal:
                refused = refusal_words(refusal.code, refusal.params)
                done = Kept(wrong=refused)
            if done is not None:
                kept[ask.code] = (typed, done)
        if refused or any(done.theirs or done.wrong for _typed, done in kept.values()):
            status = 409 if any(done.theirs for _typed, done in kept.values()) else 400
            return self._page(pk, part.code, kept=kept, refused=refused), status
        target = request.form.get("then", "") or part.code
        if target == "check":
            return self.go(f"{BASE}/{pk}/check")
        return self.go(f"{BASE}/{pk}?part={found.part(target).code}")

    @expose("/<pk:pk>/value", methods=["POST"])
    @guarded("fill")
    def value(self, pk: int) -> Any:
        """One value as it is typed: for the script of the form."""
        found = Filing(pk)
        ask = form.asks(found.scheme).get(given("code"))
        if ask is None:
            raise NotFound("value")
        typed = typed_of(ask)
        try:
            done = keep(pk, ask, typed, always=True)
        except Refusal as refusal:
            return jsonify(message=refusal_words(refusal.code, refusal.params)), 422
        if done is not None and done.theirs is not None:
            theirs = done.theirs
            return jsonify(
                version=theirs.version,
                theirs=theirs_words(ask, theirs),
                value=theirs.unread if theirs.unread is not None else theirs.declared,
                remark=theirs.explanation if ask.owner == form.PARK else theirs.dispute,
                message=_("他人已修改这一项，请选择保留哪一个。"),
            ), 409
        return jsonify(self._answer(pk, ask.code, done))

    def _answer(self, pk: int, code: str, done: Kept | None) -> dict[str, Any]:
        """What the page shows differently now."""
        page = Filing(pk)
        guess = page.guess()
        ask = form.asks(page.scheme)[code]
        item = page.item(ask)
        part = page.part(ask.section)
        cards = page.cards(part, guess)
        section = next(one for one in page.sections(part.code, guess) if one.current)
        return {
            "version": item.version,
            "opened": item.opened,
            "error": done.wrong if done is not None else "",
            "wrong": [one.value for one in item.choices if one.wrong],
            "part": [part.code, part_words(section, len(cards))],
            "change": item.change,
            "unusual": item.unusual,
            "tags": {one.code: [one.tag, one.estimated] for one in cards if one.tag},
            "values": {one.code: one.value for one in cards if not one.own},
            "side": self._side(page, guess, ask.section),
            "message": saved_words(clock.now()),
        }

    def _side(self, page: Filing, guess: estimate.Estimate, current: str) -> str:
        return render_template(
            "assessments/_filling_side.html",
            base=BASE,
            page=page,
            guess=guess,
            sections=page.sections(current, guess),
            left_words=page.left_words(guess),
        )

    def _page(
        self,
        pk: int,
        code: str,
        *,
        kept: Mapping[str, tuple[Typed, Kept]] | None = None,
        refused: str = "",
    ) -> str:
        page = Filing(pk)
        part, guess = page.part(code), page.guess()
        cards = page.cards(part, guess)
        _put_outcomes(page, cards, kept or {})
        sections = page.sections(part.code, guess)
        at = [one.code for one in sections].index(part.code)
        return self.render(
            "assessments/filling_form.html",
            base=BASE,
            page=page,
            guess=guess,
            cards=cards,
            part=part,
            part_name=name_of(part),
            section=sections[at],
            part_words=part_words(sections[at], len(cards)),
            sections=sections,
            left_words=page.left_words(guess),
            state=STATE_WORDS[page.filing.state],
            dot=FILING_DOTS[page.filing.state],
            phase=PHASE_WORDS[page.phase],
            refused=refused,
            back=sections[at - 1].code if at else "",
            onward=sections[at + 1].code if at + 1 < len(sections) else "",
            late=late_words(page) if page.phase is Phase.late and page.editable else "",
            sealed=seal,
        )


def _put_outcomes(
    page: Filing, cards: Sequence[Card], kept: Mapping[str, tuple[Typed, Kept]]
) -> None:
    """At each value what became of it, and what contradicts others."""
    asks = form.asks(page.scheme)
    against = {one.code for one in page.against if one.fault == "check_fails"}
    for item in (one for card in cards for one in card.items):
        if item.code in kept:
            _put_outcome(item, asks[item.code], *kept[item.code])
        elif not item.error and item.code in against:
            item.error = refusal_words("check_fails", {})


def _put_outcome(item: Any, ask: Any, typed: Typed, done: Kept) -> None:
    """What was typed and could not be kept, back in its place."""
    if done.theirs is None and not done.wrong:
        return
    put_back(item, ask, typed)
    item.error = done.wrong
    if done.theirs is not None:
        item.theirs = theirs_words(ask, done.theirs)
        item.error = _("您打开后，他人把这一项改成了“%(theirs)s”。要保留您填的，请再保存一次。",
                       theirs=item.theirs)  # fmt: skip


def part_words(section: Section, lines: int) -> str:
    """How many items a section has, and how many of them are filled in."""
    if not section.asked:
        return str(ngettext("共 %(num)s 项", "共 %(num)s 项", lines))
    told = {"n": lines, "filled": section.filled, "asked": section.asked}
    if not section.full:
        return _("共 %(n)s 项；已填 %(filled)s/%(asked)s", **told)
    return _("共 %(n)s 项，%(points)s 分；已填 %(filled)s/%(asked)s", points=section.full, **told)


def saved_words(now: datetime) -> str:
    return _("已保存 %(time)s", time=f"{now.astimezone(clock.SHANGHAI):%H:%M:%S}")


def late_words(page: Filing) -> str:
    """What handing in late costs, said before it happens."""
    if not page.late_points:
        return _("填报截止日已过，现在为补填。")
    return _(
        "填报截止日已过，现在为补填：今天提交逾期 %(days)s 个工作日，扣 %(points)s 分。",
        days=page.late,
        points=plain(page.late_points),
    )


def row_of(found: AssessmentRound, filing: AssessmentFiling, declared: frozenset[str]) -> Row:
    """A line of 考核填报列表."""
    today = clock.today()
    standing = policy.standing(current_actor(), found, filing, today)
    may, phase = allowed(standing), standing.phase
    scheme = rounds.scheme_of(found)
    asked = progress.asked(scheme)
    over = filing.state not in (State.draft, State.returned) or phase is Phase.over
    deadline = None if over else deadline_of(found, filing, phase)
    late = ""
    if phase is Phase.late and filing.state == State.draft and Act.save in may:
        days = submitting.late_today(found, filing, today)
        points = estimate.late_points(scheme, estimate.late_code(found.sources), days)
        late = _("逾期 %(days)s 个工作日，扣 %(points)s 分", days=days, points=plain(points))
    return Row(
        id=filing.id,
        name=found.name,
        period=(found.period_from, found.period_to),
        state=str(STATE_WORDS[filing.state]),
        dot=FILING_DOTS[filing.state],
        phase=str(PHASE_WORDS[phase]),
        deadline=deadline,
        left=None if deadline is None else calendar.left(deadline, today),
        filled=len(declared & set(asked)),
        asked=len(asked),
        act=act_words(may, phase) if filing.takes_part else "",
        late=late,
        absence=filing.absence_reason if not filing.takes_part else "",
        template=Act.save in may,
    )


def act_words(may: tuple[Act, ...], phase: Phase) -> str:
    """填报 / 补填 / 补正 / 查看."""
    if Act.save not in may:
        return _("查看")
    return {Phase.late: _("补填"), Phase.correcting: _("补正")}.get(phase, _("填报"))
