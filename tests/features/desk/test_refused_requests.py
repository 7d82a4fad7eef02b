"""Who tried what was not theirs: one line in the trail, not one for each try."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.core import clock, scope
from app.engines import trail
from app.extensions import db
from app.features.desk import services
from tests.support import enterprises as made
from tests.support.forms import plain, user_id

SHOW = "/desk/enterprises/show"


@pytest.fixture(autouse=True)
def _nothing_left_out():
    """The count of what was left out belongs to a process, not to a test."""
    services.LEFT_OUT.clear()


@pytest.fixture
def foreign(app) -> int:
    """An enterprise of P01."""
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1).id


def denied(app, action: str = "access.denied") -> list[trail.AuditEntry]:
    """The oldest first."""
    query = sa.select(trail.AuditEntry).where(trail.AuditEntry.action == action)
    with app.app_context():
        return list(db.session.scalars(query.order_by(trail.AuditEntry.id)))


def test_a_row_out_of_reach_is_told_with_person_route_and_key(app, as_, foreign):
    assert as_("park2").get(f"{SHOW}/{foreign}?tab=history").status_code == 404
    (entry,) = denied(app)
    assert (entry.actor_id, entry.actor_name) == (_id(app, "park2"), "测park2")
    assert (entry.object_type, entry.object_id) == ("page", str(foreign))
    assert entry.object_label == "/desk/enterprises/show/<pk:pk>"
    assert entry.details == {"action": "EnterpriseView.show", "reason": "out_of_reach"}
    assert entry.address == "127.0.0.1"
    assert entry.park_id is None
    assert entry.request_id


def test_a_missing_right_is_told(app, as_, foreign):
    assert as_("clerk1").get("/desk/users/list/?q=陈海燕").status_code == 403
    assert as_("reviewer").post(f"/desk/enterprises/delete/{foreign}").status_code == 403
    first, second = denied(app)
    assert first.details == {"action": "UserView.list", "reason": "no_right"}
    assert (first.object_id, second.object_id) == ("", str(foreign))
    assert second.object_label == "/desk/enterprises/delete/<pk:pk>"
    with app.app_context():
        acts = [entry.action for entry in trail.history("enterprise", foreign)]
    assert acts == ["enterprise.added"]  # strangers write nothing into its history


def test_the_same_person_and_route_is_told_once_a_minute(app, as_, foreign):
    browser = as_("park2")
    begun = clock.now()
    with time_machine.travel(begun, tick=False) as clocks:
        for number in range(5):
            browser.get(f"{SHOW}/{foreign + number}")
        assert [one.object_id for one in denied(app)] == [str(foreign)]
        as_("clerk2").get(f"{SHOW}/{foreign}")
        browser.get(f"/desk/enterprises/edit/{foreign}")
        assert len(denied(app)) == 3
        clocks.shift(timedelta(seconds=59))
        browser.get(f"{SHOW}/{foreign}")
        assert len(denied(app)) == 3
        clocks.shift(timedelta(seconds=2))
        browser.get(f"{SHOW}/{foreign}")
        assert len(denied(app)) == 4


def test_one_person_fills_no_disk_with_many_routes(app, as_, monkeypatch):
    monkeypatch.setattr(services, "MOST_AN_HOUR", 3)
    browser = as_("user1")
    begun = clock.now()
    with time_machine.travel(begun, tick=False) as clocks:
        for name in ("users", "grants", "roles", "parks", "members"):
            assert browser.get(f"/desk/{name}/list/").status_code == 403
        assert len(denied(app)) == 3
        clocks.shift(timedelta(minutes=61))
        as_("user1").get("/desk/parks/list/")
        assert len(denied(app)) == 4


def test_where_the_trail_falls_silent_it_says_so_once(app, as_, auditor_page, monkeypatch):
    monkeypatch.setattr(services, "MOST_AN_HOUR", 1)
    with time_machine.travel(clock.now(), tick=False) as clocks:
        for name in ("users", "grants", "roles", "parks"):
            as_("user1").get(f"/desk/{name}/list/")
        (entry,) = denied(app, "access.limit")
        assert entry.object_label == "/desk/grants/list/"  # this one is told in it
        assert entry.details == {"action": "GrantView.list", "reason": "no_right", "limit": 1}
        clocks.shift(timedelta(minutes=61))
        as_("user1").get("/desk/members/list/")
        assert [one.details.get("left_out") for one in denied(app)] == [None, 2]
        clocks.shift(timedelta(minutes=61))
        as_("user1").get("/desk/members/list/")
        assert "left_out" not in denied(app)[-1].details
    assert "越权访问过多，其后不再逐条记录" in auditor_page(entry)
    assert "此前未逐条记录" in auditor_page(denied(app)[1])


@pytest.fixture
def auditor_page(as_):
    return lambda entry: as_("auditor").page(f"/desk/audit/show/{entry.id}")


def test_the_keys_that_a_refused_form_named_are_told_and_nothing_typed(app, as_, foreign):
    form = {"pk": [foreign, "陈海燕", "7" * 19], "status.value": "13800138000", "next": "/1"}
    as_("park2").post("/desk/enterprises/bulk/status", data=form)
    assert (
        as_("park2").post("/desk/enterprises/bulk/delete", data={"pk": foreign}).status_code == 404
    )
    as_("clerk2").post("/desk/enterprises/bulk/delete", data={"pk": [foreign, 12]})
    told = [one.details.get("keys") for one in denied(app)]
    assert told == [str(foreign), f"{foreign},12"]


def test_a_refused_form_too_large_to_look_into_is_told_without_keys(app, as_, foreign):
    as_("clerk2").post("/desk/enterprises/bulk/delete", data={"pk": foreign, "x": "a" * 70_000})
    assert [one.details for one in denied(app)] == [
        {"action": "EnterpriseView.bulk", "reason": "no_right"}
    ]


@pytest.mark.parametrize("path", ["/desk/none", "/none", "/static/none.css", f"{SHOW}/none"])
def test_an_address_that_is_no_route_is_nothing_to_tell(app, as_, path):
    assert as_("park2").get(path).status_code == 404
    assert denied(app) == []


def test_a_visitor_and_a_good_request_are_nothing_to_tell(app, as_, client, foreign):
    assert client.get(f"{SHOW}/{foreign}").status_code == 302
    assert as_("park1").get(f"{SHOW}/{foreign}").status_code == 200
    assert as_("park1").post(f"{SHOW}/{foreign}").status_code == 405
    assert denied(app) == []


def test_a_switch_to_anothers_park_is_told(app, as_):
    assert as_("park1").post("/switch-park", data={"park_id": "2"}).status_code == 404
    (entry,) = denied(app)
    assert (entry.details["action"], entry.details["keys"]) == ("AuthView.switch_park", "2")


def test_typed_text_is_left_out(app, as_, foreign):
    as_("park1").post("/desk/enterprises/bulk/陈海燕13800138000", data={"pk": foreign})
    as_("park1").get("/files/陈海燕")
    as_("park1").post(f"/desk/enterprises/reveal/{foreign}/陈海燕")
    told = denied(app)
    assert [one.object_id for one in told] == ["", "", str(foreign)]
    for one in told:
        assert "陈海燕" not in f"{one.object_label}{one.details}"


def test_the_answer_stays_when_it_cannot_be_told(app, as_, foreign, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError

    told = as_("clerk2").get(f"{SHOW}/{foreign}")
    monkeypatch.setattr(services, "note_denied", fails)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        untold = as_("clerk2").get(f"{SHOW}/{foreign}")
    assert told.status_code == untold.status_code == 404
    assert plain(told.text) == plain(untold.text)
    assert len(denied(app)) == 1


def test_the_auditor_reads_it_in_words(app, as_, foreign):
    as_("park2").get(f"{SHOW}/{foreign}")
    as_("park2").get("/desk/users/list/")
    auditor = as_("auditor")
    page = auditor.page("/desk/audit/list/?action=access.denied&object_type=page")
    assert "越权访问被拒" in page
    assert "测park2" in page
    first, second = (entry.id for entry in denied(app))
    shown = auditor.page(f"/desk/audit/show/{first}")
    for words in (
        "企业管理：查看详情",
        "不存在，或不在其可见范围",
        "/desk/enterprises/show/&lt;pk:pk&gt;",
    ):
        assert words in shown
    auditor.set_cookie("lang", "en")
    shown = auditor.page(f"/desk/audit/show/{second}")
    assert "Access beyond rights refused" in shown
    assert "The right is missing" in shown


def _id(app, username: str) -> int:
    with app.app_context():
        return user_id(username)
