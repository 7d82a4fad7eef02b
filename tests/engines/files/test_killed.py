"""A process killed between file and row: no row names a missing or half file (F03)."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import SYSTEM
from app.engines import files
from app.engines.files import services
from app.extensions import db
from app.transaction import transaction

_fork = multiprocessing.get_context("fork")
DATA = b"a,b\n" * 50_000


def _store_for_ever(app) -> None:
    with app.app_context(), scope.unscoped():
        db.engine.dispose(close=False)
        while True:
            with transaction():
                files.store(
                    SYSTEM,
                    io.BytesIO(DATA),
                    "a.csv",
                    kind="export",
                    allowed=frozenset({"csv"}),
                    max_bytes=2**20,
                )


def test_killed_twenty_times_every_row_has_its_whole_file(owned):
    chance = random.Random(3)
    for _ in range(20):
        child = _fork.Process(target=_store_for_ever, args=(owned,))
        child.start()
        time.sleep(chance.uniform(0.05, 0.25))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    rows = list(db.session.scalars(sa.select(files.StoredFile)))
    assert len(rows) > 5
    assert all(files.intact(row) for row in rows)


def test_a_file_killed_before_its_row_is_swept(owned, monkeypatch):
    def die(*_args) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    child = _fork.Process(target=_die_before_the_row, args=(owned, die))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    before = set(_keys())
    known = set(db.session.scalars(sa.select(files.StoredFile.key)))
    (orphan,) = before - known
    monkeypatch.setattr("app.engines.files.sweeping.ORPHAN_AFTER", timedelta(hours=-1))
    with transaction():
        assert files.sweep().orphans >= 1
    assert orphan not in set(_keys())
    assert set(_keys()) == known


def _die_before_the_row(app, die) -> None:
    with app.app_context(), scope.unscoped():
        db.engine.dispose(close=False)
        db.session.add = die
        with transaction():
            files.store(
                SYSTEM,
                io.BytesIO(DATA),
                "a.csv",
                kind="export",
                allowed=frozenset({"csv"}),
                max_bytes=2**20,
            )


def _keys() -> list[str]:
    return list(services.disk().keys_before(clock.now() + timedelta(hours=1)))


@pytest.fixture(autouse=True)
def _empty(owned):
    with transaction() as session:
        session.execute(sa.delete(files.StoredFile))
    for key in _keys():
        services.disk().remove(key)
