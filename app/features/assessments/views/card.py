"""On the 工作台: what a park still has to hand in, and what waits for reviewers and experts."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.features.assessments import policy
from app.features.assessments.queries import marks, reviews, rounds, runs
from app.features.assessments.rules.filing import Phase, State
from app.features.assessments.rules.rounds import RoundState, last_day
from app.features.assessments.views.filling import BASE as FILINGS
from app.features.assessments.views.panel import BASE as PANEL
from app.features.assessments.views.reviewing import BASE as REVIEWS
from app.features.assessments.views.scoring_acts import BASE as SCORING
from app.web.board import Number, Todo

MARKED = frozenset({RoundState.open, RoundState.closed})


def filing_todos(actor: Actor) -> list[Todo]:
    """填报, 补填 and 补正 of one's own park, each with its last day."""
    if actor.sees_all or not actor.can("can_fill", policy.FILL_VIEW):
        return []
    today, found = clock.today(), []
    for one, filing in rounds.of_parks():
        phase = policy.phase(one, filing, today)
        running = one.state == RoundState.open or filing.state == State.returned
        if not (filing.takes_part and running and filing.state in (State.draft, State.returned)):
            continue
        words = {
            Phase.filling: (_("填报"), last_day(policy.windows(one), filing.extended_until)),
            Phase.late: (_("补填"), one.late_until),
            Phase.correcting: (_("补正"), filing.correct_until),
        }
        if phase in words:
            act, due = words[phase]
            url = f"{FILINGS}/{filing.id}"
            found.append(Todo(_("考核填报"), one.name, act, url, due=due))
    return found


def review_todos(actor: Actor) -> list[Todo]:
    """填报审核: as many as 待办 lists."""
    if not actor.can("can_judge", policy.JUDGE_VIEW):
        return []
    number = reviews.waiting_count()
    url = f"{REVIEWS}/list/"
    line = Todo(_("填报审核"), _("待审核的填报"), _("审核"), url, number=Number(number, url))
    return [line] if number else []


def grade_todos(actor: Actor) -> list[Todo]:
    """等级调整 that another operator proposed."""
    if not actor.can("can_decide", policy.RUN_VIEW):
        return []
    return [
        Todo(
            _("等级调整"),
            one.name,
            _("复核"),
            f"{SCORING}/round/{one.id}#grades-title",
            number=Number(number, f"{SCORING}/round/{one.id}#grades-title"),
        )
        for one, number in runs.rounds_with_waiting_grades(actor.user_id)
    ]


def panel_todos(actor: Actor) -> list[Todo]:
    """专家评审: rounds whose panel the person sits on and has not handed in."""
    if actor.user_id is None or not actor.can("can_mark", policy.PANEL_VIEW):
        return []
    return [
        Todo(_("专家评审"), one.name, _("评分"), f"{PANEL}/marks/{one.id}", due=one.review_until)
        for one, seat in marks.rounds_of(actor.user_id)
        if seat.finished_at is None and one.panel_closed_at is None and one.state in MARKED
    ]
