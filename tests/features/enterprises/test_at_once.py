"""Two connections on one park: what one saved while the other wrote is never lost."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.errors import Stale
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import Enterprise, EnterpriseCount
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import bulk, counts
from app.transaction import end_reading, transaction
from tests.support import enterprises as made
from tests.support import people
from tests.support.owned import at_once

WAIT = 20


@pytest.fixture
def held(monkeypatch):
    """An import that stops between its check and its write until it is let go."""
    checked, go = threading.Event(), threading.Event()
    real = applying._write

    def write(*arguments):
        checked.set()
        go.wait(2)  # the other one is locked out meanwhile: nobody ever says go
        return real(*arguments)

    monkeypatch.setattr(applying, "_write", write)
    return checked


def _import(import_id: int) -> None:
    made.applied("clerk1", import_id)


def test_an_edit_between_check_and_write_is_refused_as_stale(owned, held, tmp_path):
    item = made.add("P01", 101)
    content = made.csv_bytes([made.row(101, staff_count="50", remark="从文件")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)

    def edit():
        assert held.wait(WAIT)
        with made.acting("park1") as actor, transaction():
            services.change(
                actor, item.id, {"remark": "手改"}, version=item.version, year=made.YEAR
            )

    imported, edited = at_once(owned, lambda: _import(import_id), edit)
    assert imported is None
    assert isinstance(edited, Stale)
    db.session.expire_all()
    assert queries.get(item.id).remark == "从文件"


def test_the_same_code_typed_while_an_import_writes_it_is_refused_in_words(owned, held, tmp_path):
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(102)]), tmp_path)

    def typed():
        assert held.wait(WAIT)
        made.add("P01", 102)

    imported, added = at_once(owned, lambda: _import(import_id), typed)
    assert imported is None
    assert getattr(added, "code", added) == "code_taken"


def test_deleting_while_an_import_writes_keeps_both(owned, held, tmp_path):
    item = made.add("P01", 103)
    content = made.csv_bytes([made.row(103, staff_count="50")])
    import_id = made.planned("clerk1", "P01", content, tmp_path)

    def delete():
        assert held.wait(WAIT)
        with made.acting("park1") as actor, transaction():
            services.discard(actor, item.id, reason="关了", now=clock.now())

    assert at_once(owned, lambda: _import(import_id), delete) == [None, None]
    db.session.expire_all()
    gone = queries.get(item.id, deleted=True)
    assert queries.figures(gone.id, made.YEAR).staff_count == 50


def test_two_imports_of_two_parks_at_once_have_ids_of_their_own(owned, tmp_path):
    ours = made.csv_bytes([made.row(200 + n) for n in range(40)])
    theirs = made.csv_bytes([made.row(300 + n) for n in range(40)])
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    first = made.planned("clerk1", "P01", ours, tmp_path / "a")
    second = made.planned("clerk2", "P02", theirs, tmp_path / "b")
    raised = at_once(
        owned,
        lambda: made.applied("clerk1", first),
        lambda: made.applied("clerk2", second),
        lambda: made.add("B01", 400),
    )
    assert raised == [None, None, None]
    made.add("B01", 401)  # the sequence is beyond everything that was drawn
    codes = {made.row(200 + n)["uscc"] for n in range(40)}
    found = db.session.scalars(sa.select(Enterprise).where(Enterprise.import_id == first))
    assert {item.uscc for item in found} == codes


def test_kept_counts_stay_exact_when_many_add_at_once(owned):
    before = _kept("B01")
    adds = [lambda serial=serial: made.add("B01", serial) for serial in range(500, 508)]
    assert at_once(owned, *adds) == [None] * 8
    assert _kept("B01") == before + 8
    with transaction():
        counts.recount(people.park("B01").id)
    assert _kept("B01") == before + 8


def test_a_bulk_write_that_meets_another_version_writes_nothing(owned, tmp_path, monkeypatch):
    """The second net: even where the check was wrong, the write itself looks again."""
    item = made.add("P01", 104)
    content = made.csv_bytes([made.row(104, staff_count="50", remark="从文件"), made.row(105)])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    with made.acting("park1") as actor, transaction():
        services.change(actor, item.id, {"remark": "手改"}, version=item.version, year=made.YEAR)
    monkeypatch.setattr(queries, "stale_ids", lambda _import_id: [])
    with pytest.raises(bulk.ChangedUnderneathError):
        made.applied("clerk1", import_id)
    end_reading()
    db.session.expire_all()
    assert queries.get(item.id).remark == "手改"
    assert queries.alive_with_code(people.park("P01").id, made.row(105)["uscc"]) is None


def _kept(code: str) -> int:
    end_reading()  # what the others committed since
    query = sa.select(sa.func.sum(EnterpriseCount.number)).where(
        EnterpriseCount.park_id == people.park(code).id
    )
    return int(db.session.scalar(query) or 0)
