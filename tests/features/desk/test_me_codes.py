"""更换手机号 with proof of both numbers; 注销账号 with a code; nobody else's proof is worth anything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import documents, notices, trail
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.models import Identity, PhoneCode
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import PHONE, ask_code, enter, outside, visitor
from tests.features.accounts.test_phone_codes import forget_the_budget, later
from tests.features.parks.certified import certify
from tests.support import people

__all__ = ["outside", "visitor"]
NEW = "13812345678"
JSON = {"Accept": "application/json"}


@pytest.fixture
def person(app, visitor, outside):
    """A browser in which somebody registered by phone, long enough ago for another code."""
    ask_code(visitor)
    enter(visitor, outside.sms.code)
    forget_the_budget(app)
    return visitor


def holder(app):
    with app.app_context():
        return db.session.scalar(sa.select(Identity.user_id).where(Identity.provider == "phone"))


def elsewhere(app):
    """Another browser of the same person."""
    with app.app_context():
        username = queries.by_id(holder(app)).username
    browser = app.test_client()
    browser.sign_in(username)
    assert browser.get("/me/").status_code == 200
    return browser


def proven(browser, outside, app) -> str:
    """The old number is proven: the proof as the next form carries it."""
    assert browser.post("/me/phone/code", headers=JSON).json["seconds"] == 60
    assert outside.sms.sent[-1].phone == PHONE
    page = browser.post("/me/phone/old", data={"code": outside.sms.code})
    assert page.status_code == 200
    assert "验证新手机号" in page.text
    forget_the_budget(app)
    return re.search(r'name="proof"[^>]*value="([^"]+)"', page.text)[1]


def new_code(browser, outside, phone=NEW) -> str:
    answer = browser.post("/me/phone/code?step=new", data={"phone": phone}, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert outside.sms.sent[-1].phone == phone
    return outside.sms.code


def change(browser, proof: str, code: str, phone=NEW):
    return browser.post("/me/phone/", data={"proof": proof, "code": code, "phone": phone})


def test_both_numbers_are_proven_and_the_new_one_takes_the_place(app, person, outside, as_):
    other = elsewhere(app)
    proof = proven(person, outside, app)
    assert change(person, proof, new_code(person, outside)).location == "/me/"
    page = person.page("/me/")
    assert "138****5678" in page
    assert "139****5678" not in page
    assert other.get("/me/").status_code == 302  # signed out
    notice = outside.sms.sent[-1]
    assert (notice.phone, notice.kind) == (PHONE, notices.SmsKind.security)
    with app.app_context():
        found = queries.phone_of(holder(app))
        assert found.subject == notices.phone_index(NEW)
        assert services.phone_number(found) == NEW
        (entry, *_rest) = trail.history("user", found.user_id)
        assert entry.changes["phone"] == ["139****5678", "138****5678"]
    person.post("/logout")
    forget_the_budget(app)
    again = app.test_client()
    again.page("/login")
    ask_code(again, NEW)
    enter(again, outside.sms.code, NEW)
    assert again.get("/me/").status_code == 200


def test_the_page_shows_the_old_number_masked_only(person):
    page = person.page("/me/phone/")
    assert 'value="139****5678"' in page
    assert PHONE not in page


def test_neither_proof_nor_code_is_good_twice(app, person, outside):
    proof = proven(person, outside, app)
    code = new_code(person, outside)
    assert change(person, proof, code).status_code == 303
    forget_the_budget(app)
    replayed = change(person, proof, code)
    assert "验证码不正确或已失效" in replayed.text
    another = new_code(person, outside, "13712345678")
    assert "等待时间过长" in change(person, proof, another, "13712345678").text
    with app.app_context():
        assert queries.phone_of(holder(app)).label == "138****5678"


@pytest.mark.parametrize("code", ["", "000000"])
def test_without_the_old_code_there_is_no_next_step(person, outside, code):
    person.post("/me/phone/code", headers=JSON)
    wrong = code if code != outside.sms.code else "000001"
    refused = person.post("/me/phone/old", data={"code": wrong})
    assert refused.status_code == 400
    assert "验证码不正确或已失效" in refused.text


def test_a_code_for_signing_in_changes_no_number(app, person, outside):
    person.post("/login/code", data={"phone": PHONE}, headers=JSON)
    assert person.post("/me/phone/old", data={"code": outside.sms.code}).status_code == 400


def test_a_proof_of_another_browser_or_grown_old_is_worth_nothing(
    app, person, outside, monkeypatch
):
    proof = proven(person, outside, app)
    other = elsewhere(app)
    refused = change(other, proof, "000000")
    assert refused.status_code == 400
    assert "验证原手机号" in refused.text
    assert change(person, "made up", "000000").status_code == 400
    later(monkeypatch, minutes=11)
    assert "等待时间过长" in change(person, proof, "000000").text


def test_a_number_of_somebody_else_or_the_same_one_is_refused(app, person, outside):
    other = app.test_client()
    other.page("/login")
    ask_code(other, NEW)
    enter(other, outside.sms.code, NEW)
    forget_the_budget(app)
    proof = proven(person, outside, app)
    taken = change(person, proof, new_code(person, outside))
    assert taken.status_code == 400
    assert "已注册其他账号" in taken.text
    forget_the_budget(app)
    assert "与原手机号相同" in change(person, proof, new_code(person, outside, PHONE), PHONE).text


def test_another_code_wants_a_puzzle_with_and_without_a_script(person, outside, monkeypatch):
    sent = person.post("/me/phone/code")
    assert 'data-seconds="60"' in sent.text
    later(monkeypatch, seconds=61)
    asked = person.post("/me/phone/code")
    assert asked.status_code == 400
    assert "请先输入图形验证码" in asked.text
    assert "data:image/png;base64," in asked.text
    said = person.post("/me/phone/puzzle", data={"kind": "sum"}, headers=JSON).json
    assert said["kind"] == "sum"
    assert "的得数" in person.post("/me/phone/puzzle?step=new", data={"kind": "sum"}).text


def test_without_a_number_there_is_no_old_one_to_prove(as_):
    browser = as_("park1")
    assert "绑定手机号" in browser.page("/me/phone/")
    assert browser.post("/me/phone/code", headers=JSON).json["code"] == "phone_wrong"
    assert browser.post("/me/phone/old", data={"code": "1"}).status_code == 400


# -- closing the account -----------------------------------------------------------------------
def close(browser, outside):
    assert browser.post("/me/cancel/code", headers=JSON).status_code == 200
    return browser.post("/me/cancel/", data={"code": outside.sms.code})


def test_a_closed_account_leaves_nothing_but_its_trail(app, person, outside):
    user_id = holder(app)
    with app.app_context():
        username = queries.by_id(user_id).username
        certify(username)
    other = elsewhere(app)
    person.post(
        "/me/account",
        data={"version": "1", "name": "王小明", "email": "w@example.com"},
    )
    closed = close(person, outside)
    assert (closed.status_code, closed.location) == (303, "/")
    assert "账号已注销" in person.page("/")
    for browser in (person, other):
        assert browser.get("/me/").status_code == 302
    with app.app_context(), scope.unscoped():
        user = queries.by_id(user_id)
        assert (user.active, user.password, user.roles) == (False, None, [])
        assert user.last_name + user.first_name == "已注销用户"
        assert queries.profile(user_id).email == ""
        assert queries.identities_of(user_id) == []
        assert documents.consents_of(user_id) == []
        query = sa.select(LoginSession).where(LoginSession.user_id == user_id)
        assert db.session.scalars(query).all() == []
        actions = [entry.action for entry in trail.history("user", user_id)]
        assert actions[0] == "user.cancelled"
        assert "user.registered" in actions


def test_the_number_may_register_again_as_somebody_new(app, person, outside):
    before = holder(app)
    close(person, outside)
    forget_the_budget(app)
    again = app.test_client()
    again.page("/login")
    ask_code(again)
    enter(again, outside.sms.code)
    assert holder(app) not in (None, before)


def test_a_wrong_code_closes_nothing(app, person, outside):
    person.post("/me/cancel/code", headers=JSON)
    wrong = f"{(int(outside.sms.code) + 1) % 1_000_000:06}"
    assert person.post("/me/cancel/", data={"code": wrong}).status_code == 400
    assert person.get("/me/").status_code == 200
    with app.app_context():
        assert queries.by_id(holder(app)).active


@pytest.mark.parametrize(("role", "words"), [("owner", "先转让所有权"), ("clerk", "请先退出")])
def test_who_belongs_to_a_park_leaves_it_first(app, person, outside, role, words):
    person.post("/me/cancel/code", headers=JSON)
    with app.app_context(), scope.unscoped(), transaction():
        db.session.add(
            ParkMembership(user_id=holder(app), park_id=people.park("P01").id, role=role)
        )
    page = person.page("/me/cancel/")
    assert words in page
    assert "鹿回头测试园区" in page
    assert "data-get-code" not in page
    refused = person.post("/me/cancel/", data={"code": outside.sms.code})
    assert refused.status_code == 400
    assert person.post("/me/cancel/code").status_code == 400
    with app.app_context():
        assert queries.by_id(holder(app)).active


def test_who_has_no_number_is_shown_where_to_bind_one_before_closing(as_):
    page = as_("user1").page("/me/cancel/")
    assert 'href="/me/phone/">绑定手机号</a>' in page
    assert "data-get-code" not in page


def test_staff_are_deactivated_by_others(as_):
    assert "由系统管理员停用" in as_("operator").page("/me/cancel/")


def test_codes_are_counted_with_those_of_the_sign_in(app, person, outside):
    with app.app_context(), transaction():
        for number in range(5):
            db.session.add(
                PhoneCode(
                    phone_index=notices.phone_index(PHONE),
                    purpose="sign_in",
                    browser=f"{number:064}",
                    code_hash="0" * 64,
                    address="10.9.9.9",
                    created_at=clock.now() - timedelta(minutes=2 + number),
                )
            )
    refused = person.post("/me/cancel/code", headers=JSON)
    assert (refused.status_code, refused.json["code"]) == (429, "code_budget")
