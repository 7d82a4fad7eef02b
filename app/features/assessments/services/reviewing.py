"""审核: a filing is taken up, judged item by item, sent back or finished.

Every verdict names the version of the value that its page showed: of two reviewers one decides, the
other is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import calendar, notices, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import judging
from app.features.assessments.rules.filing import Act, State, Verdict, after
from app.features.assessments.rules.form import Ask
from app.features.assessments.rules.typed import Wrong
from app.features.assessments.services import correcting
from app.features.assessments.services.filling import note
from app.features.parks import queries as parks

REASON_MAX = 500
#: Verdict -> the act in a value's history.
_ACTS = {
    Verdict.passed: "passed",
    Verdict.corrected: "corrected",
    Verdict.returned: "returned",
    Verdict.open: "opened",
}


def take(actor: Actor, filing_id: int, *, seen: int, now: datetime) -> AssessmentFiling:
    """领取: the park can no longer withdraw it. What was sent back, or changed since it was judged,
    is open again; every other verdict stays."""
    _found, filing = _begin(actor, filing_id, Act.take, now, seen=seen)
    for value in filings.values(filing_id).values():
        value.open_again = False
        if judging.to_judge_again(value):
            _reset(actor, value, now)
    filing.taken_by, filing.taken_at = actor.user_id, now
    return _moved(actor, filing, Act.take)


def judge(  # noqa: PLR0913 - a verdict, with what it rests on
    actor: Actor,
    filing_id: int,
    code: str,
    verdict: Verdict,
    *,
    seen: int,
    now: datetime,
    typed: Any = None,
    reason: str = "",
    document_id: int | None = None,
) -> FilingValue:
    """通过, 核定值 (with a value and a reason), 退回 (with a reason), or open again.

    Raises ``Stale`` with the value as it is now when somebody else was first.
    """
    found, filing = _begin(actor, filing_id, Act.judge, now)
    ask = _ask(found, code)
    _require_task(actor, found, filing, ask.section)
    value = filings.value_locked(filing_id, code)
    if value.version != seen:
        raise Stale(value)
    against = correcting.against(actor, found, filing, value, verdict)
    if against is not None:
        raise Refusal(against)
    reason = _reason(reason, needed=verdict in (Verdict.corrected, Verdict.returned))
    if verdict is Verdict.returned and filing.times_returned >= found.corrections_max:
        raise Refusal("filing_corrections_over")
    if document_id is not None:
        reviews.document(document_id, found.id)
    claim = judging.claimed(ask, value)
    counts = _read(ask, typed) if verdict is Verdict.corrected else claim
    against = judging.fault(ask, verdict, counts, claim, documented=document_id is not None)
    if against is not None:
        raise Refusal(against, fields={_FIELDS.get(against, "value"): against})
    _say(actor, value, verdict, counts, now=now, reason=reason, document_id=document_id)
    details = {"code": code, "verdict": verdict.value, "value": value.verified, "reason": reason}
    trail.record(actor, "assessment.value_judged", filing, details=details)
    return value


_FIELDS = {"document_missing": "document"}


def pass_section(
    actor: Actor, filing_id: int, section: str, seen: Mapping[str, int], *, now: datetime
) -> int:
    """全部通过: the section's items that are open still. ``seen``: code -> version as shown; what
    changed since is left open. How many were passed."""
    found, filing = _begin(actor, filing_id, Act.judge, now)
    _require_task(actor, found, filing, section)
    scheme, passed = rounds.scheme_of(found), []
    values = filings.values(filing_id)
    asked = judging.open_to_judging(scheme, found.sources)
    for code in judging.tasks(scheme, found.sources, values):
        if asked[code].section != section:
            continue
        value = filings.value_locked(filing_id, code)
        if value.verdict != Verdict.open or value.version != seen.get(code):
            continue
        if correcting.against(actor, found, filing, value, Verdict.passed) is not None:
            continue
        claim = judging.claimed(asked[code], value)
        if judging.fault(asked[code], Verdict.passed, claim, claim, documented=False) is None:
            _say(actor, value, Verdict.passed, claim, now=now)
            passed.append(code)
    db.session.flush()
    if passed:
        details = {"codes": passed, "verdict": Verdict.passed.value}
        trail.record(actor, "assessment.value_judged", filing, details=details)
    return len(passed)


def give_back(
    actor: Actor, filing_id: int, reason: str, *, seen: int, now: datetime
) -> AssessmentFiling:
    """退回补正: the items that were sent back are the park's again, all others stay locked."""
    found, filing = _begin(actor, filing_id, Act.give_back, now, seen=seen)
    _require_mine(actor, found, filing)
    filing.return_reason = _reason(reason, needed=True)
    items = []
    for code, value in filings.values(filing_id).items():
        value.open_again = value.verdict == Verdict.returned
        if value.open_again:
            items.append(code)
    filing.correct_until = calendar.due(now, found.correction_days)
    filing.times_returned += 1
    filing.taken_by = filing.taken_at = None
    details = {"items": items, "until": filing.correct_until, "reason": filing.return_reason}
    _moved(actor, filing, Act.give_back, details)
    _tell(actor, found, filing, len(items))
    return filing


def finish(actor: Actor, filing_id: int, *, seen: int, now: datetime) -> AssessmentFiling:
    """审核完成: everything that the park said has its verdict."""
    found, filing = _begin(actor, filing_id, Act.finish, now, seen=seen)
    _require_mine(actor, found, filing)
    filing.reviewed_at, filing.reviewed_by = now, actor.user_id
    return _moved(actor, filing, Act.finish)


