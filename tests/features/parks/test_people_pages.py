"""The pages of a park's people, of the invited person, and of a handover."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines import notices
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts import queries as accounts
from app.features.accounts.models import Identity
from app.features.accounts.services.hashing import hashed
from app.features.parks import queries, services
from app.transaction import transaction
from tests.features.accounts.outside import ask_code, enter, outside, visitor
from tests.features.parks.invited import PHONE, bind, invitations, invite, make, member, messages
from tests.support import people
from tests.support.forms import user_id

__all__ = ["outside", "visitor"]
PAGE = "/desk/people/"


@pytest.fixture
def asked(app, outside):
    """An open invitation of P01; its id."""
    with app.app_context():
        return invite(role="clerk").id


def password(app, username):
    """Tests sign in through rows: whoever types a password gets one here."""
    with app.app_context(), scope.unscoped(), transaction():
        accounts.by_username(username).password = hashed(people.PASSWORD)


def test_the_page_invites_and_shows_who_is_there(app, as_, outside):
    browser = as_("park1")
    page = browser.page(PAGE)
    for words in ("测park1", "测clerk1", "园区数据专员", "园区/基地管理员", "没有等待答复的邀请"):
        assert words in page
    assert "测clerk2" not in page
    wrong = browser.post(PAGE, data={"phone": "123", "name": "", "role": "clerk"})
    assert wrong.status_code == 400
    assert "请填写 11 位手机号" in wrong.text
    sent = browser.post(PAGE, data={"phone": PHONE, "name": "小王", "role": "clerk"})
    assert sent.status_code == 303
    page = browser.page(PAGE)
    assert "小王" in page
    assert "139****5678" in page
    assert PHONE not in page
    assert outside.sms.sent[-1].phone == PHONE
    with app.app_context():
        (row,) = invitations()
    browser.post(f"{PAGE}invitations/{row.id}/resend")
    assert "刚刚发送过" in browser.page(PAGE)
    browser.post(f"{PAGE}invitations/{row.id}/withdraw")
    assert "没有等待答复的邀请" in browser.page(PAGE)


@pytest.mark.parametrize("who", ["clerk1", "user1", "operator", "auditor"])
def test_the_page_is_for_those_who_look_after_people(as_, who):
    text = as_(who).page(PAGE, status=403)
    assert "invite-title" not in text


def test_the_answer_is_the_same_for_a_number_of_somebody_and_of_nobody(app, as_):
    with app.app_context():
        bind("user1")
    browser = as_("park1")
    told = []
    for phone in (PHONE, "13800000000"):
        answer = browser.post(PAGE, data={"phone": phone, "name": "某人", "role": "clerk"})
        page = browser.page(PAGE)
        found = page[page.index("open-title") : page.index("invite-title")]
        told.append((answer.status_code, re.sub(r"\d+|\*+", "", found).count("某人")))
    assert told[0][0] == told[1][0] == 303
    assert told[1][1] == 2 * told[0][1]


def test_a_new_number_registers_first_and_is_shown_the_invitation(app, visitor, outside, asked):
    assert ask_code(visitor).status_code == 200
    entered = enter(visitor, outside.sms.code)
    assert entered.location == f"/me/invitations/{asked}"
    page = visitor.page(entered.location)
    for words in ("鹿回头测试园区", "测park1", "园区数据专员", "接受邀请"):
        assert words in page
    assert f"/me/invitations/{asked}" in visitor.page("/me/")
    visitor.page("/desk/enterprises/list/", status=403)
    accepted = visitor.post(f"/me/invitations/{asked}/accept")
    assert accepted.location == "/desk/"
    assert "鹿回头测试园区" in visitor.page("/desk/")
    visitor.page("/desk/enterprises/list/")
    assert "您已接受这份邀请" in visitor.page(f"/me/invitations/{asked}")


def test_who_came_for_something_else_goes_there(app, visitor, outside, asked):
    ask_code(visitor)
    document = re.search(r'name="document"[^>]*value="(\d+)"', visitor.page("/login"))[1]
    data = {"phone": PHONE, "code": outside.sms.code, "document": document, "agree": "y"}
    assert visitor.post("/login/phone?next=/me/", data=data).location == "/me/"


def test_an_invitation_is_nobody_elses(app, as_, asked):
    with app.app_context():
        bind("user1", "13800000000")
        bind("both")  # whose number it is
    for who in ("user1", "park2", "park1"):
        browser = as_(who)
        for act in ("", "/accept", "/refuse"):
            address = f"/me/invitations/{asked}{act}"
            answer = browser.post(address) if act else browser.get(address)
            assert answer.status_code == 404, (who, act)
        assert f"/me/invitations/{asked}" not in browser.page("/me/")


def test_a_refusal_from_the_page(app, as_, asked):
    with app.app_context():
        bind("user1")
    browser = as_("user1")
    assert browser.post(f"/me/invitations/{asked}/refuse").location == "/me/#parks"
    assert "您没有接受这份邀请" in browser.page(f"/me/invitations/{asked}")
    with app.app_context():
        assert member("user1") is None
        assert "park.invitation_refused" in messages("park1")


def test_a_removed_person_is_out_with_the_next_request(app, as_):
    gone, keeper = as_("clerk1"), as_("park1")
    gone.page("/desk/enterprises/list/")
    with app.app_context():
        target = member("clerk1").id
    keeper.post(f"{PAGE}{target}/remove")
    gone.page("/desk/enterprises/list/", status=403)
    assert "鹿回头测试园区" not in gone.page("/desk/")
    assert "您已被移出“鹿回头测试园区”" in gone.page("/me/messages/")


def test_who_is_left_with_another_park_acts_for_that_one(app, as_):
    gone, keeper = as_("both"), as_("park1")
    with app.app_context():
        gone.post("/switch-park", data={"park_id": people.park("P01").id})
        target = member("both").id
    assert "测park1" in gone.page(PAGE)
    keeper.post(f"{PAGE}{target}/remove")
    page = gone.page(PAGE)
    assert "测park2" in page
    assert "测park1" not in page


def test_a_role_is_changed_and_left_from_the_pages(app, as_):
    keeper, clerk = as_("park1"), as_("clerk1")
    with app.app_context():
        found = member("clerk1")
    address = f"{PAGE}{found.id}/role?role=admin&version={found.version}"
    assert address.replace("&", "&amp;") in keeper.page(PAGE)
    keeper.post(address)
    assert "测park1" in clerk.page(PAGE)
    keeper.post(address)
    assert "有人保存过" in keeper.page(PAGE)
    assert f"/me/parks/{found.id}/leave" in clerk.page("/me/")
    clerk.post(f"/me/parks/{found.id}/leave")
    clerk.page(PAGE, status=403)
    clerk.page("/me/parks/987654321/leave", status=405)
    assert clerk.post(f"/me/parks/{found.id}/leave").status_code == 404


def test_the_zones_register_asks_for_a_reason(app, as_):
    browser = as_("operator")
    with app.app_context():
        found = member("clerk1").id
    assert "移出的原因" in browser.page(f"/desk/members/show/{found}")
    browser.post(f"/desk/members/delete/{found}")
    assert "请写明移出的原因" in browser.page(f"/desk/members/show/{found}")
    browser.post(f"/desk/members/delete/{found}", data={"reason": "离职"})
    with app.app_context():
        assert member("clerk1") is None


def test_a_park_is_handed_over_with_proofs_of_both(app, as_, outside):
    with app.app_context():
        make("park1", "owner")
        target = member("clerk1").id
    password(app, "park1")
    _bind_by_code(app, "clerk1")
    giver, taker = as_("park1"), as_("clerk1")
    page = giver.page(f"/me/ownership/offer/{target}/")
    assert 'type="password"' in page
    assert "data-get-code" not in page
    wrong = giver.post(f"/me/ownership/offer/{target}/", data={"password": "x"})
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (400, True)
    good = giver.post(f"/me/ownership/offer/{target}/", data={"password": people.PASSWORD})
    assert good.location == PAGE
    assert "正在等待答复" in giver.page(PAGE)
    with app.app_context(), scope.unscoped():
        offer = queries.open_transfer(people.park("P01").id).id
    assert "正在等待对方答复" in giver.page(f"/me/ownership/{offer}/")
    page = taker.page(f"/me/ownership/{offer}/")
    assert "data-get-code" in page
    assert taker.post(f"/me/ownership/{offer}/", data={"code": "000000"}).status_code == 400
    taker.post(f"/me/ownership/{offer}/code", headers={"Accept": "application/json"})
    taken = taker.post(f"/me/ownership/{offer}/", data={"code": outside.sms.code})
    assert taken.location == "/me/#parks"
    with app.app_context():
        assert (member("park1").role, member("clerk1").role) == ("admin", "owner")
    as_("base1").page(f"/me/ownership/{offer}/", status=404)
    giver.page(f"/me/ownership/offer/{target}/", status=403)


def _bind_by_code(app, username):
    with app.app_context(), scope.unscoped(), transaction():
        made = Identity(
            provider="phone", subject=notices.phone_index(PHONE), user_id=user_id(username)
        )
        db.session.add(made)
        db.session.flush()
        made.sealed = keyring().seal(PHONE, f"identity.sealed:{made.id}")


def test_the_number_of_statements_does_not_grow_with_people_or_invitations(app, as_, outside):
    browser = as_("park1")

    def statements():
        said = []

        def note(_connection, _cursor, statement, *_rest):
            said.append(statement)

        with app.app_context():
            engine = db.engines[None]
        sa.event.listen(engine, "before_cursor_execute", note)
        browser.page(PAGE)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(said)

    statements()
    few = statements()
    with app.app_context():
        for number in range(6):
            invite(phone=f"1380000000{number}")
        operator = people.actor("operator")
        with scope.acting_as(operator), transaction():
            for username in ("user1", "clerk2"):
                services.add_member(operator, username=username, role="clerk",
                                    park_id=people.park("P01").id)  # fmt: skip
    assert statements() == few
