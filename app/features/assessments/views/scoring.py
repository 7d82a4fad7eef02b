"""计分: the runs of a round, provisional results with their explanation, what moved; vetoes, grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal
from app.engines.scoring import Scheme
from app.extensions.phrases import listed
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.assessments import policy, tasks
from app.features.assessments.labels import ROUND_WORDS
from app.features.assessments.labels.judge import GRADE_STEP_WORDS, OVERRIDE_WORDS
from app.features.assessments.labels.refusals import words_of_refusal
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.models import (
    AssessmentDocument,
    AssessmentFiling,
    AssessmentRound,
    AssessmentRun,
    AssessmentVeto,
)
from app.features.assessments.queries import filings, reviews, rounds, runs
from app.features.assessments.rules import differences, form
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.rounds import RUNNING, RoundState
from app.features.assessments.services import documents, overriding, running, zone_values
from app.features.assessments.views import scoring_told
from app.features.assessments.views.scoring_acts import BASE, UNTRIED, ScoringActs, Tried
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.viewing import not_while_looking

READERS = frozenset({Role.operator, Role.reviewer})
SYSTEM = "system"
SHOWN = (RoundState.publicized, RoundState.confirmed, RoundState.archived)
SCORED = (RoundState.closed, RoundState.provisional)
#: The handler of the run is declared with the page that starts it.
KIND = tasks.KIND


class ScoringView(ScoringActs):
    """The zone's alone: parks see nothing of it until it is published."""

    route_base = BASE
    class_permission_name = policy.RUN_VIEW
    tenant = Tenant.zone
    menu_label = _l("计分")
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_index": READERS,
        "can_run": READERS,
        "can_decide": frozenset({Role.operator}),
    }

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        """Rounds that can be scored."""
        lines = [
            (found, runs.last(found.id), waiting, _correcting(waiting))
            for found in reviews.running_rounds()
            for waiting in [reviews.unsettled(found.id)]
        ]
        return self.render(
            "assessments/scoring.html", heading=self.menu_label, lines=lines, words=ROUND_WORDS
        )

    @expose("/round/<pk:round_id>")
    @guarded("index")
    def round(self, round_id: int) -> str:
        return self.round_page(round_id)

    def round_page(self, round_id: int, tried: Tried = UNTRIED) -> str:
        found, actor = rounds.get(round_id), current_actor()
        scheme, corrected = rounds.scheme_of(found), policy.correcting(found)
        return self.render(
            "assessments/scoring_round.html",
            round=found,
            state=ROUND_WORDS[found.state],
            runs=runs.of_round(round_id),
            panel_open=bool(scheme.experts) and found.panel_closed_at is None,
            decides=actor.can("can_decide", policy.RUN_VIEW),
            provisional=found.state == RoundState.provisional,
            corrected=[(one.number, _park(one.park_id)) for one in corrected],
            papers_open=RoundState(found.state) in documents.OPEN_TO_DOCUMENTS,
            previewed=RoundState(found.state) in running.PREVIEWED,
            me=actor.user_id,
            tried=tried,
            **_readiness(actor, found, again=bool(corrected)),
            **_decisions(found, scheme),
        )

    @expose("/start/<pk:round_id>", methods=["POST"])
    @guarded("run")
    def start(self, round_id: int) -> Any:
        """预计分 or 正式计分, as a job."""
        preview = request.values.get("preview") == "1"
        try:
            with transaction():
                job = running.start(current_actor(), round_id, preview=preview)
        except Refusal as refusal:
            return self.round_page(round_id, Tried(error=words_of_refusal(refusal))), 400
        return self.go(f"/desk/jobs/{job.id}")

    # -- one run -------------------------------------------------------------------------------
    @expose("/run/<pk:run_id>")
    @guarded("index")
    @not_while_looking
    def run(self, run_id: int) -> str:
        """The table of a run, and what is not as in the run before (or in ``with``)."""
        one = runs.get(run_id)
        found = rounds.get(one.round_id)
        scheme = rounds.scheme_of(found)
        results = runs.results(run_id)
        other = self._other(one)
        before = runs.by_park(other.id) if other is not None else {}
        by_hand = runs.grades_by_hand(found.id)
        return self.render(
            "assessments/scoring_run.html",
            points=scoring_told.points,
            score=scoring_told.score,
            figure=scoring_told.figure_of(scheme),
            run=one,
            round=found,
            scheme=scheme,
            results=[
                (each, _park(each.park_id), _grade(scheme, each.grade), by_hand.get(each.filing_id))
                for each in results
            ],
            grades=_grades(scheme),
            shown=RoundState(found.state) in SHOWN,
            other=other,
            others=[each for each in runs.of_round(found.id) if each.id != one.id],
            moved=[
                (
                    each,
                    _park(each.park_id),
                    _texts(each),
                    scoring_told.causes(scheme, each, one, other),
                )
                for each in differences.between(before, {r.park_id: r for r in results})
            ]
            if other is not None
            else [],
            names=_names(scheme),
            orders={code: one.order for code, one in form.asks(scheme).items()},
        )

    def _other(self, one: AssessmentRun) -> AssessmentRun | None:
        text = request.args.get("with", "")
        if text.isascii() and text.isdigit() and len(text) < 10:
            asked = runs.get(int(text))
            if asked.round_id != one.round_id:
                raise NotFound("run of another round")
            return asked
        return runs.last(one.round_id, before=one.number)

    @expose("/why/<pk:run_id>/<pk:park_id>")
    @guarded("index")
    @not_while_looking
    def why(self, run_id: int, park_id: int) -> str:
        """How every score of a park came about."""
        one, result = runs.get(run_id), runs.result(run_id, park_id)
        if result is None:
            raise NotFound("result")
        found = rounds.get(one.round_id)
        scheme = rounds.scheme_of(found)
        return self.render(
            "assessments/scoring_why.html",
            code_word=code_word,
            points=scoring_told.points,
            run=one,
            round=found,
            result=result,
            park=_park(park_id),
            grade=_grade(scheme, result.grade),
            veto=_veto(scheme, result.veto) if result.veto else "",
            by_hand=runs.grades_by_hand(found.id).get(result.filing_id),
            grades=_grades(scheme),
            blocks=scoring_told.blocks(scheme, result),
            extra=scoring_told.adjusted(result),
            steps=[
                GRADE_STEP_WORDS.get(step, step)
                for step in result.explanation["grade"].get("steps", ())
            ],
            gates=[
                gate.name for gate in scheme.gates if gate.code in result.outcome["failed_gates"]
            ],
        )


