"""Commits are real here: who publishes in the same moment makes one version, or one chain."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Refusal
from app.extensions import db
from app.features.rankings import queries, services
from app.features.rankings.models import RankingRow, RankingSnapshot
from app.transaction import end_reading, transaction
from tests.support import people, rankings
from tests.support.owned import at_once


def publish(found: int, run: int, by: str) -> None:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        services.publicize(actor, found, run_id=run, now=clock.now())


def anew(found: int, run: int, by: str) -> None:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        services.publish_anew(actor, found, run_id=run, reason="更正", now=clock.now())


def versions(found: int) -> list[int]:
    end_reading()
    query = sa.select(RankingSnapshot.number).where(RankingSnapshot.round_id == found)
    return sorted(db.session.scalars(query))


def test_two_who_publish_at_the_same_moment_make_one_version(owned: Any) -> None:
    found, made = rankings.scored()
    calls = [partial(publish, found.id, made.id, who) for who in ("operator", "operator2") * 2]
    raised = at_once(owned, *calls)
    assert raised.count(None) == 1
    told = [one for one in raised if one is not None]
    assert [(type(one), str(one)) for one in told] == [(Refusal, "round_state")] * 3
    assert versions(found.id) == [1]
    rows = sa.select(sa.func.count()).select_from(RankingRow).join(RankingSnapshot)
    assert db.session.scalar(rows.where(RankingSnapshot.round_id == found.id)) == 3

    again = rankings.run(found, {"P02": {"trade_cur": "99000.00"}})
    calls = [partial(anew, found.id, again.id, who) for who in ("operator", "operator2") * 2]
    raised = at_once(owned, *calls)
    assert raised.count(None) == 1
    assert {str(one) for one in raised if one is not None} == {"ranking_other_run"}
    assert versions(found.id) == [1, 2]
    assert services.broken() == []


def test_rounds_published_at_the_same_moment_stand_in_one_chain(owned: Any) -> None:
    made = [rankings.scored() for _number in range(3)]
    calls = [partial(publish, found.id, run.id, "operator") for found, run in made]
    assert at_once(owned, *calls) == [None] * 3
    end_reading()
    chain = queries.in_chain()
    assert [one.previous_digest for one in chain[1:]] == [one.digest for one in chain[:-1]]
    assert services.broken() == []
