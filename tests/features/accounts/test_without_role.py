"""A new account has no role yet: it can be made safe and left, and hears whom to ask."""

from __future__ import annotations

import re

import pytest

from app.features.accounts import queries, services
from app.features.accounts.rules import fingerprint
from app.transaction import transaction
from tests.support import people
from tests.support.forms import user_id

NEW = "correct horse battery"


@pytest.fixture
def newcomer(app, context, client):
    """A browser in which a new person has just signed in, and the password they were given."""
    with transaction():
        _user, password = services.add_staff(
            people.actor("sysadmin"), username="newcomer", name="新人"
        )
    answer = client.post("/login", data={"username": "newcomer", "password": password})
    assert answer.status_code == 303
    return client, password


def change(browser, password):
    data = {"current": password, "new": NEW, "repeat": NEW}
    return browser.post("/me/password/", data=data)


def test_the_first_password_is_changed_and_the_desk_says_whom_to_ask(newcomer):
    browser, password = newcomer
    assert browser.get("/desk/").location == "/me/password/"
    assert "请先改成只有您自己知道的密码" in browser.page("/me/password/")
    answer = change(browser, password)
    assert (answer.status_code, answer.location) == (303, "/desk/")
    page = browser.page("/desk/")
    for words in ("还没有角色", "请联系安全管理员", "newcomer", 'href="/me/password/"'):
        assert words in page
    menu = page.partition('class="side-nav"')[2].partition("</nav>")[0]
    assert set(re.findall(r'<a href="([^"]+)"', menu)) == {
        "/desk/",
        "/me/",
        "/me/password/",
        "/me/messages/",
        "/me/devices/list/",
    }
    browser.set_cookie("lang", "en")
    assert "No role yet" in browser.page("/desk/")


def test_everything_else_is_a_403_that_says_why(newcomer):
    browser, password = newcomer
    change(browser, password)
    for path in ("/desk/enterprises/list/", "/desk/users/list/", "/desk/jobs/"):
        assert "您的账号还没有角色" in browser.page(path, status=403)
    assert "共 1 处" in browser.page("/me/devices/list/")


def test_signing_out_works(newcomer):
    browser, _password = newcomer
    assert browser.post("/logout").status_code == 303
    assert browser.get("/desk/").status_code == 302


def test_a_role_works_from_the_next_request_on_and_its_loss_too(app, newcomer):
    browser, password = newcomer
    change(browser, password)
    secadmin = people.actor("secadmin")
    for roles, status, said in ((("reviewer",), 200, False), ((), 403, True)):
        before = queries.account(user_id("newcomer")).roles
        with transaction():
            services.set_roles(
                secadmin, user_id("newcomer"), roles=roles, version=fingerprint(before)
            )
        assert browser.get("/desk/enterprises/list/").status_code == status
        assert ("还没有角色" in browser.page("/desk/")) is said


def test_somebody_with_a_role_hears_which_role_it_takes(as_):
    page = as_("user1").page("/desk/users/list/", status=403)
    assert "需要角色：系统管理员" in page
    assert "您现在的角色：企业用户" in page
    assert "还没有角色" not in page
