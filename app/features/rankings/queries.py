"""Every SELECT on publications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.core.errors import NotFound
from app.extensions import by_key, db
from app.features.assessments.models import (
    AssessmentFiling,
    AssessmentOverride,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    FilingValue,
    FilingValueChange,
)
from app.features.parks.models import Park
from app.features.rankings.models import (
    RankingConsequence,
    RankingRow,
    RankingSight,
    RankingSnapshot,
)
from app.features.rankings.rules.consequences import Kind
from app.features.rankings.rules.rows import Published

Snapshot = RankingSnapshot


def get(snapshot_id: int) -> Snapshot:
    return by_key.one(Snapshot, snapshot_id)


def readable(snapshot_id: int, *, withdrawn: bool) -> Snapshot:
    """A version's figures for somebody who sees those of withdrawn ones, or not: ``NotFound``."""
    found = get(snapshot_id)
    if found.state == "withdrawn" and not withdrawn:
        raise NotFound(f"snapshot {snapshot_id}")
    return found


def current(round_id: int) -> Snapshot | None:
    """The version in force of a round."""
    query = sa.select(Snapshot).where(Snapshot.round_id == round_id, Snapshot.state == "current")
    return db.session.scalar(query)


def current_locked(round_id: int) -> Snapshot | None:
    query = sa.select(Snapshot).where(Snapshot.round_id == round_id, Snapshot.state == "current")
    options = {"populate_existing": True}
    return db.session.scalar(query.with_for_update(), execution_options=options)


def public_now() -> Sequence[Snapshot]:
    """Versions in force that everybody may read, the newest first."""
    query = (
        sa.select(Snapshot)
        .join(AssessmentRound, AssessmentRound.id == Snapshot.round_id)
        .where(
            Snapshot.state == "current",
            Snapshot.is_public,
            AssessmentRound.rehearsal_of_id.is_(None),
        )
        .order_by(Snapshot.published_at.desc(), Snapshot.id.desc())
    )
    return db.session.scalars(query).all()


def versions(round_id: int) -> Sequence[Snapshot]:
    """Newest first; that one was withdrawn is no secret, its figures are the zone's alone."""
    query = sa.select(Snapshot).where(Snapshot.round_id == round_id)
    return db.session.scalars(query.order_by(Snapshot.number.desc())).all()


def published_rounds(*, withdrawn: bool = True) -> Sequence[AssessmentRound]:
    """Rounds that have a publication, the newest period first."""
    kept = sa.true() if withdrawn else Snapshot.state != "withdrawn"
    query = (
        sa.select(AssessmentRound)
        .where(
            AssessmentRound.id.in_(sa.select(Snapshot.round_id).where(kept)),
            AssessmentRound.rehearsal_of_id.is_(None),
        )
        .order_by(AssessmentRound.period_to.desc(), AssessmentRound.id.desc())
    )
    return db.session.scalars(query).all()


def round_options(column: Any) -> tuple[tuple[str, str], ...]:
    """For the filter of a register whose rows name their round in ``column``: a round of which all
    was withdrawn is there only with rows that this person sees."""
    known = {one.id for one in published_rounds(withdrawn=False)}
    known |= set(db.session.scalars(sa.select(column).distinct()))
    return tuple((str(one.id), one.name) for one in published_rounds() if one.id in known)


def rounds_to_publish() -> Sequence[AssessmentRound]:
    """Scored, published, confirmed and archived rounds, the newest period first."""
    states = ("provisional", "publicized", "confirmed", "archived")
    query = (
        sa.select(AssessmentRound)
        .where(AssessmentRound.state.in_(states), AssessmentRound.rehearsal_of_id.is_(None))
        .order_by(AssessmentRound.period_to.desc(), AssessmentRound.id.desc())
    )
    return db.session.scalars(query).all()


def stored_rows(snapshot_id: int) -> Sequence[RankingRow]:
    """The rows of a version in the order of its sheet."""
    query = sa.select(RankingRow).where(RankingRow.snapshot_id == snapshot_id)
    return db.session.scalars(query.order_by(RankingRow.position)).all()


def rows(snapshot_id: int) -> tuple[Published, ...]:
    """The same as they were published."""
    return tuple(one.published() for one in stored_rows(snapshot_id))


def kept_rows(snapshot: Snapshot) -> tuple[Published, ...]:
    """The same for pages, read once by a process: what has this digest never changes, and that the
    database still says it is the matter of ``services.broken``."""
    return _of_digest(snapshot.digest, snapshot.id)


@lru_cache(maxsize=4)
def _of_digest(_digest: str, snapshot_id: int) -> tuple[Published, ...]:
    return rows(snapshot_id)


def last() -> Snapshot | None:
    """The end of the chain over all rounds."""
    return db.session.scalar(sa.select(Snapshot).order_by(Snapshot.id.desc()).limit(1))


def in_chain() -> Sequence[Snapshot]:
    return db.session.scalars(sa.select(Snapshot).order_by(Snapshot.id)).all()


def newest_run(round_id: int) -> AssessmentRun | None:
    """The last scoring that counts."""
    query = sa.select(AssessmentRun).where(
        AssessmentRun.round_id == round_id,
        AssessmentRun.state == "done",
        AssessmentRun.preview.is_(False),
    )
    return db.session.scalar(query.order_by(AssessmentRun.number.desc()).limit(1))