def reopen(
    actor: Actor, filing_id: int, reason: str, *, seen: int, now: datetime
) -> AssessmentFiling:
    """重新打开, by the round's lead: the verdicts stay until somebody changes one. For an upheld
    objection the values that it names are open again, so that somebody else judges them."""
    found, filing = _begin(actor, filing_id, Act.reopen, now, seen=seen)
    reason = _reason(reason, needed=True)
    filing.reviewed_at = filing.reviewed_by = None
    filing.taken_by, filing.taken_at = actor.user_id, now
    opened = correcting.to_open(found, filing)
    for value in opened:
        _reset(actor, value, now)
    details = {"reason": reason, "items": [one.code for one in opened]}
    return _moved(actor, filing, Act.reopen, details)


# -- what every act begins and ends with -----------------------------------------------------------
def _begin(
    actor: Actor, filing_id: int, act: Act, now: datetime, *, seen: int | None = None
) -> tuple[AssessmentRound, AssessmentFiling]:
    """The filing and its round, locked; refuses who is on another side, and what cannot be now. The
    round comes first, as in a scoring run: a verdict is in a run or after it, never half."""
    found = rounds.locked(filings.get(filing_id).round_id)
    filing = filings.locked(filing_id)
    values = filings.values(filing_id)
    codes = judging.tasks(rounds.scheme_of(found), found.sources, values)
    said = {code: Verdict(values[code].verdict) for code in codes}
    policy.require(
        act,
        policy.standing(
            actor,
            found,
            filing,
            calendar.local(now),
            hands=reviews.hands(filing),
            verdicts=said,
        ),
    )
    if seen is not None and filing.version != seen:
        raise Refusal("review_changed")
    return found, filing


def _require_task(
    actor: Actor, found: AssessmentRound, filing: AssessmentFiling, section: str
) -> None:
    """The section is this person's to judge; the lead judges everything. What an upheld objection
    opened again is for whoever had not judged it: the tasks were given to those who had."""
    if policy.correcting(found):
        return
    who = judging.reviewers_of(reviews.assigned(found.id), filing.id, section, filing.taken_by)
    if who and actor.user_id not in who and actor.user_id != found.lead_id:
        raise Refusal("review_not_assigned")


def _require_mine(actor: Actor, found: AssessmentRound, filing: AssessmentFiling) -> None:
    """The whole filing is ended by who took it up, by whom it was given to, or by the lead; after
    an upheld objection by whoever judged it again."""
    if policy.correcting(found):
        return
    given = {one.reviewer_id for one in reviews.assigned(found.id) if one.filing_id == filing.id}
    if actor.user_id not in (given | {filing.taken_by, found.lead_id}) and filing.taken_by:
        raise Refusal("review_taken_by_other")


def _ask(found: AssessmentRound, code: str) -> Ask:
    ask = judging.open_to_judging(rounds.scheme_of(found), found.sources).get(code)
    if ask is None:
        raise Refusal("value_not_judged")
    return ask


def _reason(text: str, *, needed: bool) -> str:
    text = text.strip()
    if needed and not text:
        raise Refusal("verdict_reason", fields={"reason": "verdict_reason"})
    if len(text) > REASON_MAX:
        raise Refusal("verdict_reason_long", fields={"reason": "verdict_reason_long"})
    return text


def _read(ask: Ask, typed: Any) -> Any:
    try:
        return ask.read(typed)
    except Wrong as wrong:
        raise Refusal(wrong.code, fields={"value": wrong.code}, **wrong.params) from wrong


def _say(  # noqa: PLR0913 - the verdict, all of it
    actor: Actor,
    value: FilingValue,
    verdict: Verdict,
    counts: Any,
    *,
    now: datetime,
    reason: str = "",
    document_id: int | None = None,
) -> None:
    """Write the verdict and its line in the history. What is sent back has no verified value."""
    before = value.verified
    settled = verdict in judging.SETTLED
    value.verdict, value.verdict_reason = verdict.value, reason
    value.verified = counts if settled else None
    value.verified_at, value.verified_by = (now, actor.user_id) if settled else (None, None)
    value.document_id = document_id
    line = FilingValueChange(before=before, after=value.verified, reason=reason, at=now)
    note(actor, value, _ACTS[verdict], line)
    db.session.flush()


def _reset(actor: Actor, value: FilingValue, now: datetime) -> None:
    _say(actor, value, Verdict.open, None, now=now)


def _moved(
    actor: Actor, filing: AssessmentFiling, act: Act, details: dict[str, Any] | None = None
) -> AssessmentFiling:
    filing.state = after(act, State(filing.state)).value
    filing.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, f"assessment.filing_{act.value}", filing, details=details or {})
    return filing


def _tell(actor: Actor, found: AssessmentRound, filing: AssessmentFiling, items: int) -> None:
    if found.rehearsal_of_id is not None:
        return  # parks never hear of a rehearsal
    params = {
        "round": found.name,
        "items": items,
        "until": filing.correct_until.isoformat() if filing.correct_until else "",
    }
    cause = f"assessment.returned:{filing.id}:{filing.times_returned}"
    people = parks.managers_of(filing.park_id, but=actor.user_id)
    link = f"/desk/filings/{filing.id}"
    notices.tell(people, "assessment.returned", params, link=link, cause=cause)
