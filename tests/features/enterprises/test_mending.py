"""改正 and the error workbook of a plan with many wrong rows: jobs, in chunks, that can be killed."""

from __future__ import annotations

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Refusal
from app.engines import jobs
from app.engines.trail import AuditEntry
from app.extensions import db, huey
from app.features.enterprises import policy, queries, tasks
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import exports, fix, plan
from app.transaction import transaction
from tests.features.enterprises.test_import_pages import upload
from tests.features.enterprises.test_tasks import large, queued
from tests.support import enterprises as made

__all__ = ["large", "queued"]

WRONG = "12"  # no telephone number
GOOD = "13800138000"
EDIT = fix.CellEdit("contact_phone", GOOD)


class Killed(Exception):
    """The process is gone."""


def rows(wrong: int = 4) -> bytes:
    """So many rows with the same wrong number, one with another, and a good one."""
    same = [made.row(n, contact_phone=WRONG) for n in range(11, 11 + wrong)]
    return made.csv_bytes([*same, made.row(50, contact_phone="34"), made.row(51)])


def sent(browser, address, **more):
    form = {"number": "2", "column": "contact_phone", "value": GOOD, "same": "1", **more}
    return browser.post(f"{address}/fix", data=form)


def all_jobs(app) -> list[jobs.Job]:
    with app.app_context(), scope.unscoped():
        query = sa.select(jobs.Job).where(jobs.Job.kind == policy.MENDING).order_by(jobs.Job.id)
        return list(db.session.scalars(query))


def counted(import_id: int) -> dict[str, int]:
    """The plan's counts, which are those of its rows."""
    db.session.expire_all()
    kept = queries.get_import(import_id).counts
    assert kept == queries.row_counts(import_id)
    return {kind: kept[kind] for kind in ("new", "changed", "unchanged", "error")}


def test_the_same_mistake_in_many_rows_is_mended_by_a_job(app, as_, two_parks, large):
    browser = as_("clerk1")
    address = upload(browser, rows()).location
    answer = sent(browser, address)
    assert answer.location == address
    (job,) = all_jobs(app)
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    with app.test_request_context():
        assert jobs.word(job) == "已改正 4 行。"
    assert GOOD not in str(job.params)  # it outlives the plan
    with app.app_context(), scope.unscoped():
        import_id = int(address.rsplit("/", 1)[1])
        assert counted(import_id) == {"new": 5, "changed": 0, "unchanged": 0, "error": 1}
        assert queries.get_import(import_id).result is None
    assert "将新增 5 家、修改 0 家、跳过 1 家" in browser.page(address)
    made.confirm(browser, address, "good")
    assert len(made.alive(app)) == 6


def test_one_row_alone_is_mended_at_once(app, as_, two_parks, large):
    browser = as_("clerk1")
    address = upload(browser, rows()).location
    sent(browser, address, same="")
    assert all_jobs(app) == []
    assert "将新增 2 家" in browser.page(address)


def test_what_still_cannot_be_read_is_said_and_nothing_is_confirmed(app, as_, two_parks, large):
    browser = as_("clerk1")
    address = upload(browser, rows()).location
    sent(browser, address, value="56")
    (job,) = all_jobs(app)
    with app.test_request_context():
        assert jobs.word(job) == "仍有错误，请按提示继续修改。"
    assert made.confirm(browser, address).status_code == 400


def test_meanwhile_the_page_says_so_and_nobody_confirms(app, as_, two_parks, large, queued):
    browser, colleague = as_("clerk1"), as_("park1")
    huey.instance.immediate = True
    address = upload(browser, rows()).location
    huey.instance.immediate = False
    seen = made.re.search(r'name="seen" value="(\d+)"', browser.page(address))[1]
    for _click in range(2):
        assert sent(browser, address).location == address
    assert sent(colleague, address).location == address  # the same wish
    assert len(all_jobs(app)) == 1
    page = browser.page(address)
    assert "data-progress-url" in page
    assert "改正 名录.csv" in page
    assert "同事已提交" in colleague.page(address)
    other = sent(browser, address, value="13900139000")
    assert (other.status_code, "正在后台处理" in other.text) == (400, True)
    for act, form in (("apply", {"mode": "good", "seen": seen}), ("discard", {}), ("tick", {})):
        refused = browser.post(f"{address}/{act}", data={**form, "all": "1"})
        assert (refused.status_code in (400, 409), "正在后台处理" in refused.text) == (True, True)
    assert [one.id for one in made.alive(app)] == [two_parks[0]]


@pytest.fixture
def noted(context, queued, tmp_path, monkeypatch):
    """A plan whose job waits, that is worked on two rows at a time: (import, job)."""
    monkeypatch.setattr(fix, "CHUNK", 2)
    import_id = made.planned("clerk1", "P01", rows(), tmp_path)
    with made.acting("clerk1") as actor, transaction():
        found = fix.noted(import_id, 2, EDIT)
        found.job_id = tasks.enqueue_mending(actor, found).id
    return import_id, found.job_id


