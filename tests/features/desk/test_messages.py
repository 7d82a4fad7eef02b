"""消息: the bell, one's own messages only, what is turned off; and what each act of an account tells."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines import notices
from app.engines.notices.models import InboxChoice
from app.extensions import db
from app.features.accounts import services as accounts
from app.features.accounts.services.sign_in import Caller, SignIn, arrive
from app.features.parks import services as parks
from app.features.parks.models import LicenceClaim
from app.transaction import transaction
from tests.features.accounts.outside import outside
from tests.features.parks.certified import company
from tests.support import people
from tests.support.forms import user_id

__all__ = ["outside"]
PAGE = "/me/messages/"


@pytest.fixture
def told(app):
    """``told("park1", 3)``: so many messages to a person; their ids, the oldest first."""

    def tell(username, number=1, kind="park.removed", link="/me/"):
        with app.app_context(), transaction():
            for turn in range(number):
                params = {"park": f"园区{turn}", "person": f"某人{turn}"}
                cause = f"{username}:{kind}:{turn}"
                notices.tell([user_id(username)], kind, params, link=link, cause=cause)
            query = sa.select(notices.InboxMessage.id).order_by(notices.InboxMessage.id)
            return list(
                db.session.scalars(query.where(notices.InboxMessage.user_id == user_id(username)))
            )

    return tell


def kinds(username):
    return [one.kind for one in notices.messages_of(user_id(username))]


def test_the_bell_counts_what_is_unread(as_, told):
    browser = as_("clerk1")
    assert 'aria-label="消息"' in browser.page("/desk/")
    told("clerk1", 2)
    assert 'aria-label="消息，2 条未读"' in browser.page("/desk/")
    assert 'aria-label="消息"' in as_("park1").page("/desk/")
    browser.set_cookie("lang", "en")
    assert 'aria-label="Messages, 2 unread"' in browser.page("/desk/")


def test_opening_leads_to_the_thing_and_reads_it(as_, told):
    (first, second) = told("clerk1", 2)
    browser = as_("clerk1")
    assert browser.post(f"{PAGE}{first}/open").location == "/me/"
    page = browser.page(PAGE)
    assert page.count('class="unread"') == 1
    assert page.index("园区1") < page.index("园区0")
    browser.post(f"{PAGE}{second}/read")
    assert 'class="unread"' not in browser.page(PAGE)


def test_a_link_leads_nowhere_else(as_, told):
    (one,) = told("clerk1", link="https://evil.invalid/")
    assert as_("clerk1").post(f"{PAGE}{one}/open").location == PAGE


def test_another_ones_message_is_not_there(app, as_, told):
    (mine,) = told("clerk1")
    stranger = as_("clerk2")
    for act in ("open", "read"):
        assert stranger.post(f"{PAGE}{mine}/{act}").status_code == 404
        assert stranger.post(f"{PAGE}987654321/{act}").status_code == 404
    assert "园区0" not in stranger.page(PAGE)
    stranger.post(f"{PAGE}read-all")
    with app.app_context():
        assert notices.unread(user_id("clerk1")) == 1


def test_filters_pages_and_all_read(as_, told):
    told("clerk1", 23)
    told("clerk1", 1, kind="park.invitation_accepted")
    browser = as_("clerk1")
    assert browser.page(PAGE).count('class="unread"') == 20
    assert browser.page(f"{PAGE}?page=2").count('class="unread"') == 4
    assert browser.page(f"{PAGE}?page=99").count('class="unread"') == 4
    only = browser.page(f"{PAGE}?kind=park.invitation_accepted&unread=1")
    assert only.count('class="unread"') == 1
    assert browser.page(f"{PAGE}?kind=nothing").count('class="unread"') == 20
    browser.post(f"{PAGE}read-all")
    assert "0 条未读" in browser.page(PAGE)
    assert "没有消息" in browser.page(f"{PAGE}?unread=1")


def boxes(page):
    return set(re.findall(r'name="kind" value="([^"]+)"', page))


def test_everybody_is_asked_about_what_may_reach_them(app, as_):
    """A visitor's account has neither a park's applications nor others' reviews to wait for."""
    everybody = boxes(as_("user1").page("/me/"))
    assert {"settlement.landed", "review.approved"} <= everybody
    assert boxes(as_("park1").page("/me/")) - everybody == {
        *(f"settlement.{one}" for one in ("submitted", "arrived", "due", "late", "withdrawn")),
        *("assessment.returned", "round.extended"),
        *(f"bin.{one}" for one in ("proposed", "rejected", "purged", "restored")),
        *(f"enterprise_move.{one}" for one in ("agreed", "done", "declined", "undone", "stopped")),
        "enterprise.certified",
    }
    assert "review.waiting" in boxes(as_("reviewer").page("/me/")) - everybody


