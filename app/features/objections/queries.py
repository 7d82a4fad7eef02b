"""Every SELECT on objections, in the row scope of the moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import scope
from app.engines.files import StoredFile
from app.extensions import by_key, db
from app.features.assessments.models import (
    AssessmentFiling,
    FilingValue,
    FilingValueChange,
)
from app.features.objections.models import Objection, ObjectionEvent, ObjectionFile
from app.features.objections.rules import OPEN, RAISED, UPHELD, Act, State

#: What a reviewer did to a value.
JUDGED = ("passed", "corrected", "returned", "verified")


def get(objection_id: int) -> Objection:
    return by_key.one(Objection, objection_id)


def locked(objection_id: int) -> Objection:
    return by_key.locked(Objection, objection_id)


def of_park(park_id: int, round_id: int) -> Sequence[Objection]:
    """Newest first."""
    query = sa.select(Objection).where(Objection.park_id == park_id, Objection.round_id == round_id)
    return db.session.scalars(query.order_by(Objection.id.desc())).all()


def raised(park_id: int, round_id: int) -> frozenset[str]:
    """Matters that this park has raised in this round already."""
    query = sa.select(Objection.matters).where(
        Objection.park_id == park_id,
        Objection.round_id == round_id,
        Objection.state.in_([one.value for one in RAISED]),
    )
    return frozenset(one for matters in db.session.scalars(query) for one in matters)


def open_in(round_id: int) -> int:
    """How many of a round still wait for an answer."""
    query = sa.select(sa.func.count()).select_from(Objection)
    query = query.where(
        Objection.round_id == round_id, Objection.state.in_([one.value for one in OPEN])
    )
    with scope.unscoped():
        return int(db.session.scalar(query) or 0)


def uncorrected() -> sa.ColumnElement[bool]:
    """Upheld, at least partly, answered, and not in any published version yet."""
    return sa.and_(
        Objection.state == State.answered.value,
        Objection.outcome.in_([one.value for one in UPHELD]),
        Objection.corrected_in_id.is_(None),
    )


def to_correct_count() -> int:
    """Over all rounds, as many as the list shows."""
    query = sa.select(sa.func.count()).select_from(Objection).where(uncorrected())
    return int(db.session.scalar(query) or 0)


def to_correct(round_id: int) -> Sequence[Objection]:
    """Those of a round, the oldest first."""
    query = sa.select(Objection).where(Objection.round_id == round_id, uncorrected())
    with scope.unscoped():
        return db.session.scalars(query.order_by(Objection.id)).all()


def filing_of(found: Objection) -> int | None:
    """The filing that the case is about; ``None``: that park handed none in."""
    about = found.other_park_id or found.park_id
    query = sa.select(AssessmentFiling.id).where(
        AssessmentFiling.round_id == found.round_id,
        AssessmentFiling.park_id == about,
        AssessmentFiling.state != "draft",
    )
    return db.session.scalar(query)


def review_of(objection_id: int) -> Objection | None:
    return db.session.scalar(sa.select(Objection).where(Objection.review_of_id == objection_id))


def log(objection_id: int) -> Sequence[ObjectionEvent]:
    """Oldest first."""
    query = sa.select(ObjectionEvent).where(ObjectionEvent.objection_id == objection_id)
    return db.session.scalars(query.order_by(ObjectionEvent.id)).all()


def files_of(objection_id: int) -> Sequence[tuple[ObjectionFile, StoredFile | None]]:
    query = (
        sa.select(ObjectionFile, StoredFile)
        .outerjoin(StoredFile, StoredFile.key == ObjectionFile.file_key)
        .where(ObjectionFile.objection_id == objection_id)
        .order_by(ObjectionFile.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def files_from(objection_id: int, *, zone: bool) -> int:
    """How many files one side has given to a case."""
    query = sa.select(sa.func.count()).select_from(ObjectionFile)
    query = query.where(
        ObjectionFile.objection_id == objection_id, ObjectionFile.from_zone.is_(zone)
    )
    return int(db.session.scalar(query) or 0)


def words_from(objection_id: int, *, zone: bool) -> int:
    """How many 补充说明 one side has written in a case."""
    query = sa.select(sa.func.count()).select_from(ObjectionEvent)
    query = query.where(
        ObjectionEvent.objection_id == objection_id,
        ObjectionEvent.act == Act.write.value,
        ObjectionEvent.from_zone.is_(zone),
    )
    return int(db.session.scalar(query) or 0)


def reviewers(round_id: int, park_id: int, codes: Collection[str] | None) -> frozenset[int]:
    """Who judged these values of the park (``None``: any of them), or ended its review."""
    with scope.unscoped():
        filing = db.session.scalar(
            sa.select(AssessmentFiling).where(
                AssessmentFiling.round_id == round_id, AssessmentFiling.park_id == park_id
            )
        )
        if filing is None:
            return frozenset()
        query = _judgements(FilingValueChange.actor_id)
        query = query.where(FilingValueChange.filing_id == filing.id)
        if codes is not None:
            query = query.where(FilingValue.code.in_(list(codes)))
        found = {one for one in db.session.scalars(query.distinct()) if one is not None}
    if codes is None and filing.reviewed_by is not None:
        found.add(filing.reviewed_by)
    return frozenset(found)


def judged_by(user_id: int, round_ids: Collection[int]) -> Mapping[tuple[int, int], frozenset[str]]:
    """Round and park -> the values of it that one person judged; with "" where that person ended
    its review: the other way round than ``reviewers``."""
    filing = (AssessmentFiling.round_id, AssessmentFiling.park_id)
    values = (
        _judgements(*filing, FilingValue.code)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(FilingValueChange.actor_id == user_id)
    )
    ended = sa.select(*filing, sa.literal("")).where(AssessmentFiling.reviewed_by == user_id)
    found: dict[tuple[int, int], set[str]] = {}
    with scope.unscoped():
        for query in (values.distinct(), ended):
            of_rounds = query.where(AssessmentFiling.round_id.in_(list(round_ids)))
            for round_id, park_id, code in db.session.execute(of_rounds):
                found.setdefault((round_id, park_id), set()).add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


def _judgements(*columns: Any) -> sa.Select[Any]:
    """What reviewers did to values."""
    return (
        sa.select(*columns)
        .select_from(FilingValueChange)
        .join(FilingValue, FilingValue.id == FilingValueChange.value_id)
        .where(FilingValueChange.act.in_(JUDGED))
    )


def overdue(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Objection.state.in_([one.value for one in OPEN]), Objection.due_on < today)


def waiting() -> Sequence[Objection]:
    """Everything open, the oldest deadline first."""
    query = sa.select(Objection).where(Objection.state.in_([one.value for one in OPEN]))
    return db.session.scalars(query.order_by(Objection.due_on, Objection.id)).all()


def with_ids(ids: Collection[int]) -> Mapping[int, Objection]:
    """Some cases by their keys."""
    if not ids:
        return {}
    query = sa.select(Objection).where(Objection.id.in_(list(ids)))
    return {one.id: one for one in db.session.scalars(query)}


def state_counts() -> dict[str, int]:
    query = sa.select(Objection.state, sa.func.count()).group_by(Objection.state)
    return {state: int(number) for state, number in db.session.execute(query)}


def to_correct_since() -> datetime | None:
    """When the first of those that wait for their correction was answered."""
    return db.session.scalar(sa.select(sa.func.min(Objection.answered_at)).where(uncorrected()))


def counts_of_round(round_id: int) -> Mapping[str, Counter[str]]:
    """``state`` and ``outcome`` -> how many; a conclusion counts once it is answered."""
    query = (
        sa.select(Objection.state, Objection.outcome, sa.func.count())
        .where(Objection.round_id == round_id)
        .group_by(Objection.state, Objection.outcome)
    )
    states: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for state, outcome, number in db.session.execute(query):
        states[state] += number
        if state == State.answered and outcome:
            outcomes[outcome] += number
    return {"state": states, "outcome": outcomes}


def open_of_park(park_id: int) -> bool:
    """Whether a park has an objection that is not answered."""
    query = sa.select(Objection.id).where(
        Objection.park_id == park_id, Objection.state.in_([one.value for one in OPEN])
    )
    return db.session.scalar(query.limit(1)) is not None
