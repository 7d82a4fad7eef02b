"""专家评审: an expert's own marks, blind; naming, closing and the spread for who leads the round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.engines.scoring import Indicator, Scheme
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.labels import ROUND_WORDS
from app.features.assessments.labels.refusals import words_of_refusal
from app.features.assessments.labels.values import words_of
from app.features.assessments.models import AssessmentFiling, AssessmentMark, AssessmentRound
from app.features.assessments.queries import filings, marks, reviews, rounds
from app.features.assessments.rules import form, panel
from app.features.assessments.services import marking
from app.features.assessments.views import panel_told
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import Tenant, guarded, wants_json
from app.web.acting import current_actor
from app.web.forms import key_of
from app.web.pages import Page
from app.web.viewing import not_while_looking

BASE = "/desk/expert-panel"
EXPERTS = frozenset({Role.expert})
LEADERS = frozenset({Role.operator, Role.reviewer})


class PanelView(Page):
    """Experts mark; the round's lead and the operators name them and close."""

    route_base = BASE
    class_permission_name = policy.PANEL_VIEW
    tenant = Tenant.zone
    menu_label = _l("专家评审")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": EXPERTS | LEADERS,
        "can_mark": EXPERTS,
        "can_lead": LEADERS,
    }

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        """The rounds whose panel the person is in; for the zone, those that have one."""
        actor = current_actor()
        own = [
            (found, _progress(found, actor.user_id), line.finished_at)
            for found, line in marks.rounds_of(actor.user_id)
        ]
        led: list[tuple[AssessmentRound, int]] = []
        over: list[tuple[AssessmentRound, int]] = []
        if actor.can("can_lead", policy.PANEL_VIEW):
            led = [
                (found, len(marks.panel(found.id)))
                for found in reviews.running_rounds()
                if found.panel_closed_at is None and rounds.scheme_of(found).experts
            ]
            over = [(found, len(marks.panel(found.id))) for found in marks.closed_rounds()]
        return self.render(
            "assessments/panel.html",
            heading=self.menu_label,
            own=own,
            led=led,
            over=over,
            words=ROUND_WORDS,
            expert=actor.can("can_mark", policy.PANEL_VIEW),
        )

    # -- the expert ----------------------------------------------------------------------------
    @expose("/marks/<pk:round_id>")
    @guarded("mark")
    @not_while_looking
    def marks(self, round_id: int) -> str:
        """Every filed park with what experts judge of it, and the own marks."""
        return self._marks(round_id)

    def _marks(
        self,
        round_id: int,
        refusal: Refusal | None = None,
        typed: Mapping[str, Typed] | None = None,
    ) -> str:
        actor, found = current_actor(), rounds.get(round_id)
        line = marks.panelist(round_id, actor.user_id)
        own = marks.own(round_id, actor.user_id)
        asked = marks.to_mark(round_id)
        scheme = rounds.scheme_of(found)
        hurried = refusal is not None and refusal.code == "panel_incomplete"
        return self.render(
            "assessments/panel_marks.html",
            round=found,
            parks=[
                {
                    "filing": filing,
                    "name": parks.by_id(filing.park_id).name,
                    "lines": [
                        _line(material, one, own.get((filing.id, one.code)), hurried=hurried)
                        for one in scheme.experts
                    ],
                }
                for filing, material in ((one, Material.of(scheme, one)) for one in asked)
            ],
            line=line,
            open=found.panel_closed_at is None and line.finished_at is None,
            done=_progress(found, actor.user_id),
            error="" if refusal is None else words_of_refusal(refusal),
            typed=typed or {},
        )

    @expose("/mark/<pk:filing_id>/<string:indicator>", methods=["POST"])
    @guarded("mark")
    def mark(self, filing_id: int, indicator: str) -> Any:
        """One answer; sent by the page by itself, or by its button."""
        filing = filings.get(filing_id)
        marks.panelist(filing.round_id, current_actor().user_id)  # 404 for who is not in it
        try:
            with transaction():
                kept = marking.mark(
                    current_actor(),
                    filing_id,
                    indicator,
                    text=request.form.get("mark", ""),
                    comment=request.form.get("comment", ""),
                    abstains=request.form.get("abstains") == "1",
                    now=clock.now(),
                )
        except Refusal as refusal:
            if wants_json():
                return jsonify(
                    message=words_of_refusal(refusal), fields=sorted(refusal.fields)
                ), 400
            given = marking.Answer(
                request.form.get("mark", ""),
                request.form.get("comment", ""),
                request.form.get("abstains") == "1",
            )
            back = {f"{filing_id}-{indicator}": Typed.of(given, refusal)}
            return self._marks(filing.round_id, refusal, back), 400
        if wants_json():
            return jsonify(
                message=_("已保存 %(time)s", time=f"{kept.at.astimezone(clock.SHANGHAI):%H:%M}"),
                done=_progress(rounds.get(filing.round_id), current_actor().user_id),
            )
        flash(_("评分已保存。"), "success")
        return self.go(f"{BASE}/marks/{filing.round_id}#mark-{filing_id}-{indicator}")

    @expose("/hand_in/<pk:round_id>", methods=["POST"])
    @guarded("mark")
    def hand_in(self, round_id: int) -> Any:
        """提交评分: what the page carries is saved before."""
        if (refused := self._keep(round_id)) is not None:
            return refused, 400
        try:
            with transaction():
                marking.hand_in(current_actor(), round_id, now=clock.now())
        except Refusal as refusal:
            return self._marks(round_id, refusal), 400
        flash(_("评分已提交。评审结束前可以收回修改。"), "success")
        return self.go(f"{BASE}/marks/{round_id}")

    @expose("/keep/<pk:round_id>", methods=["POST"])
    @guarded("mark")
    def keep(self, round_id: int) -> Any:
        """保存 of any answer, without a script: whatever was typed in the others goes along."""
        if (refused := self._keep(round_id)) is not None:
            return refused, 400
        flash(_("评分已保存。"), "success")
        at = request.form.get("at", "")
        known = {f"{pk}-{code}" for (pk, code), _one in marking.asked(rounds.get(round_id))}
        return self.go(f"{BASE}/marks/{round_id}" + (f"#mark-{at}" if at in known else ""))

    def _keep(self, round_id: int) -> str | None:
        """Save what the form carries; the page with what cannot be, if there is any."""
        actor, found = current_actor(), rounds.get(round_id)
        marks.panelist(round_id, actor.user_id)  # 404 for who is not in it
        answers = _answers(found)
        own = marks.own(round_id, actor.user_id)
        try:
            with transaction():
                wrong = marking.keep(actor, round_id, answers, now=clock.now())
        except Refusal as refusal:
            if not answers:
                return None  # the act itself says it
            lost = {
                f"{key[0]}-{key[1]}": Typed.of(answers[key], refusal)
                for key, one in marking.asked(found)
                if key in answers and _differs(one, answers[key], own.get(key))
            }
            return self._marks(round_id, refusal, lost)
        if not wrong:
            return None
        back = {f"{pk}-{code}": Typed.of(answers[pk, code], no) for (pk, code), no in wrong.items()}
        return self._marks(round_id, Refusal("marks_wrong", number=len(wrong)), back)

    @expose("/take_back/<pk:round_id>", methods=["POST"])
    @guarded("mark")
    def take_back(self, round_id: int) -> Any:
        """收回评分."""
        try:
            with transaction():
                marking.take_back(current_actor(), round_id)
        except Refusal as refusal:
            return self._marks(round_id, refusal), 400
        flash(_("评分已收回，可以继续修改。"), "success")
        return self.go(f"{BASE}/marks/{round_id}")

    # -- who leads -----------------------------------------------------------------------------
    @expose("/lead/<pk:round_id>")
    @guarded("lead")
    def lead(self, round_id: int) -> str:
        """Who is in the panel and how far each is; once it is closed, how the marks lie."""
        return self._lead(round_id)

    def _lead(self, round_id: int, error: str = "") -> str:
        found = rounds.get(round_id)
        scheme, lines = rounds.scheme_of(found), marks.panel(round_id)
        if not scheme.experts:
            raise NotFound("panel")
        asked = marks.to_mark(round_id)
        return self.render(
            "assessments/panel_lead.html",
            round=found,
            leads=policy.may_lead(current_actor(), found),
            may_reopen=_may_reopen(found),
            experts=reviews.experts(),
            lines=lines,
            chosen={one.expert_id for one in lines},
            answered=marks.done_by(round_id),
            asked=len(asked) * len(scheme.experts),
            closing=panel_told.closing_of(found),
            rules=panel_told.rules_of(scheme),
            spreads=panel_told.spreads(found) if found.panel_closed_at is not None else (),
            error=error,
        )

    @expose("/name/<pk:round_id>", methods=["POST"])
    @guarded("lead")
    def name(self, round_id: int) -> Any:
        """评审专家: exactly those that are ticked."""
        keys = [key_of(one) or 0 for one in request.form.getlist("expert")]  # 0 is nobody
        try:
            with transaction():
                marking.name_panel(current_actor(), round_id, keys)
        except Refusal as refusal:
            return self._lead(round_id, words_of_refusal(refusal)), 400
        flash(_("评审专家已保存，新列入的专家会收到通知。"), "success")
        return self.go(f"{BASE}/lead/{round_id}")

    @expose("/close/<pk:round_id>", methods=["POST"])
    @guarded("lead")
    def close(self, round_id: int) -> Any:
        """结束评审."""
        try:
            with transaction():
                accepted = key_of(request.form.get("lacking")) or 0
                marking.close(current_actor(), round_id, accepted=accepted, now=clock.now())
        except Refusal as refusal:
            return self._lead(round_id, words_of_refusal(refusal)), 400
        flash(_("专家评审已结束，评分可以计入。"), "success")
        return self.go(f"{BASE}/lead/{round_id}")

    @expose("/reopen/<pk:round_id>", methods=["POST"])
    @guarded("lead")
    def reopen(self, round_id: int) -> Any:
        """重新开放评审, by an operator."""
        try:
            with transaction():
                marking.open_again(current_actor(), round_id, request.form.get("reason", ""))
        except Refusal as refusal:
            return self._lead(round_id, words_of_refusal(refusal)), 400
        flash(_("专家评审已重新开放，专家会收到通知。"), "success")
        return self.go(f"{BASE}/lead/{round_id}")


