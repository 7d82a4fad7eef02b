"""我的任务: one's own jobs, their progress, cancelling; nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.core import clock, scope
from app.engines import jobs, trail
from app.engines.jobs.models import Job
from app.extensions import huey
from app.transaction import transaction
from tests.support import people

MISSING = 99999
JSON = {"Accept": "application/json"}


@jobs.handler("p.nothing")
def _nothing(context: jobs.JobContext) -> None:
    return None


@pytest.fixture
def waiting(app):
    """A queue from which nothing is taken."""
    queue = huey.instance
    huey.open(str(app.config["DATA_DIR"] / "waiting.db"))
    yield
    huey._huey = queue


def _ask(app, username: str) -> int:
    with app.app_context(), scope.unscoped(), transaction():
        actor = people.actor(username)
        return jobs.enqueue(actor, "p.nothing", {}, title=f"导入<b>{username}</b>", total=8).id


def _set(app, job_id: int, **values) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(**values))


def test_the_list_shows_own_jobs_with_their_titles_escaped(app, as_, waiting):
    _ask(app, "park1")
    _ask(app, "park2")
    page = as_("park1").page("/desk/jobs/")
    assert "导入&lt;b&gt;park1&lt;/b&gt;" in page
    assert "park2" not in page
    assert len(re.findall("<h1", page)) == 1
    assert "暂无任务" in as_("clerk1").page("/desk/jobs/")


def test_the_progress_page_names_what_it_asks_and_offers_to_cancel(app, as_, waiting):
    job_id = _ask(app, "park1")
    page = as_("park1").page(f"/desk/jobs/{job_id}")
    assert f'data-progress-url="/desk/jobs/{job_id}/status"' in page
    assert "<progress" in page
    assert f'action="/desk/jobs/{job_id}/cancellation"' in page
    _set(app, job_id, state="done", done=8, finished_at=clock.now())
    page = as_("park1").page(f"/desk/jobs/{job_id}")
    assert "data-progress-url" not in page
    assert "cancellation" not in page


def test_the_status_is_plain_json(app, as_, waiting):
    jobs.page("p.nothing", lambda job: f"/after/{job.id}")
    job_id = _ask(app, "park1")
    browser = as_("park1")
    assert browser.get(f"/desk/jobs/{job_id}/status").json == {
        "state": "queued",
        "done": 0,
        "total": 8,
        "text": "排队中",
        "title": "导入<b>park1</b>",
        "next_url": "",
    }
    _set(app, job_id, state="done", done=8, finished_at=clock.now())
    answer = browser.get(f"/desk/jobs/{job_id}/status")
    assert (answer.json["state"], answer.json["next_url"]) == ("done", f"/after/{job_id}")
    assert answer.headers["Cache-Control"] == "no-store"


def test_cancelling_is_a_post_and_returns_to_the_page(app, as_, waiting):
    job_id = _ask(app, "park1")
    browser = as_("park1")
    assert browser.get(f"/desk/jobs/{job_id}/cancellation").status_code == 405
    for _ in range(2):  # the second time there is nothing left to cancel
        answer = browser.post(f"/desk/jobs/{job_id}/cancellation")
        assert (answer.status_code, answer.location) == (303, f"/desk/jobs/{job_id}")
    assert browser.get(f"/desk/jobs/{job_id}/status").json["state"] == "cancelled"


def test_a_failed_job_is_tried_again_by_its_owner_only(app, as_, waiting):
    job_id = _ask(app, "park1")
    address = f"/desk/jobs/{job_id}/retry"
    browser = as_("park1")
    assert address not in browser.page("/desk/jobs/")  # nothing to try again yet
    assert "不需要重试" in browser.post(address, follow_redirects=True).text
    _set(app, job_id, state="failed", error="crashed", attempt=3, finished_at=clock.now())
    assert address in browser.page("/desk/jobs/")
    assert address in browser.page(f"/desk/jobs/{job_id}")
    assert browser.get(address).status_code == 405
    for other in ("clerk1", "sysadmin"):
        assert as_(other).post(address).status_code == 404
    answer = browser.post(address)
    assert (answer.status_code, answer.location) == (303, f"/desk/jobs/{job_id}")
    told = browser.get(f"/desk/jobs/{job_id}/status").json
    assert (told["state"], told["text"]) == ("queued", "排队中")


def _plain(text: str, own_address: str) -> str:
    """Without the page's own address and the form tokens, which tell the second."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", text.replace(own_address, ""))


@pytest.mark.parametrize(
    "other", ["clerk1", "park2", "operator", "reviewer", "sysadmin", "auditor"]
)
def test_others_jobs_are_the_same_404_as_none(app, as_, waiting, other):
    job_id = _ask(app, "park1")
    browser = as_(other)
    for path, method in (("", "get"), ("/status", "get"), ("/cancellation", "post")):
        foreign = getattr(browser, method)(f"/desk/jobs/{job_id}{path}")
        missing = getattr(browser, method)(f"/desk/jobs/{MISSING}{path}")
        assert foreign.status_code == missing.status_code == 404
        mine, none = f"/jobs/{job_id}{path}", f"/jobs/{MISSING}{path}"
        assert _plain(foreign.text, mine) == _plain(missing.text, none)
    assert as_("park1").get(f"/desk/jobs/{job_id}/status").json["state"] == "queued"
    with app.app_context():
        entries = trail.history("page", job_id)
        assert [entry.action for entry in entries] == ["access.denied"] * 3
        assert entries[0].actor_name


def test_a_visitor_signs_in_first(app, client, waiting):
    job_id = _ask(app, "park1")
    for path in ("/desk/jobs/", f"/desk/jobs/{job_id}", f"/desk/jobs/{job_id}/status"):
        assert client.get(path).status_code == 302
    asked = client.get(f"/desk/jobs/{job_id}/status", headers=JSON)
    assert (asked.status_code, asked.json["status"]) == (401, 401)  # what a script can understand


def test_asking_for_the_status_keeps_nobody_signed_in(app, as_, waiting):
    job_id, idle = _ask(app, "park1"), timedelta(minutes=app.config["SESSION_IDLE_MINUTES"])
    with time_machine.travel(clock.now(), tick=False) as clocks:
        browser = as_("park1")
        clocks.shift(idle / 2)
        browser.page("/desk/jobs/")  # a person is there
        for _ in range(2):
            clocks.shift(idle / 2 - timedelta(seconds=1))
            assert browser.get(f"/desk/jobs/{job_id}/status", headers=JSON).status_code == 200
        clocks.shift(timedelta(seconds=2))
        assert browser.get(f"/desk/jobs/{job_id}/status", headers=JSON).status_code == 401
        assert browser.get("/desk/jobs/").status_code == 302
