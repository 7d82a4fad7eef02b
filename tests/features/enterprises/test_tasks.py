"""Jobs of an import: two clicks make one, nothing changes under it, rights are asked again."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import g

from app.core import scope
from app.core.errors import Forbidden, Refusal
from app.engines import jobs
from app.extensions import db, huey
from app.features.enterprises import policy, queries, services, tasks
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.services import fix, plan
from app.transaction import transaction
from tests.features.enterprises.test_import_pages import upload
from tests.support import enterprises as made
from tests.support import people


@pytest.fixture
def queued(app):
    """Jobs wait instead of running at once."""
    huey.instance.immediate, before = False, huey.instance.immediate
    yield
    huey.instance.immediate = before


@pytest.fixture
def large(app):
    """Everything of more than one row is a job."""
    app.config["IMPORT_PAGE_ROWS"], before = 1, app.config["IMPORT_PAGE_ROWS"]
    yield
    app.config["IMPORT_PAGE_ROWS"] = before


def _ask(actor, import_id):
    with transaction():
        found = queries.locked_import(import_id)
        found.job_id = tasks.enqueue_applying(actor, found, "all", found.revision).id
    return found.job_id


@pytest.fixture
def waiting(context, queued, tmp_path):
    """A plan of clerk1 whose job waits: (import id, job id)."""
    import_id = made.planned("clerk1", "P01", made.csv_bytes([made.row(1)]), tmp_path)
    with made.acting("clerk1") as actor:
        return import_id, _ask(actor, import_id)


def _job(app):
    with app.app_context(), scope.unscoped():
        return db.session.scalars(sa.select(jobs.Job).order_by(jobs.Job.id.desc())).first()


def test_two_clicks_are_one_job_and_a_cancelled_one_can_be_tried_again(waiting):
    import_id, first = waiting
    with made.acting("clerk1") as actor:
        assert _ask(actor, import_id) == first
        with transaction():
            jobs.cancel(actor, first)
        second = _ask(actor, import_id)
    assert second != first
    assert db.session.get(jobs.Job, second).state == "queued"


def test_a_plan_that_a_job_writes_takes_no_ticks_no_mending_and_is_not_discarded(waiting):
    import_id, _job_id = waiting
    today = made.values(1)["settled_on"]
    with made.acting("park1") as actor:
        for change in (
            lambda: fix.tick(import_id, None, on=False),
            lambda: fix.fix(
                actor, import_id, 2, fix.CellEdit("name", "别名公司"), same=False, today=today
            ),
            lambda: plan.discard(actor, import_id),
        ):
            with pytest.raises(Refusal) as refused, transaction():
                change()
            assert refused.value.code == "import_busy"
    assert queries.plan_row(import_id, 2).ticked


def test_a_colleague_sees_that_it_is_being_done_and_whoever_asked_sees_how_far(
    as_, two_parks, large, queued
):
    browser = as_("clerk1")
    huey.instance.immediate = True
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6)]))
    huey.instance.immediate = False
    seen = re.search(r'name="seen" value="(\d+)"', browser.page(answer.location))[1]
    confirmed = {"mode": "all", "seen": seen}
    mine = browser.post(f"{answer.location}/apply", data=confirmed)
    assert "/desk/jobs/" in mine.location
    assert "data-progress-url" in browser.page(answer.location)
    colleague = as_("park1")
    theirs = colleague.post(f"{answer.location}/apply", data=confirmed)
    assert theirs.location.endswith(answer.location)
    page = colleague.page(answer.location)
    assert "同事已提交" in page
    assert 'action="' + answer.location + "/apply" not in page
    ticked = colleague.post(
        f"{answer.location}/tick",
        data={"rows": "2", "on": "0"},
        headers={"Accept": "application/json"},
    )
    assert (ticked.status_code, "后台处理" in ticked.json["error"]) == (409, True)


def test_what_cannot_be_applied_is_refused_before_it_becomes_a_job(app, as_, two_parks, large):
    browser = as_("clerk1")
    rows = [made.row(5), made.row(6), made.row(7, contact_phone="12")]
    answer = upload(browser, made.csv_bytes(rows))
    before = _job(app).id
    refused = made.confirm(browser, answer.location)
    assert refused.status_code == 400
    assert "还有 1 行错误" in refused.text
    assert _job(app).id == before


def test_a_job_that_meets_conflicts_says_so_and_the_plan_counts_them_anew(
    app, as_, two_parks, large
):
    browser = as_("clerk1")
    content = made.csv_bytes([made.row(1, staff_count="50"), made.row(9)])
    answer = upload(browser, content)
    with app.app_context(), scope.unscoped(), made.acting("park1") as actor, transaction():
        services.discard(actor, two_parks[0], reason="关了", now=_now())
    made.confirm(browser, answer.location)
    with app.app_context(), scope.unscoped():
        assert "有 1 行" in str(jobs.word(_job(app)))
        assert len(made.alive(app)) == 0
    page = browser.page(answer.location)
    assert "有 1 行在您核对后被他人修改" in page
    assert "将新增 2 家、修改 0 家" in page


def _now():
    from app.core import clock

    return clock.now()


def test_a_reading_delivered_again_leaves_an_applied_import_alone(context, tmp_path):
    content = made.csv_bytes([made.row(1)])
    import_id = made.planned("clerk1", "P01", content, tmp_path)
    made.applied("clerk1", import_id)
    with made.acting("clerk1") as actor:
        source = plan.Source(tmp_path / "名录.csv", tasks.limits(), scope_code="P01")
        plan.stage(actor, import_id, source, unit=transaction)
    found = db.session.get(EnterpriseImport, import_id)
    assert found.state == "applied"
    assert queries.row_counts(import_id)["new"] == 1


def test_what_was_discarded_while_it_was_read_stays_discarded(context, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_ROWS", 1)
    path = tmp_path / "名录.csv"
    path.write_bytes(made.csv_bytes([made.row(n) for n in range(1, 5)]))
    with made.acting("clerk1") as actor:
        with transaction():
            found = plan.begin(
                actor,
                people.park("P01").id,
                filename="名录.csv",
                file_key=None,
                sha256="0" * 64,
                year=made.YEAR,
            )

        def discard(_rows):
            with transaction():
                plan.discard(actor, found.id)

        source = plan.Source(path, tasks.limits(), scope_code="P01")
        plan.stage(actor, found.id, source, unit=transaction, progress=discard)
    assert db.session.get(EnterpriseImport, found.id).state == "discarded"
    assert queries.row_counts(found.id)["new"] == 0


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("enterprise_read", "can_upload"),
        ("enterprise_apply", "can_apply"),
        ("enterprise_undo", "can_undo"),
        ("enterprise_fix", "can_upload"),
        ("enterprise_errors", "can_show"),
        ("enterprise_errors", "can_personal"),
        ("enterprise_export", "can_export"),
    ],
)
def test_a_job_asks_for_the_right_again(context, monkeypatch, kind, right):
    """The role may be gone by the time the worker comes to it."""
    monkeypatch.setattr(policy, "allowed", lambda _actor, act, _view="": act != right)
    handler = jobs.registry.handler_of(kind)

    class Ctx:
        actor = people.actor("clerk1")
        params: dict[str, int] = {"import_id": 1}

    with pytest.raises(Forbidden):
        handler(Ctx())


def test_an_exporting_job_finds_contacts_only_with_the_right(context, monkeypatch):
    made.add("P01", 1, contact_name="独一无二")
    register = tasks.register_view()
    for personal, expected in ((True, 1), (False, 0)):
        monkeypatch.setattr(policy, "personal", lambda _actor, answer=personal: answer)
        tasks.act_as(people.actor("clerk1"))
        criteria = tasks.read(tasks.MultiDict({"q": "独一无二"}), register.rules())
        assert register.source.count(criteria).number == expected
        g.pop("actor")


def test_trying_again_writes_the_plan_that_was_confirmed_or_nothing(waiting):
    import_id, job_id = waiting
    with made.acting("clerk1") as actor:
        with transaction():
            jobs.cancel(actor, job_id)
        with transaction():
            fix.tick(import_id, None, on=False)
        with transaction():
            fix.tick(import_id, None, on=True)
        huey.instance.immediate = True
        with transaction():
            jobs.retry(actor, job_id)
        db.session.expire_all()
        assert "勾选的行或错误行已有变化" in str(jobs.word(db.session.get(jobs.Job, job_id)))
        assert queries.get_import(import_id).state == "planned"
