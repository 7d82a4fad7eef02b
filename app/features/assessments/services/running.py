"""计分: a scoring run writes what it found and its results as one effect, however often it is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.engines import jobs, scoring, trail
from app.engines.scoring import Scheme
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
)
from app.features.assessments.queries import filings, marks, reviews, rounds, runs
from app.features.assessments.rules import cohort
from app.features.assessments.rules.cohort import Filed
from app.features.assessments.rules.filing import FILED, State
from app.features.assessments.rules.rounds import RoundAct, RoundState, after
from app.features.assessments.rules.rounds import refusal as round_refusal
from app.features.assessments.services import correcting

KIND = "assessment_run"
#: A preview may look at a round before its filling ends; the run that counts may not.
PREVIEWED = (RoundState.open, RoundState.closed, RoundState.provisional)
_CONFIRMED = (RoundState.confirmed, RoundState.archived)


def start(actor: Actor, round_id: int, *, preview: bool = False) -> jobs.Job:
    """Ask for a run as a job; what stands against it is said at once, and again when it runs."""
    found = rounds.locked(round_id)
    check(actor, found, preview=preview)
    return jobs.enqueue(
        actor,
        KIND,
        {"round_id": round_id, "preview": preview},
        title={"round": found.name},
        total=len(filings.of_round(round_id)),
    )


def against(actor: Actor, found: AssessmentRound) -> Refusal | None:
    """What stands against the run that counts, for who may start it; ``None``: nothing."""
    try:
        check(actor, found, preview=False)
    except Refusal as refusal:
        return refusal
    return None


def check(actor: Actor, found: AssessmentRound, *, preview: bool) -> None:
    """Raise what stands against a run: rights, the round's state, filings still being judged, a
    panel that is not closed."""
    process = actor.user_id is None and actor.username.startswith("system")
    if not (actor.sees_all and (process or actor.can("can_run", policy.RUN_VIEW))):
        raise Forbidden("run_not_allowed")
    again = bool(policy.correcting(found))
    if preview:
        if RoundState(found.state) not in PREVIEWED and not again:
            raise Refusal("round_state")
        return
    policy.leads(actor, found)
    closed = round_refusal(_act(found), RoundState(found.state))
    if closed is not None:
        raise Refusal(closed)
    if _act(found) is RoundAct.rescore and not again:
        raise Refusal("run_nothing_upheld")
    waiting = reviews.unsettled(found.id)
    if waiting:
        raise Refusal("run_unjudged", number=len(waiting))
    if correcting.waiting(found):
        raise Refusal("run_not_judged_again")
    if rounds.scheme_of(found).experts and found.panel_closed_at is None:
        raise Refusal("run_panel_open")


def _act(found: AssessmentRound) -> RoundAct:
    """A published round stays published while it is scored again for an upheld objection."""
    published = RoundState(found.state) is RoundState.publicized
    return RoundAct.rescore if published else RoundAct.score


def score(
    actor: Actor, round_id: int, *, preview: bool, now: datetime, job_id: int | None = None
) -> AssessmentRun:
    """Score the round as it stands; the caller's transaction makes it one effect.

    Equal inputs give equal digests, whoever runs it and when.
    """
    found = rounds.locked(round_id)
    check(actor, found, preview=preview)
    scheme, taking_part = rounds.scheme_of(found), _taking_part(found)
    data = inputs(found, scheme, taking_part)
    outcomes = scoring.score(scheme, cohort.cohort(scheme, data), explain=True)
    run = AssessmentRun(
        round_id=round_id,
        number=runs.next_number(round_id),
        state="done",
        scheme_digest=rounds.version_of(found).digest,
        started_at=now,
        finished_at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        job_id=job_id,
        parks=len(taking_part),
        preview=preview,
    )
    run.inputs_digest = cohort.digest({"scheme": run.scheme_digest, "subjects": data})
    told = {key: one.as_json() for key, one in outcomes.items()}
    run.results_digest = cohort.digest(told)
    db.session.add(run)
    db.session.flush()
    given = {one["id"]: one for one in data}
    for filing in taking_part:
        _write(run, filing, given[str(filing.park_id)], outcomes[str(filing.park_id)])
    _finished(actor, found, run)
    return run


def _taking_part(found: AssessmentRound) -> list[AssessmentFiling]:
    return [one for one in filings.of_round(found.id) if one.takes_part]


def inputs(
    found: AssessmentRound, scheme: Scheme, taking_part: Sequence[AssessmentFiling]
) -> list[dict[str, Any]]:
    """What goes in, park by park, in the order of the parks."""
    values = filings.values_of_round(found.id)
    vetoes = {one.filing_id: one.code for one in runs.vetoes(found.id, alive=True)}
    panel = marks.counting(found.id) if found.panel_closed_at is not None else {}
    before = _previous_ranks(found)
    made = [
        Filed(
            id=str(filing.park_id),
            filed=State(filing.state) in FILED,
            values=values.get(filing.id, {}),
            late_days=filing.late_days,
            times_returned=filing.times_returned,
            veto=vetoes.get(filing.id),
            previous_rank=filing.previous_rank or before.get(filing.park_id),
            marks={
                code: [f"{one:f}" for one in many]
                for code, many in panel.get(filing.id, {}).items()
            },
        )
        for filing in sorted(taking_part, key=lambda one: one.park_id)
    ]
    return [cohort.data_of(scheme, found.sources, one) for one in made]


def _previous_ranks(found: AssessmentRound) -> Mapping[int, int]:
    """Park -> its rank in the round before, once that is confirmed."""
    if found.previous_id is None:
        return {}
    before = rounds.get(found.previous_id)
    run = runs.last(before.id, previews=False)
    if run is None or RoundState(before.state) not in _CONFIRMED:
        return {}
    return {one.park_id: one.rank for one in runs.results(run.id) if one.rank is not None}


def _write(
    run: AssessmentRun,
    filing: AssessmentFiling,
    subject: dict[str, Any],
    outcome: scoring.Outcome,
) -> None:
    db.session.add(
        AssessmentResult(
            run_id=run.id,
            filing_id=filing.id,
            park_id=filing.park_id,
            rank=outcome.rank,
            final=outcome.final,
            grade=outcome.grade,
            veto=outcome.veto,
            subject=subject,
            outcome=outcome.as_json(),
            explanation=scoring.explained(outcome),
        )
    )


def _finished(actor: Actor, found: AssessmentRound, run: AssessmentRun) -> None:
    if not run.preview:
        found.state = after(_act(found), RoundState(found.state)).value
        found.updated_by = actor.user_id
    details = {
        "number": run.number,
        "preview": run.preview,
        "parks": run.parks,
        "inputs": run.inputs_digest,
        "results": run.results_digest,
    }
    act = "assessment.round_previewed" if run.preview else "assessment.round_score"
    trail.record(actor, act, found, details=details)


def open_again(actor: Actor, round_id: int, reason: str) -> AssessmentRound:
    """退回审核: back from provisional scores, so that filings can be judged again."""
    found = rounds.locked(round_id)
    policy.leads(actor, found)
    against = round_refusal(RoundAct.reopen, RoundState(found.state))
    if against is not None:
        raise Refusal(against)
    if not reason.strip():
        raise Refusal("verdict_reason", fields={"reason": "verdict_reason"})
    found.state = after(RoundAct.reopen, RoundState(found.state)).value
    found.updated_by = actor.user_id
    details = {"reason": reason.strip()[:500]}
    trail.record(actor, "assessment.round_reopen", found, details=details)
    return found
