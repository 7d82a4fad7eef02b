"""限期整改, 取消称号待核: made when results are confirmed, closed by the zone with its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO

from msgspec import Struct

from app.core import scope
from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import calendar, files, notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import rounds
from app.features.assessments.rules.rounds import RoundState
from app.features.parks import queries as parks
from app.features.rankings import policy, queries
from app.features.rankings.models import RankingConsequence, RankingSnapshot
from app.features.rankings.rules.consequences import DAYS, ENDINGS, Kind, Outcome, follow, read
from app.features.rankings.services.previous import CONFIRMED

NOTE_MAX = 500
REPORT_TYPES = frozenset({"pdf", "png", "jpeg", "docx", "xlsx"})
REPORT_MOST = 10 * 1024 * 1024
LINK = "/desk/consequences/show"
#: Rounds looked back for "in a row"; no scheme asks for more.
MOST_BACK = 20


def draw(
    actor: Actor, found: AssessmentRound, snapshot: RankingSnapshot, *, now: datetime
) -> list[RankingConsequence]:
    """What the scheme says follows from these results, park by park; its people are told."""
    rules = read(rounds.version_of(found).content)
    if not rules:
        return []
    rows = queries.rows(snapshot.id)
    by_park = {one.park_id: one for one in rows}
    made = []
    with scope.unscoped():
        for one in follow(rules, rows, _earlier(found)):
            row = by_park[one.park_id]
            made.append(
                RankingConsequence(
                    park_id=one.park_id,
                    round_id=found.id,
                    snapshot_id=snapshot.id,
                    kind=one.rule.kind.value,
                    words=one.rule.words,
                    grade=row.grade,
                    veto=row.veto,
                    years=one.years,
                    made_at=now,
                    due_on=calendar.due(now, DAYS[one.rule.kind]),
                    created_by=actor.user_id,
                    updated_by=actor.user_id,
                )
            )
        db.session.add_all(made)
        db.session.flush()
        for each in made:
            _told(actor, found, each)
    return made


def _earlier(found: AssessmentRound) -> Mapping[int, Sequence[str | None]]:
    """Park -> its grades in the confirmed rounds before, newest first; ``None``: not in it."""
    told: list[Mapping[int, str]] = []
    before = found.previous_id
    while before is not None and len(told) < MOST_BACK:
        earlier, snapshot = rounds.get(before), queries.current(before)
        if snapshot is None or RoundState(earlier.state) not in CONFIRMED:
            break
        told.append({one.park_id: one.grade for one in queries.rows(snapshot.id)})
        before = earlier.previous_id
    known = {park_id for one in told for park_id in one}
    return {park_id: [one.get(park_id) for one in told] for park_id in known}


def _told(actor: Actor, found: AssessmentRound, one: RankingConsequence) -> None:
    details = {"kind": one.kind, "words": one.words, "grade": one.grade}
    trail.record(actor, "ranking.consequence", one, details=details)
    notices.tell(
        parks.managers_of(one.park_id, but=actor.user_id),
        "ranking.consequence",
        {"round": found.name, "what": one.words, "until": one.due_on.isoformat()},
        link=f"{LINK}/{one.id}",
        cause=f"ranking.consequence:{one.id}",
    )


def exported(actor: Actor, *, count: int, kind: str, facts: Mapping[str, str]) -> None:
    """What left the house is recorded."""
    about = trail.Ref("ranking_consequence", 0, label=kind)
    details = {"count": count, "facts": dict(facts)}
    trail.record(actor, "ranking.consequences_exported", about, details=details)


class Report(Struct, frozen=True):
    """A file as it came."""

    stream: IO[bytes]
    name: str


def report(
    actor: Actor,
    consequence_id: int,
    paper: Report | None,
    note: str,
    *,
    seen: int,
    now: datetime,
) -> RankingConsequence:
    """提交整改报告, by the park: as often as it likes until the zone closes; the last one counts, and
    the zone's operators hear of each."""
    found = queries.consequence_locked(consequence_id)
    policy.reports(actor, found.park_id)
    if found.version != seen or found.outcome is not None:
        raise Refusal("consequence_changed")
    if Kind(found.kind) is not Kind.rectify:
        raise Refusal("consequence_no_report")
    wrong = {}
    if paper is None:
        wrong["report"] = "consequence_report"
    if len(note.strip()) > NOTE_MAX:
        wrong["note"] = "consequence_note"
    if paper is None or wrong:
        raise Refusal("consequence_incomplete", fields=wrong)
    found.park_report_key = _kept(actor, paper, found.park_id)
    found.park_note, found.reported_at, found.reported_by = note.strip(), now, actor.user_id
    found.updated_by, found.updated_at = actor.user_id, now
    db.session.flush()
    with scope.unscoped():
        people = accounts.with_rights([f"can_close on {policy.CONSEQUENCES}"])
        params = {
            "park": parks.by_id(found.park_id).name,
            "round": rounds.get(found.round_id).name,
            "what": found.words,
        }
    kind = "ranking.consequence_reported"
    cause = f"{kind}:{found.id}:{found.version}"
    notices.tell(people, kind, params, link=f"{LINK}/{found.id}", cause=cause)
    trail.record(actor, kind, found, details={"report": paper.name, "note": found.park_note})
    return found