class Typed(Struct, frozen=True):
    """An answer that could not be kept, as it was typed, and why."""

    mark: str
    comment: str
    abstains: bool
    fields: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, given: marking.Answer, refusal: Refusal) -> Typed:
        words, fields = words_of_refusal(refusal), tuple(refusal.fields)
        return cls(given.text, given.comment, given.abstains, fields, words)


def _answers(found: AssessmentRound) -> dict[marking.Key, marking.Answer]:
    """Those that the form carries; a script has saved them one by one and sends none."""
    form = request.form
    return {
        key: marking.Answer(
            form[f"mark-{at}"],
            form.get(f"comment-{at}", ""),
            form.get(f"abstains-{at}") == "1",
            form.get(f"upon-{at}", ""),
        )
        for key, _one in marking.asked(found)
        if f"mark-{(at := f'{key[0]}-{key[1]}')}" in form
    }


def _differs(one: Indicator, given: marking.Answer, kept: AssessmentMark | None) -> bool:
    """Whether it was typed on the page, and is not what is kept."""
    said = panel.said(one, given.text, given.comment, abstains=given.abstains)
    return said != marking.said_by(one, kept) and panel.stamp(said) != given.upon


def _may_reopen(found: AssessmentRound) -> bool:
    right = current_actor().can("can_edit", policy.ROUND_VIEW)
    return right and found.panel_closed_at is not None and found.state in marking.OPEN