def results(run_id: int) -> Sequence[tuple[AssessmentResult, AssessmentFiling, Park]]:
    query = (
        sa.select(AssessmentResult, AssessmentFiling, Park)
        .join(AssessmentFiling, AssessmentFiling.id == AssessmentResult.filing_id)
        .join(Park, Park.id == AssessmentResult.park_id)
        .where(AssessmentResult.run_id == run_id)
        .order_by(AssessmentResult.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def result_of(run_id: int, park_id: int) -> AssessmentResult:
    """A park's result with its explanation; in the row scope of the moment."""
    query = sa.select(AssessmentResult).where(
        AssessmentResult.run_id == run_id, AssessmentResult.park_id == park_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"result of park {park_id} in run {run_id}")
    return found


def outcomes(run_id: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """Park and what the run says of it, of those that it scored; without the explanations."""
    query = (
        sa.select(AssessmentResult.park_id, AssessmentResult.outcome)
        .where(AssessmentResult.run_id == run_id, AssessmentResult.final.is_not(None))
        .order_by(AssessmentResult.id)
    )
    return [(row.park_id, row.outcome) for row in db.session.execute(query)]


def judged_between(round_id: int, since: datetime, until: datetime) -> Mapping[int, frozenset[str]]:
    """Park -> the values that somebody touched after one moment and up to another."""
    query = (
        sa.select(FilingValue.park_id, FilingValue.code)
        .join(FilingValueChange, FilingValueChange.value_id == FilingValue.id)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(
            AssessmentFiling.round_id == round_id,
            FilingValueChange.at > since,
            FilingValueChange.at <= until,
        )
    )
    found: dict[int, set[str]] = {}
    for park_id, code in db.session.execute(query.distinct()):
        found.setdefault(park_id, set()).add(code)
    return {park_id: frozenset(codes) for park_id, codes in found.items()}


def run_of(snapshot: Snapshot) -> AssessmentRun:
    return by_key.one(AssessmentRun, snapshot.run_id)


def overrides(round_id: int) -> Mapping[int, str]:
    """Filing -> grade set by hand and approved by a second person."""
    query = (
        sa.select(AssessmentOverride.filing_id, AssessmentOverride.grade)
        .join(AssessmentFiling, AssessmentFiling.id == AssessmentOverride.filing_id)
        .where(AssessmentFiling.round_id == round_id, AssessmentOverride.state == "approved")
        .order_by(AssessmentOverride.id)
    )
    return {filing: grade for filing, grade in db.session.execute(query)}  # noqa: C416


def consequence(consequence_id: int) -> RankingConsequence:
    """In the row scope of the moment: a park finds its own."""
    return by_key.one(RankingConsequence, consequence_id)


def consequences_of(round_id: int) -> Sequence[RankingConsequence]:
    query = sa.select(RankingConsequence).where(RankingConsequence.round_id == round_id)
    return db.session.scalars(query.order_by(RankingConsequence.id)).all()


def consequence_locked(consequence_id: int) -> RankingConsequence:
    return by_key.locked(RankingConsequence, consequence_id)


def consequence_overdue(today: date) -> sa.ColumnElement[bool]:
    """Open although its last day is over."""
    return sa.and_(RankingConsequence.outcome.is_(None), RankingConsequence.due_on < today)


def consequence_unreported() -> sa.ColumnElement[bool]:
    """A 限期整改 that waits for its park's report."""
    return sa.and_(
        RankingConsequence.outcome.is_(None),
        RankingConsequence.kind == Kind.rectify.value,
        RankingConsequence.reported_at.is_(None),
    )


def consequence_reported() -> sa.ColumnElement[bool]:
    """Its report is there, and waits for the zone's word."""
    return sa.and_(
        RankingConsequence.outcome.is_(None), RankingConsequence.reported_at.is_not(None)
    )


def consequences_where(clause: sa.ColumnElement[bool]) -> tuple[int, date | None]:
    """How many in scope, and the earliest of their last days."""
    query = sa.select(sa.func.count(), sa.func.min(RankingConsequence.due_on))
    number, first = db.session.execute(query.where(clause)).one()
    return int(number), first


def listed(query: sa.Select[Any]) -> Sequence[Any]:
    """The rows of a list's statement."""
    return db.session.execute(query).all()


def consequence_counts() -> dict[str, int]:
    """Kind -> how many."""
    query = sa.select(RankingConsequence.kind, sa.func.count())
    found = db.session.execute(query.group_by(RankingConsequence.kind))
    return {kind: int(number) for kind, number in found}


def with_key(key: str) -> Snapshot | None:
    return db.session.scalar(sa.select(Snapshot).where(Snapshot.key == key))


def with_code(code: str) -> Snapshot | None:
    return db.session.scalar(sa.select(Snapshot).where(Snapshot.short_code == code))


def sights_since(address: str, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        RankingSight.address == address, RankingSight.at > since
    )
    return int(db.session.scalar(query.select_from(RankingSight)) or 0)


def ranks_of(park_id: int) -> Sequence[tuple[AssessmentRound, RankingRow]]:
    """A park's published rows through the rounds, oldest first: the trend."""
    query = (
        sa.select(AssessmentRound, RankingRow)
        .join(Snapshot, Snapshot.round_id == AssessmentRound.id)
        .join(RankingRow, RankingRow.snapshot_id == Snapshot.id)
        .where(RankingRow.park_id == park_id, Snapshot.state == "current")
        .order_by(AssessmentRound.period_to, AssessmentRound.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
