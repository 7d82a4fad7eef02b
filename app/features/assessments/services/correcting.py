"""An upheld objection in a published round: what is judged again, and by whom."""

from __future__ import annotations

from app.core.actor import Actor
from app.features.assessments import policy
from app.features.assessments.models import AssessmentFiling, AssessmentRound, FilingValue
from app.features.assessments.queries import filings, reviews, rounds
from app.features.assessments.rules import corrections, judging
from app.features.assessments.rules.filing import Verdict
from app.features.assessments.rules.rounds import RoundState


def against(
    actor: Actor,
    found: AssessmentRound,
    filing: AssessmentFiling,
    value: FilingValue,
    verdict: Verdict | None = None,
) -> str | None:
    """Why this person may not judge a value of a published round again; ``None``: go ahead.

    Nothing goes back to the park in a published round: filling in is over.
    """
    if RoundState(found.state) is not RoundState.publicized:
        return None
    since = corrections.since(policy.correcting(found), filing.park_id, value.code)
    if since is None:
        return "correction_not_objected"
    if verdict is Verdict.returned:
        return "correction_no_return"
    if actor.user_id in reviews.judged_before(filing.id, value.code, since):
        return "correction_own_verdict"
    return None


def to_open(found: AssessmentRound, filing: AssessmentFiling) -> list[FilingValue]:
    """The values that upheld objections name and that nobody has judged again since."""
    known = policy.correcting(found)
    if not known:
        return []
    values = filings.values(filing.id)
    tasks = judging.tasks(rounds.scheme_of(found), found.sources, values)
    opened = []
    for code in tasks:
        since = corrections.since(known, filing.park_id, code)
        value = values[code]
        again = since is not None and (value.verified_at is None or value.verified_at <= since)
        if again and code in corrections.named(known, filing.park_id):
            opened.append(value)
    return opened


def waiting(found: AssessmentRound) -> bool:
    """Whether a value that an upheld objection names was judged by nobody since: a version without
    it would count as its correction."""
    parks = {one.park_id for one in policy.correcting(found)}
    return any(to_open(found, one) for one in filings.of_round(found.id) if one.park_id in parks)
