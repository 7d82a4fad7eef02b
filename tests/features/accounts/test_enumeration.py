"""Who asks learns nothing of whom the platform knows: the same bytes, and the same work.

Work is counted, not timed (a clock on a busy machine proves nothing): each statement that the
database is sent, and each password check and keyed hash. ``make bench`` reports the medians.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.sealing import Keyring
from app.extensions import db
from app.features.accounts.models import Identity, PhoneCode, SignInAttempt
from app.features.accounts.rules import FAILURES_BEFORE_LOCK
from app.features.accounts.services import hashing
from app.transaction import transaction
from tests.features.accounts.outside import PHONE, ask_code, document_of, enter, outside, visitor
from tests.support.people import PASSWORD

__all__ = ["outside", "visitor"]

STRANGER = "13812345678"
GOOD_HASH = hashing.hashed(PASSWORD)
SAVEPOINT = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)")


@dataclass
class Work:
    """What one request made the machine do."""

    statements: Counter[str] = field(default_factory=Counter)
    hashes: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        self.statements.clear()
        self.hashes.clear()

    def done(self) -> tuple[dict[str, int], dict[str, int]]:
        return dict(self.statements), dict(self.hashes)


@pytest.fixture
def work(app, monkeypatch):
    """Counts from now on; a savepoint that is kept and one that is taken back count alike."""
    counted = Work()
    monkeypatch.setitem(app.config, "DEMO", False)  # the demo prints its user names

    def said(_connection, _cursor, statement, *_more):
        counted.statements[
            SAVEPOINT.sub("savepoint", statement)[:400].split(" sa_savepoint")[0]
        ] += 1

    def watched(place, name):
        real = getattr(place, name)

        def call(*given, **how):
            counted.hashes[name] += 1
            return real(*given, **how)

        monkeypatch.setattr(place, name, call)

    watched(hashing, "_argon2")
    watched(hashing, "check_password_hash")
    watched(Keyring, "index")
    named = User.username.in_(("park1", "park2", "clerk2", "user1"))
    with app.app_context():
        with transaction():
            db.session.execute(sa.update(User).where(named).values(password=GOOD_HASH))
        connection = db.engines[None]
    sa.event.listen(connection, "before_cursor_execute", said)
    yield counted
    sa.event.remove(connection, "before_cursor_execute", said)


def bytes_of(answer, *typed: str) -> tuple[object, ...]:
    """All that the asker can see, without the tokens and what they typed themselves."""
    text = answer.text
    for one in typed:
        text = text.replace(one, "")
    text = re.sub(r'(name="(csrf_token|proof)"[^>]*value=)"[^"]*"', r"\1", text)
    text = re.sub(r"data:image/png;base64,[\w+/=]+", "", text)
    said = {"Set-Cookie", "Content-Length", "X-Request-Id", "Date", "ETag"}
    headers = sorted(pair for pair in answer.headers if pair[0] not in said)
    cookies = sorted(one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie"))
    return answer.status_code, headers, cookies, text


def forget_the_budget(app) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(PhoneCode).values(created_at=clock.now() - timedelta(days=3)))


@pytest.fixture
def known(app, visitor, outside):
    """Somebody registered with PHONE; nobody knows STRANGER."""
    ask_code(visitor)
    assert enter(visitor, outside.sms.code).status_code == 303
    visitor.post("/logout")
    forget_the_budget(app)
    return PHONE


def deactivate(app, phone_or_name: str) -> None:
    with app.app_context(), transaction():
        if phone_or_name == PHONE:
            wanted = User.id == db.session.scalar(sa.select(Identity.user_id))
        else:
            wanted = User.username == phone_or_name
        db.session.execute(sa.update(User).where(wanted).values(active=False))


def asker(app):
    """A browser that has the dialog open."""
    browser = app.test_client()
    browser.page("/login")
    return browser


def same(first, second) -> None:
    """Two of: bytes, (statements, hashes)."""
    assert first[0] == second[0]
    assert first[1] == second[1]


# -- phone codes ----------------------------------------------------------------------------------
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_getting_a_code_is_the_same_for_a_known_and_an_unknown_number(
    app, known, outside, work, accept, active
):
    if not active:
        deactivate(app, known)
    told = []
    for phone in (known, STRANGER):
        browser = asker(app)
        work.begin()
        answer = browser.post("/login/code", data={"phone": phone}, headers={"Accept": accept})
        assert answer.status_code == 200
        told.append((bytes_of(answer, phone), work.done()))
    same(*told)
    assert len(outside.sms.sent) == 3  # each of them got one


@pytest.mark.parametrize("active", [True, False])
def test_a_wrong_code_is_the_same_for_a_known_and_an_unknown_number(
    app, known, outside, work, active
):
    if not active:
        deactivate(app, known)
    told = []
    for phone in (known, STRANGER):
        browser = asker(app)
        ask_code(browser, phone)
        document = document_of(browser.page("/login"))
        wrong = f"{(int(outside.sms.code) + 1) % 1_000_000:06}"
        work.begin()
        answer = browser.post(
            "/login/phone",
            data={"phone": phone, "code": wrong, "agree": "y", "document": document},
        )
        assert answer.status_code == 400
        told.append((bytes_of(answer, phone, wrong), work.done()))
    same(*told)


def test_a_code_never_asked_for_is_as_wrong_as_any(app, known, work):
    """A number that has no code open is checked like one that has."""
    told = []
    for phone in (known, STRANGER):
        browser = asker(app)
        document = document_of(browser.page("/login"))
        work.begin()
        answer = browser.post(
            "/login/phone",
            data={"phone": phone, "code": "000000", "agree": "y", "document": document},
        )
        assert answer.status_code == 400
        assert 'aria-describedby="code-error"' in answer.text
        told.append((bytes_of(answer, phone), work.done()))
    same(*told)


def test_too_soon_and_over_the_budget_are_the_same(app, known, work):
    """A second wish within the minute, and the puzzle after it."""
    told: dict[str, list[object]] = {known: [], STRANGER: []}
    for phone, said in told.items():
        browser = asker(app)
        for _ in range(2):
            work.begin()
            answer = ask_code(browser, phone)
            said += [answer.status_code, answer.json.get("code"), work.done()]
    assert told[known] == told[STRANGER]


# -- user names -----------------------------------------------------------------------------------
def sign_in(browser, username: str, password: str):
    return browser.post("/login", data={"username": username, "password": password})


def no_password(app) -> str:
    """The user name of who registered by phone."""
    with app.app_context():
        return db.session.scalar(
            sa.select(User.username).where(
                User.id == db.session.scalar(sa.select(Identity.user_id))
            )
        )


def tried(app, work, username: str, password: str = "wrong-wrong-1"):
    browser = asker(app)
    work.begin()
    answer = sign_in(browser, username, password)
    return bytes_of(answer, username, username.lower()), work.done()


def test_a_wrong_password_is_the_same_for_everybody(app, known, work):
    """An unknown name, a known one, one switched off, one that has no password, one in capitals."""
    deactivate(app, "clerk2")
    tried(app, work, "nobody-1")  # what is made once in a process is made now
    unknown = tried(app, work, "nobody-2")
    assert unknown[1][1], "no password was checked for a name that nobody has"
    for username in ("park1", "clerk2", no_password(app), "PARK2"):
        same(unknown, tried(app, work, username))


def test_the_right_password_of_an_account_that_is_off_is_as_wrong_as_any(app, work):
    deactivate(app, "clerk2")
    tried(app, work, "nobody-1")
    off = tried(app, work, "clerk2", PASSWORD)
    assert off[0][0] == 400, "the right password of an account that is off lets in"
    same(tried(app, work, "nobody-2"), off)


@pytest.mark.parametrize("password", ["wrong-wrong-1", PASSWORD])
def test_a_locked_name_is_the_same_known_or_not(app, work, password, monkeypatch):
    """Even the right password tells nothing while the name is locked."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    told = []
    for username in ("nobody-2", "park1"):
        for _ in range(FAILURES_BEFORE_LOCK):
            last = tried(app, work, username)
        locked = tried(app, work, username, password)
        assert locked[0][0] == 429
        told.append((last, locked))
    same(told[0][0], told[1][0])
    same(told[0][1], told[1][1])


