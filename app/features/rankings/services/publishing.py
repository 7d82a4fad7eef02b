"""公示: a scored round becomes a version that never changes; a correction is the next version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from app.core import scope
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar, trail
from app.engines.scoring import Scheme
from app.extensions import db
from app.extensions.locks import lock
from app.features.assessments.models import AssessmentRound, AssessmentRun
from app.features.assessments.queries import reviews, rounds, runs
from app.features.assessments.rules.rounds import RoundAct, RoundState, after, refusal
from app.features.rankings import policy, queries
from app.features.rankings.models import RankingRow, RankingSnapshot
from app.features.rankings.rules import chain
from app.features.rankings.rules.following import Followed
from app.features.rankings.rules.moves import Move, moves
from app.features.rankings.rules.rows import Published, Scored, published
from app.features.rankings.services import messages
from app.features.rankings.services.following import following

#: Days of a fresh publicity after a correction that moved a rank or a grade.
SHORT_DAYS = 3
REASON_MAX = 500
LOCKS = 7_293
#: Told after a publication: ``(actor, round, snapshot, moves)``; ``moves`` None for the first one.
TELLERS: list[
    Callable[[Actor, AssessmentRound, RankingSnapshot, tuple[Move, ...] | None], None]
] = []


class Terms(Struct, frozen=True):
    """From when and until when it can be objected to, who may read it, and why there is another
    version."""

    since: date
    until: date
    is_public: bool = False
    reason: str = ""


def publicize(
    actor: Actor, round_id: int, *, run_id: int, is_public: bool = False, now: datetime
) -> RankingSnapshot:
    """公示: the first version of a scored round, or the next after a withdrawal, out of the run that the person saw (``run_id``).

    Refuses when another run has come since, or somebody else published it already. What takes the
    place of a withdrawn version is a correction, too: two persons' work.
    """
    policy.publishes(actor)
    found = rounds.locked(round_id)
    _require(RoundAct.publicize, found)
    run = queries.newest_run(round_id)
    if run is None or run.id != run_id:
        raise Refusal("ranking_other_run")
    _require_publishing(actor, run, again=bool(queries.versions(round_id)))
    terms = Terms(calendar.local(now), calendar.due(now, found.publicity_days), is_public)
    snapshot = _publish(actor, found, run, terms, now)
    found.state = after(RoundAct.publicize, RoundState(found.state)).value
    db.session.flush()
    _tell(actor, found, snapshot, None)
    return snapshot


def publish_anew(
    actor: Actor, round_id: int, *, run_id: int, reason: str, now: datetime
) -> tuple[RankingSnapshot, tuple[Move, ...]]:
    """The next version, out of a newer run, with its reason; the one before stays as it is.

    A changed rank or grade opens the window again; else the old one goes on as it is.
    """
    policy.publishes(actor)
    found = rounds.locked(round_id)
    if RoundState(found.state) is not RoundState.publicized:
        raise Refusal("round_state")
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Refusal("ranking_reason", fields={"reason": "ranking_reason"})
    old = queries.current_locked(round_id)
    run = queries.newest_run(round_id)
    if old is None or run is None or run.id != run_id or run.id == old.run_id:
        raise Refusal("ranking_other_run")
    _require_publishing(actor, run, again=True)
    moved = moves(queries.rows(old.id), _rows(found, run))
    since, until = _window(old, moved, now)
    _end(old, "superseded", reason, now)
    snapshot = _publish(actor, found, run, Terms(since, until, old.is_public, reason), now)
    _tell(actor, found, snapshot, moved)
    return snapshot, moved


class Ahead(Struct, frozen=True):
    """What the next version would change, before anybody publishes it."""

    moves: tuple[Move, ...]
    since: date
    until: date
    #: Whether the parks can object to it anew, from its publication on.
    restarts: bool
    #: What moves although nobody judged it.
    followed: tuple[Followed, ...]
    #: Why this person cannot publish it now; "": nothing stands against it.
    against: str = ""


def ahead(actor: Actor, found: AssessmentRound, *, now: datetime) -> Ahead | None:
    """The differences between the version in force and the newest run; ``None`` without a newer
    run. Computed by what computes the version itself, so that it says the same."""
    old, run = queries.current(found.id), queries.newest_run(found.id)
    published = RoundState(found.state) is RoundState.publicized
    if not published or old is None or run is None or run.id == old.run_id:
        return None
    moved = moves(queries.rows(old.id), _rows(found, run))
    return Ahead(
        moved,
        *_window(old, moved, now),
        restarts=_restarts(moved),
        followed=following(found, queries.run_of(old), run),
        against=against_publishing(actor, run, again=True),
    )


def _restarts(moved: tuple[Move, ...]) -> bool:
    """A park with another rank or grade may object to it; other figures answer an objection."""
    return any(one.moved for one in moved)


def _window(old: RankingSnapshot, moved: tuple[Move, ...], now: datetime) -> tuple[date, date]:
    """First and last day of the next version: it begins again with what can be objected to anew,
    for a short while at least; otherwise it is the old one, its first day included."""
    if not _restarts(moved):
        return old.window_from, old.window_until
    return calendar.local(now), max(old.window_until, calendar.due(now, SHORT_DAYS))


def against_publishing(actor: Actor, run: AssessmentRun, *, again: bool) -> str:
    """Why this person cannot publish this run now; "": go ahead. ``again``: another version has
    been published before."""
    if runs.waiting_grades(run.round_id):
        return "ranking_grade_open"
    return against_second(actor, run) if again else ""


def against_second(actor: Actor, run: AssessmentRun) -> str:
    """A correction is two persons': who scored again does not publish it; and nothing of it is
    still being judged. "": go ahead."""
    if reviews.unsettled(run.round_id):
        return "ranking_being_corrected"
    own = run.actor_id is not None and run.actor_id == actor.user_id
    return "ranking_second_person" if own else ""


def _require_publishing(actor: Actor, run: AssessmentRun, *, again: bool) -> None:
    if against := against_publishing(actor, run, again=again):
        raise Refusal(against)


def show_to_all(actor: Actor, snapshot_id: int, *, public: bool) -> RankingSnapshot:
    """Let everybody read the ranking on the public site, or the parks alone."""
    policy.publishes(actor)
    snapshot = queries.get(snapshot_id)
    snapshot.is_public = public
    db.session.flush()
    trail.record(actor, "ranking.shown" if public else "ranking.hidden", snapshot)
    return snapshot


def withdraw(actor: Actor, round_id: int, *, reason: str, now: datetime) -> RankingSnapshot:
    """撤回 a publication that should not have been: the round is only scored again. Every
    park in it hears of it."""
    policy.publishes(actor)
    found = rounds.locked(round_id)
    old = queries.current_locked(round_id)
    if old is None or RoundState(found.state) is not RoundState.publicized:
        raise Refusal("round_state")
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Refusal("ranking_reason", fields={"reason": "ranking_reason"})
    _end(old, "withdrawn", reason, now)
    found.state = RoundState.provisional.value
    db.session.flush()
    trail.record(actor, "ranking.withdrawn", old, details={"reason": reason})
    messages.withdrawn(actor, found, old)
    return old


def _require(act: RoundAct, found: AssessmentRound) -> None:
    against = refusal(act, RoundState(found.state))
    if against is not None:
        raise Refusal(against)
    if found.rehearsal_of_id is not None:
        raise Refusal("ranking_rehearsal")


def _end(old: RankingSnapshot, state: str, reason: str, now: datetime) -> None:
    old.state, old.ended_at, old.end_reason = state, now, reason
    db.session.flush()


def _publish(
    actor: Actor,
    found: AssessmentRound,
    run: AssessmentRun,
    terms: Terms,
    now: datetime,
) -> RankingSnapshot:
    rows = _rows(found, run)
    known = queries.versions(found.id)
    lock(LOCKS, "ranking_chain")  # one chain over all rounds: whoever comes second sees the first
    end = queries.last()
    previous = end.digest if end else chain.FIRST
    number = known[0].number + 1 if known else 1
    head = _head(found, run, rows, number=number, window=(terms.since, terms.until), now=now)
    snapshot = RankingSnapshot(
        round_id=found.id,
        run_id=run.id,
        number=number,
        is_public=terms.is_public,
        reason=terms.reason,
        window_from=terms.since,
        window_until=terms.until,
        published_at=now,
        published_by=actor.user_id,
        publisher_name=actor.name,
        key=chain.key(),
        short_code=chain.short_code(),
        head=head,
        digest=chain.digest(head, rows, previous),
        previous_digest=previous,
        results_digest=run.results_digest,
    )
    _keep(snapshot, rows)
    details = {"number": snapshot.number, "digest": snapshot.digest, "reason": terms.reason}
    trail.record(actor, "ranking.published", snapshot, details=details)
    return snapshot


def _keep(snapshot: RankingSnapshot, rows: tuple[Published, ...]) -> None:
    db.session.add(snapshot)
    db.session.flush()
    for position, row in enumerate(rows, 1):
        db.session.add(_stored(snapshot.id, position, row))
    db.session.flush()


def _stored(snapshot_id: int, position: int, row: Published) -> RankingRow:
    return RankingRow(
        snapshot_id=snapshot_id,
        position=position,
        park_id=row.park_id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        rank=row.rank,
        final=row.final,
        grade=row.grade,
        told=row.told(),
    )


def _rows(found: AssessmentRound, run: AssessmentRun) -> tuple[Published, ...]:
    by_hand = queries.overrides(found.id)
    with scope.unscoped():
        return published(
            [
                Scored(
                    park_id=park.id,
                    code=park.code,
                    name=park.name,
                    kind=park.kind,
                    outcome=result.outcome,
                    steps=tuple(result.explanation.get("grade", {}).get("steps", ())),
                    previous_rank=_previous(result.subject),
                    override=by_hand.get(filing.id),
                )
                for result, filing, park in queries.results(run.id)
            ]
        )


def _previous(subject: Mapping[str, Any]) -> int | None:
    """The rank that the run counted with: of the round before, once that was confirmed."""
    told = subject.get("previous_rank")
    return None if told is None else int(told)


def _head(
    found: AssessmentRound,
    run: AssessmentRun,
    rows: tuple[Published, ...],
    *,
    number: int,
    window: tuple[Any, Any],
    now: datetime,
) -> dict[str, Any]:
    """What the sheet says besides its rows; the digest covers it."""
    scheme = rounds.scheme_of(found)
    version = rounds.version_of(found)
    return {
        "round": {
            "id": found.id,
            "name": found.name,
            "period_from": found.period_from.isoformat(),
            "period_to": found.period_to.isoformat(),
        },
        "number": number,
        "published_at": now.isoformat(),
        "window_from": window[0].isoformat(),
        "window_until": window[1].isoformat(),
        "scheme": {
            "name": scheme.template.name,
            "version": version.number,
            "digest": version.digest,
        },
        "run": {"number": run.number, "inputs": run.inputs_digest, "results": run.results_digest},
        "parks": len(rows),
        "ranked": sum(one.rank is not None for one in rows),
        **_rules(scheme),
    }


def _rules(scheme: Scheme) -> Mapping[str, Any]:
    """As much of the scheme as totals, ranks and grades need to be computed again."""
    quota = scheme.grading.quota
    return {
        "blocks": [
            {"code": one.code, "name": one.name, "max_score": f"{one.max_score:f}"}
            for one in scheme.blocks
        ],
        "grades": [
            {"code": one.code, "name": one.name, "min": f"{one.minimum:f}"}
            for one in scheme.grading.grades
        ],
        "vetoes": {one.code: one.name for one in scheme.vetoes},
        "bonus_cap": f"{scheme.total.bonus_cap:f}",
        "deduction_cap": f"{scheme.total.deduction_cap:f}",
        "low": f"{scheme.total.low:f}",
        "high": f"{scheme.total.high:f}",
        "rounding": {
            "digits": scheme.final_rounding.digits,
            "mode": scheme.final_rounding.mode,
        },
        "gate_failure_cap": scheme.grading.gate_failure_cap,
        "quota": quota
        and {
            "ratio": f"{quota.ratio:f}",
            "rounding": quota.rounding,
            "at_least": quota.at_least,
        },
        "tie_break": [one.text for one in scheme.tie_breaks],
    }


def _tell(
    actor: Actor,
    found: AssessmentRound,
    snapshot: RankingSnapshot,
    moved: tuple[Move, ...] | None,
) -> None:
    for tell in TELLERS:
        tell(actor, found, snapshot, moved)
