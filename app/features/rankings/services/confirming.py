"""Confirmation when the window is over and nothing is open; then the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar, trail
from app.extensions import db
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundAct, RoundState, after, refusal
from app.features.rankings import policy, queries
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.services import consequences

#: What may stand against confirming a round: ``(round_id) -> refusal code`` (open objections).
GUARDS: list[Callable[[int], str | None]] = []


def confirm(actor: Actor, round_id: int, *, now: datetime) -> AssessmentRound:
    """The ranking holds: its ranks are the next round's 上期名次."""
    found = _begin(actor, round_id, RoundAct.confirm)
    snapshot = queries.current_locked(round_id)
    if snapshot is None:
        raise Refusal("round_state")
    if against := against_confirming(snapshot, now=now):
        raise against[0]
    confirmed = _moved(actor, found, RoundAct.confirm, {"version": snapshot.number})
    consequences.draw(actor, confirmed, snapshot, now=now)
    return confirmed


def against_confirming(snapshot: RankingSnapshot, *, now: datetime) -> tuple[Refusal, ...]:
    """All that stands against confirming the version in force: its window, an open objection."""
    found = [Refusal(code) for guard in GUARDS if (code := guard(snapshot.round_id))]
    if calendar.local(now) <= snapshot.window_until:
        until = snapshot.window_until.isoformat()
        found.insert(0, Refusal("ranking_window_open", until=until))
    return tuple(found)


def archive(actor: Actor, round_id: int) -> AssessmentRound:
    """Out of the way; everything stays readable."""
    return _moved(actor, _begin(actor, round_id, RoundAct.archive), RoundAct.archive, {})


def _begin(actor: Actor, round_id: int, act: RoundAct) -> AssessmentRound:
    policy.publishes(actor)
    found = rounds.locked(round_id)
    against = refusal(act, RoundState(found.state))
    if against is not None:
        raise Refusal(against)
    return found


def _moved(
    actor: Actor, found: AssessmentRound, act: RoundAct, details: dict[str, object]
) -> AssessmentRound:
    found.state = after(act, RoundState(found.state)).value
    db.session.flush()
    trail.record(actor, f"ranking.{act.value}ed" if act is RoundAct.confirm else "ranking.archived",
                 found, details=details)  # fmt: skip
    return found
