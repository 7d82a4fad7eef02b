"""The worker process: killed at any moment each effect is there once; stopped it gives way."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.cli import worker
from app.core import scope
from app.core.actor import SYSTEM
from app.engines import jobs
from app.engines.jobs.models import Job
from app.extensions import db
from app.features.parks.models import Organisation
from app.transaction import aside, transaction
from app.web import health
from tests.engines.jobs.effects import effects_of, leave_effect, row

_fork = multiprocessing.get_context("fork")
JOBS = 12
KILLS = 20


@jobs.handler("w.steps")
def _steps(context: jobs.JobContext) -> None:
    for step in range(10):
        context.progress(step, 10)
        time.sleep(0.01)
    with context.transaction():
        leave_effect(context.job)
        time.sleep(0.02)
        context.finish()
    time.sleep(0.02)


@jobs.handler("w.long")
def _long(context: jobs.JobContext) -> None:
    for step in range(600):
        context.progress(step, 600)
        time.sleep(0.05)


@jobs.handler("w.fatal")
def _fatal(context: jobs.JobContext) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Workers:
    """Starts the worker in forked children and stops them."""

    def __init__(self, app) -> None:
        self.app = app
        self.children = []

    def start(self):
        def live() -> None:
            worker.run_worker(self.app, tick_seconds=0.1)
            os._exit(0)

        child = _fork.Process(target=live)
        child.start()
        self.children.append(child)
        return child

    def kill(self, child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        child.join()


@pytest.fixture
def workers(owned):
    with transaction() as session:
        session.execute(sa.delete(Job))
        session.execute(sa.delete(Organisation))  # SQLite gives ids of deleted jobs again
    found = Workers(owned)
    yield found
    for child in found.children:
        if child.is_alive():
            found.kill(child)


def _enqueue(kind: str, **kwargs) -> int:
    with transaction():
        return jobs.enqueue(SYSTEM, kind, {}, title="x", **kwargs).id


def _until(met, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_killed_twenty_times_each_job_has_one_effect(workers, monkeypatch):
    monkeypatch.setattr("app.engines.jobs.recovery.MAX_ATTEMPTS", 1000)
    ids = [_enqueue("w.steps") for _ in range(JOBS)]
    chance = random.Random(7)
    for _ in range(KILLS):
        child = workers.start()
        time.sleep(chance.uniform(0.05, 0.6))
        workers.kill(child)
    last = workers.start()
    _until(lambda: all(row(job_id).final for job_id in ids), 60)
    assert {row(job_id).state for job_id in ids} == {"done"}
    assert [effects_of(job_id) for job_id in ids] == [1] * JOBS
    workers.kill(last)
    with aside(None) as session:
        assert session.scalar(sa.select(sa.func.count()).where(Job.state == "running")) == 0


def test_a_job_that_kills_its_worker_is_given_up_after_the_third_time(workers):
    job_id = _enqueue("w.fatal")
    for _ in range(3):
        child = workers.start()
        child.join(20)
        assert child.exitcode == -signal.SIGKILL
    workers.start()
    _until(lambda: row(job_id).final)
    assert (row(job_id).state, row(job_id).error, row(job_id).attempt) == (
        "failed",
        "worker_died",
        3,
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_worker_gives_its_job_back_and_ends_cleanly(workers, how):
    job_id = _enqueue("w.long")
    child = workers.start()
    _until(lambda: row(job_id).done > 0)
    os.kill(child.pid, how)
    child.join(10)
    assert child.exitcode == 0
    assert (row(job_id).state, row(job_id).attempt) == ("queued", 0)


def test_two_workers_share_the_work_and_do_none_of_it_twice(workers):
    ids = [_enqueue("w.steps") for _ in range(8)]
    workers.start()
    workers.start()
    _until(lambda: all(row(job_id).final for job_id in ids))
    assert [effects_of(job_id) for job_id in ids] == [1] * 8


def test_a_cancelled_job_stops_in_the_worker(workers):
    job_id = _enqueue("w.long")
    workers.start()
    _until(lambda: row(job_id).done > 0)
    with aside(5000) as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(cancel_requested=True))
    _until(lambda: row(job_id).state == "cancelled", 10)


def test_readiness_follows_the_workers_signs_of_life(owned, workers):
    beat = worker.beat_file()
    beat.unlink(missing_ok=True)
    assert not health._passes(worker.worker_beats)
    workers.start()
    _until(beat.exists)
    assert worker.worker_beats()
    old = time.time() - worker.BEAT_MAX_AGE - 1
    workers.kill(workers.children[-1])
    os.utime(beat, (old, old))
    assert not worker.worker_beats()


def test_readiness_asks_for_a_worker_only_where_one_is_expected(owned, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {})
    worker.expect(owned)
    assert health.CHECKS == {}
    monkeypatch.setitem(owned.config, "WORKER_EXPECTED", 1)
    worker.expect(owned)
    assert list(health.CHECKS) == ["worker"]


def test_a_step_of_housekeeping_that_fails_does_not_stop_the_others(owned, monkeypatch):
    done = []

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "PERIODIC", [(3600, broken), (3600, lambda: done.append(1))])
    turns = worker.Housekeeping(owned, 1)
    with scope.unscoped():
        turns.tick()
        turns.tick()
    assert done == [1]


def test_a_worker_whose_job_gives_no_way_still_ends(workers, monkeypatch):
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.5)

    @jobs.handler("w.deaf")
    def deaf(context: jobs.JobContext) -> None:
        context.progress(1, 2)
        time.sleep(30)

    job_id = _enqueue("w.deaf")
    child = workers.start()
    _until(lambda: row(job_id).done > 0)
    began = time.monotonic()
    os.kill(child.pid, signal.SIGTERM)
    child.join(10)
    assert time.monotonic() - began < 8
    again = jobs.recover(workers.app.extensions["jobs"])
    assert again == [job_id]


def test_work_in_one_long_transaction_keeps_its_job(workers, monkeypatch):
    """On SQLite nobody can write the lease then: the lock of the process speaks for it."""
    for module in ("context", "running", "recovery"):
        monkeypatch.setattr(f"app.engines.jobs.{module}.LEASE", timedelta(seconds=0.2))

    @jobs.handler("w.whole")
    def whole(context: jobs.JobContext) -> None:
        with context.transaction():
            leave_effect(context.job)
            db.session.flush()
            time.sleep(1.5)
            context.finish()

    job_id = _enqueue("w.whole")
    first = workers.start()
    _until(lambda: row(job_id).state == "running")
    with aside(None) as session:
        assert session.scalar(sa.select(Job.worker).where(Job.id == job_id))
    workers.start()  # its housekeeping looks at the job ten times a second
    _until(lambda: row(job_id).final)
    assert (row(job_id).state, row(job_id).attempt, effects_of(job_id)) == ("done", 1, 1)
    assert first.is_alive()
    assert timedelta(seconds=1) < row(job_id).finished_at - row(job_id).started_at
