"""View-as: 系统管理员 sees what another person sees, writes nothing, takes nothing, reads no value."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import url_for
from flask_appbuilder.security.sqla.models import Role, User

from app.core import clock, scope
from app.core.errors import Forbidden
from app.engines import notices
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.accounts import services
from app.transaction import aside, transaction
from app.web.sessions import LoginSession
from tests.support import enterprises as made
from tests.support import people
from tests.support import world as worlds
from tests.support.forms import plain, token_of, user_id
from tests.support.routes import declared
from tests.support.sites import site

pytestmark = pytest.mark.one_database("a guard before every page")

PHONE, EMAIL = "13800138000", "chen@example.com"
BUSINESS = ("987654321", "陈海燕", "13800138000", "1380013", "138****8000", EMAIL, "c***@")


@pytest.fixture
def firm(context):
    return made.add(
        "P01", 1, name="三亚海风跨境电商有限公司", email=EMAIL, annual_sales=987654321
    ).id


def begin(browser, who, reason="协助排查菜单"):
    with browser.application.app_context():
        pk = user_id(who)
    return browser.post(f"/desk/users/view-as/{pk}", data={"reason": reason})


def looking(as_, who="clerk1"):
    browser = as_("sysadmin")
    assert begin(browser, who).location == "/desk/"
    return browser


def entries(app, *actions):
    with app.app_context(), scope.unscoped():
        query = sa.select(AuditEntry).where(AuditEntry.action.in_(actions))
        return list(db.session.scalars(query.order_by(AuditEntry.id)))


# -- what is seen ------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["clerk1", "operator", "reviewer", "user1"])
def test_the_menu_is_the_other_persons(as_, who):
    def menu(page):
        return page.partition('class="side-nav"')[2].partition("</nav>")[0]

    browser = looking(as_, who)
    assert menu(browser.page("/desk/")) == menu(as_(who).page("/desk/"))
    assert browser.get("/desk/users/list/").status_code == 403


def test_every_page_says_so_and_offers_the_way_back(as_, firm):
    browser = looking(as_)
    for address in ("/desk/", "/", "/desk/enterprises/list/", "/me/", "/desk/users/list/"):
        page = browser.get(address).text
        assert "测clerk1" in page.partition("view-banner")[2].partition("</aside>")[0], address
        assert 'action="/end-view"' in page
    assert "view-banner" not in as_("clerk1").page("/desk/")


def test_no_value_of_business_or_of_a_person_is_shown(as_, firm):
    browser = looking(as_)
    shown = [
        "/desk/enterprises/list/",
        f"/desk/enterprises/show/{firm}",
        f"/desk/enterprises/show/{firm}?tab=history",
        f"/desk/enterprises/edit/{firm}",
    ]
    for address in shown:
        page = browser.page(address)
        assert "三亚海风跨境电商有限公司" in page, address
        assert "***" in page, address
        for secret in BUSINESS:
            assert secret not in page, (address, secret)
    assert "987,654,321" in as_("clerk1").page(f"/desk/enterprises/show/{firm}?year={made.YEAR}")


def test_what_is_hidden_is_not_found_out_by_filters_or_order(as_, firm):
    browser = looking(as_)
    for asked in ("annual_sales.from=1", "sort=annual_sales", "sort=contact_name"):
        answer = browser.get(f"/desk/enterprises/list/?{asked}")
        assert answer.status_code in (400, 403), asked
    assert browser.get("/desk/enterprises/list/?sort=annual_sales").status_code == 403
    assert "三亚海风" not in browser.page("/desk/enterprises/list/?q=陈海燕")
    assert "三亚海风" in browser.page("/desk/enterprises/list/?status=在园")


def test_the_user_centre_hides_what_the_person_would_read(as_):
    page = looking(as_, "user1").page("/me/")
    assert "测user1" not in page.partition('id="account"')[2]
    assert "***" in page


def test_what_the_person_was_told_is_not_read(app, as_):
    with app.app_context(), transaction():
        told = {"park": "鹿回头测试园区", "reason": "与园区有纠纷"}
        notices.tell([user_id("user1")], "park.removed_reason", told, cause="test")
    page = looking(as_, "user1").page("/me/messages/")
    assert "***" in page
    assert "纠纷" not in page
    assert "纠纷" in as_("user1").page("/me/messages/")


# -- nothing is written, nothing leaves --------------------------------------------------------
@pytest.fixture
def world(context, tmp_path):
    return worlds.make(tmp_path)


def things():
    tables = (LoginSession, User)
    counted = [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables]
    rows = db.session.execute(
        sa.text("SELECT id, version, deleted_at FROM enterprise ORDER BY id")
    ).all()
    jobs = db.session.execute(sa.text("SELECT id, state FROM job ORDER BY id")).all()
    return counted, [tuple(one) for one in rows], [tuple(one) for one in jobs]


def test_every_route_that_sends_something_is_refused(app, as_, world):
    browser = looking(as_, worlds.OWNER)
    before = things()
    for route in declared(app):
        if route.endpoint in ("AuthView.logout", "AuthView.end_view", "static"):
            continue
        for method in {*route.methods} - {"GET"}:
            answer = browser.open(address_of(app, route, world), method=method)
            assert answer.status_code == 403, (method, route.rule, answer.status_code)
            assert "只能看" in answer.text, route.rule
    db.session.expire_all()
    assert things() == before


def test_no_page_gives_a_file_or_writes_anything(app, as_, world):
    """The owner gets files from some of these addresses: the same walk says so."""
    browser, owner = looking(as_, worlds.OWNER), as_(worlds.OWNER)
    before, files = things(), []
    for route in declared(app):
        if "GET" not in route.methods or route.endpoint == "static":
            continue
        address = address_of(app, route, world)
        answer = browser.get(address)
        assert answer.status_code in (200, 301, 302, 303, 403, 404), (address, answer.status_code)
        assert answer.mimetype in ("text/html", "application/json"), address
        assert "Content-Disposition" not in answer.headers, address
        if not route.public and "Content-Disposition" in owner.get(address).headers:
            files.append(route.endpoint)
            assert answer.status_code in (403, 404), address
    db.session.expire_all()
    assert things() == before
    assert set(files) == FILES_GIVEN


#: Pages that give a file to whose right it is; nobody who only looks gets one.
FILES_GIVEN = {
    *("EnterpriseImportView.template", "FileView.download"),
    *("FilingView.commitment_file", "FilingView.paper", "FilingView.template"),
    "RankingPaperView.download",
}


def address_of(app, route, world):
    mine = not route.public and route.arguments and route.roles & {"park_admin"}
    values = world.arguments(route) if mine else dict.fromkeys(route.arguments, 1)
    if not mine and "kind" in values:
        values["kind"] = "legal"
    if not mine and "key" in values:
        values["key"] = "f" * 32
    with app.test_request_context():
        return url_for(route.endpoint, **values)


def test_ways_that_lead_out_are_closed(as_):
    browser = looking(as_, "user1")
    for address in ("/login/wechat?errand=bind", "/login/haiyiban/legal", "/login/wechat/back"):
        assert browser.get(address).status_code == 403, address


def test_a_script_gets_json(as_, firm):
    answer = looking(as_).post(
        f"/desk/enterprises/delete/{firm}", headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["status"]) == (403, 403)
    assert "只能看" in answer.json["detail"]


def test_the_transaction_itself_refuses(context):
    clerk = people.actor("clerk1")
    from app.core.values import replace

    seen = replace(clerk, viewed_by=people.actor("sysadmin"))
    with scope.acting_as(seen):
        with pytest.raises(Forbidden), transaction():
            raise AssertionError("inside")
        with scope.unscoped(), pytest.raises(Forbidden), transaction():
            raise AssertionError("inside")
        with scope.acting_as(clerk), pytest.raises(Forbidden), aside(0):
            raise AssertionError("inside")
    with transaction():
        assert not scope.current().only_looks


def test_what_is_refused_names_the_real_person(app, as_, firm):
    browser = looking(as_)
    browser.post(f"/desk/enterprises/delete/{firm}")
    (entry,) = entries(app, "access.denied")
    assert entry.actor_name == "测sysadmin"
    assert entry.details["viewed_as"] == "clerk1"
    assert entry.details["reason"] == "only_looks"
    page = as_("auditor").page(f"/desk/audit/show/{entry.id}")
    assert "当时以其身份查看" in page
    assert "以他人身份查看时只能看" in page


# -- who, and how long -------------------------------------------------------------------------
def test_start_and_end_stand_in_the_trail_with_reason_and_real_person(app, as_):
    browser = looking(as_)
    assert browser.post("/end-view").location.startswith("/desk/users/show/")
    assert "view-banner" not in browser.page("/desk/users/list/")
    start, over = entries(app, "view_as.started", "view_as.ended")
    assert (start.actor_name, start.object_label) == ("测sysadmin", "clerk1")
    assert start.details["reason"] == "协助排查菜单"
    assert (over.actor_name, over.object_label) == ("测sysadmin", "clerk1")
    assert over.details["why"] == "asked"
    assert "viewed_as" not in over.details
    assert "由查看人结束" in as_("auditor").page(f"/desk/audit/show/{over.id}")


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_without_a_reason_nothing_begins(app, as_, reason):
    browser = as_("sysadmin")
    answer = begin(browser, "clerk1", reason)
    assert answer.status_code == 400
    assert "请写明查看原因" in answer.text
    assert "view-banner" not in browser.page("/desk/")
    assert entries(app, "view_as.started") == []


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "auditor"])
def test_not_as_oneself_nor_as_another_administrator(app, as_, who):
    browser = as_("sysadmin")
    assert begin(browser, who).location.startswith("/desk/users/show/")
    assert "view-banner" not in browser.page("/desk/")
    with app.app_context():
        page = browser.page(f"/desk/users/show/{user_id(who)}")
    assert "以此身份查看" not in page


@pytest.mark.parametrize("who", ["operator", "secadmin", "auditor", "park1"])
def test_only_the_system_administrator_may(app, as_, who):
    assert begin(as_(who), "user1").status_code == 403
    assert entries(app, "view_as.started") == []


def test_not_as_somebody_who_is_out(app, as_):
    with app.app_context(), scope.unscoped(), transaction():
        services.set_active(people.actor("sysadmin"), user_id("clerk1"), active=False)
    assert begin(as_("sysadmin"), "clerk1").location.startswith("/desk/users/show/")
    assert entries(app, "view_as.started") == []


def test_not_with_a_password_that_must_be_changed_first(app, as_):
    browser = as_("sysadmin")
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(
            sa.update(LoginSession)
            .where(LoginSession.user_id == user_id("sysadmin"))
            .values(data={"must_change_password": True})
        )
    assert begin(browser, "clerk1").location == "/me/password/"
    assert entries(app, "view_as.started") == []


def test_not_between_the_two_steps(app, client):
    assert begin(client, "clerk1").location.startswith("/login")
    assert entries(app, "view_as.started") == []


def test_it_ends_by_itself_and_what_was_sent_is_not_done_as_oneself(app, as_):
    browser = looking(as_)
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        answer = browser.post("/me/account", data={"name": "***", "version": "1"})
        assert answer.location == "/desk/"
        assert "view-banner" not in browser.page("/desk/users/list/")
    assert entries(app, "view_as.ended")[0].details["why"] == "time"
    assert entries(app, "user.own_changed") == []


def test_looking_on_does_not_make_it_longer(as_):
    browser = looking(as_)
    start = clock.now()
    for minutes in (5, 10, 14):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert "view-banner" in browser.page("/desk/")
    with time_machine.travel(start + timedelta(minutes=15, seconds=5), tick=False):
        assert browser.get("/desk/").location == "/desk/"


def test_it_ends_when_the_viewer_loses_the_role(app, as_):
    browser = looking(as_)
    roles_of(app, "sysadmin", "auditor")
    assert browser.get("/desk/").location == "/desk/"
    assert "view-banner" not in browser.page("/desk/")
    assert entries(app, "view_as.ended")[0].details["why"] == "right"


def test_it_ends_when_the_other_becomes_an_administrator_or_is_out(app, as_):
    browser = looking(as_)
    roles_of(app, "clerk1", "auditor")
    assert browser.get("/desk/audit/list/").location == "/desk/"
    second = looking(as_, "user1")
    with app.app_context(), scope.unscoped(), transaction():
        services.set_active(people.actor("sysadmin"), user_id("user1"), active=False)
    assert second.get("/desk/").location == "/desk/"
    assert [one.details["why"] for one in entries(app, "view_as.ended")] == ["role", "account"]


def roles_of(app, username, role):
    with app.app_context(), scope.unscoped(), transaction():
        user = db.session.get(User, user_id(username))
        user.roles = [db.session.scalar(sa.select(Role).where(Role.name == role))]


def test_it_ends_with_the_viewers_session(app, as_):
    browser = looking(as_)
    with app.app_context(), scope.unscoped(), transaction():
        services.force_out(people.actor("secadmin"), user_id("sysadmin"))
    assert browser.get("/desk/").location.startswith("/login")


def test_signing_out_ends_both(app, as_):
    browser = looking(as_)
    assert browser.post("/logout").location == "/"
    assert browser.get("/desk/").location.startswith("/login")
    over, out = entries(app, "view_as.ended", "sign_in.ended")
    assert over.details["why"] == "sign_out"
    assert (over.actor_name, out.actor_name) == ("测sysadmin", "测sysadmin")


def test_the_other_person_notices_nothing_and_keeps_the_session(as_):
    clerk = as_("clerk1")
    before = plain(clerk.page("/me/devices/list/"))
    looking(as_).page("/me/devices/list/")
    assert plain(clerk.page("/me/devices/list/")) == before


def test_a_form_opened_while_looking_is_no_act_of_ones_own(tmp_path):
    settings = {"APP_MODE": "demo", "TESTING": True, "RATELIMIT_ENABLED": False}
    with site(tmp_path, f"sqlite:///{tmp_path / 'csrf.db'}", **settings) as app:
        from app.cli.deploy import deploy

        with app.app_context():
            deploy()
            with scope.unscoped():
                people.make_everybody()
            clerk = user_id("clerk1")
        browser = app.test_client()
        browser.sign_in("sysadmin")
        own = token_of(browser.page("/desk/"))
        reason = {"reason": "协助排查", "csrf_token": own}
        assert browser.post(f"/desk/users/view-as/{clerk}", data=reason).status_code == 303
        token = token_of(browser.page("/me/"))
        assert token != own
        assert browser.post("/end-view", data={"csrf_token": own}).status_code == 400
        assert browser.post("/end-view", data={"csrf_token": token}).status_code == 303
        late = {"csrf_token": token, "name": "***", "version": "1"}
        assert browser.post("/me/account", data=late).status_code == 400
