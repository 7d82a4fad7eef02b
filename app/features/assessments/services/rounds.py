"""Rounds: set up, planned, opened and closed by the clock; each step happens once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.engines import calendar, trail
from app.extensions import db
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentRound,
    FilingValue,
    SchemeVersion,
)
from app.features.assessments.queries import filings, round_board
from app.features.assessments.queries import rounds as queries
from app.features.assessments.queries import schemes as scheme_queries
from app.features.assessments.rules import form, sources
from app.features.assessments.rules.rounds import RoundAct, RoundState, after, window_faults
from app.features.assessments.services import schemes
from app.features.parks.models import Park

NAME_MAX, REASON_MAX = 120, 500
#: Not open yet: who takes part and where values come from may still change.
BEFORE = frozenset({RoundState.draft, RoundState.planned})
#: Numbers of a plan and what they may be.
NUMBERS = {
    "correction_days": (1, 60),
    "corrections_max": (0, 9),
    "publicity_days": (1, 60),
    "objection_reply_days": (1, 60),
}


@dataclass(frozen=True)
class Plan:
    """What the zone decides about a round before it opens."""

    name: str
    scheme_version_id: int
    period_from: date
    period_to: date
    cut_off_on: date
    opens_on: date
    fill_until: date
    late_until: date
    review_until: date
    previous_id: int | None = None
    lead_id: int | None = None
    correction_days: int = 5
    corrections_max: int = 2
    publicity_days: int = 5
    objection_reply_days: int = 10
    notice: str = ""
    sources: Mapping[str, str] | None = None


def create(actor: Actor, plan: Plan) -> AssessmentRound:
    """A round as a draft; ``sources`` left out are guessed from the scheme."""
    policy.runs(actor)
    made = AssessmentRound(created_by=actor.user_id, updated_by=actor.user_id)
    _fill(made, plan)
    db.session.add(made)
    db.session.flush()
    trail.record(actor, "assessment.round_created", made)
    return made


def change(actor: Actor, round_id: int, plan: Plan, *, seen: int) -> AssessmentRound:
    """The plan anew, while it is a draft."""
    found = queries.locked(round_id)
    policy.require_round(actor, found, RoundAct.change)
    if found.version != seen:
        raise Stale(found)
    _fill(found, plan)
    found.updated_by = actor.user_id
    changes = trail.changes_of(found)
    db.session.flush()
    trail.record(actor, "assessment.round_changed", found, changes=changes)
    return found


def _fill(found: AssessmentRound, plan: Plan) -> None:
    version = _version(plan)
    _beside_others(found.id, plan)
    for one in fields(plan):
        if one.name != "sources":
            setattr(found, one.name, getattr(plan, one.name))
    wrong = window_faults(
        policy.windows(found), plan.cut_off_on, (plan.period_from, plan.period_to)
    )
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)
    sound = not schemes.faults(version.content)
    if plan.sources is not None:
        found.sources = dict(plan.sources)
    elif sound and not found.sources:
        found.sources = sources.guessed(scheme_queries.loaded(version))
    elif sound:
        found.sources = sources.fitting(found.sources, scheme_queries.loaded(version))


def _beside_others(own: int | None, plan: Plan) -> None:
    """Two rounds of one name look alike in every list; a later round is not the one before."""
    others = [one for one in round_board.kept_rounds() if one.id != own]
    if any(one.name.strip() == plan.name.strip() for one in others):
        raise Refusal("round_known", fields={"name": "round_known"})
    before = next((one for one in others if one.id == plan.previous_id), None)
    if plan.previous_id is not None and (before is None or before.period_to > plan.period_to):
        raise Refusal("round_previous", fields={"previous_id": "round_previous"})


def _version(plan: Plan) -> SchemeVersion:
    """The scheme version of a plan whose own fields are sound."""
    wrong = {}
    if not plan.name.strip() or len(plan.name) > NAME_MAX:
        wrong["name"] = "round_name"
    for name, (least, most) in NUMBERS.items():
        if not least <= getattr(plan, name) <= most:
            wrong[name] = "round_number"
    if wrong:
        raise Refusal(next(iter(wrong.values())), fields=wrong)
    try:
        return scheme_queries.version(plan.scheme_version_id)
    except NotFound as gone:
        raise Refusal("required", fields={"scheme_version_id": "required"}) from gone


def source(actor: Actor, round_id: int, chosen: Mapping[str, str], *, seen: int) -> None:
    """Where the platform finds values: ``chosen`` is all of it (code -> source), before opening."""
    found = queries.locked(round_id)
    policy.runs(actor)
    if RoundState(found.state) not in BEFORE:
        raise Refusal("round_state")
    if found.version != seen:
        raise Stale(found)
    scheme = queries.scheme_of(found)
    asked = sources.askable(scheme)
    wrong = {
        code: sources.fault(one, scheme, code) if code in asked else "source_item"
        for code, one in chosen.items()
    }
    against = {code: fault for code, fault in wrong.items() if fault is not None}
    if against:
        raise Refusal(next(iter(against.values())), fields=against)
    found.sources, found.updated_by = dict(chosen), actor.user_id
    db.session.flush()
    trail.record(actor, "assessment.sources_chosen", found, details={"count": len(chosen)})


def choose(actor: Actor, round_id: int, park_ids: Collection[int]) -> None:
    """Exactly these parks take part; only before the round opens."""
    found = queries.locked(round_id)
    policy.runs(actor)
    if RoundState(found.state) not in BEFORE:
        raise Refusal("round_state")
    known = {one.park_id: one for one in filings.of_round(round_id)}
    for park_id, one in known.items():
        if park_id not in park_ids:
            db.session.delete(one)
    there = set(db.session.scalars(sa.select(Park.id).where(Park.id.in_(list(park_ids)))))
    if there != set(park_ids):
        raise Refusal("park_not_there", fields={"parks": "park_not_there"})
    for park_id in sorted(set(park_ids) - set(known)):
        db.session.add(AssessmentFiling(round_id=round_id, park_id=park_id))
    db.session.flush()
    trail.record(actor, "assessment.parks_chosen", found, details={"parks": len(park_ids)})


def plan(actor: Actor, round_id: int, *, now: datetime) -> AssessmentRound:
    """It will open by the clock; from here on its scheme version is frozen."""
    found = queries.locked(round_id)
    policy.require_round(actor, found, RoundAct.plan)
    if not filings.of_round(round_id):
        raise Refusal("round_without_parks")
    schemes.freeze(actor, scheme_queries.locked(found.scheme_version_id), now)
    return _moved(actor, found, RoundAct.plan)


def recall(actor: Actor, round_id: int) -> AssessmentRound:
    """Back to a draft, as long as it has not opened."""
    found = queries.locked(round_id)
    policy.require_round(actor, found, RoundAct.recall)
    return _moved(actor, found, RoundAct.recall)


def cancel(actor: Actor, round_id: int, reason: str) -> AssessmentRound:
    """Given up, with the reason: parks see it no more."""
    found = queries.locked(round_id)
    policy.require_round(actor, found, RoundAct.cancel)
    reason = reason.strip()
    if not reason:
        raise Refusal("required", fields={"reason": "required"})
    return _moved(actor, found, RoundAct.cancel, {"reason": reason[:REASON_MAX]})


def tick(actor: Actor, now: datetime) -> int:
    """What the clock asks for: messages, values of the registers, the next round to open or close.

    Two at once do it once. At most one round moves in a turn: its entry in the trail is the last
    lock that a transaction takes.
    """
    today = calendar.local(now)
    for follow in TICKS:
        follow(actor, now)
    opening = ((open_round, one) for one in queries.due_to_open(today))
    closing = ((close, one) for one in queries.due_to_close(today))
    return int(any(act(actor, one, now=now) for act, one in (*opening, *closing)))


def open_round(actor: Actor, round_id: int, *, now: datetime) -> bool:
    """Open a planned round: every filing gets a row for each value that is asked.

    ``False`` when somebody else did it first.
    """
    found = queries.locked(round_id)
    if found.state != RoundState.planned:
        return False
    policy.require_round(actor, found, RoundAct.open)
    asked = form.asks(queries.scheme_of(found))
    for filing in filings.of_round(round_id):
        for code in asked:
            db.session.add(FilingValue(filing_id=filing.id, park_id=filing.park_id, code=code))
    found.opened_at = now
    db.session.flush()
    for follow in OPENED:
        follow(actor, found, now)
    _moved(actor, found, RoundAct.open)
    return True


def close(actor: Actor, round_id: int, *, now: datetime) -> bool:
    """Filling in is over for everybody whose time was not extended beyond."""
    found = queries.locked(round_id)
    if found.state != RoundState.open:
        return False
    policy.require_round(actor, found, RoundAct.close)
    today = calendar.local(now)
    if any(
        one.extended_until and one.extended_until >= today for one in filings.of_round(round_id)
    ):
        return False
    found.closed_at = now
    _moved(actor, found, RoundAct.close)
    return True


def _moved(
    actor: Actor, found: AssessmentRound, act: RoundAct, details: dict[str, Any] | None = None
) -> AssessmentRound:
    found.state = after(act, RoundState(found.state)).value
    found.updated_by = actor.user_id
    db.session.flush()
    trail.record(actor, f"assessment.round_{act.value}", found, details=details or {})
    return found


Follow = Callable[[Actor, AssessmentRound, datetime], None]
#: What else happens when a round opens (values of the registers, messages): before its trail entry.
OPENED: list[Follow] = []
#: What else the clock does with rounds.
TICKS: list[Callable[[Actor, datetime], object]] = []
