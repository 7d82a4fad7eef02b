"""Schemes, their versions, and the scheme that a version holds, read once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.engines import scoring
from app.engines.scoring import Scheme
from app.extensions import by_key, db
from app.features.assessments.models import AssessmentRound, AssessmentScheme, SchemeVersion
from app.features.assessments.rules.rounds import USED


def get(scheme_id: int) -> AssessmentScheme:
    return by_key.one(AssessmentScheme, scheme_id)


def version(version_id: int) -> SchemeVersion:
    return by_key.one(SchemeVersion, version_id)


def locked(version_id: int) -> SchemeVersion:
    return by_key.locked(SchemeVersion, version_id)


def versions(scheme_id: int) -> Sequence[SchemeVersion]:
    """Newest first."""
    query = sa.select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id)
    return db.session.scalars(query.order_by(SchemeVersion.number.desc())).all()


def draft_of(scheme_id: int) -> SchemeVersion | None:
    query = sa.select(SchemeVersion).where(
        SchemeVersion.scheme_id == scheme_id, SchemeVersion.state == "draft"
    )
    return db.session.scalar(query)


def with_code(code: str) -> AssessmentScheme | None:
    return db.session.scalar(sa.select(AssessmentScheme).where(AssessmentScheme.code == code))


def used(version_id: int) -> bool:
    """Whether a round rests on the version: it must not change any more."""
    query = sa.select(AssessmentRound.id).where(
        AssessmentRound.scheme_version_id == version_id, AssessmentRound.state.in_(USED)
    )
    return db.session.scalar(query.limit(1)) is not None


def loaded(version: SchemeVersion) -> Scheme:
    """The scheme of a version that has no fault; raises ``scoring.Refused`` for one that has.

    Kept by its digest: a frozen version is read once in a process.
    """
    scheme = _KEPT.get(version.digest)
    if scheme is None:
        scheme = _KEPT[version.digest] = scoring.read_scheme(version.content)
        while len(_KEPT) > MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
    return scheme


MOST_KEPT = 32
_KEPT: dict[str, Scheme] = {}
