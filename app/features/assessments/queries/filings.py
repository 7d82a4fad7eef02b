"""Filings, their values and evidence, in the row scope of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import scope
from app.core.errors import NotFound
from app.extensions import by_key, db
from app.features.assessments.models import (
    AssessmentDocument,
    AssessmentFiling,
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    FilingEvidence,
    FilingValue,
    FilingValueChange,
)
from app.features.assessments.queries import rounds
from app.features.assessments.rules.filing import Verdict


def get(filing_id: int) -> AssessmentFiling:
    return by_key.one(AssessmentFiling, filing_id)


def locked(filing_id: int) -> AssessmentFiling:
    return by_key.locked(AssessmentFiling, filing_id)


def for_park(filing_id: int) -> tuple[AssessmentRound, AssessmentFiling]:
    """A park's own filing with its round; ``NotFound`` while the round is not shown to parks."""
    found = get(filing_id)
    return rounds.for_park(found.round_id), found


def of_park(round_id: int, park_id: int) -> AssessmentFiling:
    """What one park hands in for a round, or ``NotFound``."""
    query = sa.select(AssessmentFiling).where(
        AssessmentFiling.round_id == round_id, AssessmentFiling.park_id == park_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"filing of park {park_id} in round {round_id}")
    return found


def of_round(round_id: int) -> Sequence[AssessmentFiling]:
    query = sa.select(AssessmentFiling).where(AssessmentFiling.round_id == round_id)
    return db.session.scalars(query.order_by(AssessmentFiling.id)).all()


def values(filing_id: int) -> Mapping[str, FilingValue]:
    """Code -> value of everything that the round asks for."""
    query = sa.select(FilingValue).where(FilingValue.filing_id == filing_id)
    found = db.session.scalars(query, execution_options={"populate_existing": True})
    return {one.code: one for one in found}


def values_of_round(round_id: int) -> Mapping[int, Mapping[str, FilingValue]]:
    """Filing -> code -> value, of a whole round in one statement."""
    query = (
        sa.select(FilingValue)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(AssessmentFiling.round_id == round_id)
    )
    found: dict[int, dict[str, FilingValue]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.filing_id, {})[one.code] = one
    return found


def value_locked(filing_id: int, code: str) -> FilingValue:
    """One value, locked until the transaction ends."""
    query = sa.select(FilingValue).where(
        FilingValue.filing_id == filing_id, FilingValue.code == code
    )
    options = {"populate_existing": True}
    found = db.session.scalar(query.with_for_update(), execution_options=options)
    if found is None:
        raise NotFound(f"value {code} of filing {filing_id}")
    return found


def verdicts(filing_id: int, codes: Sequence[str]) -> Mapping[str, Verdict]:
    found = values(filing_id)
    return {code: Verdict(found[code].verdict) for code in codes if code in found}


def hands(filing_id: int) -> frozenset[int]:
    """Who wrote in the filing: none of them judges it."""
    query = sa.select(FilingValueChange.actor_id).where(
        FilingValueChange.filing_id == filing_id,
        FilingValueChange.act.in_(("declared", "disputed", "explained", "restored")),
    )
    return frozenset(one for one in db.session.scalars(query.distinct()) if one is not None)


def evidence(filing_id: int) -> Mapping[str, Sequence[FilingEvidence]]:
    """Code -> the files that count now, oldest first."""
    query = sa.select(FilingEvidence).where(
        FilingEvidence.filing_id == filing_id, FilingEvidence.removed_at.is_(None)
    )
    found: dict[str, list[FilingEvidence]] = {}
    for one in db.session.scalars(query.order_by(FilingEvidence.id)):
        found.setdefault(one.code, []).append(one)
    return found


def history(value_id: int) -> Sequence[FilingValueChange]:
    """Newest first."""
    query = sa.select(FilingValueChange).where(FilingValueChange.value_id == value_id)
    return db.session.scalars(query.order_by(FilingValueChange.id.desc())).all()


def previous(found: AssessmentRound, filing: AssessmentFiling) -> Mapping[str, FilingValue]:
    """Code -> value of the same park in the round before; empty where there is none."""
    if found.previous_id is None:
        return {}
    query = (
        sa.select(FilingValue)
        .join(AssessmentFiling, AssessmentFiling.id == FilingValue.filing_id)
        .where(
            AssessmentFiling.round_id == found.previous_id,
            AssessmentFiling.park_id == filing.park_id,
        )
    )
    return {one.code: one for one in db.session.scalars(query)}