def run(import_id, job_id, progress=lambda _done, _total: None):
    with made.acting("clerk1") as actor:
        work = fix.Work(job_id, transaction, progress, clock.today())
        fix.mend_all(actor, import_id, work)
        with transaction():
            return fix.finished(import_id, job_id)


def test_killed_halfway_it_goes_on_and_each_row_counts_once(noted):
    def kill(done, _total):
        if done >= 2:
            raise Killed

    with pytest.raises(Killed):
        run(*noted, kill)
    assert counted(noted[0]) == {"new": 3, "changed": 0, "unchanged": 0, "error": 3}
    told = []
    assert run(*noted, lambda *now: told.append(now)) == 4
    assert counted(noted[0]) == {"new": 5, "changed": 0, "unchanged": 0, "error": 1}
    assert told == [(2, 3), (3, 3)]  # in chunks, and what was done before is not looked at again
    assert queries.plan_row(noted[0], 6).raw["contact_phone"] == "34"


def test_every_row_is_read_in_chunks(noted, monkeypatch):
    asked = []
    real = queries.wrong_rows

    def reading(*args, **how):
        asked.append(len(found := real(*args, **how)))
        return found

    monkeypatch.setattr(queries, "wrong_rows", reading)
    run(*noted)
    assert max(asked) == 2
    assert sum(asked) == 5


def test_a_cancelled_mending_leaves_a_plan_with_right_counts_that_can_go_on(noted):
    import_id, job_id = noted
    with made.acting("clerk1") as actor:
        with transaction():
            jobs.cancel(actor, job_id)
        with transaction():
            done = applying.apply(actor, import_id, mode="good", now=clock.now())
        assert done.added == 1
        huey.instance.immediate = True
        with transaction():
            jobs.retry(actor, job_id)
    db.session.expire_all()
    job = db.session.get(jobs.Job, job_id)
    assert (job.state, job.error) == ("failed", "plan_changed")
    assert queries.plan_row(import_id, 2).kind == "error"


def test_trying_an_earlier_one_again_does_not_do_the_work_of_the_later_one(noted):
    import_id, first = noted
    with made.acting("clerk1") as actor:
        with transaction():
            jobs.cancel(actor, first)
        with transaction():
            found = fix.noted(import_id, 2, fix.CellEdit("contact_phone", "13900139000"))
            second = found.job_id = tasks.enqueue_mending(actor, found).id
    assert second != first
    with pytest.raises(Refusal) as refused:
        run(import_id, first)
    assert refused.value.code == "plan_changed"
    assert counted(import_id)["error"] == 5
    assert run(import_id, second) == 4


def test_what_is_being_mended_is_confirmed_by_nobody(noted):
    import_id, _job = noted
    with made.acting("clerk1") as actor, pytest.raises(Refusal) as refused, transaction():
        applying.apply(actor, import_id, mode="good", now=clock.now())
    assert refused.value.code == "import_busy"


def test_a_plan_that_is_discarded_forgets_what_was_typed(noted):
    import_id, job_id = noted
    with made.acting("clerk1") as actor:
        with transaction():
            jobs.cancel(actor, job_id)
        with transaction():
            fix.plan_changed(queries.locked_import(import_id))
        assert GOOD in str(db.session.get(EnterpriseImport, import_id).result)
        with transaction():
            plan.discard(actor, import_id)
    assert db.session.get(EnterpriseImport, import_id).result is None


def test_the_error_workbook_of_many_rows_is_made_by_a_job(app, as_, two_parks, large):
    browser = as_("clerk1")
    address = upload(browser, rows()).location
    answer = browser.post(f"{address}/errors")
    assert "/desk/jobs/" in answer.location
    status = browser.get(f"{answer.location}/status").json
    assert (status["state"], status["title"]) == ("done", "名录.csv 的错误清单")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(status["next_url"]).data))
    lines = list(book["数据"].iter_rows(values_only=True))
    assert [line[0] for line in lines[1:]] == [2, 3, 4, 5, 6]
    assert all(str(line[-1]).startswith("联系电话") for line in lines[1:])
    assert as_("park1").get(status["next_url"]).status_code == 404
    with app.app_context(), scope.unscoped():
        query = sa.select(AuditEntry).where(AuditEntry.action == "enterprises.errors_saved")
        (entry,) = db.session.scalars(query)
        assert entry.details == {"count": 5}


@pytest.mark.usefixtures("context")
def test_rows_of_errors_are_walked_as_often_as_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    found = exports.ErrorRows(made.planned("clerk1", "P01", rows(), tmp_path))
    with made.acting("clerk1"):
        numbers = [2, 3, 4, 5, 6]
        assert [one.number for one in found] == [one.number for one in found] == numbers
        assert (len(found), found[1].number, found[0].raw["contact_phone"]) == (5, 3, WRONG)
