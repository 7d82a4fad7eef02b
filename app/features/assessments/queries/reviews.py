"""What reviewers ask: whose task a filing is, what the park said last time, the same file twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from app.core import clock
from app.core.errors import NotFound
from app.extensions import by_key, db
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.assessments import policy
from app.features.assessments.models import (
    AssessmentAssignment,
    AssessmentDocument,
    AssessmentFiling,
    AssessmentRound,
    FilingEvidence,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import filings
from app.features.assessments.rules.filing import FILED, State
from app.features.assessments.rules.judging import Assigned
from app.features.assessments.rules.rounds import RoundState


def assignments(round_id: int) -> Sequence[AssessmentAssignment]:
    query = sa.select(AssessmentAssignment).where(AssessmentAssignment.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentAssignment.id)).all()


def assigned(round_id: int) -> tuple[Assigned, ...]:
    """The same as the rules take it."""
    return tuple(
        Assigned(one.reviewer_id, one.filing_id, one.section) for one in assignments(round_id)
    )


def assignment(assignment_id: int) -> AssessmentAssignment:
    return by_key.one(AssessmentAssignment, assignment_id)


def reviewers() -> dict[int, str]:
    """Everybody who can be given a filing to judge: id -> name."""
    return _named(accounts.holding_any([Role.reviewer]))


def experts() -> dict[int, str]:
    return _named(accounts.holding_any([Role.expert]))


def _named(found: Mapping[int, str]) -> dict[int, str]:
    return {key: accounts.account(key).name or name for key, name in found.items()}


def hands(filing: AssessmentFiling) -> frozenset[int]:
    """Who wrote in the filing or handed it in: none of them judges it."""
    own = frozenset() if filing.submitted_by is None else frozenset({filing.submitted_by})
    return filings.hands(filing.id) | own


def unsettled(round_id: int) -> Sequence[AssessmentFiling]:
    """Handed in, and not yet reviewed to the end."""
    waiting = [one.value for one in FILED if one is not State.reviewed]
    query = sa.select(AssessmentFiling).where(
        AssessmentFiling.round_id == round_id,
        AssessmentFiling.takes_part,
        AssessmentFiling.state.in_(waiting),
    )
    return db.session.scalars(query.order_by(AssessmentFiling.id)).all()


def document(document_id: int, round_id: int) -> AssessmentDocument:
    """A paper of this very round."""
    found = by_key.one(AssessmentDocument, document_id)
    if found.round_id != round_id:
        raise NotFound(f"document {document_id} of round {round_id}")
    return found


def documents(round_id: int) -> Sequence[AssessmentDocument]:
    query = sa.select(AssessmentDocument).where(AssessmentDocument.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentDocument.id.desc())).all()


def previous_values(found: AssessmentRound, park_id: int) -> Mapping[str, FilingValue]:
    """What the park's filing of the round before said: code -> value."""
    if found.previous_id is None:
        return {}
    query = sa.select(AssessmentFiling.id).where(
        AssessmentFiling.round_id == found.previous_id, AssessmentFiling.park_id == park_id
    )
    filing_id = db.session.scalar(query)
    return filings.values(filing_id) if filing_id is not None else {}


def all_evidence(filing_id: int) -> Sequence[FilingEvidence]:
    """Every file there ever was, the newest first; replaced and removed ones as well."""
    query = sa.select(FilingEvidence).where(FilingEvidence.filing_id == filing_id)
    return db.session.scalars(query.order_by(FilingEvidence.id.desc())).all()


def evidence(filing_id: int, evidence_id: int) -> FilingEvidence:
    found = by_key.one(FilingEvidence, evidence_id)
    if found.filing_id != filing_id:
        raise NotFound(f"evidence {evidence_id} of filing {filing_id}")
    return found


class Twin(Struct, frozen=True):
    """The same bytes somewhere else: in this filing, another round of the park, or another park."""

    evidence_id: int
    filing_id: int
    park_id: int
    code: str
    round_id: int


def evidence_twins(filing_id: int) -> Mapping[int, tuple[Twin, ...]]:
    """File of the filing -> the same file elsewhere in the zone; files without any are left out."""
    mine, other = sa.orm.aliased(FilingEvidence), sa.orm.aliased(FilingEvidence)
    query = (
        sa.select(
            mine.id.label("own_id"), other.id, other.filing_id, other.park_id, other.code,
            AssessmentFiling.round_id,
        )
        .join(other, sa.and_(other.sha256 == mine.sha256, other.id != mine.id))
        .join(AssessmentFiling, AssessmentFiling.id == other.filing_id)
        .where(mine.filing_id == filing_id, mine.removed_at.is_(None), other.removed_at.is_(None))
        .order_by(other.id)
    )  # fmt: skip
    found: dict[int, tuple[Twin, ...]] = {}
    for row in db.session.execute(query):
        twin = Twin(row.id, row.filing_id, row.park_id, row.code, row.round_id)
        found[row.own_id] = (*found.get(row.own_id, ()), twin)
    return found


