"""审核进度: where every filing of a round stands, who has what, what is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.core import clock
from app.core.errors import Refusal
from app.engines import calendar
from app.features.assessments import policy
from app.features.assessments.labels import ROUND_WORDS, SECTION_WORDS, STATE_WORDS
from app.features.assessments.labels.judge import STATE_DOTS
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import form, judging
from app.features.assessments.rules.filing import State
from app.features.assessments.services import reviewing_tasks
from app.features.assessments.views.reviewing_told import days_left, waits_since
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.forms import key_of

#: What ``?state=`` shows: words, and the states of filings.
SHOWN: dict[str, tuple[Any, frozenset[str]]] = {
    **{name: (words, frozenset({name})) for name, words in STATE_WORDS.items()},
    "filed": (_l("已提交过"), frozenset(STATE_WORDS) - {"draft"}),
    "waiting": (_l("待审核完成"), frozenset({"submitted", "taken"})),
}


class Line(Struct, frozen=True):
    """A filing on the board."""

    filing: AssessmentFiling
    park: str
    state: Any
    dot: str
    done: int
    tasks: int
    reviewers: tuple[str, ...]
    waited: int | None
    late: bool


class BoardPart(RegisterView):
    """Routes of the board; the queue's view is made of it."""

    @expose("/board/<pk:round_id>")
    @guarded("list")
    def board(self, round_id: int) -> str:
        return self._board(rounds.get(round_id))

    def _board(self, found: AssessmentRound, error: str = "") -> str:
        scheme = rounds.scheme_of(found)
        lines = lines_of(found)
        states = Counter(one.filing.state for one in lines)
        return self.render(
            "assessments/review_board.html",
            round=found,
            state=ROUND_WORDS[found.state],
            lines=_narrowed(lines),
            everybody=lines,
            tiles=[
                (words, STATE_DOTS[name], states[name], name) for name, words in STATE_WORDS.items()
            ],
            chosen=SHOWN.get(request.args.get("state", ""), (None, frozenset()))[0],
            done=sum(one.done for one in lines),
            tasks=sum(one.tasks for one in lines),
            days=days_left(found),
            leads=policy.may_lead(current_actor(), found),
            people=reviews.reviewers(),
            given=[
                (one, part_name(found, one.section), _park(one.filing_id, lines))
                for one in reviews.assignments(found.id)
            ],
            sections=[
                (part.code, part.name or SECTION_WORDS[part.code]) for part in form.parts(scheme)
            ],
            error=error,
        )

    @expose("/assign/<pk:round_id>", methods=["POST"])
    @guarded("assign")
    def assign(self, round_id: int) -> Any:
        """Give a reviewer a filing, a section, or a section of a filing."""
        found = rounds.get(round_id)
        try:
            with transaction():
                reviewing_tasks.assign(
                    current_actor(),
                    round_id,
                    _number("reviewer"),
                    filing_id=_number("filing") or None,
                    section=request.form.get("section", ""),
                )
        except Refusal as refusal:
            return self._board(found, self.words_of(refusal.code, refusal.params)), 400
        flash(_("审核任务已分配。"), "success")
        return self.go(f"{self.route_base}/board/{round_id}")

    @expose("/unassign/<pk:assignment_id>", methods=["POST"])
    @guarded("assign")
    def unassign(self, assignment_id: int) -> Any:
        round_id = reviews.assignment(assignment_id).round_id
        with transaction():
            reviewing_tasks.unassign(current_actor(), assignment_id)
        flash(_("审核任务的分配已取消。"), "success")
        return self.go(f"{self.route_base}/board/{round_id}")


def lines_of(found: AssessmentRound) -> Sequence[Line]:
    """Every filing that takes part; what waits longest first."""
    scheme, values = rounds.scheme_of(found), filings.values_of_round(found.id)
    names = {one.id: one.name for one in parks.all_by_code()}
    people, assigned = reviews.reviewers(), reviews.assigned(found.id)
    today, in_time = clock.today(), days_left(found) is not None
    lines = []
    for one in filings.of_round(found.id):
        if not one.takes_part:
            continue
        own = values.get(one.id, {})
        codes = judging.tasks(scheme, found.sources, own)
        who = {each.reviewer_id for each in assigned if each.filing_id == one.id}
        if one.taken_by is not None:
            who.add(one.taken_by)
        since = waits_since(one, found)
        waits = since is not None and one.state in (State.submitted, State.taken)
        lines.append(
            Line(
                filing=one,
                park=names[one.park_id],
                state=STATE_WORDS[one.state],
                dot=STATE_DOTS[one.state],
                done=sum(own[code].verdict != "open" for code in codes),
                tasks=len(codes) if one.state != State.draft else 0,
                reviewers=tuple(people.get(key, "") for key in sorted(who)),
                waited=calendar.waited(since) if waits and since else None,
                late=(waits and in_time and today > found.review_until)
                or (
                    one.state == State.returned
                    and one.correct_until is not None
                    and today > one.correct_until
                ),
            )
        )
    return sorted(
        lines, key=lambda one: (-(one.waited if one.waited is not None else -1), one.park)
    )


def _narrowed(lines: Sequence[Line]) -> Sequence[Line]:
    """Those that a figure counts; all of them without a choice that is known."""
    _words, states = SHOWN.get(request.args.get("state", ""), (None, frozenset(STATE_WORDS)))
    return [one for one in lines if one.filing.state in states]


def part_name(found: AssessmentRound, code: str) -> Any:
    for part in form.parts(rounds.scheme_of(found)):
        if part.code == code:
            return part.name or SECTION_WORDS[part.code]
    return ""


def _park(filing_id: int | None, lines: Sequence[Line]) -> str:
    return next((one.park for one in lines if one.filing.id == filing_id), "")


def _number(name: str) -> int:
    return key_of(request.form.get(name)) or 0
