"""统一退出: who came by 海易办 leaves here first, then there; nobody else is led out."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core.outside import Unreachable
from app.extensions import db
from app.features.accounts.services.hashing import hashed
from app.integrations.ports import Ports, use
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import ask_code, enter, outside, visitor
from tests.features.accounts.test_own_second_step import opened
from tests.features.accounts.test_two_steps import PASSWORD, prove
from tests.features.accounts.test_ways_in import bound, forget, haiyiban, scan

__all__ = ["outside", "visitor"]
ONWARD = "https://haiyiban.invalid/logout?to=http://localhost/"
KINDS = pytest.mark.parametrize("kind", ["person", "legal"])


def sessions(app) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession))


def came_by(kind, app, browser, outside, *, anew: bool) -> None:
    """In by 海易办: registered just now, or known from before."""
    bound(browser, outside, haiyiban(browser, outside, kind).text)
    if anew:
        browser.post("/logout")
        assert haiyiban(browser, outside, kind).status_code == 303
    assert sessions(app) == 1


@KINDS
@pytest.mark.parametrize("anew", [False, True])
def test_the_session_ends_here_first_and_then_there(app, visitor, outside, kind, anew):
    came_by(kind, app, visitor, outside, anew=anew)
    left = visitor.post("/logout")
    assert (left.status_code, left.location) == (303, "/logout/haiyiban")  # stays in the house
    assert sessions(app) == 0
    assert visitor.get("/me/").status_code == 302
    page = visitor.page(left.location)
    assert unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)[1]) == ONWARD
    assert f'href="{ONWARD}"' in unescape(page)
    assert "您已退出登录" in page


@KINDS
def test_a_service_that_is_down_or_gone_keeps_nobody_in(app, visitor, outside, kind):
    came_by(kind, app, visitor, outside, anew=False)
    outside.haiyiban.trouble = Unreachable("haiyiban", "no connection")
    assert visitor.post("/logout").status_code == 303
    assert sessions(app) == 0
    came_again = app.test_client()
    came_again.page("/login")
    outside.haiyiban.trouble = None
    assert haiyiban(came_again, outside, kind).status_code == 303
    before = use(Ports(outside.sms, outside.wechat, None))
    assert came_again.post("/logout").location == "/"
    assert came_again.get("/logout/haiyiban").location == "/"
    use(before)
    assert sessions(app) == 0


def test_who_came_another_way_stays_in_the_house(app, as_, visitor, outside):
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    assert visitor.post("/logout").location == "/"
    assert as_("operator").post("/logout").location == "/"
    scanned = app.test_client()
    scanned.page("/login")
    forget(app)
    bound(scanned, outside, scan(scanned, outside).text)
    assert scanned.post("/logout").location == "/"


def test_the_page_leads_nobody_out_who_is_in(as_, outside):
    assert as_("user1").get("/logout/haiyiban").location == "/"


def test_the_way_is_known_also_after_a_second_step(app, visitor, outside):
    came_by("legal", app, visitor, outside, anew=False)
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))
    _secret, codes = opened(visitor)
    visitor.post("/logout")
    assert haiyiban(visitor, outside).location.startswith("/login/second/")
    assert prove(visitor, codes[0]).status_code == 303
    assert visitor.post("/logout").location == "/logout/haiyiban"
