"""A scored round of so many parks for a server of its own: ``python -m`` this NUMBER.

Prints the keys of the round and of its run. The parks and their filings are rows; the results are
the engine's. The worked park of the reference scheme is everybody's, with other figures of trade.
"""

from __future__ import annotations

import os
import sys

from app import create_app
from app.core import clock, scope


def main() -> None:
    number = int(sys.argv[1])
    app = create_app(DATA_DIR=os.environ["DATA_DIR"])
    with app.app_context(), scope.unscoped():
        found, run = seed(number)
        sys.stdout.write(f"{found} {run}\n")


def seed(number: int) -> tuple[int, int]:
    from app.engines import scoring
    from app.extensions import db
    from app.features.assessments.models import AssessmentFiling, AssessmentResult, AssessmentRun
    from app.features.assessments.queries import filings, rounds
    from app.features.parks.models import Park
    from app.transaction import transaction
    from tests.support import assessments, people
    from tests.support.rankings import EXAMPLES

    found = assessments.opened(("P01",), name=f"{number} 家园区的考核")
    with transaction():
        parks = [
            Park(code=f"Z{at:04}", name=f"第 {at} 测试园区", kind="park") for at in range(1, number)
        ]
        db.session.add_all(parks)
        db.session.flush()
        made = [AssessmentFiling(round_id=found.id, park_id=one.id) for one in parks]
        db.session.add_all(made)
        db.session.flush()
        scheme = rounds.scheme_of(rounds.get(found.id))
        model = next(one for one in EXAMPLES["subjects"] if one["id"] == "P-A")
        of_round = filings.of_round(found.id)
        subjects = [_subject(model, one.park_id, at) for at, one in enumerate(of_round)]
        outcomes = scoring.score(
            scheme, scoring.read_cohort(scheme, {"subjects": subjects}), explain=True
        )
        now = clock.now()
        run = AssessmentRun(
            round_id=found.id, number=1, state="done", scheme_digest="0" * 64, parks=number,
            results_digest="1" * 64, started_at=now, finished_at=now,
            actor_id=people.actor("operator2").user_id,
        )  # fmt: skip
        db.session.add(run)
        db.session.flush()
        for one, subject in zip(of_round, subjects, strict=True):
            outcome = outcomes[subject["id"]]
            db.session.add(
                AssessmentResult(
                    run_id=run.id, filing_id=one.id, park_id=one.park_id, rank=outcome.rank,
                    final=outcome.final, grade=outcome.grade, veto=outcome.veto, subject=subject,
                    outcome=outcome.as_json(), explanation=scoring.explained(outcome),
                )
            )  # fmt: skip
        rounds.locked(found.id).state = "provisional"
        return found.id, run.id


def _subject(model: dict, park_id: int, at: int) -> dict:
    values = {**model["values"], "trade_cur": f"{120_000 - at * 7 % 60_000}.00"}
    return {**model, "id": str(park_id), "values": values, "previous_rank": "1"}


if __name__ == "__main__":
    main()
