"""Who judges what: a park's filing, a section of all filings, or a section of one."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import AssessmentAssignment
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import judging


def assign(
    actor: Actor, round_id: int, reviewer_id: int, *, filing_id: int | None, section: str
) -> None:
    """Give a reviewer a park's filing, a section of all, or both together; twice is once."""
    found = rounds.locked(round_id)
    policy.leads(actor, found)
    if reviewer_id not in reviews.reviewers():
        raise Refusal("assign_reviewer", fields={"reviewer": "assign_reviewer"})
    if filing_id is None and not section:
        raise Refusal("assign_what", fields={"section": "assign_what"})
    if filing_id is not None and filings.get(filing_id).round_id != round_id:
        raise Refusal("assign_what", fields={"filing": "assign_what"})
    sections = {
        ask.section for ask in judging.open_to_judging(rounds.scheme_of(found), {}).values()
    }
    if section and section not in sections:
        raise Refusal("assign_what", fields={"section": "assign_what"})
    wanted = (reviewer_id, filing_id, section)
    if any(
        (one.reviewer_id, one.filing_id, one.section) == wanted
        for one in reviews.assignments(round_id)
    ):
        return
    made = AssessmentAssignment(
        round_id=round_id, reviewer_id=reviewer_id, filing_id=filing_id, section=section
    )
    db.session.add(made)
    db.session.flush()
    details = {"reviewer": reviewer_id, "filing": filing_id, "section": section}
    trail.record(actor, "assessment.task_given", found, details=details)


def unassign(actor: Actor, assignment_id: int) -> None:
    gone = reviews.assignment(assignment_id)
    found = rounds.locked(gone.round_id)
    policy.leads(actor, found)
    details = {"reviewer": gone.reviewer_id, "filing": gone.filing_id, "section": gone.section}
    db.session.delete(gone)
    db.session.flush()
    trail.record(actor, "assessment.task_taken_away", found, details=details)
