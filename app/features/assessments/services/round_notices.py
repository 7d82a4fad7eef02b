"""What parks hear of a round: it opens, its end comes near, filling in is over. Each once."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.engines import calendar, notices
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import filings, round_board
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.rounds import last_day
from app.features.parks import queries as parks

DESK = "/desk/filings/"
#: So many working days before the last one parks are reminded.
BEFORE_END = 2


def opened(actor: Actor, found: AssessmentRound, _now: datetime) -> None:
    """A hook of ``rounds.OPENED``."""
    if found.rehearsal_of_id is not None:
        return
    for filing in filings.of_round(found.id):
        if filing.takes_part:
            _tell(actor, found, filing, "round.opened")


def extended(actor: Actor, found: AssessmentRound, filing: AssessmentFiling) -> None:
    """The park has a last day of its own: more time, or less than it was given before."""
    _tell(actor, found, filing, "round.extended", reason=filing.extension_reason)


def remind(actor: Actor, now: datetime) -> None:
    """A hook of ``rounds.TICKS``: who has not handed in hears it before the end and after it."""
    today = calendar.local(now)
    for found, filing in round_board.unfiled():
        last = last_day(policy.windows(found), filing.extended_until)
        if today > last:
            _tell(actor, found, filing, "round.late" if today <= found.late_until else "round.over")
        elif calendar.left(last, today) <= BEFORE_END and filing.state == State.draft:
            _tell(actor, found, filing, "round.ends")


def _tell(
    actor: Actor, found: AssessmentRound, filing: AssessmentFiling, kind: str, **more: str
) -> None:
    last = last_day(policy.windows(found), filing.extended_until)
    params = {"round": found.name, "until": last.isoformat(), "late": found.late_until.isoformat()}
    params |= more
    people = parks.managers_of(filing.park_id, but=actor.user_id)
    cause = f"{kind}:{filing.id}:{last.isoformat()}"
    notices.tell(people, kind, params, link=DESK, cause=cause)
