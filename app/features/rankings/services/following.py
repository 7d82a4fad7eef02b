"""What a newer run moved by itself, for whoever publishes it and whoever reads the difference."""

from __future__ import annotations

from app.core import scope
from app.engines.scoring import Scheme
from app.features.assessments.models import AssessmentRound, AssessmentRun
from app.features.assessments.queries import rounds
from app.features.rankings import queries
from app.features.rankings.rules.following import Followed, followed, scores


def following(
    found: AssessmentRound, before: AssessmentRun, after: AssessmentRun
) -> tuple[Followed, ...]:
    """The points that differ between two runs although nobody judged what they rest on between."""
    with scope.unscoped():
        old, new = ({key: scores(one) for key, one in queries.outcomes(run.id)} for run in
                    (before, after))  # fmt: skip
        judged = queries.judged_between(found.id, before.started_at, after.started_at)
    return followed(old, new, rests_on=_rests_on(rounds.scheme_of(found)), judged=judged)


def _rests_on(scheme: Scheme) -> dict[str, frozenset[str]]:
    """Code -> the values that people judge for it; what experts mark has its own panel."""
    told = {one.code: frozenset(one.value.items) for one in scheme.indicators if not one.is_expert}
    return {
        **told,
        **{one.code: frozenset({one.code}) for one in (*scheme.bonus, *scheme.deductions)},
    }
