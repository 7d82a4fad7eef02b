"""考核排名 for everybody: only what the zone shows, only the version in force, only totals."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.core import clock
from app.features.desk.public import Ranking, RankingLine, RankingPage
from app.features.rankings import queries
from app.features.rankings.labels import KIND_WORDS
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules import chain
from app.features.rankings.rules.rows import Published


def rankings() -> Sequence[Ranking]:
    """Newest first."""
    return [_ranking(one) for one in queries.public_now()]


def ranking(round_id: int) -> RankingPage | None:
    snapshot = queries.current(round_id)
    if snapshot is None or not snapshot.is_public:
        return None
    head = snapshot.head
    grades = {one["code"]: one["name"] for one in head["grades"]}
    return RankingPage(
        ranking=_ranking(snapshot),
        lines=[_line(one, grades) for one in queries.kept_rows(snapshot)],
        period=(head["round"]["period_from"], head["round"]["period_to"]),
        ranked=head["ranked"],
        code=chain.shown_code(snapshot.short_code),
        digest=snapshot.digest[:16],
    )


def _ranking(one: RankingSnapshot) -> Ranking:
    return Ranking(
        round_id=one.round_id,
        name=one.head["round"]["name"],
        version=one.number,
        published_at=one.published_at,
        window_from=one.window_from,
        window_until=one.window_until,
        is_open=clock.today() <= one.window_until,
    )


def _line(row: Published, grades: dict[str, str]) -> RankingLine:
    return RankingLine(
        rank=row.rank,
        name=row.name,
        kind=KIND_WORDS.get(row.kind, row.kind),
        total=row.final or "",
        grade=grades.get(row.grade, row.grade),
        note="" if row.veto is None else _("一票否决，不参加排名"),
    )