def test_what_is_not_asked_stays_as_it_was(app, as_):
    with app.app_context():
        one = InboxChoice(user_id=user_id("clerk1"), kind="review.waiting")
        with transaction() as session:
            session.add(one)
    as_("clerk1").post(f"{PAGE}kinds", data={"kind": []})
    with app.app_context():
        assert "review.waiting" in notices.turned_off(user_id("clerk1"))
        assert "review.approved" in notices.turned_off(user_id("clerk1"))


def test_kinds_are_turned_off_in_the_user_centre(app, as_):
    browser = as_("clerk1")
    page = browser.page("/me/")
    assert "消息设置" in page
    always = page[page.index('class="message-always"') :]
    assert "新设备登录" in always[: always.index("</details>")]
    assert "account.new_device" not in boxes(page)
    wanted = [one.name for one in notices.all_kinds() if one.name != "organisation.changed"]
    browser.post(f"{PAGE}kinds", data={"kind": [n for n in wanted if n != "account.new_device"]})
    with app.app_context():
        assert notices.turned_off(user_id("clerk1")) == {"organisation.changed"}
    unticked = browser.page("/me/")
    box = unticked[unticked.index('value="organisation.changed"') :][:60]
    assert "checked" not in box


def test_the_bell_costs_one_statement_whatever_there_is(app, as_, told):
    browser = as_("clerk1")

    def asked(address):
        said = []

        def note(_connection, _cursor, statement, *_rest):
            said.append(statement)

        with app.app_context():
            engine = db.engines[None]
        sa.event.listen(engine, "before_cursor_execute", note)
        browser.page(address)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(said), sum("inbox_message" in one for one in said)

    asked("/desk/")
    few = asked("/desk/"), asked(PAGE), asked("/me/")
    told("clerk1", 30)
    assert (asked("/desk/"), asked(PAGE), asked("/me/")) == few
    assert few[0][1] == 1


def test_an_error_page_asks_for_no_messages(as_, told):
    told("clerk1")
    assert 'aria-label="消息"' in as_("clerk1").page("/me/messages/987/nothing", status=404)


# what is told
@pytest.mark.usefixtures("context", "outside")
def test_a_new_device_is_told_from_the_second_one_on():
    from flask_appbuilder.security.sqla.models import User

    user = db.session.scalars(sa.select(User).where(User.username == "clerk1")).one()
    for device in ("Chrome · Windows", ""):
        with transaction():
            arrive(SignIn(user), Caller("203.0.113.7", device), now=clock.now())
    (message,) = notices.messages_of(user.id)
    assert message.kind == "account.new_device"
    assert "未知设备" in notices.said(message)[1]


@pytest.mark.usefixtures("context", "outside")
def test_a_second_step_that_is_taken_away_is_told():
    with transaction():
        accounts.reset_second_factor(people.actor("sysadmin"), user_id("operator"))
    assert kinds("operator") == ["account.second_removed"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("passed", [True, False])
def test_a_decision_on_a_licence_is_told(passed):
    with transaction():
        claim = LicenceClaim(
            user_id=user_id("user1"), uscc=company()["uscc"], name="三亚某公司", file_key="f" * 32,
            legal_representative="张三", registered_address="三亚",
        )  # fmt: skip
        db.session.add(claim)
    reviewer, now = people.actor("reviewer"), clock.now()
    with transaction():
        if passed:
            parks.pass_claim(reviewer, claim.id, now=now)
        else:
            parks.refuse_claim(reviewer, claim.id, reason="看不清", now=now)
    (message,) = notices.messages_of(user_id("user1"))
    assert message.kind == ("licence.passed" if passed else "licence.refused")
    assert ("看不清" in notices.said(message)[1]) is not passed


@pytest.mark.usefixtures("context")
def test_changed_certified_fields_are_told_to_accounts_and_to_who_looks_after_the_park():
    def certify(**more):
        with transaction():
            parks.certified(people.actor("clerk1"), user_id("clerk1"), company(**more))

    certify()
    assert kinds("clerk1") == kinds("park1") == []
    certify()
    certify(address="三亚市吉阳区新路 1 号")
    for username in ("clerk1", "park1"):
        (message,) = notices.messages_of(user_id(username))
        assert message.kind == "organisation.changed"
        assert message.params["fields"] == ["registered_address"]
    assert kinds("clerk2") == []


@pytest.mark.usefixtures("context")
def test_closing_an_account_takes_its_messages_along(told):
    told("user1")
    with transaction():
        accounts.cancel_account(people.actor("user1"))
    assert kinds("user1") == []


def test_messages_are_in_the_export_of_ones_data(as_, told):
    told("clerk1")
    assert "您已被移出“园区0”。" in as_("clerk1").post("/me/export").text
