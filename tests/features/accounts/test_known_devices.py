"""Strangers' failures do not lock an owner out; a sign-in on a new device is told."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import time_machine
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.engines import trail
from app.engines.notices import SmsNote
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts.models import Identity, KnownDevice
from app.features.accounts.rules import ADDRESS_FAILURES, FAILURES_BEFORE_LOCK, LOCK_FOR
from app.features.accounts.services import devices
from app.features.accounts.services.hashing import hashed
from app.transaction import transaction
from tests.features.accounts.outside import PHONE, outside
from tests.support.forms import user_id

__all__ = ["outside"]

PASSWORD, WRONG = "Right-Horse-77", "Wrong-Horse-78"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _password(app):
    with app.app_context(), transaction():
        db.session.execute(sa.update(User).values(password=hashed(PASSWORD)))


@pytest.fixture
def moment():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield SimpleNamespace(move=lambda **by: traveller.shift(timedelta(**by)))


def sign_in(browser, password=PASSWORD, username="park1"):
    data = {"username": username, "password": password}
    return browser.post("/login", data=data, headers={"User-Agent": AGENT})


def came(browser):
    """A browser in which its owner signed in and out again."""
    assert sign_in(browser).status_code == 303
    browser.post("/logout")
    return browser


def lock(browser, username="park1"):
    for _ in range(FAILURES_BEFORE_LOCK):
        assert sign_in(browser, WRONG, username).status_code == 400
    assert sign_in(browser, PASSWORD, username).status_code == 429


def test_strangers_lock_each_other_out_and_not_the_owner(app, client, moment):
    owner = came(client)
    stranger = app.test_client()
    lock(stranger)
    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(owner).status_code == 303
    assert sign_in(stranger).status_code == 429, "the owner's coming must not free the guesser"


def test_a_known_device_has_its_own_count(app, client, moment):
    owner = came(client)
    lock(owner)
    assert sign_in(app.test_client()).status_code == 303, "strangers have a count of their own"


def test_a_lock_ends_after_a_quarter_of_an_hour_however_often_it_was_tried(app, client, moment):
    lock(client)
    for _ in range(14):
        moment.move(minutes=1)
        assert sign_in(client, WRONG).status_code == 429
    moment.move(seconds=LOCK_FOR.total_seconds() - 14 * 60 + 1)
    assert sign_in(client).status_code == 303


def test_an_address_full_of_failures_does_not_lock_a_known_device(app, client, moment):
    owner = came(client)
    stranger = app.test_client()
    for number in range(ADDRESS_FAILURES):
        sign_in(stranger, WRONG, f"nobody{number}")
    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(owner).status_code == 303


def test_a_device_counts_for_the_accounts_it_was_used_for_only(app, client, moment):
    thief = app.test_client()
    assert sign_in(thief, PASSWORD, "park2").status_code == 303
    thief.post("/logout")
    lock(app.test_client())
    assert sign_in(thief).status_code == 429


def test_a_cookie_made_up_cut_or_of_another_name_is_a_strangers(app, client, moment):
    owner = came(client)
    kept = owner.get_cookie("device").value
    lock(app.test_client())
    with app.app_context():
        key = next(iter(devices.opened(kept)))
        forged = devices.sealed({key: "x" * 32})
    for value in ("", "x", kept[:-4], "k1." + "A" * 60, forged, "x" * 5000):
        forger = app.test_client()
        forger.set_cookie("device", value)
        assert sign_in(forger).status_code == 429, value
    copied = app.test_client()
    copied.set_cookie("device", kept)
    assert sign_in(copied).status_code == 303  # the others were refused for what they were


def test_the_cookie_is_not_for_scripts_and_tells_no_name(app, client):
    answer = sign_in(client)
    (said,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in said.split(";")}
    assert f"Max-Age={400 * 86400}" in said
    with app.app_context():
        held = db.session.scalar(sa.select(KnownDevice.device_hash))
        (token,) = devices.opened(client.get_cookie("device").value).values()
    assert held not in said
    assert token not in said


def test_several_people_of_one_browser_keep_their_own_tokens(app, client, moment):
    came(client)
    sign_in(client, PASSWORD, "park2")
    client.post("/logout")
    for username in ("park1", "park2"):
        lock(app.test_client(), username)
        assert sign_in(client, PASSWORD, username).status_code == 303
        client.post("/logout")


def test_the_own_password_page_is_not_locked_by_strangers(app, client, moment):
    sign_in(client)
    lock(app.test_client())
    new = "correct horse battery"
    data = {"current": PASSWORD, "new": new, "repeat": new}
    assert client.post("/me/password/", data=data).status_code == 303


# -- the notice ---------------------------------------------------------------------------------
def notes(app):
    with app.app_context():
        return [
            (one.kind, one.phone_masked, one.state)
            for one in db.session.scalars(sa.select(SmsNote))
        ]


def give_phone(app):
    with app.app_context(), transaction():
        one = Identity(
            provider="phone", subject="s" * 64, user_id=user_id("park1"), label="139****5678"
        )
        db.session.add(one)
        db.session.flush()
        one.sealed = keyring().seal(PHONE, f"identity.sealed:{one.id}")


def test_a_new_device_is_told_by_message_and_at_the_next_sign_in_once(app, client, outside, moment):
    give_phone(app)
    owner = came(client)
    assert notes(app) == []  # the first device of an account is no news
    moment.move(hours=1)
    when = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    thief = app.test_client()
    assert sign_in(thief).status_code == 303
    assert [(one.phone, one.params["time"]) for one in outside.sms.sent] == [(PHONE, when)]
    assert outside.sms.sent[0].kind == "security"
    assert notes(app) == [("security", "139****5678", "accepted")]
    assert "新设备登录" not in thief.page("/desk/")
    thief.post("/logout")
    sign_in(thief)  # the new device itself uses up nothing
    assert "曾在新设备登录" not in thief.page("/desk/")
    moment.move(hours=1)
    sign_in(owner)
    page = owner.page("/desk/")
    assert f"您的账号曾在新设备登录：{when}（Chrome · Windows）" in page
    owner.post("/logout")
    sign_in(owner)
    assert "曾在新设备登录" not in owner.page("/desk/")
    assert len(outside.sms.sent) == 1
    with app.app_context():
        acts = [one.action for one in trail.history("sign_in", user_id("park1"))]
    assert acts.count("sign_in.new_device") == 1


def test_no_message_leaves_when_the_sign_in_is_taken_back(app, client, outside, monkeypatch):
    give_phone(app)
    came(client)
    from app.features.accounts.services import sign_in as signing

    def broken(*_given, **_how):
        raise RuntimeError("the trail is away")

    monkeypatch.setattr(signing, "told", broken)
    thief = app.test_client()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        assert sign_in(thief).status_code == 500
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert outside.sms.sent == []
    assert notes(app) == []


def test_a_device_that_was_not_used_for_long_is_forgotten(app, client, moment):
    came(client)
    moment.move(days=401)
    sign_in(app.test_client())
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(KnownDevice)) == 1
