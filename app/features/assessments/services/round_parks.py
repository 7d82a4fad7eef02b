"""Parks of a round one by one: more time for one of them, or 不参评; each with its reason."""

from __future__ import annotations

from datetime import date, datetime

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.queries import filings
from app.features.assessments.queries import rounds as queries
from app.features.assessments.rules.filing import State
from app.features.assessments.rules.rounds import RoundState, extension
from app.features.assessments.services import round_notices
from app.features.assessments.services.rounds import REASON_MAX

#: Filling is still to come or going on.
FILLED = frozenset({RoundState.planned, RoundState.open})
#: Nothing is counted for good yet.
COUNTED = FILLED | {RoundState.draft, RoundState.closed}


def extend(actor: Actor, filing_id: int, until: date, reason: str, *, now: datetime) -> None:
    """The park's own last day, after the round's; a later word replaces the earlier one."""
    found, filing = _begin(actor, filing_id, FILLED)
    if not filing.takes_part:
        raise Refusal("filing_absent")
    if filing.state != State.draft:
        raise Refusal("extension_filed")
    days = extension(policy.windows(found), calendar.local(now))
    if days is None:
        raise Refusal("extension_over", fields={"until": "extension_over"})
    if not days[0] <= until <= days[1]:
        told = {"first": days[0].isoformat(), "last": days[1].isoformat()}
        raise Refusal("extension_day", fields={"until": "extension_day"}, **told)
    reason = _reason(reason)
    filing.extended_until, filing.extension_reason = until, reason
    filing.extended_by = filing.updated_by = actor.user_id
    db.session.flush()
    if found.state == RoundState.open:
        round_notices.extended(actor, found, filing)
    details = {"until": until.isoformat(), "reason": reason}
    trail.record(actor, "assessment.filing_extended", filing, details=details)


def leave_out(actor: Actor, filing_id: int, reason: str) -> None:
    """不参评: it stays on the list, fills nothing in, and is no part of the cohort."""
    _found, filing = _begin(actor, filing_id, COUNTED)
    if not filing.takes_part:
        raise Refusal("filing_absent")
    reason = _reason(reason)
    filing.takes_part, filing.absence_reason = False, reason
    filing.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, "assessment.filing_left_out", filing, details={"reason": reason})


def take_in(actor: Actor, filing_id: int) -> None:
    """恢复参评."""
    _found, filing = _begin(actor, filing_id, COUNTED)
    if filing.takes_part:
        raise Refusal("filing_present")
    filing.takes_part, filing.absence_reason = True, ""
    filing.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, "assessment.filing_taken_in", filing)


def _begin(
    actor: Actor, filing_id: int, states: frozenset[RoundState]
) -> tuple[AssessmentRound, AssessmentFiling]:
    """The round first, as the clock does it: it does not move while its parks change."""
    policy.runs(actor)
    found = queries.locked(filings.get(filing_id).round_id)
    filing = filings.locked(filing_id)
    if RoundState(found.state) not in states:
        raise Refusal("round_state")
    return found, filing


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("required", fields={"reason": "required"})
    if len(text) > REASON_MAX:
        raise Refusal("reason_long", fields={"reason": "reason_long"}, most=REASON_MAX)
    return text