# -- what the templates are given ------------------------------------------------------------------
def _readiness(actor: Actor, found: AssessmentRound, *, again: bool) -> dict[str, Any]:
    """Whether the round can be scored for good, what is against it, what would be missing."""
    leads = policy.may_lead(actor, found)
    may_score = leads and (found.state in SCORED or again)
    against = running.against(actor, found) if may_score else None
    missing = zone_values.missing(found) if RoundState(found.state) in RUNNING else []
    unsettled = reviews.unsettled(found.id)
    told = (_("%(name)s（%(n)s 家）", name=ask.name, n=number) for ask, number in missing)
    return {
        "leads": leads,
        "may_score": may_score,
        "against": words_of_refusal(against) if against else "",
        "unsettled": unsettled,
        "correcting": _correcting(unsettled),
        "missing": missing,
        "missing_words": listed(told),
    }


def _decisions(found: AssessmentRound, scheme: Scheme) -> dict[str, Any]:
    """Papers, vetoes and grades of the round, and what their forms offer."""
    papers = reviews.documents(found.id)
    taking = [one for one in filings.of_round(found.id) if one.takes_part]
    return {
        "documents": papers,
        "vetoes": [
            (one, _veto(scheme, one.code), _park(one.park_id), _rests(one, papers))
            for one in runs.vetoes(found.id)
        ],
        "kinds": [one for one in scheme.vetoes if one.set_by != SYSTEM],
        "filings": [(one.id, _park(one.park_id)) for one in taking],
        "overrides": [
            (
                one,
                _park(one.park_id),
                _person(one.proposed_by),
                OVERRIDE_WORDS[one.state],
                _person(one.decided_by),
                overriding.is_open(found, one.park_id),
            )
            for one in runs.overrides(found.id)
        ],
        "grades": _grades(scheme),
    }


def _texts(one: differences.Moved) -> tuple[str, str, str]:
    """Both totals and what lies between them, with decimals alike."""
    before, after = (scoring_told.score(each) for each in one.finals)
    if one.points is None:
        return before, after, "—"
    sign = "-" if one.points < 0 else "+"
    return before, after, f"{sign}{scoring_told.points(abs(one.points))}"


def _names(scheme: Scheme) -> dict[str, str]:
    """Code -> name of whatever a difference may name."""
    found = {code: item.name for code, item in scheme.items.items()}
    found |= {one.code: one.name for one in scheme.indicators}
    found |= {one.code: one.name for one in (*scheme.bonus, *scheme.deductions)}
    return {
        **found,
        "veto": str(_("一票否决")),
        "filed": str(_("是否填报")),
        "previous_rank": str(_("上期位次")),
        "expert_scores": str(_("专家评分")),
    }


def _correcting(waiting: Sequence[AssessmentFiling]) -> str:
    """How many of those that are not reviewed are with their parks; the board counts the others."""
    number = sum(State(one.state) is State.returned for one in waiting)
    return _("其中 %(n)s 份补正中", n=number) if number else ""


def _grades(scheme: Scheme) -> dict[str, str]:
    return {one.code: one.name for one in reversed(scheme.grading.grades)}


def _grade(scheme: Scheme, code: str) -> str:
    return _grades(scheme).get(code, code)


def _veto(scheme: Scheme, code: str | None) -> str:
    return next((one.name for one in scheme.vetoes if one.code == code), code or "")


def _park(park_id: int) -> str:
    return parks.by_id(park_id).name


def _person(user_id: int | None) -> str:
    return accounts.account(user_id).name if user_id else ""


def _rests(veto: AssessmentVeto, papers: Sequence[AssessmentDocument]) -> dict[str, str]:
    """What a veto rests on, who set it and who lifted it."""
    return {
        "paper": next((one.title for one in papers if one.id == veto.document_id), ""),
        "by": _person(veto.set_by),
        "lifted_by": _person(veto.lifted_by),
    }