def close(  # noqa: PLR0913 - how it ended, on what ground, and with which paper
    actor: Actor,
    consequence_id: int,
    outcome: str,
    note: str,
    *,
    seen: int,
    now: datetime,
    report: Report | None = None,
) -> RankingConsequence:
    """办结: how it ended, on what ground, with the report or decision; the park hears of it."""
    policy.publishes(actor)
    found = queries.consequence_locked(consequence_id)
    if found.version != seen or found.outcome is not None:
        raise Refusal("consequence_changed")
    wrong = {}
    if outcome not in {one.value for one in ENDINGS[Kind(found.kind)]}:
        wrong["outcome"] = "consequence_outcome"
    if not note.strip() or len(note.strip()) > NOTE_MAX:
        wrong["note"] = "consequence_note"
    if wrong:
        raise Refusal("consequence_incomplete", fields=wrong)
    if report is not None:
        found.report_key = _kept(actor, report, found.park_id)
    found.outcome, found.note = Outcome(outcome).value, note.strip()
    found.closed_at, found.closed_by = now, actor.user_id
    found.updated_by = actor.user_id
    db.session.flush()
    details = {"outcome": found.outcome, "note": found.note}
    if report is not None:
        details["report"] = report.name
    trail.record(actor, "ranking.consequence_closed", found, details=details)
    _inform(actor, found, "ranking.consequence_closed", {})
    return found


def reopen(
    actor: Actor, consequence_id: int, reason: str, *, seen: int, now: datetime
) -> RankingConsequence:
    """重新办理 of what was closed by mistake or too early; how it had ended stays in the trail."""
    policy.publishes(actor)
    found = queries.consequence_locked(consequence_id)
    if found.version != seen or found.outcome is None:
        raise Refusal("consequence_changed")
    reason = reason.strip()
    if not reason or len(reason) > NOTE_MAX:
        raise Refusal("consequence_incomplete", fields={"reason": "ranking_reason"})
    details = {"reason": reason, "outcome": found.outcome, "note": found.note}
    found.outcome = found.closed_at = found.closed_by = None
    found.note, found.updated_by, found.updated_at = "", actor.user_id, now
    db.session.flush()
    trail.record(actor, "ranking.consequence_reopened", found, details=details)
    _inform(actor, found, "ranking.consequence_reopened", {"reason": reason})
    return found


def _kept(actor: Actor, report: Report, park_id: int) -> str:
    try:
        stored = files.store(
            actor,
            report.stream,
            report.name,
            kind=policy.REPORT,
            allowed=REPORT_TYPES,
            max_bytes=REPORT_MOST,
            park_id=park_id,
        )
    except Refusal as refusal:
        raise Refusal(refusal.code, fields={"report": refusal.code}, **refusal.params) from None
    return stored.key


def _inform(actor: Actor, found: RankingConsequence, kind: str, params: Mapping[str, str]) -> None:
    with scope.unscoped():
        people = parks.managers_of(found.park_id, but=actor.user_id)
    notices.tell(
        people,
        kind,
        {"round": rounds.get(found.round_id).name, "what": found.words, **params},
        link=f"{LINK}/{found.id}",
        cause=f"{kind}:{found.id}:{found.version}",
    )
