"""U1-U9, U33-U37, U43: signing in, staying signed in, being out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.extensions import db
from app.features.accounts.rules import FAILURES_BEFORE_LOCK, LOCK_FOR
from app.transaction import transaction
from app.web.sessions import LoginSession, end_sessions_of
from tests.support import sites
from tests.support.forms import plain, token_of
from tests.web.floor.conftest import PASSWORD

COOKIE = "__Host-s"


def sign_in(client, username, password=PASSWORD, **kwargs):
    token = token_of(client.page("/login"))
    data = {"username": username, "password": password, "csrf_token": token}
    return client.post(
        "/login", data=data, headers={"Referer": "https://localhost/login"}, **kwargs
    )


def stolen(browser, client):
    """Another browser with the cookie of ``client``."""
    thief = browser()
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value, secure=True)
    return thief


def test_u01_sign_in_attempts_from_one_address_are_limited(site, browser):
    client = browser()
    token = token_of(client.page("/login"))
    statuses = []
    for number in range(31):
        data = {"username": f"n{number}", "password": "x" * 12, "csrf_token": token}
        answer = client.post("/login", data=data, headers={"Referer": "https://localhost/login"})
        statuses.append(answer.status_code)
    assert statuses == [400] * 30 + [429]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "操作过于频繁" in answer.text
    assert 'id="main"' in answer.text
    assert client.get("/login").status_code == 200
    assert browser().get("/login").status_code == 200


@pytest.mark.parametrize("way", ["wechat", "haiyiban"])
def test_made_up_ways_back_do_not_use_up_the_service(browser, way):
    """Each one with a state of ours asks the service; all addresses of one line are one stranger."""
    client = browser()
    statuses = []
    for number in range(31):
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number:x}"
        statuses.append(client.get(f"/login/{way}/back?code=x&state=y").status_code)
    assert 429 not in statuses[:30]
    assert statuses[30] == 429


def test_u03_the_limiter_is_on_and_counts_every_upload(site, browser):
    assert site.config["RATELIMIT_ENABLED"] is True
    assert site.appbuilder.sm.limiter.enabled is True
    client = browser("park1")
    token = token_of(client.page("/desk/enterprises/imports/new"))
    answers = [
        client.post(
            "/desk/enterprises/imports/new",
            data={"csrf_token": token},
            headers={"Referer": "https://localhost/desk/"},
        )
        for _ in range(31)
    ]
    assert [one.status_code for one in answers] == [400] * 30 + [429]
    assert "Retry-After" in answers[-1].headers


def test_u04_failures_lock_a_name_over_all_workers(site, browser, tmp_path):
    """Another process of the same site is another application over the same database."""
    uri = site.config["SQLALCHEMY_DATABASE_URI"]
    with sites.site(site.config["DATA_DIR"], uri, APP_MODE="production") as worker:
        other = worker.test_client()
        other.environ_base["wsgi.url_scheme"] = "https"
        for number in range(FAILURES_BEFORE_LOCK):
            wrong = sign_in((browser(), other)[number % 2], "clerk1", "wrong-wrong-1")
            assert wrong.status_code == 400
        locked = sign_in(other, "clerk1")
    assert locked.status_code == 429
    assert sign_in(browser(), "clerk1").status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= LOCK_FOR.total_seconds()
    assert sign_in(browser(), "clerk2").status_code == 303
    with time_machine.travel(clock.now() + LOCK_FOR + timedelta(seconds=1)):
        assert sign_in(browser(), "clerk1").status_code == 303


def test_u04_a_name_nobody_has_locks_alike(browser):
    for _ in range(FAILURES_BEFORE_LOCK):
        assert sign_in(browser(), "nobody-at-all", "wrong-wrong-1").status_code == 400
    assert sign_in(browser(), "nobody-at-all", "wrong-wrong-1").status_code == 429


def test_u05_signing_in_works_while_redis_is_away(site, browser):
    uri = site.config["SQLALCHEMY_DATABASE_URI"]
    settings = {"APP_MODE": "production", "REDIS_URL": "redis://127.0.0.1:1/0"}
    with sites.site(site.config["DATA_DIR"], uri, LOGIN_RATE="3 per minute", **settings) as other:
        client = other.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        statuses = [sign_in(client, "no-one", "wrong-wrong-1").status_code for _ in range(4)]
    assert statuses == [400, 400, 400, 429]


def test_u06_the_cookie_is_host_only_secure_and_not_for_scripts(browser):
    answer = sign_in(browser(), "park1")
    (said,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(COOKIE)]
    parts = {part.strip() for part in said.split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_u07_after_logout_the_old_cookie_is_worth_nothing(browser):
    client = browser()
    assert sign_in(client, "park1").status_code == 303
    thief = stolen(browser, client)
    token = token_of(client.page("/desk/"))
    thief.page("/desk/")
    answer = client.post(
        "/logout", data={"csrf_token": token}, headers={"Referer": "https://localhost/desk/"}
    )
    assert answer.status_code == 303
    assert thief.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 302


def test_u07_a_changed_credential_ends_every_other_session(site, browser):
    here, there = browser(), browser()
    sign_in(here, "park2")
    sign_in(there, "park2")
    with site.app_context(), transaction():
        rows = _rows_of("park2")
        end_sessions_of(rows[0].user_id, keep_row=rows[0].id)
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302


def test_u07_deactivation_ends_the_session_at_once(site, browser):
    client = browser("base1")
    client.page("/desk/")
    _set_active(site, "base1", active=False)
    try:
        assert client.get("/desk/").status_code == 302
        assert sign_in(browser(), "base1").status_code == 400
    finally:
        _set_active(site, "base1", active=True)


def test_u07_what_was_planted_before_signing_in_does_not_survive(site, browser):
    client = browser()
    client.set_cookie(COOKIE, "planted-planted-planted-planted", secure=True)
    client.page("/login")
    sign_in(client, "park1")
    assert client.get_cookie(COOKIE).value != "planted-planted-planted-planted"
    thief = browser()
    thief.set_cookie(COOKIE, "planted-planted-planted-planted", secure=True)
    assert thief.get("/desk/").status_code == 302


def test_u07_a_session_ends_by_itself(site, browser):
    client = browser("park1")
    begun = clock.now()
    with time_machine.travel(begun + timedelta(minutes=29)):
        assert client.get("/desk/").status_code == 200
    with time_machine.travel(begun + timedelta(minutes=29 + 31)):
        assert client.get("/desk/").status_code == 302
    busy = browser("park1")
    for quarter in range(1, 32):
        with time_machine.travel(begun + timedelta(minutes=15 * quarter)):
            assert busy.get("/desk/").status_code == 200, quarter
    with time_machine.travel(begun + timedelta(hours=8, minutes=1)):
        assert busy.get("/desk/").status_code == 302


def test_u07_the_cookie_is_not_what_the_database_holds(site, browser):
    client = browser()
    sign_in(client, "operator")
    with site.app_context():
        held = db.session.scalars(sa.select(LoginSession.sid_hash)).all()
    assert client.get_cookie(COOKIE).value not in held


def test_u08_visited_addresses_are_kept_nowhere(site, browser):
    client = browser("park1")
    before = client.get_cookie(COOKIE).value
    for number in range(6):
        client.page(f"/desk/enterprises/list/?q={'长' * 90}{number}")
    assert client.get_cookie(COOKIE).value == before
    assert sum(len(one.value) for one in client._cookies.values()) < 200
    with site.app_context():
        assert all(set(row.data) <= {"park_id"} for row in _rows_of("park1"))


def test_u09_logging_out_is_a_post_with_a_token(browser):
    client = browser("park1")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("name", ["park1@account.invalid", "PARK1", "park1 or 1=1", "%", "park_"])
def test_u37_only_the_exact_name_signs_in(browser, name):
    assert sign_in(browser(), name).status_code == 400
    assert sign_in(browser(), "park1").status_code == 303


def test_known_and_unknown_names_get_the_same_answer_and_the_same_work(site, browser, monkeypatch):
    """The same page, and one password check each: a timing would only measure this machine."""
    from app.features.accounts.services import sign_in as signing

    checked = []
    original = signing.matches
    monkeypatch.setattr(
        signing, "matches", lambda *given, **how: checked.append(1) or original(*given, **how)
    )
    known = sign_in(browser(), "park1", "wrong-wrong-1")
    unknown = sign_in(browser(), "park0", "wrong-wrong-1")
    assert known.status_code == unknown.status_code == 400
    assert plain(known.text, "park1") == plain(unknown.text, "park0")
    assert len(checked) == 2


def test_a_password_with_nul_or_of_giant_length_is_refused(browser):
    assert sign_in(browser(), "park1", PASSWORD + "\x00").status_code == 400
    assert sign_in(browser(), "park1", "x" * 100_000).status_code == 400
    assert sign_in(browser(), "park1\x00", PASSWORD).status_code == 400


HOSTILE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
    "http:evil.example", "javascript:alert(1)", "/\t/evil.example", "/%09/evil.example\n", " //evil.example",
    "https:/\\evil.example", "data:text/html,x", "//[::1]/", "/desk/\r\nX-Y: z", "desk/", "",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_u43_a_sign_in_leads_only_to_this_site(browser, target):
    client = browser()
    token = token_of(client.page("/login"))
    answer = client.post(
        "/login",
        query_string={"next": target},
        data={"username": "park1", "password": PASSWORD, "csrf_token": token},
        headers={"Referer": "https://localhost/login"},
    )
    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "evil" not in answer.location.partition("/%09/")[0]


@pytest.mark.parametrize("target", HOSTILE)
def test_u43_every_form_that_carries_next_is_as_careful(browser, target):
    client = browser("both")
    token = token_of(client.page("/desk/"))
    for address in ("/preferences", "/switch-park", "/desk/enterprises/columns"):
        answer = client.post(
            address,
            data={"next": target, "csrf_token": token, "park_id": "1", "lang": "zh"},
            headers={"Referer": "https://localhost/desk/"},
        )
        assert answer.status_code in (302, 303, 404)
        if answer.location:
            assert answer.location.startswith("/")
            assert not answer.location.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example"]
)
def test_u43_a_foreign_host_is_refused(browser, host):
    client = browser()
    for address in ("/", "/login", "/health/live"):
        assert client.get(address, headers={"Host": host}).status_code == 400
    answer = client.get("/desk/", headers={"X-Forwarded-Host": host})
    assert answer.location.startswith("/login")


def _rows_of(username):
    query = sa.select(LoginSession).join(User, User.id == LoginSession.user_id)
    return list(
        db.session.scalars(query.where(User.username == username).order_by(LoginSession.id))
    )


def _set_active(site, username, *, active):
    with site.app_context(), transaction():
        db.session.execute(sa.update(User).where(User.username == username).values(active=active))