def test_the_failures_of_a_name_are_counted_alike(app, work):
    tried(app, work, "nobody-2")
    tried(app, work, "park1")
    with app.app_context():
        rows = db.session.scalars(sa.select(SignInAttempt)).all()
        assert len({one.name_hash for one in rows}) == 2
        assert all("park1" not in str(vars(one)) for one in rows)


# -- once inside ----------------------------------------------------------------------------------
def test_getting_a_code_for_a_new_number_does_not_tell_whose_it_is(app, known, outside, work, as_):
    """更换手机号, step 2: a number of somebody else gets its code like a free one."""
    told = []
    for phone in (known, STRANGER):
        browser = as_("user1")
        browser.page("/me/")
        work.begin()
        answer = browser.post(
            "/me/phone/code?step=new", data={"phone": phone}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200
        told.append((bytes_of(answer, phone), work.done()))
    same(*told)


def test_a_password_change_costs_the_same_with_and_without_a_password(app, known, work, as_):
    """修改密码 with a wrong current one: whoever came by phone has none to be wrong about."""
    told = []
    for username in ("user1", no_password(app)):
        browser = as_(username)
        browser.page("/me/password/")
        work.begin()
        answer = browser.post(
            "/me/password/",
            data={
                "current": "wrong-wrong-1",
                "new": "Blue-Harbour-81",
                "repeat": "Blue-Harbour-81",
            },
        )
        assert answer.status_code == 400
        assert "当前密码" in answer.text
        told.append(work.hashes.copy())
    assert told[0] == told[1]
    assert told[0]["_argon2"] == 1


def test_pages_for_everybody_ask_nothing_about_anybody(app, known, work):
    """The dialog with a number in its address is the dialog."""
    told = []
    for phone in (known, STRANGER):
        browser = asker(app)
        work.begin()
        answer = browser.get("/login", query_string={"phone": phone, "username": phone})
        assert answer.status_code == 200
        assert f'value="{phone}"' not in answer.text
        told.append((bytes_of(answer, phone), work.done()))
    same(*told)
