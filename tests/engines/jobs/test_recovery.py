"""What stands still is taken back: dead processes, ended leases, lost messages."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.core import clock
from app.core.actor import SYSTEM
from app.engines import jobs
from app.engines.jobs import delivery, recovery
from app.engines.jobs.models import Job
from app.transaction import aside, transaction
from tests.engines.jobs.effects import row

_fork = multiprocessing.get_context("fork")
_sent: list[int] = []


@jobs.handler("v.nothing")
def _nothing(context: jobs.JobContext) -> None:
    return None


@pytest.fixture
def ports(owned, monkeypatch):
    with transaction() as session:
        session.execute(sa.delete(Job))
    _sent.clear()
    monkeypatch.setattr(delivery, "send", _sent.append)
    ports = owned.extensions["jobs"]
    ports.roster.me()
    return ports


def _queued() -> int:
    with transaction():
        job = jobs.enqueue(SYSTEM, "v.nothing", {}, title="x")
    _sent.clear()
    return job.id


def _running(worker: str, *, attempt: int = 1, lease: int = 60, **values) -> int:
    job_id = _queued()
    with aside(1000) as session:
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id)
            .values(
                state="running",
                worker=worker,
                attempt=attempt,
                started_at=clock.now(),
                lease_until=clock.now() + timedelta(seconds=lease),
                **values,
            )
        )
    return job_id


@pytest.fixture
def process(ports):
    """A live process that holds its lock; ``process.name`` is its name on the roster."""
    ours, theirs = _fork.Pipe()

    def live() -> None:
        theirs.send(ports.roster.me())
        signal.pause()

    child = _fork.Process(target=live, daemon=True)
    child.start()
    name = ours.recv()

    class Live:
        def __init__(self) -> None:
            self.name = name

        def kill(self) -> None:
            os.kill(child.pid, signal.SIGKILL)
            child.join()

    live_process = Live()
    yield live_process
    if child.is_alive():
        live_process.kill()


def test_a_killed_process_loses_its_job_at_once_though_the_lease_still_runs(ports, process):
    job_id = _running(process.name)
    assert jobs.recover(ports) == []
    process.kill()
    assert jobs.recover(ports) == [job_id]
    assert (row(job_id).state, row(job_id).attempt, _sent) == ("queued", 1, [job_id])
    assert str(jobs.word(row(job_id))) == "处理被中断，将自动继续"


def test_a_live_process_keeps_its_job_whatever_the_clock_says(ports, process):
    job_id = _running(process.name, lease=-5)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert jobs.recover(ports) == []
    assert row(job_id).state == "running"


def test_a_live_process_keeps_its_lock_when_others_look_at_it(ports, process):
    for _ in range(3):
        assert ports.roster.is_dead(process.name) is False
    assert ports.roster.is_dead(ports.roster.me()) is False
    probe = _fork.Process(target=lambda: os._exit(ports.roster.is_dead(process.name) is not False))
    probe.start()
    probe.join()
    assert probe.exitcode == 0


def test_our_own_lock_survives_our_own_looking(ports):
    me = ports.roster.me()
    jobs.recover(ports)

    def look() -> None:
        os._exit(0 if ports.roster.is_dead(me) is False else 1)

    probe = _fork.Process(target=look)
    probe.start()
    probe.join()
    assert probe.exitcode == 0


def test_a_process_of_another_machine_is_judged_by_its_lease(ports):
    kept, gone = _running("other-1-aa", lease=60), _running("other-1-bb", lease=-1)
    assert jobs.recover(ports) == [gone]
    assert (row(kept).state, row(gone).state) == ("running", "queued")


def test_the_third_crash_is_the_last(ports):
    job_id = _running("other-1-aa", attempt=3, lease=-1)
    assert jobs.recover(ports) == []
    assert (row(job_id).state, row(job_id).error) == ("failed", "worker_died")
    assert "帮助与联系" in str(jobs.word(row(job_id)))


def test_a_job_to_be_cancelled_is_not_sent_again(ports):
    job_id = _running("other-1-aa", lease=-1, cancel_requested=True)
    assert jobs.recover(ports) == []
    assert row(job_id).state == "cancelled"


def test_a_lease_is_kept_by_its_own_process_only(ports):
    mine, theirs = _running(ports.roster.me(), lease=1), _running("other-1-aa", lease=1)
    before = row(theirs).lease_until
    jobs.extend_leases(ports)
    assert row(mine).lease_until > clock.now() + timedelta(seconds=50)
    assert row(theirs).lease_until == before


def test_a_lease_that_cannot_be_kept_now_makes_nobody_wait(ports):
    job_id = _running(ports.roster.me(), lease=1)
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(done=1))
        began = clock.now()
        jobs.extend_leases(ports)
    assert clock.now() - began < timedelta(seconds=2)


def test_a_message_that_the_queue_lost_is_sent_again(ports):
    job_id = _queued()
    assert jobs.resend(ports) == []
    with aside(1000) as session:
        late = clock.now() - recovery.RESEND_AFTER - timedelta(seconds=1)
        session.execute(sa.update(Job).where(Job.id == job_id).values(sent_at=late))
    assert jobs.resend(ports) == [job_id]
    assert jobs.resend(ports) == []
    assert _sent == [job_id]


def test_files_of_dead_processes_go_once_no_job_names_them(ports, process):
    folder = ports.roster._folder
    _running(process.name)
    jobs.recover(ports)
    assert (folder / process.name).exists()
    process.kill()
    jobs.recover(ports)
    assert not (folder / process.name).exists()
    assert (folder / ports.roster.me()).exists()
