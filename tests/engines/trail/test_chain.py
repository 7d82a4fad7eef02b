"""The chain shows any later change, and writers at once do not break it."""

from __future__ import annotations

import threading
import tracemalloc

import pytest
import sqlalchemy as sa

from app.core import scope
from app.core.actor import SYSTEM
from app.engines import trail
from app.engines.trail import ddl
from app.engines.trail.recording import hash_of
from app.extensions import db
from app.transaction import end_reading, transaction

WRITERS, EACH = 6, 15


@pytest.fixture
def chain(context):
    """Ten entries; the triggers taken away, as the owner of a database can."""
    with transaction():
        for number in range(10):
            trail.record(SYSTEM, "thing.made", trail.Ref("thing", number, f"第{number}个"))
    with transaction():
        for statement in ddl.uninstall(db.engine.dialect.name):
            if "DELETE" not in statement:
                db.session.execute(sa.text(statement))


def _tamper(statement: str) -> None:
    with transaction():
        db.session.connection().exec_driver_sql(statement)


def _last() -> int:
    return db.session.scalar(sa.select(sa.func.max(trail.AuditEntry.id)))


def test_a_whole_chain_verifies(chain):
    found = trail.verify()
    assert (found.ok, found.checked, found.reason) == (True, _last(), "")
    assert found.head_id == _last()


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'someone else'",
        "actor_id = 99",
        "action = 'thing.kept'",
        "object_type = 'x'",
        "object_id = '77'",
        "object_label = ''",
        "park_id = 3",
        "changes = '{\"a\":[1,2]}'",
        "details = '{\"a\":1}'",
        "address = '10.0.0.1'",
        "request_id = 'r'",
        "at = '2020-01-01 00:00:00'",
    ],
)
def test_any_changed_field_is_found(chain, change):
    victim = _last() - 4
    _tamper(f"UPDATE audit_entry SET {change} WHERE id = {victim}")
    found = trail.verify()
    assert (found.ok, found.first_bad_id, found.reason) == (False, victim, "changed")


def test_a_changed_entry_with_its_hash_made_anew_breaks_the_next_link(chain):
    victim = db.session.get(trail.AuditEntry, _last() - 4)
    victim.actor_name = "someone else"
    anew = hash_of(victim)
    db.session.expire_all()
    _tamper(
        f"UPDATE audit_entry SET actor_name = 'someone else', hash = '{anew}' "
        f"WHERE id = {victim.id}"
    )
    found = trail.verify()
    assert (found.ok, found.first_bad_id, found.reason) == (False, _last() - 3, "link")


@pytest.mark.parametrize(("back", "reason"), [(5, "gap"), (9, "gap"), (0, "cut"), (1, "gap")])
def test_a_deleted_entry_is_found_wherever_it_was(chain, back, reason):
    victim = _last() - back
    _tamper(f"DELETE FROM audit_entry WHERE id = {victim}")
    found = trail.verify()
    assert (found.ok, found.first_bad_id, found.reason) == (False, victim, reason)


def test_a_last_entry_taken_with_the_head_set_back_shows_against_a_noted_head(chain):
    noted = trail.verify()
    last = _last()
    _tamper(f"DELETE FROM audit_entry WHERE id = {last}")
    _tamper(
        f"UPDATE audit_head SET last_id = {last - 1}, "
        f"last_hash = (SELECT hash FROM audit_entry WHERE id = {last - 1})"
    )
    found = trail.verify()
    assert found.ok
    assert found.head_id < noted.head_id


def test_an_entry_slipped_in_behind_the_head_is_found(chain):
    last = _last()
    columns = [c.name for c in trail.AuditEntry.__table__.columns if c.name != "id"]
    names = ", ".join(columns)
    _tamper(
        f"INSERT INTO audit_entry (id, {names}) SELECT {last + 1}, {names} "
        f"FROM audit_entry WHERE id = {last}"
    )
    found = trail.verify()
    assert (found.ok, found.first_bad_id, found.reason) == (False, last + 1, "beyond_head")


def test_a_missing_head_is_found(chain):
    _tamper("DELETE FROM audit_head")
    assert trail.verify().reason == "no_head"


def test_a_head_that_names_another_hash_is_found(chain):
    _tamper(f"UPDATE audit_head SET last_hash = '{'f' * 64}'")
    assert trail.verify().reason == "link"


def test_the_newest_entries_can_be_checked_alone(chain):
    assert trail.verify(limit=3).checked == 3
    assert trail.verify(limit=10**6).checked == _last()
    _tamper(f"UPDATE audit_entry SET action = 'x' WHERE id = {_last() - 5}")
    assert trail.verify(limit=3).ok
    assert not trail.verify(limit=6).ok
    _tamper(f"DELETE FROM audit_entry WHERE id = {_last() - 3}")
    assert trail.verify(limit=3).reason == "gap"


def test_the_command_says_whole_or_broken(app, chain):
    runner = app.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    assert (good.exit_code, good.output[:9]) == (0, "audit: ok")
    assert runner.invoke(args=["audit", "verify", "--limit", "0"]).exit_code == 2
    _tamper(f"UPDATE audit_entry SET action = 'x' WHERE id = {_last()}")
    bad = runner.invoke(args=["audit", "verify"])
    assert bad.exit_code == 1
    assert f"BROKEN at entry {_last()}" in bad.output


def test_writers_at_once_make_one_chain(own):
    finished = []
    with own.app_context():
        before = trail.verify().checked
        db.session.remove()

    def write(writer: int) -> None:
        with own.app_context(), scope.unscoped():
            for number in range(EACH):
                with transaction():
                    trail.record(SYSTEM, "w.w", trail.Ref("writer", writer, str(number)))
            db.session.remove()
            finished.append(writer)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    # Reading goes on while they write, and never sees a broken chain.
    with own.app_context(), scope.unscoped():
        seen = []
        while len(seen) < 10:
            seen.append(trail.verify().ok)
            end_reading()
    for thread in threads:
        thread.join()
    assert sorted(finished) == list(range(WRITERS))
    assert all(seen)
    with own.app_context(), scope.unscoped():
        found = trail.verify()
        assert (found.ok, found.checked) == (True, before + WRITERS * EACH)
        assert [int(e.object_label) for e in trail.history("writer", 3)][::-1] == list(range(EACH))
        db.session.remove()


def test_the_check_needs_no_more_memory_for_a_longer_chain(own):
    def peak() -> int:
        with own.app_context(), scope.unscoped():
            tracemalloc.start()
            assert trail.verify().ok
            size = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            db.session.remove()
        return size

    def grow(number: int) -> None:
        with own.app_context(), scope.unscoped(), transaction() as session:
            for _ in range(number):
                trail.record(SYSTEM, "g.g", trail.Ref("grown", 1), details={"x": "y" * 500})
                session.expunge_all()

    grow(700)  # more than one batch
    first = peak()
    grow(1400)
    assert peak() < first * 1.5
