"""等级调整: one operator proposes, another decides; the computed grade stays beside it."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentOverride, AssessmentRound
from app.features.assessments.queries import filings, reviews, round_board, rounds, runs
from app.features.assessments.rules import corrections
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services.findings import REASON_MAX
from app.features.parks import queries as parks


def propose(
    actor: Actor,
    filing_id: int,
    grade: str,
    reason: str,
    *,
    document_id: int | None = None,
    now: datetime,
) -> AssessmentOverride:
    """Another grade than the last run computed; nothing changes until somebody else agrees."""
    policy.decides(actor)
    rounds.locked(filings.get(filing_id).round_id)
    filing = filings.locked(filing_id)
    computed = _computed(filing, grade)
    if document_id is not None:
        reviews.document(document_id, filing.round_id)
    if any(one.filing_id == filing_id for one in runs.waiting_grades(filing.round_id)):
        raise Refusal("override_open")
    made = AssessmentOverride(
        filing_id=filing_id,
        park_id=filing.park_id,
        grade=grade,
        computed=computed,
        reason=_reason(reason, needed=True),
        document_id=document_id,
        proposed_at=now,
        proposed_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    details = {"grade": grade, "computed": made.computed, "reason": made.reason}
    trail.record(actor, "assessment.grade_proposed", filing, details=details)
    _tell_others(actor, made, filing)
    return made


def _tell_others(actor: Actor, made: AssessmentOverride, filing: AssessmentFiling) -> None:
    """The other operators: one of them decides."""
    others = [int(key) for key, _name in round_board.people_with(Role.operator.value)]
    notices.tell(
        [key for key in others if key != actor.user_id],
        "assessment.grade_proposed",
        {"round": rounds.get(filing.round_id).name, "park": parks.by_id(filing.park_id).name},
        link=f"/desk/scoring/round/{filing.round_id}#grades-title",
        cause=f"assessment.grade_proposed:{made.id}",
    )


def _computed(filing: AssessmentFiling, grade: str) -> str:
    """The grade of the run that counts; refuses one that the scheme does not have, or the same."""
    found = rounds.get(filing.round_id)
    run = runs.last(found.id, previews=False)
    result = runs.result(run.id, filing.park_id) if run is not None else None
    if result is None or not is_open(found, filing.park_id):
        raise Refusal("run_missing")
    if not grade:
        raise Refusal("grade_unchosen", fields={"grade": "grade_unchosen"})
    if grade not in {one.code for one in rounds.scheme_of(found).grading.grades}:
        raise Refusal("grade_unknown", fields={"grade": "grade_unknown"})
    if grade == result.grade:
        raise Refusal("grade_same", fields={"grade": "grade_same"})
    return result.grade


def is_open(found: AssessmentRound, park_id: int) -> bool:
    """Between the scoring and its publication; in a published round only for a park whose result
    was upheld to be wrong: an older proposal is nobody's way into the next version."""
    again = corrections.whole(policy.correcting(found), park_id)
    return RoundState(found.state) is RoundState.provisional or again


def approve(
    actor: Actor, override_id: int, reason: str = "", *, now: datetime
) -> AssessmentOverride:
    """同意, by another operator."""
    return _decide(actor, override_id, "approved", reason, now)


def refuse(actor: Actor, override_id: int, reason: str, *, now: datetime) -> AssessmentOverride:
    """不同意, with a reason, by another operator."""
    return _decide(actor, override_id, "refused", reason, now)


def _decide(
    actor: Actor, override_id: int, state: str, reason: str, now: datetime
) -> AssessmentOverride:
    policy.decides(actor)
    found = _waiting(override_id)
    if found.proposed_by == actor.user_id:
        raise Refusal("override_own")
    if state == "approved":
        _require_unsettled(found)
    found.decision_reason = _reason(reason, needed=state == "refused")
    found.state = state
    found.decided_at, found.decided_by = now, actor.user_id
    db.session.flush()
    details = {"grade": found.grade, "computed": found.computed, "reason": found.decision_reason}
    trail.record(actor, f"assessment.grade_{state}", filings.get(found.filing_id), details=details)
    return found


def _require_unsettled(found: AssessmentOverride) -> None:
    """Locked as by a publication: a grade is in a version or after it."""
    if not is_open(rounds.locked(filings.get(found.filing_id).round_id), found.park_id):
        raise Refusal("round_state")


def withdraw(actor: Actor, override_id: int) -> AssessmentOverride:
    """撤回, by who proposed it, until it is decided."""
    policy.decides(actor)
    found = _waiting(override_id)
    if found.proposed_by != actor.user_id:
        raise Refusal("override_not_own")
    found.state = "withdrawn"
    db.session.flush()
    trail.record(actor, "assessment.grade_withdrawn", filings.get(found.filing_id))
    return found


def _waiting(override_id: int) -> AssessmentOverride:
    found = runs.override_locked(override_id)
    if found.state != "proposed":
        raise Refusal("override_decided")
    return found


def _reason(text: str, *, needed: bool) -> str:
    text = text.strip()
    if needed and not text:
        raise Refusal("verdict_reason", fields={"reason": "verdict_reason"})
    if len(text) > REASON_MAX:
        raise Refusal("verdict_reason_long", fields={"reason": "verdict_reason_long"})
    return text
