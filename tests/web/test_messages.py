"""Messages for the next page: readable in the browser, so never a personal value, never a stranger's."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest
import sqlalchemy as sa

from app.core import scope
from app.extensions import db
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.support import enterprises as made
from tests.support.forms import user_id

FOR = {"purpose": "核对资料"}
PHONE = "13800138000"
SAVED = "视图已保存。"


@pytest.fixture
def enterprise(app):
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1, contact_phone=PHONE, email="chen@example.com").id


def said(answer) -> str:
    """What the message cookie that an answer sets says to whoever looks into the browser."""
    for cookie in answer.headers.getlist("Set-Cookie"):
        value = re.match(r"flash=([^;]*)", cookie)
        if value and value[1]:
            body = value[1].strip(".").split(".")[0]
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            said = json.loads(zlib.decompress(raw) if value[1].startswith(".") else raw)
            return " ".join(text for _kind, text in said)
    return ""


def save_view(browser):
    return browser.post("/desk/enterprises/views", data={"name": "我的", "query": "status=在园"})


def test_a_revealed_value_is_in_the_answer_and_in_no_cookie(as_, enterprise):
    browser = as_("clerk1")
    for name, value in (("contact_phone", PHONE), ("email", "chen@example.com")):
        answer = browser.post(f"/desk/enterprises/reveal/{enterprise}/{name}", data=FOR)
        assert answer.status_code == 200
        assert value in answer.text
        assert f"/reveal/{enterprise}/{name}" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert said(answer) == ""
    assert PHONE not in answer.text  # one field a time
    assert browser.get_cookie("flash") is None
    assert PHONE not in browser.page(f"/desk/enterprises/show/{enterprise}")


def test_the_page_of_an_act_sends_the_frames_forms_to_a_page_that_exists(as_, enterprise):
    browser = as_("clerk1")
    answer = browser.post(f"/desk/enterprises/reveal/{enterprise}/contact_phone", data=FOR)
    assert f'name="next" value="/desk/enterprises/reveal/{enterprise}' not in answer.text
    assert 'name="next" value="/desk/"' in answer.text


def test_a_message_waits_in_the_cookie_and_is_gone_once_shown(as_):
    browser = as_("park1")
    assert SAVED in said(save_view(browser))
    browser.get("/static/css/app.css")
    assert SAVED in browser.page("/desk/")
    assert browser.get_cookie("flash") is None
    assert SAVED not in browser.page("/desk/")


def test_signing_out_leaves_nothing_that_was_said_before(as_):
    browser = as_("park1")
    save_view(browser)
    answer = browser.post("/logout")
    assert SAVED not in said(answer)
    page = browser.page("/")
    assert SAVED not in page
    assert "您已退出登录" in page
    assert browser.get_cookie("flash") is None


def test_what_one_person_was_told_the_next_one_is_not(app, as_):
    browser, other = as_("park1"), as_("park2")
    save_view(browser)
    kept = browser.get_cookie("flash").value
    other.set_cookie("flash", kept)
    assert SAVED not in other.page("/desk/")
    assert other.get_cookie("flash") is None
    with app.app_context(), transaction():
        db.session.execute(sa.delete(LoginSession).where(LoginSession.user_id == user_id("park1")))
    assert SAVED not in browser.page("/login")
    assert browser.get_cookie("flash") is None
