"""影响预览: a round's values under another version: what every park would have got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from app.core.values import replace
from app.engines import scoring
from app.engines.scoring import Outcome, Scheme, Subject
from app.extensions import db
from app.features.assessments.models import (
    AssessmentResult,
    AssessmentRound,
    AssessmentRun,
    SchemeVersion,
)
from app.features.assessments.queries import filings, round_board
from app.features.assessments.queries import rounds as queries
from app.features.assessments.queries import schemes as scheme_queries
from app.features.assessments.rules.rounds import RoundState
from app.features.assessments.services import running
from app.features.parks.models import Park

#: Rounds with values that may be scored.
SCORED = (
    *(RoundState.open, RoundState.closed, RoundState.provisional),
    *(RoundState.publicized, RoundState.confirmed, RoundState.archived),
)
#: A value that the other version cannot read is left out; so often that is tried.
MOST_LEFT_OUT = 200
#: So many rounds can be chosen from.
MOST_ROUNDS = 50


class Row(Struct, frozen=True):
    """One park: before and after."""

    park: Park
    old: Outcome
    new: Outcome

    @property
    def gain(self) -> Decimal | None:
        if self.old.final is None or self.new.final is None:
            return None
        return self.new.final - self.old.final


class Preview(Struct, frozen=True):
    """``run``: the scoring run whose inputs these are (None: values as they stand now).

    ``left_out``: places of values that the draft cannot read; ``missing``: its data items for which
    the round has no value at all.
    """

    round: AssessmentRound
    run: AssessmentRun | None
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]
    missing: tuple[str, ...]


def choices(version: SchemeVersion) -> Sequence[tuple[AssessmentRound, bool]]:
    """Rounds to look at and whether each was scored; the first is what people most likely mean.

    The same scheme goes before others, a scored round before one that is still filled in (its
    values would change under the reader), newer before older.
    """
    other = sa.case((SchemeVersion.scheme_id == version.scheme_id, 0), else_=1)
    scored = sa.exists().where(
        AssessmentRun.round_id == AssessmentRound.id, AssessmentRun.state == "done"
    )
    query = (
        sa.select(AssessmentRound, scored)
        .join(SchemeVersion, SchemeVersion.id == AssessmentRound.scheme_version_id)
        .where(AssessmentRound.state.in_(SCORED), AssessmentRound.rehearsal_of_id.is_(None))
        .order_by(other, scored.desc(), AssessmentRound.period_to.desc(), AssessmentRound.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query.limit(MOST_ROUNDS))]


def preview(version: SchemeVersion, found: AssessmentRound) -> Preview:
    """``found``: one of ``choices``. Raises ``scoring.Refused`` while the draft has faults."""
    new = scheme_queries.loaded(version)
    run = _last_run(found)
    old = queries.scheme_of(found)
    data = _of_run(run) if run is not None else _of_filings(found, old)
    before, _none = _scored(old, data)
    after, left_out = _scored(new, data)
    rows = tuple(
        Row(one.park, before[str(one.park.id)], after[str(one.park.id)])
        for one in round_board.parks_of(found.id)
        if str(one.park.id) in before
    )
    known = {code for one in data for code in one["values"]}
    missing = tuple(item.name for code, item in new.items.items() if code not in known)
    ordered = sorted(rows, key=lambda row: (row.new.rank is None, row.new.rank or 0, row.park.code))
    return Preview(found, run, tuple(ordered), left_out, missing)


def _last_run(found: AssessmentRound) -> AssessmentRun | None:
    query = sa.select(AssessmentRun).where(
        AssessmentRun.round_id == found.id, AssessmentRun.state == "done"
    )
    return db.session.scalars(query.order_by(AssessmentRun.number.desc()).limit(1)).first()


def _of_run(run: AssessmentRun) -> list[dict[str, Any]]:
    query = sa.select(AssessmentResult).where(AssessmentResult.run_id == run.id)
    rows = db.session.scalars(query.order_by(AssessmentResult.id))
    return [{**one.subject, "id": str(one.park_id)} for one in rows]


def _of_filings(found: AssessmentRound, scheme: Scheme) -> list[dict[str, Any]]:
    """What a run would take in now: verified values, else what the platform or the park says."""
    return running.inputs(
        found, scheme, [one for one in filings.of_round(found.id) if one.takes_part]
    )


def _scored(
    scheme: Scheme, data: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Outcome], tuple[str, ...]]:
    subjects, left_out = _read(scheme, data)
    return scoring.score(scheme, subjects), left_out


def _read(
    scheme: Scheme, data: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """The subjects as this scheme reads them, without the values that it cannot read."""
    vetoes = {one.code for one in scheme.vetoes}
    plain = [
        {
            **{key: value for key, value in one.items() if key != "filed"},
            "veto": one.get("veto") if one.get("veto") in vetoes else None,
            **{part: dict(one.get(part) or {}) for part in ("values", "bonus", "deductions")},
            "declared": {},
        }
        for one in data
    ]
    left_out: list[str] = []
    for _turn in range(MOST_LEFT_OUT):
        try:
            found = scoring.read_cohort(scheme, {"subjects": plain})
            break
        except scoring.Refused as refused:
            gone = _drop(plain, refused.faults)
            if not gone:
                raise
            left_out += gone
    else:
        raise scoring.Refused([scoring.Fault("subjects", "yaml_size")])
    filed = {one["id"]: bool(one.get("filed")) for one in data}
    return tuple(replace(one, filed=filed[one.id]) for one in found), tuple(left_out)


def _drop(plain: Sequence[dict[str, Any]], faults: Sequence[scoring.Fault]) -> list[str]:
    """Take the values out that faults name: ``subjects.<id>.values.<code>…``."""
    by_id = {one["id"]: one for one in plain}
    gone = []
    for fault in faults:
        parts = fault.path.split(".")
        if len(parts) >= 4 and parts[1] in by_id:
            part = by_id[parts[1]].get(parts[2])
            if isinstance(part, dict) and part.pop(parts[3], None) is not None:
                gone.append(parts[3])
    return gone