def before(found: AssessmentRound, filing: AssessmentFiling) -> Mapping[str, Any]:
    """Code -> 上期值: the verified one, else what was declared or taken then."""
    return {code: settled(one) for code, one in previous(found, filing).items()}


def settled(value: FilingValue) -> Any:
    """What a value of a round that is over counts as."""
    for one in (value.verified, value.declared):
        if one is not None:
            return one
    return value.taken


def declared_of(filing_ids: Sequence[int]) -> Mapping[int, frozenset[str]]:
    """Filing -> codes of the values that the park has declared, of many in one statement."""
    query = sa.select(FilingValue.filing_id, FilingValue.code).where(
        FilingValue.filing_id.in_(list(filing_ids)), FilingValue.declared_at.is_not(None)
    )
    found: dict[int, set[str]] = {one: set() for one in filing_ids}
    for filing_id, code, declared in db.session.execute(query.add_columns(FilingValue.declared)):
        if declared is not None:
            found[filing_id].add(code)
    return {one: frozenset(codes) for one, codes in found.items()}


def returned_at(filing_id: int) -> Mapping[int, datetime]:
    """Value -> when it was last sent back."""
    query = (
        sa.select(FilingValueChange.value_id, sa.func.max(FilingValueChange.at))
        .where(FilingValueChange.filing_id == filing_id, FilingValueChange.act == "returned")
        .group_by(FilingValueChange.value_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def papers_of_round(round_id: int) -> Mapping[int, str]:
    """Document -> its title: what the zone's values rest on."""
    query = sa.select(AssessmentDocument.id, AssessmentDocument.title)
    rows = db.session.execute(query.where(AssessmentDocument.round_id == round_id))
    return {row[0]: row[1] for row in rows}


def paper(evidence_id: int, filing_id: int) -> FilingEvidence:
    """A file that counts now; ``NotFound`` for one of another filing or removed already."""
    query = sa.select(FilingEvidence).where(
        FilingEvidence.id == evidence_id,
        FilingEvidence.filing_id == filing_id,
        FilingEvidence.removed_at.is_(None),
    )
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(f"evidence {evidence_id}")
    return found


def any_paper(evidence_id: int, filing_id: int) -> FilingEvidence:
    """A file of the filing, replaced and removed ones too."""
    query = sa.select(FilingEvidence).where(
        FilingEvidence.id == evidence_id, FilingEvidence.filing_id == filing_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"evidence {evidence_id}")
    return found


def papers_past(filing_id: int) -> Mapping[str, Sequence[FilingEvidence]]:
    """Code -> files that were replaced or removed, newest first."""
    query = sa.select(FilingEvidence).where(
        FilingEvidence.filing_id == filing_id, FilingEvidence.removed_at.is_not(None)
    )
    found: dict[str, list[FilingEvidence]] = {}
    for one in db.session.scalars(query.order_by(FilingEvidence.id.desc())):
        found.setdefault(one.code, []).append(one)
    return found


def last_results(found: AssessmentRound) -> Sequence[Decimal]:
    """Final scores of everybody but the parks in scope, in the confirmed round before: numbers
    without names, for a place among them."""
    last = (
        sa.select(sa.func.max(AssessmentRun.id))
        .join(AssessmentRound, AssessmentRound.id == AssessmentRun.round_id)
        .where(
            AssessmentRun.round_id == found.previous_id,
            AssessmentRun.state == "done",
            AssessmentRun.preview.is_(False),
            AssessmentRound.state.in_(("confirmed", "archived")),
        )
        .scalar_subquery()
    )
    own = set(
        db.session.scalars(sa.select(AssessmentResult.id).where(AssessmentResult.run_id == last))
    )
    with scope.unscoped():
        query = sa.select(AssessmentResult.id, AssessmentResult.final).where(
            AssessmentResult.run_id == last, AssessmentResult.final.is_not(None)
        )
        rows = db.session.execute(query).all()
    return [row[1] for row in rows if row[0] not in own]


def person_name(user_id: int | None) -> str:
    """Who it was, by name; empty for nobody."""
    if user_id is None:
        return ""
    user = db.session.get(User, user_id)
    return f"{user.last_name}{user.first_name}".strip() if user is not None else ""
