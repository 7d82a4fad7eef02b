"""两步验证: nobody is in before the second step, and no code is good twice."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask_appbuilder.security.sqla.models import User

import config
from app.core import clock
from app.core.errors import Refusal
from app.engines import trail
from app.extensions import db
from app.features.accounts import services
from app.features.accounts.models import RecoveryCode, SecondFactor
from app.features.accounts.services import second_factor
from app.features.accounts.services.hashing import hashed
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.features.accounts.outside import ask_code, enter, outside, visitor
from tests.support import people
from tests.support.forms import user_id

__all__ = ["outside", "visitor"]

PASSWORD = "Right-Horse-77"
SECRET = re.compile(r"data-secret>([A-Z2-7 ]+)<")
MADE = re.compile(r'name="made"[^>]*value="([^"]+)"')
STEP, ENROL = "/login/second/", "/login/second/enrol"
STAFF = ("operator", "reviewer", "expert1", "sysadmin", "secadmin", "auditor")


@pytest.fixture(autouse=True)
def _asked(app, monkeypatch):
    """Staff by two steps, as in production; everybody has the same password."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", True)
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))


@pytest.fixture
def moment():
    """A clock that stands until it is moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield SimpleNamespace(move=lambda **by: traveller.shift(timedelta(**by)))


def sign_in(browser, username="operator", password=PASSWORD):
    return browser.post("/login", data={"username": username, "password": password})


def enrolled(browser, username="operator"):
    """Sign in for the first time; the secret and the recovery codes."""
    assert sign_in(browser, username).location.startswith(STEP)
    page = browser.page(ENROL)
    secret = SECRET.search(page)[1].replace(" ", "")
    data = {"code": code_of(secret), "made": MADE.search(page)[1]}
    answer = browser.post(ENROL, data=data)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return secret, re.findall(r"<li><code>([a-z2-9-]+)</code>", answer.text)


def code_of(secret):
    return pyotp.TOTP(secret).at(clock.now())


def prove(browser, code, **more):
    return browser.post(STEP, data={"code": code}, **more)


def is_in(browser):
    return browser.get("/desk/").status_code == 200


@pytest.mark.parametrize("username", STAFF)
def test_a_good_password_alone_opens_nothing(app, client, username):
    assert sign_in(client, username).location == f"{STEP}?next=/desk/"
    for address in ("/desk/", "/me/password/", "/desk/jobs/", "/me/devices/list/"):
        assert client.get(address).status_code == 302, address
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0
        last = trail.history("sign_in", user_id(username))[0]
        assert last.action == "sign_in.first_step"


@pytest.mark.parametrize("username", ["park1", "clerk1", "user1"])
def test_parks_and_enterprises_come_in_by_one_step(client, username):
    assert sign_in(client, username).location == "/desk/"
    assert is_in(client)


def test_parks_are_asked_where_it_is_set(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_FACTOR_PARKS", True)
    assert sign_in(client, "clerk1").location.startswith(STEP)
    assert sign_in(app.test_client(), "user1").location == "/desk/"


def test_enrolment_comes_first_and_shows_ten_codes_once(app, client, moment):
    sign_in(client)
    assert client.get(STEP).location.startswith(ENROL)
    page = client.page(ENROL)
    assert "data:image/svg+xml" in page
    first = SECRET.search(page)[1]
    wrong = client.post(ENROL, data={"code": "000000", "made": MADE.search(page)[1]})
    assert wrong.status_code == 400
    assert SECRET.search(wrong.text)[1] == first  # the code that was scanned stays good
    assert not is_in(client)
    secret, codes = enrolled(app.test_client())
    assert len(set(codes)) == 10
    with app.app_context():
        factor = db.session.scalar(sa.select(SecondFactor))
        kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
        assert secret not in factor.sealed
        assert not {one.replace("-", "") for one in codes} & set(kept)
        assert "second_factor.enrolled" in [
            one.action for one in trail.history("user", user_id("operator"))
        ]
    assert client.get(ENROL).location.startswith(STEP)  # the half session of before enrols no more


def test_a_password_made_by_somebody_else_is_changed_after_the_second_step(app, client, moment):
    with app.app_context(), transaction():
        user = services.create_user(username="newone", name="新人", password=PASSWORD, roles=[])
        roles = db.session.scalars(sa.select(User).where(User.username == "operator")).one().roles
        user.roles = list(roles)
        services.people.profile_of(user).must_change_password = True
    enrolled(client, "newone")
    assert client.get("/desk/").location == "/me/password/"


def test_a_code_is_good_once_also_for_the_step_that_enrolled(app, client, moment):
    secret, _codes = enrolled(client)
    assert is_in(client)
    other = app.test_client()
    sign_in(other)
    assert prove(other, code_of(secret)).status_code == 400  # the very code that enrolled
    moment.move(seconds=30)
    assert prove(other, code_of(secret)).location == "/desk/"
    thief = app.test_client()
    sign_in(thief)
    assert prove(thief, code_of(secret)).status_code == 400
    assert not is_in(thief)


def test_an_earlier_step_is_refused_after_a_later_one(app, client, moment):
    secret, _codes = enrolled(client)
    moment.move(seconds=60)
    sign_in(client := app.test_client())
    early = code_of(secret)
    moment.move(seconds=30)
    assert prove(client, code_of(secret)).status_code == 303
    sign_in(other := app.test_client())
    assert prove(other, early).status_code == 400


def test_a_code_of_long_ago_is_refused(app, client, moment):
    secret, _codes = enrolled(client)
    old = code_of(secret)
    moment.move(seconds=90)
    sign_in(other := app.test_client())
    assert prove(other, old).status_code == 400


def test_a_recovery_code_is_good_once_however_it_is_typed(app, client, moment):
    _secret, codes = enrolled(client)
    other = app.test_client()
    sign_in(other)
    assert prove(other, f" {codes[0].upper()} ").location == "/desk/"
    sign_in(third := app.test_client())
    assert prove(third, codes[0]).status_code == 400
    assert prove(third, codes[1].replace("-", "")).status_code == 303


def test_a_recovery_code_of_somebody_else_opens_nothing(app, client, moment):
    _secret, codes = enrolled(client)
    enrolled(app.test_client(), "reviewer")
    sign_in(other := app.test_client(), "reviewer")
    assert prove(other, codes[0]).status_code == 400


def test_wrong_codes_are_limited_over_all_browsers(app, client, moment):
    secret, codes = enrolled(client)
    moment.move(seconds=60)
    for _ in range(5):
        sign_in(guesser := app.test_client())
        assert prove(guesser, "123456").status_code == 400
    sign_in(owner := app.test_client())
    locked = prove(owner, code_of(secret))
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert prove(owner, codes[0]).status_code == 429
    moment.move(minutes=15, seconds=1)
    sign_in(owner)
    assert prove(owner, code_of(secret)).status_code == 303
    with app.app_context():
        acts = [one.action for one in trail.history("sign_in", user_id("operator"))]
    assert acts.count("second_factor.failed") == 5
    assert acts.count("second_factor.locked") == 1


def test_twenty_wrong_codes_in_a_day_are_the_end_of_it(app, client, moment):
    secret, _codes = enrolled(client)
    for _ in range(4):
        moment.move(minutes=16)
        sign_in(guesser := app.test_client())
        assert {prove(guesser, "123456").status_code for _ in range(5)} == {400}
    moment.move(minutes=16)
    sign_in(owner := app.test_client())
    assert prove(owner, code_of(secret)).status_code == 429


def test_half_a_sign_in_is_worth_nothing_in_another_browser_or_later(app, client, moment):
    secret, _codes = enrolled(client)
    moment.move(seconds=60)
    owner = app.test_client()
    sign_in(owner)
    thief = app.test_client()
    thief.page("/login")
    thief.set_cookie("half", owner.get_cookie("half").value)
    assert prove(thief, code_of(secret)).location.partition("?")[0] == "/login"
    moment.move(minutes=5, seconds=1)
    assert prove(owner, code_of(secret)).location.partition("?")[0] == "/login"
    assert not is_in(owner)


def test_a_changed_password_or_a_deactivation_ends_half_a_sign_in(app, client, moment):
    secret, _codes = enrolled(client)
    moment.move(seconds=60)
    sign_in(owner := app.test_client())
    with app.app_context(), transaction():
        services.reset_password(people.actor("sysadmin"), user_id("operator"), now=clock.now())
    assert prove(owner, code_of(secret)).location.partition("?")[0] == "/login"
    assert not is_in(owner)


def test_the_second_step_leads_only_to_this_site(app, client, moment):
    secret, _codes = enrolled(client)
    moment.move(seconds=60)
    sign_in(owner := app.test_client())
    answer = owner.post(f"{STEP}?next=//evil.example", data={"code": code_of(secret)})
    assert answer.location == "/desk/"


def test_somebody_who_comes_by_a_phone_code_is_asked_as_well(app, visitor, outside, moment):
    ask_code(visitor)
    assert enter(visitor, outside.sms.code).location == "/desk/"
    with app.app_context(), transaction():
        role = db.session.scalars(sa.select(User).where(User.username == "operator")).one().roles
        newest = db.session.scalars(sa.select(User).order_by(User.id.desc())).first()
        newest.roles = list(role)
    assert visitor.get("/desk/").location.startswith("/login")  # the role came meanwhile
    moment.move(minutes=2)
    again = app.test_client()
    again.page("/login")
    ask_code(again, answer=_solved(app, again))
    assert enter(again, outside.sms.code).location.startswith(STEP)
    assert not is_in(again)


def _solved(app, browser):
    """The first code was sent three days ago: no picture is asked for."""
    from app.features.accounts.models import PhoneCode

    with app.app_context(), transaction():
        db.session.execute(sa.update(PhoneCode).values(created_at=clock.now() - timedelta(days=3)))
    return ""


def test_a_session_of_one_step_ends_when_the_role_wants_two(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", False)
    browser = as_("operator")
    browser.page("/desk/")
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", True)
    assert browser.get("/desk/").location.startswith("/login")
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", False)
    assert browser.get("/desk/").status_code == 302


def test_an_authenticator_that_is_there_is_asked_for_without_the_setting(
    app, client, moment, monkeypatch
):
    enrolled(client)
    monkeypatch.setitem(app.config, "SECOND_FACTOR_STAFF", False)
    assert sign_in(app.test_client()).location.startswith(STEP)


def test_the_administrator_resets_it_for_others_and_their_sessions_end(app, client, moment):
    enrolled(client)
    keeper = app.test_client()
    enrolled(keeper, "sysadmin")
    with app.app_context():
        pk, own = user_id("operator"), user_id("sysadmin")
    assert "重置两步验证" in keeper.page(f"/desk/users/show/{pk}")
    assert keeper.post(f"/desk/users/reset-second/{pk}").status_code == 303
    assert not is_in(client)
    assert sign_in(app.test_client()).location.startswith(STEP)
    with app.app_context():
        assert trail.history("user", pk)[0].action == "user.second_factor_reset"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SecondFactor)) == 1
    keeper.post(f"/desk/users/reset-second/{own}")
    assert "不能重置自己的两步验证" in keeper.page(f"/desk/users/show/{own}")
    with app.app_context(), pytest.raises(Refusal, match="own_second_factor"), transaction():
        services.reset_second_factor(people.actor("sysadmin"), own)


def test_a_sealed_secret_of_another_person_or_browser_does_not_enrol(app, client, moment):
    sign_in(client)
    page = client.page(ENROL)
    secret = SECRET.search(page)[1].replace(" ", "")
    data = {"code": code_of(secret), "made": MADE.search(page)[1]}
    for username in ("operator", "reviewer"):
        other = app.test_client()
        sign_in(other, username)
        assert other.post(ENROL, data=data).location.partition("?")[0] == "/login"
        assert not is_in(other)


def test_a_text_that_is_no_code_is_refused_in_words(app, client, moment):
    enrolled(client)
    moment.move(seconds=60)
    for text in ("", "１２３４５６", "x" * 33, "\x00" * 6, "-----"):
        sign_in(other := app.test_client())
        assert prove(other, text).status_code in (400, 429), text
        assert not is_in(other)


def test_the_secret_opens_for_its_person_only(app, client, moment):
    secret, _codes = enrolled(client)
    with app.app_context():
        factor = db.session.scalar(sa.select(SecondFactor))
        place = second_factor._place(factor.user_id)
        assert place == f"second_factor.sealed:{factor.user_id}"
        from app.extensions.sealing import keyring

        assert keyring().open(factor.sealed, place) == secret


def test_who_is_in_already_is_led_on_and_a_visitor_to_the_sign_in(app, client, moment):
    enrolled(client)
    assert client.get(f"{STEP}?next=/desk/jobs/").location == "/desk/jobs/"
    assert client.post(ENROL, data={"code": "1"}).location == "/desk/"
    visitor = app.test_client()
    for address in (STEP, ENROL):
        assert visitor.get(address).location == "/login"
    assert "等待时间过长" in visitor.page("/login")


def test_the_command_line_resets_for_who_is_left_alone_and_is_told(app, client, moment):
    enrolled(client, "sysadmin")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["accounts", "reset-second-factor", "sysadmin"])
    assert done.exit_code == 0, done.output
    assert not is_in(client)
    sign_in(again := app.test_client(), "sysadmin")
    assert again.get(STEP).location.startswith(ENROL)
    with app.app_context():
        entry = trail.history("user", user_id("sysadmin"))[0]
        assert (entry.action, entry.actor_name) == ("user.second_factor_reset", "system:cli")
    assert runner.invoke(args=["accounts", "reset-second-factor", "nobody"]).exit_code == 1


@pytest.mark.parametrize(
    ("mode", "text", "asked"),
    [
        ("production", "", True),
        ("production", "0", False),
        ("demo", "", False),
        ("demo", "1", True),
    ],
)
def test_staff_are_asked_in_production_unless_it_is_set_otherwise(mode, text, asked):
    found = config.settings({}, APP_MODE=mode, SECOND_FACTOR_STAFF=text)
    assert found["SECOND_FACTOR_STAFF"] is asked
    assert found["SECOND_FACTOR_PARKS"] is False
    with pytest.raises(config.BadSetting, match="SECOND_FACTOR_STAFF"):
        config.settings({}, APP_MODE=mode, SECOND_FACTOR_STAFF="yes")
