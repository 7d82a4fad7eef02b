"""Asking for jobs: they run after the commit, once per effect key, and belong to one person."""

from __future__ import annotations

import pytest

from app.core.actor import SYSTEM
from app.core.errors import NotFound, Refusal
from app.engines import jobs
from app.extensions import huey
from app.transaction import transaction
from tests.engines.jobs.effects import row
from tests.support import people

_ran: list[tuple[str, dict]] = []


@jobs.handler("t.note")
def _note(context: jobs.JobContext) -> dict:
    _ran.append((context.actor.username, context.params))
    context.progress(1, 1)
    return {"seen": len(_ran)}


@jobs.handler("t.bug")
def _bug(context: jobs.JobContext) -> None:
    raise ValueError("secret 13800000000")


@pytest.fixture(autouse=True)
def _forget():
    _ran.clear()


@pytest.fixture
def waiting(app):
    """A queue from which nothing is taken."""
    queue = huey.instance
    huey.open(str(app.config["DATA_DIR"] / "waiting.db"))
    yield
    huey._huey = queue


def _enqueue(actor, kind="t.note", **kwargs):
    with transaction():
        return jobs.enqueue(actor, kind, {"n": 1}, title="导入企业", **kwargs)


def test_a_job_runs_after_the_commit_as_the_person_who_asked(context):
    with transaction():
        job = jobs.enqueue(people.actor("park1"), "t.note", {"n": 1}, title="导入企业", total=9)
        assert _ran == []
    assert _ran == [("park1", {"n": 1})]
    now = row(job.id)
    assert (now.state, now.done, now.total, now.attempt) == ("done", 1, 1, 1)
    assert now.result == {"seen": 1}
    assert now.worker is None
    assert now.finished_at is not None
    assert now.park_id == people.park("P01").id


def test_a_rolled_back_job_never_runs(context):
    def ask() -> None:
        with transaction():
            jobs.enqueue(SYSTEM, "t.note", {}, title="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask()
    assert _ran == []


def test_one_effect_key_is_one_job(context):
    first = _enqueue(SYSTEM, effect_key="import:5")
    again = _enqueue(SYSTEM, effect_key="import:5")
    other = _enqueue(SYSTEM, effect_key="import:6")
    assert again.id == first.id != other.id
    assert len(_ran) == 2


def test_a_kind_that_nobody_declared_is_refused_where_it_is_asked_for(context):
    with pytest.raises(KeyError), transaction():
        jobs.enqueue(SYSTEM, "t.nobody", {}, title="x")


def test_a_bug_ends_as_a_code_and_never_as_its_text(context):
    job = row(_enqueue(people.actor("park1"), "t.bug").id)
    assert (job.state, job.error, job.result) == ("failed", "crashed", None)
    assert "13800000000" not in str(vars(job))
    assert "系统出错" in str(jobs.word(job))


def test_a_queued_job_is_cancelled_at_once_and_does_not_run(app, context, waiting):
    actor = people.actor("park1")
    job = _enqueue(actor)
    with transaction():
        jobs.cancel(actor, job.id)
    jobs.run(job.id, app.extensions["jobs"])
    assert (row(job.id).state, _ran) == ("cancelled", [])
    with pytest.raises(Refusal), transaction():
        jobs.cancel(actor, job.id)


def test_a_failed_job_can_be_sent_once_more(app, context):
    actor = people.actor("park1")
    job = _enqueue(actor, "t.bug")
    with transaction():
        jobs.retry(actor, job.id)
    now = row(job.id)
    assert (now.state, now.attempt) == ("failed", 1)
    done = _enqueue(actor)
    with pytest.raises(Refusal), transaction():
        jobs.retry(actor, done.id)


def test_a_queue_that_is_down_does_not_undo_what_was_committed(app, context, waiting):
    huey.instance.storage.close()
    huey.instance.storage.filename = "/nonexistent/queue.db"
    job = _enqueue(SYSTEM)
    assert row(job.id).state == "queued"


def test_a_person_sees_own_jobs_only(context):
    job = _enqueue(people.actor("park1"))
    assert [j.id for j in jobs.mine(people.actor("park1"))] == [job.id]
    for other in ("clerk1", "park2", "operator", "sysadmin"):
        actor = people.actor(other)
        assert jobs.mine(actor) == []
        with pytest.raises(NotFound):
            jobs.get_own(actor, job.id)
    assert jobs.mine(SYSTEM) == []
    with pytest.raises(NotFound):
        jobs.get_own(SYSTEM, _enqueue(SYSTEM).id)


def test_words_tell_where_a_job_stands(context, waiting):
    job = row(_enqueue(SYSTEM).id)
    assert str(jobs.word(job)) == "排队中"
    job.started_at = job.created_at
    assert str(jobs.word(job)) == "处理被中断，将自动继续"
    job.state, job.cancel_requested = "running", True
    assert str(jobs.word(job)) == "正在取消"
    jobs.words({"t.read": "已读取 %(rows)s 行"})
    job.message, job.result = "t.read", {"params": {"rows": 3}}
    assert str(jobs.word(job)) == "已读取 3 行"
    job.message = job.state = "unheard-of"
    assert jobs.word(job) == "unheard-of"


def test_two_handlers_of_one_kind_are_a_mistake():
    with pytest.raises(ValueError, match="two handlers"):
        jobs.handler("t.note")(_bug)


def test_the_next_page_shows_once_the_job_is_done(context, waiting):
    job = row(_enqueue(SYSTEM).id)
    assert jobs.next_url(job) == ""
    jobs.page("t.note", lambda job: f"/notes/{job.id}")
    assert jobs.next_url(job) == ""
    job.state = "done"
    assert jobs.next_url(job) == f"/notes/{job.id}"
