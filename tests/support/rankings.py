"""Scored and published rounds for tests: the worked parks of the reference scheme as P01, P02 …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import yaml

from app.core import clock, scope
from app.engines import scoring
from app.extensions import db
from app.features.assessments.models import AssessmentResult, AssessmentRound, AssessmentRun
from app.features.assessments.queries import filings, rounds
from app.features.rankings import services
from app.features.rankings.models import RankingSnapshot
from app.transaction import transaction
from tests.support import assessments, people

EXAMPLES = yaml.load(assessments.REFERENCE.read_text(encoding="utf-8"), yaml.BaseLoader)["examples"]
#: Which worked park stands for which park.
WHO = {"P01": "P-A", "P02": "P-B", "B01": "P-E"}


def run(
    found: AssessmentRound,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    now: datetime | None = None,
) -> AssessmentRun:
    """A scoring of the worked parks; ``changes``: park -> values that are other ones now."""
    now = now or clock.now()
    with scope.unscoped(), transaction():
        scheme = rounds.scheme_of(rounds.get(found.id))
        of_round = filings.of_round(found.id)
        codes = {people.park(code).id: code for code in WHO}
        subjects = []
        for one in of_round:
            told = next(s for s in EXAMPLES["subjects"] if s["id"] == WHO[codes[one.park_id]])
            values = {**told["values"], **(changes or {}).get(codes[one.park_id], {})}
            subjects.append({**told, "id": str(one.park_id), "values": values})
        read = scoring.read_cohort(scheme, {"subjects": subjects})
        outcomes = scoring.score(scheme, read, explain=True)
        number = 1 + len(db.session.query(AssessmentRun).filter_by(round_id=found.id).all())
        made = AssessmentRun(
            round_id=found.id,
            number=number,
            state="done",
            scheme_digest="0" * 64,
            results_digest=f"{number:064}",
            finished_at=now,
            parks=len(of_round),
        )
        db.session.add(made)
        db.session.flush()
        for one, subject in zip(of_round, subjects, strict=True):
            outcome = outcomes[subject["id"]]
            one.previous_rank = int(subject["previous_rank"])
            db.session.add(
                AssessmentResult(
                    run_id=made.id,
                    filing_id=one.id,
                    park_id=one.park_id,
                    rank=outcome.rank,
                    final=outcome.final,
                    grade=outcome.grade,
                    veto=outcome.veto,
                    subject=subject,
                    outcome=outcome.as_json(),
                    explanation=scoring.explained(outcome),
                )
            )
        rounds.get(found.id).state = rounds.get(found.id).state.replace("open", "provisional")
        db.session.flush()
        return made


def scored(parks: Sequence[str] = ("P01", "P02", "B01")) -> tuple[AssessmentRound, AssessmentRun]:
    """A round whose parks are scored, nothing published yet."""
    found = assessments.opened(parks)
    return found, run(found)


def publish(
    found: AssessmentRound,
    made: AssessmentRun,
    *,
    now: datetime | None = None,
    public: bool = False,
) -> RankingSnapshot:
    actor = people.actor("operator")
    with scope.acting_as(actor), transaction():
        return services.publicize(
            actor, found.id, run_id=made.id, is_public=public, now=now or clock.now()
        )


def published() -> tuple[AssessmentRound, RankingSnapshot]:
    """P01 first, P02 second, B01 vetoed."""
    found, made = scored()
    return found, publish(found, made)
