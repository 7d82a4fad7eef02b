"""Who is on which side of a filing, and what the zone's people may do with rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.engines.files import StoredFile, creator_or_same_park
from app.features.assessments.models import AssessmentFiling, AssessmentRound
from app.features.assessments.rules import corrections, rounds
from app.features.assessments.rules import filing as rules
from app.features.assessments.rules.corrections import Correction
from app.features.assessments.rules.filing import Act, Phase, Side, Standing, State, Verdict
from app.features.assessments.rules.rounds import RoundAct, RoundState, Windows

#: Views whose rights decide (declared beside their routes).
FILL_VIEW = "FilingView"
ROUND_VIEW = "RoundView"
SCHEME_VIEW = "SchemeView"
JUDGE_VIEW = "FilingReviewView"
PANEL_VIEW = "PanelView"
RUN_VIEW = "ScoringView"
#: File kinds of the store.
EVIDENCE, COMMITMENT, DOCUMENT = (
    "assessment_evidence",
    "assessment_commitment",
    "assessment_document",
)
#: What was upheld against a published round and is in no version yet: ``(round_id) -> corrections``.
CORRECTIONS: list[Callable[[int], Sequence[Correction]]] = []


def correcting(found: AssessmentRound) -> tuple[Correction, ...]:
    """What may be judged and scored again although the round is published; else nothing."""
    if RoundState(found.state) is not RoundState.publicized:
        return ()
    return tuple(one for told in CORRECTIONS for one in told(found.id))


def windows(found: AssessmentRound) -> Windows:
    return Windows(found.opens_on, found.fill_until, found.late_until, found.review_until)


def phase(found: AssessmentRound, filing: AssessmentFiling, today: date) -> Phase:
    """What the park may do today, if its round is open. Nobody corrects in a rehearsal: what was
    sent back is the reviewer's again at once."""
    real = found.rehearsal_of_id is None
    return rounds.phase(
        windows(found),
        today,
        state=State(filing.state),
        extended_until=filing.extended_until,
        correct_until=filing.correct_until if real else None,
    )


def sides(actor: Actor, found: AssessmentRound, filing: AssessmentFiling) -> frozenset[Side]:
    """A park fills in its own; reviewers judge; the round's lead opens again."""
    held = set()
    parks = actor.scope_park_ids
    process = actor.user_id is None and actor.username.startswith("system")
    inside = parks is not None and filing.park_id in parks and actor.can("can_fill", FILL_VIEW)
    if (inside or process) and filing.takes_part:
        held.add(Side.park)
    if actor.sees_all and (process or actor.can("can_judge", JUDGE_VIEW)):
        held.add(Side.reviewer)
        if process or actor.user_id == found.lead_id:
            held.add(Side.lead)
    return frozenset(held)


def standing(
    actor: Actor,
    found: AssessmentRound,
    filing: AssessmentFiling,
    today: date,
    *,
    hands: frozenset[int] = frozenset(),
    verdicts: Mapping[str, Verdict] | None = None,
) -> Standing:
    """All that decides on an act; ``hands`` and ``verdicts`` matter for the reviewer's side only."""
    return Standing(
        state=State(filing.state),
        phase=phase(found, filing, today),
        actor_id=actor.user_id,
        sides=sides(actor, found, filing),
        hands=hands,
        was_returned=filing.times_returned > 0,
        corrections_left=found.corrections_max - filing.times_returned,
        round_open=_moves(found, filing),
        verdicts=verdicts or {},
    )


def _moves(found: AssessmentRound, filing: AssessmentFiling) -> bool:
    """Filling ends with the round's window; corrections and review go on until it is scored. In a
    published round a filing is reviewed again only for an objection that was upheld."""
    state = RoundState(found.state)
    if state is RoundState.publicized:
        again = filing.state in (State.reviewed, State.taken)
        return again and bool(corrections.of_park(correcting(found), filing.park_id))
    if filing.state == State.draft:
        return state is RoundState.open
    return state in (RoundState.open, RoundState.closed)


def require(act: Act, standing: Standing) -> None:
    """Raise ``Forbidden`` for who is on another side, ``Refusal`` when the act cannot be now."""
    if rules.WORKFLOW[act].side not in standing.sides:
        raise Forbidden(f"filing_not_{rules.WORKFLOW[act].side}")
    against = rules.refusal(act, standing)
    if against is not None:
        raise Refusal(against)


def require_round(actor: Actor, found: AssessmentRound, act: RoundAct) -> None:
    """The zone's operators run rounds."""
    runs(actor)
    against = rounds.refusal(act, RoundState(found.state))
    if against is not None:
        raise Refusal(against)


def runs(actor: Actor) -> None:
    """Raise ``Forbidden`` for who may not run rounds."""
    process = actor.user_id is None and actor.username.startswith("system")
    if not (actor.sees_all and (process or actor.can("can_edit", ROUND_VIEW))):
        raise Forbidden("round_not_operator")


def decides(actor: Actor) -> None:
    """Raise ``Forbidden`` for who may not set vetoes and grades: operators do."""
    process = actor.user_id is None and actor.username.startswith("system")
    if not (actor.sees_all and (process or actor.can("can_decide", RUN_VIEW))):
        raise Forbidden("finding_not_operator")


def may_lead(actor: Actor, found: AssessmentRound) -> bool:
    """The round's lead, and the operators who run it: panel, tasks, the run that counts."""
    process = actor.user_id is None and actor.username.startswith("system")
    if not actor.sees_all:
        return False
    lead = actor.user_id == found.lead_id and actor.can("can_judge", JUDGE_VIEW)
    return process or lead or actor.can("can_edit", ROUND_VIEW)


def leads(actor: Actor, found: AssessmentRound) -> None:
    if not may_lead(actor, found):
        raise Forbidden("round_not_lead")


def marks(actor: Actor) -> None:
    """Raise ``Forbidden`` for who is no expert."""
    if not (actor.sees_all and actor.can("can_mark", PANEL_VIEW)):
        raise Forbidden("panel_not_expert")


def may_read_paper(actor: Actor, file: StoredFile) -> bool:
    """Evidence and commitments: the park's own people and who judges or runs the rounds. What an
    expert of a panel may read besides is ``queries.papers``'s to find."""
    if actor.sees_all:
        return actor.can("can_judge", JUDGE_VIEW) or actor.can("can_edit", ROUND_VIEW)
    return actor.can("can_show", FILL_VIEW) and creator_or_same_park(actor, file)
