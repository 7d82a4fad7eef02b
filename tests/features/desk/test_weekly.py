"""The workbook of a view: every Monday, with the rights of that day, for its person alone."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask_appbuilder.security.sqla.models import Role, User
from openpyxl import load_workbook

from app.core import clock, scope
from app.engines import jobs, notices
from app.engines.files import StoredFile
from app.engines.notices import InboxMessage
from app.engines.trail import AuditEntry
from app.extensions import db
from app.extensions.lists.models import ViewSubscription
from app.features.desk import policy, tasks
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from app.web.acting import act_as
from app.web.base_list import ListPart
from tests.support import enterprises as made
from tests.support import people
from tests.support.views import rows_of, save, settings, share

MONDAY = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)  # 08:05 in Shanghai


@pytest.fixture
def firms(app):
    """Of P01 a large one and a small one; a large one of P02."""
    with app.app_context(), scope.unscoped():
        made.add("P01", 11, name="三亚大型有限公司", staff_count=300)
        made.add("P01", 12, name="三亚小型有限公司", staff_count=3)
        made.add("P02", 13, name="凤凰大型有限公司", staff_count=400)


@pytest.fixture
def weekly(app, as_, firms):
    """park1 has the workbook of a view sent: the view's key."""
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False):
        browser = as_("park1")
        key = save(browser, columns="name,contact_name,staff_count")
        assert settings(browser, key, name="大企业", weekly="1").status_code == 303
    return key


def send(app, at=MONDAY):
    with (
        time_machine.travel(at, tick=False),
        app.app_context(),
        scope.unscoped(),
        transaction(),
    ):
        return tasks.send_weekly(clock.now())


def told(app, kind):
    return rows_of(app, InboxMessage, InboxMessage.kind == kind)


def test_on_monday_the_workbook_comes_once(app, as_, weekly):
    assert send(app, MONDAY - timedelta(minutes=10)) == 0  # 07:55
    assert send(app) == 1
    assert send(app, MONDAY + timedelta(hours=5)) == 0
    [message] = told(app, "view.weekly")
    with app.test_request_context(), scope.unscoped():
        assert "视图“大企业”的本周工作簿已生成，共 1 行" in notices.said(message)[1]
    with time_machine.travel(MONDAY, tick=False):
        browser, others = as_("park1"), [as_(who) for who in ("clerk1", "operator", "park2")]
        answer = browser.get(message.link)
        assert answer.status_code == 200
        for other in others:
            assert other.get(message.link).status_code == 404
    book = load_workbook(io.BytesIO(answer.get_data()))
    lines = list(book.worksheets[-1].values)
    assert lines[0] == ("企业名称", "员工人数")  # no personal column without a purpose
    assert [line[0] for line in lines[1:]] == ["三亚大型有限公司"]
    assert len(rows_of(app, AuditEntry, AuditEntry.action == "enterprises.exported")) == 1
    assert send(app, MONDAY + timedelta(days=7)) == 1


def test_who_subscribes_later_begins_with_the_next_monday(app, as_, firms):
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        browser = as_("park1")
        settings(browser, save(browser), name="大企业", weekly="1")
    assert send(app, MONDAY + timedelta(days=2)) == 0
    assert send(app, MONDAY + timedelta(days=7)) == 1


def test_two_workers_at_once_ask_for_one_job(app, weekly):
    send(app)
    with app.app_context(), scope.unscoped(), transaction():
        for one in db.session.scalars(sa.select(ViewSubscription)):
            one.sent_on = None
    send(app)
    assert len(rows_of(app, jobs.Job, jobs.Job.kind == tasks.WEEKLY)) == 1


def test_a_lost_right_ends_it_and_the_person_is_told(app, as_, weekly):
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        user.roles = [db.session.scalar(sa.select(Role).where(Role.name == "enterprise_user"))]
    send(app)
    assert rows_of(app, ViewSubscription) == []
    assert rows_of(app, StoredFile) == []
    [message] = told(app, "view.weekly_ended")
    with app.test_request_context(), scope.unscoped():
        assert "已停止发送" in notices.said(message)[1]


def test_who_left_the_park_gets_no_file_of_it(app, weekly):
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        db.session.execute(sa.delete(ParkMembership).where(ParkMembership.user_id == user.id))
    assert send(app) == 0
    assert (rows_of(app, ViewSubscription), rows_of(app, StoredFile)) == ([], [])
    assert len(told(app, "view.weekly_ended")) == 1


def test_a_file_is_out_of_reach_once_the_right_is(app, as_, weekly):
    send(app)
    [message] = told(app, "view.weekly")
    with time_machine.travel(MONDAY, tick=False):
        browser = as_("park1")
        with app.app_context(), scope.unscoped(), transaction():
            user = db.session.scalar(sa.select(User).where(User.username == "park1"))
            db.session.execute(sa.delete(ParkMembership).where(ParkMembership.user_id == user.id))
        assert browser.get(message.link).status_code == 404


def test_a_shared_view_that_is_taken_back_ends_its_workbooks(app, as_, firms):
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        admin, clerk = as_("park1"), as_("clerk1")
        key = save(admin)
        share(admin, key, "park")
        assert settings(clerk, key, weekly="1").status_code == 303
        share(admin, key, "")
    send(app)
    assert told(app, "view.weekly") == []
    assert [one.params["why"] for one in told(app, "view.weekly_ended")] == ["view"]


def test_only_lists_that_can_be_exported_are_sent(app, as_, firms):
    reviewer = as_("reviewer")
    key = save(reviewer)
    assert "每周一" not in reviewer.page(f"/desk/views/{key}")
    assert settings(reviewer, key, name="大企业", weekly="1").status_code == 400
    able = {
        one.class_permission_name
        for one in app.appbuilder.baseviews
        if hasattr(one, "asked_columns") and type(one).workbook is not ListPart.workbook
    }
    assert able == set(policy.WEEKLY)


@pytest.mark.parametrize("list_name", ["ParkView", "ConsequenceView"])
def test_the_other_lists_write_their_workbooks_too(app, list_name):
    with app.test_request_context(), scope.unscoped():
        act_as(people.actor("operator"))
        register = tasks.register_of(list_name)
        names = [one.name for one in register.fields][:3]
        book = register.workbook(register.criteria({}), names)
        lines = list(load_workbook(io.BytesIO(b"".join(book.pieces))).worksheets[-1].values)
    assert len(lines[0]) == 3
