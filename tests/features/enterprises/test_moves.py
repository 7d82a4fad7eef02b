"""迁园: who may do what when, what becomes of the records, and what nobody learns by asking."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import NotFound, Refusal, Stale
from app.engines import calendar, trail
from app.engines.notices.models import InboxMessage
from app.extensions import db
from app.features.enterprises import policy, queries, services
from app.features.enterprises.models import Enterprise, EnterpriseCount
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.queries import moves as move_queries
from app.features.enterprises.rules import PLAIN
from app.features.enterprises.rules.moves import MOST_OPEN, STEPS, Act, Side, State, may
from app.features.enterprises.services import moves, several
from app.features.parks.queries import managers_of
from app.transaction import transaction
from tests.support import duplicates as same
from tests.support import enterprises as made
from tests.support import people
from tests.support.moves import act, asked, wish

pytestmark = pytest.mark.usefixtures("context")


def stored(park: str, serial: int = 1) -> Enterprise | None:
    db.session.expire_all()
    code = made.row(serial)["uscc"]
    query = sa.select(Enterprise).where(
        Enterprise.uscc == code, Enterprise.park_id == people.park(park).id
    )
    return db.session.scalar(query)


def counted(park: str) -> dict[str, int]:
    query = sa.select(EnterpriseCount.status, EnterpriseCount.number).where(
        EnterpriseCount.park_id == people.park(park).id, EnterpriseCount.number > 0
    )
    return {row.status: row.number for row in db.session.execute(query)}


def told(kind: str) -> set[int]:
    query = sa.select(InboxMessage.user_id).where(InboxMessage.kind == f"enterprise_move.{kind}")
    return set(db.session.scalars(query))


def managers(*parks: str) -> set[int]:
    return {one for park in parks for one in managers_of(people.park(park).id)}


def refused(code: str, call, *args, **more) -> None:
    with pytest.raises(Refusal) as found:
        call(*args, **more)
    assert found.value.code == code


# -- the table --------------------------------------------------------------------------------------
@pytest.mark.one_database("plain Python")
def test_every_state_and_act_and_side():
    for one, state, side in product(Act, State, Side):
        step = STEPS[one]
        assert may(one, state, {side}) == (state in step.origin and side == step.side)
    ends = {State.declined, State.taken_back, State.expired, State.stopped, State.undone}
    assert all(not may(one, state, set(Side)) for one in Act for state in ends)


# -- what happens -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("asks", "answers"), [("park1", "park2"), ("park2", "park1")])
def test_either_park_asks_the_other_consents_and_the_record_moves(asks, answers):
    year = calendar.local(clock.now()).year
    old = made.add("P01", 1, remark="老客户")
    with made.acting("clerk1") as actor, transaction():
        values = {"staff_count": 20}
        services.change(actor, old.id, values, version=old.version, year=year)
    before = {name: getattr(stored("P01"), name) for name in PLAIN}
    found = asked(asks)
    assert (found.state, told("asked")) == (
        "asked",
        managers({"park1": "P01", "park2": "P02"}[answers]),
    )
    assert act("consent", answers, found.id).state == "done"
    assert told("done") == managers({"park1": "P01", "park2": "P02"}[asks])
    gone, new = stored("P01"), stored("P02")
    assert (gone.status, gone.moved_to, new.moved_from) == ("迁出", new.id, gone.id)
    assert counted("P01") == {"迁出": 1}
    assert counted("P02") == {"在园": 1}
    kept = {name for name in PLAIN if name not in ("status", "settled_on")}
    assert {name: getattr(new, name) for name in kept} == {name: before[name] for name in kept}
    assert set(new.origins) <= {".", "m"}
    assert queries.figures(new.id, year).staff_count == 20
    assert queries.figures(new.id, made.YEAR) is None  # a closed year stays with the old park
    assert queries.figures(gone.id, made.YEAR).staff_count == 12
    for item, action in ((gone, "enterprise.moved_out"), (new, "enterprise.moved_in")):
        entry = trail.history("enterprise", item.id)[0]
        assert (entry.action, entry.park_id) == (action, item.park_id)


def test_the_zone_asks_and_both_parks_have_to_consent():
    made.add("P01", 1)
    found = asked("operator")
    assert told("asked") == managers("P01", "P02")
    assert act("consent", "park2", found.id).state == "asked"
    refused("move_not_yours", act, "consent", "park2", found.id)
    assert act("consent", "park1", found.id).state == "done"


def test_on_a_day_it_waits_for_the_day():
    made.add("P01", 1)
    now = clock.now()
    day = calendar.local(now) + timedelta(days=3)
    found = asked("park1", effective_on=day)
    assert act("consent", "park2", found.id).state == "agreed"
    assert stored("P02") is None
    with transaction():
        assert not moves.tick(SYSTEM, now)
    with transaction():
        assert moves.tick(SYSTEM, now + timedelta(days=3))
    assert stored("P02").settled_on == day
    assert db.session.get(EnterpriseMove, found.id).state == "done"


def test_on_its_day_something_stands_against_it():
    old = made.add("P01", 1)
    now = clock.now()
    found = asked("park1", effective_on=calendar.local(now) + timedelta(days=3))
    act("consent", "park2", found.id)
    with made.acting("park1") as actor, transaction():
        services.discard(actor, old.id, reason="误录", now=now)
    with transaction():
        moves.tick(SYSTEM, now + timedelta(days=3))
    assert db.session.get(EnterpriseMove, found.id).state == "stopped"
    assert told("stopped") == managers("P01", "P02")


def test_declined_taken_back_and_unanswered():
    made.add("P01", 1)
    found = asked("park1")
    refused("move_reason", act, "decline", "park2", found.id, reason=" ")
    act("decline", "park2", found.id, reason="没有场地")
    assert told("declined") == managers("P01")
    refused("move_over", act, "consent", "park2", found.id)
    found = asked("park1")
    refused("move_not_yours", act, "take_back", "park2", found.id)
    act("take_back", "park1", found.id)
    refused("move_over", act, "consent", "park2", found.id)
    found = asked("park1")
    with transaction():
        moves.tick(SYSTEM, clock.now() + timedelta(days=31))
    assert db.session.get(EnterpriseMove, found.id).state == "expired"
    assert stored("P02") is None


# -- what is left is only read ----------------------------------------------------------------------
def test_what_moved_away_is_only_read(tmp_path):
    old = made.add("P01", 1)
    act("consent", "park2", asked("park1").id)
    old = stored("P01")
    with made.acting("park1") as actor, transaction():
        refused(
            "moved_away", services.change, actor, old.id, {}, version=old.version, year=made.YEAR
        )
        refused("moved_away", services.discard, actor, old.id, reason="", now=clock.now())
        outcome = several.set_status(actor, [old.id], "在园")
        assert [no.code for _name, no in outcome.refused] == ["moved_away"]
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1, remark="改")]), tmp_path)
    (row,) = queries.plan_rows(import_id, None, limit=5, offset=0)
    assert [one["code"] for one in row.errors] == ["moved_away"]


def test_what_moved_away_is_merged_into_nothing():
    old, other = made.add("P01", 1), made.add("P01", 2)
    act("consent", "park2", asked("park1").id)
    refused("merge_gone", same.merged, other, old)
    refused("merge_gone", same.merged, old, other)


# -- what stands against it ---------------------------------------------------------------------------
def test_what_stands_in_one_register_is_not_told_to_the_other_park(monkeypatch):
    made.add("P01", 1)
    found = asked("park1")
    made.add("P02", 1)
    refused("move_taken", act, "consent", "park2", found.id)
    act("take_back", "park1", found.id)
    refused("move_taken", asked, "park2")
    no = Refusal("move_counted")
    monkeypatch.setattr(policy, "MOVE_GUARDS", [lambda _item: no])
    made.add("P01", 2)
    second = asked("park1", 2, new="B01")
    refused("move_not_now", act, "consent", "base1", second.id)
    third = asked("base1", 2, new="B01")
    refused("move_counted", act, "consent", "park1", third.id)


def test_asking_for_what_is_not_there_reads_the_same():
    made.add("P01", 1)
    there, absent = asked("park2", 1), asked("park2", 3)
    assert (there.state, there.name) == (absent.state, absent.name)
    assert {one.from_ok_at for one in (there, absent)} == {None}
    with made.acting("park1"):
        assert [one.id for one in move_queries.waiting_for(people.park("P01").id)] == [there.id]
        with pytest.raises(NotFound):
            move_queries.get(absent.id)
    assert told("asked") == managers("P01")


def test_codes_are_not_tried_out():
    for serial in range(1, MOST_OPEN + 1):
        asked("park2", serial)
    refused("move_too_many", asked, "park2", MOST_OPEN + 1)
    for one in list(db.session.scalars(sa.select(EnterpriseMove))):
        act("take_back", "park2", one.id)
    for serial in range(11, 11 + MOST_OPEN):
        asked("park2", serial)
    for one in list(
        db.session.scalars(sa.select(EnterpriseMove).where(EnterpriseMove.state == "asked"))
    ):
        act("take_back", "park2", one.id)
    refused("move_too_many", asked, "park2", 40)


def test_what_may_not_be_asked_for():
    made.add("P01", 1)
    today = calendar.local(clock.now())
    for code, changes in {
        "move_not_ours": {"old": "B01"},
        "move_same_park": {"new": "P01"},
        "move_no_park": {"to_park_id": 99_999},
        "bad_code": {"uscc": "91460200MA5T000000"},
        "required": {"reason": "  "},
        "move_long": {"reason": "长" * 501},
        "move_day": {"effective_on": today - timedelta(days=1)},
    }.items():
        refused(code, asked, "park1", **changes)
    refused("move_not_held", asked, "park1", 7)
    asked("park1")
    refused("move_open", asked, "park1")
    assert wish().from_park_id != wish().to_park_id


def test_a_third_park_and_two_tabs():
    made.add("P01", 1)
    found = asked("park1")
    with made.acting("base1") as actor, pytest.raises(NotFound):
        moves.consent(actor, found.id, seen=found.version, now=clock.now())
    with made.acting("park2") as actor, pytest.raises(Stale):
        moves.consent(actor, found.id, seen=found.version + 1, now=clock.now())
    with made.acting("clerk1") as actor, transaction():
        refused("move_not_yours", moves.take_back, actor, found.id, seen=1, now=clock.now())


# -- undone -----------------------------------------------------------------------------------------
def test_the_zone_undoes_it_as_if_it_had_not_been():
    made.add("P01", 1)
    before = {name: getattr(stored("P01"), name) for name in (*PLAIN, "origins", "moved_to")}
    found = asked("park1")
    act("consent", "park2", found.id)
    refused("move_not_yours", act, "undo", "park1", found.id, reason="误")
    late = clock.now() + timedelta(days=31)
    refused("move_undo_late", act, "undo", "operator", found.id, reason="误", now=late)
    act("undo", "operator", found.id, reason="办错了")
    now = stored("P01")
    assert {name: getattr(now, name) for name in (*PLAIN, "origins", "moved_to")} == before
    assert stored("P02") is None
    assert (counted("P01"), counted("P02")) == ({"在园": 1}, {})
    assert told("undone") == managers("P01", "P02")


def test_it_is_not_undone_when_somebody_worked_on_it_since():
    made.add("P01", 1)
    found = asked("park1")
    act("consent", "park2", found.id)
    new = stored("P02")
    with made.acting("park2") as actor, transaction():
        services.change(actor, new.id, {"remark": "新"}, version=new.version, year=made.YEAR)
    refused("move_undo_changed", act, "undo", "operator", found.id, reason="误")