def _progress(found: AssessmentRound, expert_id: int | None) -> str:
    asked = len(marks.to_mark(found.id)) * len(rounds.scheme_of(found).experts)
    return f"{marks.done_by(found.id).get(int(expert_id or 0), 0)} / {asked}"


class Material(Struct, frozen=True):
    """What a park handed in: read once, however many indicators experts judge."""

    asks: Mapping[str, Any]
    values: Mapping[str, Any]
    papers: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, scheme: Scheme, filing: AssessmentFiling) -> Material:
        return cls(form.asks(scheme), filings.values(filing.id), filings.evidence(filing.id))


def _line(
    material: Material, one: Indicator, mark: AssessmentMark | None, *, hurried: bool
) -> dict[str, Any]:
    """The material of an indicator and the person's own mark; nothing of other experts. ``hurried``:
    the person wanted to hand in, so that what is blank is told."""
    asks, values, papers = material.asks, material.values, material.papers
    shown = [
        (asks[code].name, words_of(asks[code], values[code].declared))
        for code in one.value.items
        if code in values
    ]
    return {
        "indicator": one,
        "scale": panel.scale(one),
        "mark": mark,
        "upon": panel.stamp(marking.said_by(one, mark)),
        "blank": hurried and not marking.answered(mark),
        "text": "" if mark is None or mark.mark is None else f"{mark.mark.normalize():f}",
        "material": shown,
        "papers": [paper for code in one.value.items for paper in papers.get(code, ())],
    }
