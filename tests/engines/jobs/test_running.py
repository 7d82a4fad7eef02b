"""One delivery: claimed once, fenced, cancelled, released, retried; on real commits."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.exc import OperationalError

from app.core import clock, scope
from app.core.actor import system_actor
from app.core.errors import NotFound, Refusal
from app.engines import jobs
from app.engines.jobs import context as job_context
from app.engines.jobs.models import Job
from app.extensions import db
from app.features.parks.models import Park, ParkMembership
from app.transaction import aside, transaction
from tests.engines.jobs.effects import effects_of, leave_effect, row
from tests.support import people

_script: dict[int, object] = {}


@jobs.handler("r.scripted")
def _scripted(context: jobs.JobContext) -> dict | None:
    return _script[context.job.id](context)


@pytest.fixture
def ports(owned, monkeypatch):
    monkeypatch.setattr(job_context, "PROGRESS_EVERY", 0.0)
    ports = owned.extensions["jobs"]
    ports.stopping.clear()
    return ports


@pytest.fixture
def scripted(ports):
    """``scripted(work)``: a queued job whose handler is ``work``."""

    def make(work, actor=None, **kwargs) -> int:
        with transaction():
            actor = actor or system_actor("system:test")
            job = jobs.enqueue(actor, "r.scripted", {}, title="试", **kwargs)
        _script[job.id] = work
        return job.id

    return make


def _once(context: jobs.JobContext) -> None:
    with context.transaction():
        leave_effect(context.job)
        context.finish("r.ok", {"rows": 1})


def test_done_and_the_effect_are_one_commit(ports, scripted):
    job_id = scripted(_once, total=4)
    jobs.run(job_id, ports)
    job = row(job_id)
    assert (job.state, job.message, job.result, job.done) == ("done", "r.ok", {"rows": 1}, 4)
    assert effects_of(job_id) == 1


def test_a_commit_that_fails_after_finish_leaves_neither(ports, scripted):
    def work(context):
        with context.transaction():
            leave_effect(context.job)
            context.finish()
            raise ZeroDivisionError

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert (row(job_id).state, effects_of(job_id)) == ("failed", 0)


def test_a_failed_commit_that_the_handler_keeps_quiet_about_is_not_running_for_ever(
    ports, scripted
):
    def work(context):
        with suppress(ZeroDivisionError), context.transaction():
            context.finish()
            raise ZeroDivisionError

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert row(job_id).final


def test_five_deliveries_two_at_once_are_one_run(owned, ports, scripted):
    job_id = scripted(_once)
    gate = threading.Barrier(5)

    def deliver() -> None:
        with owned.app_context():
            gate.wait()
            jobs.run(job_id, ports)
            db.session.remove()

    threads = [threading.Thread(target=deliver) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.run(job_id, ports)
    assert (row(job_id).attempt, effects_of(job_id)) == (1, 1)


def test_an_attempt_whose_job_was_taken_back_can_commit_nothing(ports, scripted):
    def work(context):
        _someone_else_takes(context.job.id)
        with context.transaction():
            leave_effect(context.job)

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert effects_of(job_id) == 0
    assert (row(job_id).state, row(job_id).worker) == ("running", "elsewhere")


def test_finish_and_progress_notice_that_the_job_was_taken_back(ports, scripted):
    def finishing(context):
        _someone_else_takes(context.job.id)
        with context.transaction():
            leave_effect(context.job)
            context.finish()

    def telling(context):
        _someone_else_takes(context.job.id)
        context.progress(1, 2)
        leave_effect(context.job)

    for work in (finishing, telling):
        job_id = scripted(work)
        jobs.run(job_id, ports)
        assert (row(job_id).worker, effects_of(job_id)) == ("elsewhere", 0)


def _someone_else_takes(job_id: int) -> None:
    with aside(1000) as session:
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id)
            .values(worker="elsewhere", attempt=2, lease_until=clock.now() + timedelta(hours=1))
        )


def test_progress_is_seen_while_the_handler_works(ports, scripted):
    seen = []

    def work(context):
        context.progress(3, 10)
        seen.append((row(context.job.id).done, row(context.job.id).total))

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert seen == [(3, 10)]
    assert row(job_id).done == 10


def test_progress_neither_waits_for_nor_breaks_the_handlers_own_transaction(ports, scripted):
    took = []

    def work(context):
        with context.transaction():
            leave_effect(context.job)
            db.session.flush()
            began = clock.now()
            context.progress(5, 10)
            took.append(clock.now() - began)
            context.finish()
            context.progress(6, 10)

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert took[0] < timedelta(seconds=1)
    assert (row(job_id).state, effects_of(job_id)) == ("done", 1)


def test_a_running_job_is_cancelled_at_its_next_progress(ports, scripted):
    actor = people.actor("park1")

    def cancel(job_id):
        with aside(1000) as session:
            session.execute(sa.update(Job).where(Job.id == job_id).values(cancel_requested=True))

    def between(context):
        cancel(context.job.id)
        context.progress(1, 2)
        leave_effect(context.job)

    def within(context):
        cancel(context.job.id)
        with context.transaction():
            leave_effect(context.job)
            db.session.flush()
            with suppress(Exception):  # a handler that is too broad
                context.progress(1, 2)
            context.finish()

    for work in (between, within):
        job_id = scripted(work, actor)
        jobs.run(job_id, ports)
        assert (row(job_id).state, effects_of(job_id)) == ("cancelled", 0)


def test_the_service_cancels_a_running_job(owned, ports, scripted):
    actor = people.actor("park1")

    def work(context):
        with transaction():
            jobs.cancel(actor, context.job.id)
        context.progress(1)

    job_id = scripted(work, actor)
    jobs.run(job_id, ports)
    assert row(job_id).state == "cancelled"


def test_a_stopping_worker_gives_the_job_back_and_counts_no_attempt(ports, scripted):
    def work(context):
        ports.stopping.set()
        context.progress(1)

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert (row(job_id).state, row(job_id).attempt) == ("queued", 0)
    jobs.run(job_id, ports)
    assert row(job_id).state == "queued"


def test_an_interrupted_process_gives_the_job_back(ports, scripted):
    def work(context):
        raise KeyboardInterrupt

    job_id = scripted(work)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job_id, ports)
    assert row(job_id).state == "queued"


def test_a_busy_database_is_tried_again_but_not_for_ever(ports, scripted):
    def work(context):
        raise OperationalError("select 1", {}, Exception("locked"))

    job_id = scripted(work)
    states = []
    for _ in range(4):
        jobs.run(job_id, ports)
        states.append((row(job_id).state, row(job_id).attempt))
    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]


def test_a_refusal_is_told_with_its_parameters(ports, scripted):
    jobs.words({"r.rows": "共 %(rows)s 行，超过限制"})

    def work(context):
        raise Refusal("r.rows", rows=7)

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert str(jobs.word(row(job_id))) == "共 7 行，超过限制"


def test_a_missing_row_fails_the_job(ports, scripted):
    def work(context):
        raise NotFound("x")

    job_id = scripted(work)
    jobs.run(job_id, ports)
    assert (row(job_id).state, row(job_id).error) == ("failed", "notfound")
    assert str(jobs.word(row(job_id))) == "处理失败：要处理的内容已不存在。"


def test_a_handler_sees_the_parks_of_the_person_only(ports, scripted):
    seen = []

    def work(context):
        seen.extend(db.session.scalars(sa.select(Park.code)))
        seen.append(context.actor.acting_park_id)

    jobs.run(scripted(work, people.actor("clerk2")), ports)
    assert seen == ["P02", people.park("P02").id]
    assert scope.current() == scope.EVERYTHING


def test_who_may_no_longer_act_has_no_job_done(ports, scripted):
    off, moved = scripted(_once, people.actor("clerk1")), scripted(_once, people.actor("both"))
    with transaction() as session:
        session.execute(sa.update(User).where(User.username == "clerk1").values(active=False))
        both = people.actor("both")
        session.execute(
            sa.delete(ParkMembership).where(
                ParkMembership.user_id == both.user_id,
                ParkMembership.park_id == both.acting_park_id,
            )
        )
    for job_id in (off, moved):
        jobs.run(job_id, ports)
        assert (row(job_id).error, effects_of(job_id)) == ("actor_gone", 0)


def test_rights_are_those_of_now_and_the_origin_is_kept(ports, scripted):
    seen = []
    actor = people.actor("operator")
    jobs.run(scripted(lambda context: seen.append(context.actor), actor), ports)
    assert (seen[0].sees_all, seen[0].acting_park_id) == (True, None)
    assert seen[0].permissions == actor.permissions
    jobs.run(scripted(lambda context: seen.append(context.actor)), ports)
    assert (seen[1].name, seen[1].user_id, seen[1].sees_all) == ("system:test", None, True)


def test_two_people_with_one_effect_key_at_once_make_one_job(owned, ports):
    gate, ids = threading.Barrier(4), []

    def ask() -> None:
        with owned.app_context(), scope.unscoped():
            gate.wait()
            with transaction():
                job = jobs.enqueue(
                    system_actor("x"), "r.scripted", {}, title="一", effect_key="race:1"
                )
            ids.append(job.id)
            db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1
