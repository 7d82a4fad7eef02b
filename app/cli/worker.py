"""``flask worker``: the process that runs jobs; and what the jobs engine needs from above."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
import structlog
from flask import Flask, current_app, has_app_context

from app.cli.deploy import require_head
from app.core import clock, scope
from app.core.actor import Actor, system_actor
from app.core.values import replace
from app.engines import files, jobs, notices
from app.extensions import db, huey
from app.extensions.database import map_at_most
from app.features.accounts import queries as accounts
from app.features.accounts.services import forget_old
from app.features.assessments.services import rounds
from app.features.desk.tasks import remind_reviewers, send_weekly
from app.features.enterprises.services import moves, plan, returning, unmerging
from app.features.objections import services as objections
from app.features.settlements import services as settlements
from app.transaction import aside, transaction
from app.web import health
from app.web.acting import person

log = structlog.get_logger("worker")
TICK_SECONDS = 10.0
GRACE_SECONDS = 20.0  # a stop ends within 30 s (F33)
BEAT_MAX_AGE = 60.0
#: New objects after which circles are looked for, and how often among older ones: a job makes objects
#: by the million and hardly a circle; at Python's own 700 the looking takes 4 % of an import.
CIRCLES = (50_000, 20, 50)

#: (every so many seconds, what): housekeeping in a transaction that sees every park.
PERIODIC: list[tuple[float, Callable[[], object]]] = [
    (3600.0, lambda: plan.discard_abandoned(system_actor("system:worker"), clock.now())),
    (3600.0, lambda: unmerging.forget(system_actor("system:worker"), clock.now())),
    (3600.0, lambda: returning.forget(system_actor("system:worker"), clock.now())),
    (3600.0, lambda: forget_old(clock.now())),
    (3600.0, lambda: notices.forget_old_messages(clock.now())),
    (3600.0, files.sweep),
    (3600.0, lambda: settlements.nudge(system_actor("system:worker"), clock.now())),
    (3600.0, remind_reviewers),
    (300.0, lambda: send_weekly(clock.now())),
    (3600.0, lambda: objections.nudge(system_actor("system:worker"), clock.now())),
    (20.0, lambda: moves.tick(system_actor("system:worker"), clock.now())),
    (10.0, lambda: rounds.tick(system_actor("system:worker"), clock.now())),
]


def init(app: Flask) -> None:
    """Bind the queue of this application; jobs run at once after the commit where it is immediate."""
    app.cli.add_command(worker_command)
    ports = jobs.Ports(
        transaction=transaction,
        aside=aside,
        leave=db.session.remove,
        actor_of=actor_of,
        roster=jobs.Roster(Path(app.config["DATA_DIR"]) / "workers"),
    )
    app.extensions["jobs"] = ports
    jobs.connect(lambda job_id: _run_one(app, job_id))
    expect(app)


def expect(app: Flask) -> None:
    """Where a worker must run, readiness asks for its signs of life."""
    if app.config["WORKER_EXPECTED"]:
        health.CHECKS["worker"] = worker_beats


def _run_one(bound: Flask, job_id: int) -> None:
    """One delivery, in an application context (and so a database session) of its own."""
    app = current_app._get_current_object() if has_app_context() else bound  # type: ignore[attr-defined]
    with app.app_context():
        try:
            jobs.run(job_id, app.extensions["jobs"])
        finally:
            db.session.remove()


def actor_of(job: jobs.Job) -> Actor:
    """Who asked for the job, with the rights they have now; ``ActorGone`` when there are none."""
    origin = job.origin
    if job.created_by is None:
        return system_actor(origin.get("name") or "system")
    with scope.unscoped():
        user = accounts.by_id(job.created_by)
        if user is None or not user.active:
            raise jobs.ActorGone
    found = person(user, acting_park_id=origin.get("acting_park_id"))
    if not found.sees_all and found.acting_park_id != origin.get("acting_park_id"):
        raise jobs.ActorGone
    return replace(
        found, address=origin.get("address", ""), request_id=origin.get("request_id", "")
    )


@click.command("worker")
def worker_command() -> None:
    """Run background jobs until SIGTERM or SIGINT."""
    require_head()
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


def run_worker(app: Flask, *, tick_seconds: float = TICK_SECONDS) -> None:
    """Run jobs in this process until it is told to stop; also usable right after a fork.

    Must be called in the main thread. A running job is asked to give way at its next progress; one
    that does not within ``GRACE_SECONDS`` is taken back when the process has ended.
    """
    from app.cli.consuming import JobConsumer  # noqa: PLC0415 - huey is for this process alone

    settle()
    _own_connections(app)
    ports: jobs.Ports = app.extensions["jobs"]
    ports.stopping.clear()
    ports.roster.me()
    housekeeping = Housekeeping(app, tick_seconds)
    consumer = JobConsumer(huey.instance, ports.stopping, GRACE_SECONDS)
    housekeeping.start()
    try:
        consumer.run()
    finally:
        ports.stopping.set()
        housekeeping.stop()
    log.info("worker_stopped")


def settle() -> None:
    """Before the first job: what is built stays and is not looked through again, and an import, which
    sees every page of a table, does not hold the whole file in memory."""
    gc.freeze()
    gc.set_threshold(*CIRCLES)
    map_at_most(32 << 20)


def _own_connections(app: Flask) -> None:
    """Leave connections inherited by a fork to the parent."""
    with app.app_context():
        db.engine.dispose(close=False)
    huey.reopen()


class Housekeeping(threading.Thread):
    """Every few seconds: beat, keep leases, take back and send again what stands still, sweep."""

    def __init__(self, app: Flask, seconds: float) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self._app = app
        self._seconds = seconds
        self._ending = threading.Event()
        self._due = dict.fromkeys(range(len(PERIODIC)), 0.0)

    def stop(self) -> None:
        self._ending.set()
        self.join(5)

    def run(self) -> None:
        ports: jobs.Ports = self._app.extensions["jobs"]
        with self._app.app_context():
            # Whoever was killed may have taken messages along: nobody waits for those to be late.
            self._step("resend", lambda: jobs.resend(ports, timedelta(0)))
        while not self._ending.is_set():
            with self._app.app_context(), scope.unscoped():
                self.tick()
                db.session.remove()
            self._ending.wait(self._seconds)

    def tick(self) -> None:
        """One turn; a step that fails is noted and does not stop the others."""
        ports: jobs.Ports = self._app.extensions["jobs"]
        self._step("beat", lambda: beat_file().touch())
        self._step("leases", lambda: jobs.extend_leases(ports))
        self._step("recover", lambda: jobs.recover(ports))
        self._step("resend", lambda: jobs.resend(ports))
        for index, (every, what) in enumerate(PERIODIC):
            if time.monotonic() >= self._due[index]:
                self._due[index] = time.monotonic() + every
                self._step(getattr(what, "__name__", "periodic"), lambda what=what: _inside(what))  # type: ignore[misc]

    def _step(self, name: str, what: Callable[[], object]) -> None:
        try:
            what()
        except Exception:  # the next turn comes all the same
            log.exception("housekeeping_failed", step=name)


def _inside(what: Callable[[], object]) -> None:
    with transaction():
        what()


def beat_file() -> Path:
    """Touched at each turn; its age is the worker's health."""
    return Path(current_app.config["DATA_DIR"]) / "worker.beat"


def worker_beats() -> bool:
    """Readiness: the worker of this machine gave a sign of life within a minute."""
    return time.time() - beat_file().stat().st_mtime < BEAT_MAX_AGE
