"""What the cockpit tells beside the items: until when, why it is open again, what comes next."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from msgspec import Struct

from app.core.actor import Actor
from app.engines import calendar
from app.extensions.phrases import listed
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import reviews, rounds
from app.features.assessments.rules import corrections
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.views.review_items import Sheet
from app.features.parks import queries as parks

#: Rounds in which the last day of review counts. In a published one only objections open anything.
IN_TIME = (RoundState.open, RoundState.closed)
STILL = (State.submitted, State.taken, State.returned)


class Next(Struct, frozen=True):
    """The filing after this one."""

    id: int
    park: str
    round: str


def next_of(filing: AssessmentFiling, actor: Actor, *, here: bool = False) -> Next | None:
    """``here``: only of the same round; nobody is taken to another one unasked."""
    found = reviews.next_waiting(filing, actor.user_id)
    if found is None or (here and found.round_id != filing.round_id):
        return None
    return Next(found.id, parks.by_id(found.park_id).name, rounds.get(found.round_id).name)


def onward_words(said: str, following: Next | None) -> str:
    """What was done, and where the person is now."""
    if following is None:
        return _("%(said)s本轮没有其他等待您审核的填报。", said=said)
    return _(
        "%(said)s接下来是“%(park)s”（%(round)s）。",
        said=said,
        park=following.park,
        round=following.round,
    )


def days_left(found: AssessmentRound, filing: AssessmentFiling | None = None) -> int | None:
    """Working days until the last day of review; ``None`` where none counts any more."""
    if RoundState(found.state) not in IN_TIME:
        return None
    if filing is not None and State(filing.state) not in STILL:
        return None
    return calendar.left(found.review_until)


def opened_by(sheet: Sheet) -> list[str]:
    """Why items of a published round are open again: the objection and what it is about."""
    told = []
    for one in corrections.of_park(policy.correcting(sheet.round), sheet.filing.park_id):
        if one.codes is None:
            told.append(_("异议 %(number)s 成立，各项都可以重新核定。", number=one.number))
        else:
            names = listed(item.ask.name for item in sheet.items if item.code in one.codes)
            told.append(
                _("异议 %(number)s 成立，重新开放：%(items)s。", number=one.number, items=names)
            )
        if one.reason:
            told.append(_("异议理由：%(reason)s", reason=one.reason))
        if one.answer:
            told.append(_("答复：%(answer)s", answer=one.answer))
    return told


def waits_since(filing: AssessmentFiling, found: AssessmentRound) -> datetime | None:
    """From when the filing waits: in a published round from its being opened again."""
    if State(filing.state) is State.taken and RoundState(found.state) is RoundState.publicized:
        return filing.taken_at
    return filing.submitted_at
