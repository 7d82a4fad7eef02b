"""What the zone finds out about a park: papers, and 一票否决 that rests on one."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import trail
from app.engines.scoring.scheme import SYSTEM
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound, AssessmentVeto
from app.features.assessments.queries import filings, reviews, rounds, runs
from app.features.assessments.rules import corrections
from app.features.assessments.rules.rounds import RUNNING, RoundState

REASON_MAX = 500


def set_veto(
    actor: Actor, filing_id: int, code: str, reason: str, *, document_id: int, now: datetime
) -> AssessmentVeto:
    """一票否决: not scored, out of the cohort, the lowest grade."""
    policy.decides(actor)
    found = _running(filings.get(filing_id))
    filing = filings.locked(filing_id)
    if not code:
        raise Refusal("veto_unchosen", fields={"code": "veto_unchosen"})
    known = {one.code for one in rounds.scheme_of(found).vetoes if one.set_by != SYSTEM}
    if code not in known:
        raise Refusal("veto_unknown", fields={"code": "veto_unknown"})
    reason = _reason(reason)
    if not document_id:
        raise Refusal("document_missing", fields={"document": "document_missing"})
    reviews.document(document_id, found.id)
    if any(one.filing_id == filing_id for one in runs.vetoes(found.id, alive=True)):
        raise Refusal("veto_there")
    made = AssessmentVeto(
        filing_id=filing_id,
        park_id=filing.park_id,
        code=code,
        reason=reason,
        document_id=document_id,
        set_at=now,
        set_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    details = {"code": code, "reason": reason, "document": document_id}
    trail.record(actor, "assessment.veto_set", filing, details=details)
    return made


def lift_veto(actor: Actor, veto_id: int, reason: str, *, now: datetime) -> AssessmentVeto:
    """解除, with a reason; the row stays."""
    policy.decides(actor)
    _running(filings.get(runs.veto(veto_id).filing_id))
    found = runs.veto_locked(veto_id)
    filing = filings.locked(found.filing_id)
    if found.lifted_at is not None:
        raise Refusal("veto_lifted")
    found.lift_reason = _reason(reason)
    found.lifted_at, found.lifted_by = now, actor.user_id
    db.session.flush()
    details = {"code": found.code, "reason": found.lift_reason}
    trail.record(actor, "assessment.veto_lifted", filing, details=details)
    return found


def _running(filing: AssessmentFiling) -> AssessmentRound:
    """A round that still moves, or a published one for a park whose result was upheld to be wrong;
    locked as by a scoring run: a veto is in a run or after it."""
    found = rounds.locked(filing.round_id)
    again = corrections.whole(policy.correcting(found), filing.park_id)
    if RoundState(found.state) not in RUNNING and not again:
        raise Refusal("round_state")
    return found


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("verdict_reason", fields={"reason": "verdict_reason"})
    if len(text) > REASON_MAX:
        raise Refusal("verdict_reason_long", fields={"reason": "verdict_reason_long"})
    return text
