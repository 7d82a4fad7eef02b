"""A publication never changes, a correction is the next version, and any change is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, Refusal
from app.engines import calendar
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.assessments.services import overriding
from app.features.rankings import queries, services
from app.features.rankings.models import ImmutableError, RankingRow, RankingSnapshot
from app.transaction import transaction
from tests.support import assessments, people, rankings

#: P01 loses its grade.
LOWER = {"P01": {"ent_cbec_count": "0", "landed_new": "0", "satisfaction": "0"}}
LATER = {"P02": {"trade_cur": "99000.00"}}


def act(verb: Any, *args: Any, by: str = "operator", **kwargs: Any) -> Any:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return verb(actor, *args, **kwargs)


def test_a_publication_holds_what_the_run_said(context: object) -> None:
    found, snapshot = rankings.published()
    rows = queries.rows(snapshot.id)
    assert [(row.code, row.rank, row.grade) for row in rows] == [
        ("P01", 1, "excellent"),
        ("P02", 2, "pass"),
        ("B01", None, "fail"),
    ]
    told = {park.code: result.outcome for result, _filing, park in queries.results(snapshot.run_id)}
    assert [row.final for row in rows] == [told[row.code]["final"] for row in rows]
    assert [dict(row.blocks) for row in rows] == [told[row.code]["blocks"] for row in rows]
    assert (snapshot.number, snapshot.previous_digest) == (1, "0" * 64)
    assert found.state == "publicized"
    assert services.is_whole(snapshot)
    assert services.broken() == []


def test_nothing_is_published_while_a_grade_waits_for_the_second_operator(
    context: object, as_: Any
) -> None:
    found, made = rankings.scored()
    one = assessments.filing(found, "P02").id
    waiting = act(overriding.propose, one, "good", "整改完成", now=clock.now())
    with pytest.raises(Refusal, match="ranking_grade_open"):
        rankings.publish(found, made)
    page = as_("operator").page(f"/desk/publications/{found.id}")
    assert "还有等级调整待复核" in page
    assert '<button class="btn btn-primary" type="submit" disabled' in page
    act(overriding.approve, waiting.id, now=clock.now(), by="operator2")
    rankings.publish(found, made)


def test_only_the_run_that_was_looked_at_is_published_and_only_once(context: object) -> None:
    found, made = rankings.scored()
    rankings.run(found, LATER)
    with pytest.raises(Refusal, match="ranking_other_run"):
        rankings.publish(found, made)
    newest = queries.newest_run(found.id)
    assert newest is not None
    rankings.publish(found, newest)
    with pytest.raises(Refusal, match="round_state"):
        rankings.publish(found, newest)


def test_a_round_with_one_park_has_one_row_and_first_place(context: object) -> None:
    found, made = rankings.scored(("P01",))
    snapshot = rankings.publish(found, made)
    (row,) = queries.rows(snapshot.id)
    assert (row.rank, row.park_id, snapshot.head["ranked"]) == (1, people.park("P01").id, 1)
    assert services.broken() == []


def test_a_round_in_which_nobody_is_ranked_is_published_without_places(context: object) -> None:
    """B01 is vetoed: the sheet says so, its papers and its package are made all the same."""
    found, made = rankings.scored(("B01",))
    snapshot = rankings.publish(found, made)
    (row,) = queries.rows(snapshot.id)
    assert (row.rank, row.final, row.veto, snapshot.head["ranked"]) == (None, None, "V1", 0)
    assert services.broken() == []


@pytest.mark.parametrize("who", ["park1", "reviewer", "expert1", "sysadmin"])
def test_nobody_but_the_operator_publishes(context: object, who: str) -> None:
    found, made = rankings.scored()
    with pytest.raises(Forbidden):
        act(services.publicize, found.id, run_id=made.id, now=clock.now(), by=who)


def test_a_correction_is_a_new_version_chained_to_the_old_one(context: object) -> None:
    found, first = rankings.published()
    before = [one.told() for one in queries.rows(first.id)]
    made = rankings.run(found, LATER)
    second, moved = act(
        services.publish_anew, found.id, run_id=made.id, reason="异议成立", now=clock.now()
    )
    assert (second.number, second.previous_digest) == (2, first.digest)
    assert [one.name for one in moved] == [people.park("P01").name, people.park("P02").name]
    assert [one.told() for one in queries.rows(first.id)] == before
    assert (first.state, first.end_reason) == ("superseded", "异议成立")
    assert services.broken() == []


@pytest.mark.parametrize("days", [1, 60], ids=["while it is open", "when it is over"])
def test_a_version_that_moves_nothing_keeps_the_window_as_it_was(
    context: object, days: int
) -> None:
    found, first = rankings.published()
    made, later = rankings.run(found), clock.now() + timedelta(days=days)
    second, moved = act(
        services.publish_anew, found.id, run_id=made.id, reason="核对无误", now=later
    )
    assert moved == ()
    window = (first.window_from, first.window_until)
    assert (second.window_from, second.window_until) == window
    told = (second.head["window_from"], second.head["window_until"])
    assert told == tuple(one.isoformat() for one in window)


def test_points_alone_do_not_open_the_window_again(context: object) -> None:
    found, first = rankings.published()
    made = rankings.run(found, {"P02": {"satisfaction": "86.8"}})
    second, moved = act(
        services.publish_anew, found.id, run_id=made.id, reason="更正", now=clock.now()
    )
    assert moved
    assert not any(one.moved for one in moved)
    assert second.window_until == first.window_until


@pytest.mark.parametrize("days", [1, 60], ids=["while it is open", "when it is over"])
def test_a_changed_rank_or_grade_opens_the_window_again_from_its_publication(
    context: object, days: int
) -> None:
    found, first = rankings.published()
    made, later = rankings.run(found, LOWER), clock.now() + timedelta(days=days)
    with scope.acting_as(people.actor("operator")):
        ahead = services.ahead(people.actor("operator"), found, now=later)
    second, moved = act(services.publish_anew, found.id, run_id=made.id, reason="更正", now=later)
    assert any(one.moved for one in moved)
    assert second.window_from == calendar.local(later)
    assert second.window_until == max(first.window_until, calendar.due(later, 3))
    assert ahead is not None
    assert (ahead.since, ahead.until, ahead.restarts) == (
        second.window_from,
        second.window_until,
        True,
    )


def test_a_correction_needs_a_reason_and_a_new_run(context: object) -> None:
    found, snapshot = rankings.published()
    with pytest.raises(Refusal, match="ranking_other_run"):
        act(services.publish_anew, found.id, run_id=snapshot.run_id, reason="x", now=clock.now())
    made = rankings.run(found, LATER)
    with pytest.raises(Refusal, match="ranking_reason"):
        act(services.publish_anew, found.id, run_id=made.id, reason=" ", now=clock.now())


def test_what_is_published_cannot_be_changed_or_deleted_by_the_application(
    context: object,
) -> None:
    _found, snapshot = rankings.published()
    row = queries.stored_rows(snapshot.id)[0]
    row.grade = "good"
    with pytest.raises(ImmutableError):
        db.session.flush()
    db.session.expunge_all()


def test_a_row_changed_by_hand_in_the_database_is_named(context: object) -> None:
    found, snapshot = rankings.published()
    row = sa.update(RankingRow).where(
        RankingRow.snapshot_id == snapshot.id, RankingRow.position == 2
    )
    db.session.execute(row.values(grade="good"))
    db.session.expire_all()
    assert services.broken() == [(found.id, 1, "changed")]


def test_a_publication_rewritten_with_a_new_digest_is_found_by_the_trail(context: object) -> None:
    found, snapshot = rankings.published()
    query = sa.update(RankingSnapshot).where(RankingSnapshot.id == snapshot.id)
    from app.features.rankings.rules import chain

    head = {**snapshot.head, "parks": 99}
    digest = chain.digest(head, queries.rows(snapshot.id), snapshot.previous_digest)
    db.session.execute(query.values(head=head, digest=digest))
    db.session.expire_all()
    assert services.broken() == [(found.id, 1, "trail")]


def test_confirmed_only_after_the_window_and_with_nothing_open(
    context: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, snapshot = rankings.published()
    with pytest.raises(Refusal, match="ranking_window_open"):
        act(services.confirm, found.id, now=clock.now())
    over = clock.now() + timedelta(days=(snapshot.window_until - clock.today()).days + 1)
    services.GUARDS.append(lambda _round: "objections_open")
    try:
        with pytest.raises(Refusal, match="objections_open"):
            act(services.confirm, found.id, now=over)
    finally:
        services.GUARDS.pop()
    assert act(services.confirm, found.id, now=over).state == "confirmed"
    assert act(services.archive, found.id).state == "archived"


def test_a_withdrawn_publication_stays_readable_and_the_round_is_only_scored(
    context: object,
) -> None:
    found, snapshot = rankings.published()
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    assert (snapshot.state, found.state, queries.current(found.id)) == (
        "withdrawn",
        "provisional",
        None,
    )
    again = rankings.publish(found, queries.newest_run(found.id))
    assert (again.number, again.previous_digest) == (2, snapshot.digest)


def test_every_park_hears_of_it_and_of_a_correction_those_that_moved(context: object) -> None:
    def told() -> list[tuple[str, str]]:
        with scope.unscoped():
            rows = db.session.scalars(sa.select(InboxMessage).order_by(InboxMessage.id))
            names = {people.actor(who).user_id: who for who in ("park1", "park2", "base1")}
            return [(names.get(one.user_id, ""), one.kind) for one in rows]

    found, _snapshot = rankings.published()
    assert {("park1", "ranking.published"), ("base1", "ranking.published")} <= set(told())
    act(
        services.publish_anew,
        found.id,
        run_id=rankings.run(found, LATER).id,
        reason="异议成立",
        now=clock.now(),
    )
    corrected = {who for who, kind in told() if kind == "ranking.corrected"}
    assert "park2" in corrected
    assert "base1" not in corrected
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    back = {who for who, kind in told() if kind == "ranking.withdrawn"}
    assert back >= {"park1", "park2", "base1"}


def test_the_next_round_knows_the_ranks_of_this_one(context: object) -> None:
    found, snapshot = rankings.published()
    early = assessments.opened(("P01",), previous_id=found.id)
    assert assessments.filing(early, "P01").previous_rank is None
    over = clock.now() + timedelta(days=(snapshot.window_until - clock.today()).days + 1)
    act(services.confirm, found.id, now=over)
    later = assessments.opened(("P01", "P02"), previous_id=found.id)
    assert [assessments.filing(later, code).previous_rank for code in ("P01", "P02")] == [1, 2]


def test_the_command_names_a_publication_that_was_changed(app: Any, context: object) -> None:
    found, snapshot = rankings.published()
    run = app.test_cli_runner().invoke
    assert run(args=["audit", "verify"]).exit_code == 0
    row = sa.update(RankingRow).where(RankingRow.snapshot_id == snapshot.id)
    db.session.execute(row.where(RankingRow.position == 1).values(final=1))
    db.session.expire_all()
    done = run(args=["audit", "verify"])
    assert done.exit_code == 1
    assert f"version 1 of the ranking of round {found.id}" in done.output
