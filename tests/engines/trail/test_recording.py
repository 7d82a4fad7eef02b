"""One entry per act, in the act's own transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.actor import SYSTEM
from app.engines import trail
from app.engines.trail import ddl
from app.engines.trail.changes import plain
from app.engines.trail.models import AuditHead
from app.engines.trail.recording import TrailUnavailableError
from app.extensions import db
from app.features.parks.models import Park
from app.transaction import transaction
from tests.support import people


def _count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(trail.AuditEntry))


def test_an_entry_names_who_what_and_which_row(context):
    actor = people.actor("park1")
    with transaction():
        park = db.session.get(Park, people.park("P01").id)
        park.name = "新名称"
        changes = trail.changes_of(park)
        trail.record(actor, "park.updated", park, changes=changes, details={"via": "page"})
    (entry,) = trail.history("park", park.id)
    assert entry.changes == {"name": ["鹿回头测试园区", "新名称"]}
    assert (entry.actor_id, entry.actor_name, entry.action) == (
        actor.user_id,
        actor.name,
        "park.updated",
    )
    assert (entry.object_label, entry.details) == ("新名称", {"via": "page"})
    assert trail.verify().ok


def test_entries_follow_each_other_by_hash(context):
    with transaction():
        first = trail.record(SYSTEM, "a.one", trail.Ref("thing", 1, "一"))
        second = trail.record(SYSTEM, "a.two", trail.Ref("thing", 1, "二", park_id=7))
    assert second.id == first.id + 1
    assert second.prev_hash == first.hash
    assert [e.action for e in trail.history("thing", 1)] == ["a.two", "a.one"]
    assert second.park_id == 7


def test_a_rollback_leaves_no_entry_and_no_gap(context):
    before = _count()

    def act() -> None:
        with transaction():
            trail.record(SYSTEM, "a.lost", trail.Ref("thing", 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert _count() == before
    with transaction():
        entry = trail.record(SYSTEM, "a.kept", trail.Ref("thing", 1))
    assert entry.id == before + 1
    assert trail.verify().ok


def test_an_act_whose_entry_cannot_be_written_does_not_happen(context):
    refuse = {
        "sqlite": "BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgresql": "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    }[db.engine.dialect.name]
    with transaction():
        db.session.execute(sa.text(f"CREATE TRIGGER broken BEFORE INSERT ON audit_entry {refuse}"))

    def act() -> None:
        with transaction():
            db.session.get(Park, people.park("P01").id).name = "不应保存"
            trail.record(SYSTEM, "park.updated", trail.Ref("park", 1))

    with pytest.raises(DBAPIError):
        act()
    db.session.expire_all()
    assert people.park("P01").name == "鹿回头测试园区"


def test_without_a_head_nothing_is_recorded(context):
    with transaction():
        for statement in ddl.uninstall(db.engine.dialect.name):
            db.session.execute(sa.text(statement))

    def act() -> None:
        with transaction():
            trail.record(SYSTEM, "a.b", trail.Ref("thing", 1))

    with pytest.raises(TrailUnavailableError):
        act()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'x'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET last_id = 0",
        "UPDATE audit_head SET last_id = last_id + 2",
        "UPDATE audit_head SET last_hash = 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_the_trail(context, statement):
    with transaction():
        trail.record(SYSTEM, "a.b", trail.Ref("thing", 1))
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(sa.text(statement))
    assert trail.verify().ok


@pytest.mark.parametrize(("step", "hash_"), [(2, "a"), (1, "a"), (3, "b")])
def test_the_head_moves_only_to_the_last_entry_that_there_is(context, step, hash_):
    with transaction():
        last = trail.record(SYSTEM, "a.b", trail.Ref("thing", 1))
    columns = [c.name for c in trail.AuditEntry.__table__.columns if c.name not in {"id", "hash"}]
    given = {name: getattr(last, name) for name in columns}
    update = sa.update(AuditHead)

    def move(signs, step, hash_):
        entries = [
            trail.AuditEntry(**given, id=last.id + place, hash=sign)
            for place, sign in enumerate(signs, 1)
        ]
        with transaction():
            db.session.add_all(entries)
            db.session.flush()
            db.session.execute(update.values(last_id=last.id + step, last_hash=hash_))

    with pytest.raises(IntegrityError):
        move("ab", step, hash_)
    move("cd", 2, "d")


def test_many_entries_are_one_piece_of_the_chain(context):
    tales = [(trail.Ref("thing", n, f"第{n}个"), {"n": [None, n]}) for n in range(300)]
    with transaction():
        first = trail.record(SYSTEM, "a.one", trail.Ref("thing", 999))
        many = trail.record_many(SYSTEM, "a.many", tales, details={"why": "so"}, personal={"n"})
        last = trail.record(SYSTEM, "a.two", trail.Ref("thing", 999))
        assert trail.record_many(SYSTEM, "a.none", []) == []
    assert [entry.id for entry in many] == list(range(first.id + 1, first.id + 301))
    assert (many[0].prev_hash, last.prev_hash) == (first.hash, many[-1].hash)
    db.session.expire_all()
    (entry,) = trail.history("thing", 7)
    assert (entry.object_label, entry.changes) == ("第7个", {"n": [None, 7]})
    assert entry.details == {"why": "so", "personal": ["n"]}
    found = trail.verify()
    assert (found.ok, found.checked) == (True, _count())


def test_a_denied_look_is_an_entry_of_its_own(context):
    with transaction():
        entry = trail.denied(people.actor("park2"), "job.read", trail.Ref("job", 5))
    assert (entry.action, entry.details) == ("access.denied", {"action": "job.read"})


def test_personal_values_are_masked_without_the_right(context):
    changes = {"contact_phone": ["13800000000", None], "name": ["甲", "乙"]}
    with transaction():
        entry = trail.record(
            SYSTEM, "x.y", trail.Ref("t", 1), changes=changes, personal={"contact_phone"}
        )
    assert entry.details == {"personal": ["contact_phone"]}
    assert trail.shown_changes(entry, personal=True) == changes
    masked = trail.shown_changes(entry, personal=False)
    assert masked == {"contact_phone": ["***", None], "name": ["甲", "乙"]}


def test_what_a_database_would_refuse_is_cleaned_before_it_is_hashed(context):
    with transaction():
        trail.record(
            SYSTEM,
            "x.y",
            trail.Ref("t", 1, "名\x00称" * 100),
            details={"k\x00": "\ud800", "emoji": "😀"},
        )
    db.session.expire_all()
    (entry,) = trail.history("t", 1)
    assert entry.details == {"k": "?", "emoji": "😀"}
    assert len(entry.object_label) == 200
    assert trail.verify().ok


def test_changes_of_a_new_row_and_of_chosen_fields(context):
    with db.session.no_autoflush:
        park = Park(code="P09", name="新园区", kind="park")
        assert trail.changes_of(park, ["code", "kind"]) == {
            "code": [None, "P09"],
            "kind": [None, "park"],
        }
        known = people.park("P01")
        known.name = known.name
        assert trail.changes_of(known) == {}


class _Colour(StrEnum):
    red = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(2026, 3, 1), "2026-03-01"),
        (
            datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8))),
            "2026-03-01T00:00:00+00:00",
        ),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00"),
        (("a", ("b",)), ["a", ["b"]]),
        (frozenset({"b", "a"}), ["a", "b"]),
        (_Colour.red, "red"),
        ({1: Decimal(2)}, {"1": "2"}),
        (True, True),
        (3, 3),
        (None, None),
    ],
)
def test_values_become_json(value, text):
    assert plain(value) == text
    assert type(plain(value)) is type(text)
