"""确定提出: within the window, once per matter; 撤回 before it is accepted; 复核 of an answer, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.engines import calendar
from app.extensions import db
from app.extensions.phrases import listed
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.objections import policy, queries, rules
from app.features.objections.models import Objection
from app.features.objections.rules import Act, State, Target, after
from app.features.objections.services.noting import Upload, keep, note, unfit
from app.features.rankings import queries as rankings
from app.features.rankings.models import RankingSnapshot

__all__ = ["Claim", "Upload", "again", "against_again", "file", "withdraw"]


class Claim(Struct, frozen=True):
    """What a park says: what it objects to, and why."""

    target: str
    reason: str
    indicators: tuple[str, ...] = ()
    other_park_id: int | None = None
    uploads: Sequence[Upload] = ()


def file(actor: Actor, park_id: int, snapshot_id: int, claim: Claim, *, now: datetime) -> Objection:
    """A new case about the version that the park saw.

    Refuses what is incomplete, came after the window, is about an older version, or was raised by
    this park already. The day counts in Asia/Shanghai, by the time the server received it.
    """
    if not policy.may_file(actor, park_id):
        raise Forbidden("objection_not_park")
    snapshot = rankings.get(snapshot_id)
    found = rounds.locked(snapshot.round_id)
    _require_open(found, snapshot, now)
    rows = {one.park_id: one for one in rankings.rows(snapshot.id)}
    if park_id not in rows:
        raise Refusal("objection_not_in_it")
    wrong = rules.faults(
        claim.target,
        claim.indicators,
        _indicators(found),
        reason=claim.reason,
        other=claim.other_park_id,
    )
    if claim.target == Target.other and claim.other_park_id not in set(rows) - {park_id}:
        wrong["other"] = "objection_other"
    bad = unfit(claim.uploads)
    if bad:
        wrong["files"] = "objection_file"
    if wrong:
        raise Refusal("objection_incomplete", fields=wrong, files=listed(bad))
    matters = rules.matters(claim.target, claim.indicators, claim.other_park_id)
    if matters & queries.raised(park_id, found.id):
        raise Refusal("objection_raised", fields={"target": "objection_raised"})
    return _open(actor, Place(park_id, found, snapshot.id), claim, now=now, matters=matters)


def again(
    actor: Actor, objection_id: int, reason: str, uploads: Sequence[Upload], *, now: datetime
) -> Objection:
    """申请复核: once, within as many working days as the publicity had; another person handles it."""
    # the round comes first, as in a publication, which writes cases as well
    found = rounds.locked(queries.get(objection_id).round_id)
    first = queries.locked(objection_id)
    if not policy.may_file(actor, first.park_id):
        raise Forbidden("objection_not_park")
    against = against_again(first, found, now=now)
    if against is not None:
        raise Refusal(against)
    claim = Claim(first.target, reason, first.indicators, first.other_park_id, uploads)
    wrong = rules.faults(
        claim.target,
        claim.indicators,
        claim.indicators,
        reason=reason,
        other=claim.other_park_id,
    )
    if wrong:
        raise Refusal("objection_incomplete", fields=wrong)
    place = Place(first.park_id, found, first.snapshot_id)
    return _open(actor, place, claim, now=now, review_of=first.id)


def against_again(first: Objection, found: AssessmentRound, *, now: datetime) -> str | None:
    """Why no 复核 of a case can be asked for now, whoever asks; ``None``: go ahead."""
    if State(first.state) not in (State.answered, State.refused) or first.review_of_id is not None:
        return "objection_state"
    if queries.review_of(first.id) is not None:
        return "objection_reviewed"
    last = again_until(first, found)
    over = RoundState(found.state) is not RoundState.publicized or calendar.local(now) > last
    return "objection_window_over" if over else None


def again_until(first: Objection, found: AssessmentRound) -> date:
    """The last day on which a 复核 of an answered case can be asked for."""
    return calendar.due(first.answered_at or first.updated_at, found.publicity_days)


def withdraw(actor: Actor, objection_id: int, *, seen: int, now: datetime) -> Objection:
    """撤回, until it is accepted; the matter can be raised again while the window is open."""
    found = queries.locked(objection_id)
    policy.require(Act.withdraw, policy.standing(actor, found))
    if found.version != seen:
        raise Refusal("objection_changed")
    found.state = after(Act.withdraw, State(found.state)).value
    found.updated_by = actor.user_id
    db.session.flush()
    note(actor, found, Act.withdraw.value, "", now=now)
    return found


def _require_open(found: AssessmentRound, snapshot: RankingSnapshot, now: datetime) -> None:
    if RoundState(found.state) is not RoundState.publicized:
        raise Refusal("objection_window_over")
    if snapshot.state != "current":
        raise Refusal("objection_old_version")
    if calendar.local(now) > snapshot.window_until:
        raise Refusal("objection_window_over")


def _indicators(found: AssessmentRound) -> frozenset[str]:
    scheme = rounds.scheme_of(found)
    adjustments = (*scheme.bonus, *scheme.deductions)
    return frozenset([*scheme.by_code, *(one.code for one in adjustments)])


class Place(Struct, frozen=True):
    """Whose case it is, about which version."""

    park_id: int
    round: AssessmentRound
    snapshot_id: int


def _open(
    actor: Actor,
    place: Place,
    claim: Claim,
    *,
    now: datetime,
    matters: frozenset[str] = frozenset(),
    review_of: int | None = None,
) -> Objection:
    made = Objection(
        park_id=place.park_id,
        number=rules.number(calendar.local(now)),
        round_id=place.round.id,
        snapshot_id=place.snapshot_id,
        review_of_id=review_of,
        target=claim.target,
        indicators=claim.indicators,
        other_park_id=claim.other_park_id if claim.target == Target.other else None,
        matters=tuple(sorted(matters)),
        reason=claim.reason.strip(),
        filed_at=now,
        filed_by=actor.user_id,
        due_on=calendar.due(now, place.round.objection_reply_days),
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    keep(actor, made, claim.uploads, now=now)
    note(actor, made, "again" if review_of else "file", made.reason, now=now)
    return made