def running_rounds() -> Sequence[AssessmentRound]:
    """Rounds that have something to judge or to score, the newest first."""
    states = [one.value for one in (*_JUDGED_IN, RoundState.publicized)]
    query = sa.select(AssessmentRound).where(AssessmentRound.state.in_(states))
    found = db.session.scalars(query.order_by(AssessmentRound.id.desc())).all()
    return [one for one in found if RoundState(one.state) in _JUDGED_IN or policy.correcting(one)]


_JUDGED_IN = (RoundState.open, RoundState.closed, RoundState.provisional)


def judged_before(filing_id: int, code: str, before: datetime) -> frozenset[int]:
    """Who had said something on a value until then."""
    query = (
        sa.select(FilingValueChange.actor_id)
        .join(FilingValue, FilingValue.id == FilingValueChange.value_id)
        .where(
            FilingValueChange.filing_id == filing_id,
            FilingValueChange.act.in_(("passed", "corrected", "returned", "verified")),
            FilingValueChange.at <= before,
            FilingValue.code == code,
        )
    )
    return frozenset(one for one in db.session.scalars(query.distinct()) if one is not None)


def changes(filing_id: int) -> Mapping[int, Sequence[FilingValueChange]]:
    """Value -> its history, newest first; of a whole filing in one statement."""
    query = sa.select(FilingValueChange).where(FilingValueChange.filing_id == filing_id)
    found: dict[int, list[FilingValueChange]] = {}
    for one in db.session.scalars(query.order_by(FilingValueChange.id.desc())):
        found.setdefault(one.value_id, []).append(one)
    return found


def waiting(rehearsal_id: int | None = None) -> sa.ColumnElement[bool]:
    """待办: handed in or taken up, or past its correction, in a round that still judges. Of a
    rehearsal only when it is asked for: what was sent back there waits for the reviewer."""
    lapsed: sa.ColumnElement[bool] = AssessmentFiling.state == State.returned.value
    if rehearsal_id is None:
        lapsed = sa.and_(lapsed, AssessmentFiling.correct_until < clock.today())
        which: sa.ColumnElement[bool] = AssessmentRound.rehearsal_of_id.is_(None)
    else:
        which = AssessmentRound.id == rehearsal_id
    # a filing is taken up in a published round only for an upheld objection
    judging = [RoundState.open.value, RoundState.closed.value, RoundState.publicized.value]
    rounds_ = sa.select(AssessmentRound.id).where(AssessmentRound.state.in_(judging), which)
    return sa.and_(
        AssessmentFiling.takes_part,
        AssessmentFiling.round_id.in_(rounds_),
        sa.or_(AssessmentFiling.state.in_([State.submitted.value, State.taken.value]), lapsed),
    )


def waiting_count() -> int:
    """As many as 待办 lists."""
    query = sa.select(sa.func.count()).select_from(AssessmentFiling).where(waiting())
    return int(db.session.scalar(query) or 0)


def judged_by(user_id: int | None) -> sa.ColumnElement[bool]:
    """已办: the person judged something in it, and it is not waiting any more."""
    lines = sa.select(FilingValueChange.filing_id).where(
        FilingValueChange.actor_id == user_id,
        FilingValueChange.act.in_(("passed", "corrected", "returned")),
    )
    return sa.and_(AssessmentFiling.id.in_(lines), sa.not_(waiting()))


def given_to(user_id: int | None) -> sa.ColumnElement[bool]:
    """Taken up by the person, or theirs by an assignment (of the filing or a section of all)."""
    own = sa.select(AssessmentAssignment.filing_id).where(
        AssessmentAssignment.reviewer_id == user_id, AssessmentAssignment.filing_id.is_not(None)
    )
    sections = sa.select(AssessmentAssignment.round_id).where(
        AssessmentAssignment.reviewer_id == user_id, AssessmentAssignment.filing_id.is_(None)
    )
    return sa.or_(
        AssessmentFiling.taken_by == user_id,
        AssessmentFiling.id.in_(own),
        AssessmentFiling.round_id.in_(sections),
    )


def next_waiting(filing: AssessmentFiling, user_id: int | None) -> AssessmentFiling | None:
    """What the person may judge next and has waited longest, of the same round first (of a
    rehearsal: of nothing else); what another reviewer has taken up is that one's."""
    found = by_key.one(AssessmentRound, filing.round_id)
    rehearsal_id = found.id if found.rehearsal_of_id is not None else None
    query = (
        sa.select(AssessmentFiling)
        .where(waiting(rehearsal_id), AssessmentFiling.id != filing.id)
        .where(sa.or_(AssessmentFiling.taken_by.is_(None), given_to(user_id)))
        .order_by(AssessmentFiling.round_id != filing.round_id, AssessmentFiling.submitted_at)
    )
    return db.session.scalars(query.limit(1)).first()


def number(clause: sa.ColumnElement[bool]) -> int:
    """How many filings a tab holds."""
    query = sa.select(sa.func.count()).select_from(AssessmentFiling).where(clause)
    return int(db.session.scalar(query) or 0)
