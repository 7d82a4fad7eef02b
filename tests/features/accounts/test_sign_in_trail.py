"""Who came, who failed, who was locked out, who left: in the trail, without what was typed."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from werkzeug.security import generate_password_hash

from app.engines import trail
from app.extensions import db
from app.features.accounts.models import SignInAttempt
from app.features.accounts.rules import FAILURES_BEFORE_LOCK
from app.transaction import transaction
from tests.support.forms import user_id

PASSWORD, WRONG = "Right-Horse-77", "Wrong-Horse-78"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _password(app):
    with app.app_context(), transaction():
        user = db.session.scalar(sa.select(User).where(User.username == "park1"))
        user.password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")


def sign_in(client, username="park1", password=PASSWORD):
    data = {"username": username, "password": password}
    return client.post("/login", data=data, headers={"User-Agent": AGENT})


def entries(app) -> list[trail.AuditEntry]:
    """Of park1's sign-ins, the oldest first."""
    with app.app_context():
        return trail.history("sign_in", user_id("park1"))[::-1]


def acts(app) -> list[str]:
    return [entry.action for entry in entries(app)]


def test_coming_and_going_are_written_down_with_address_and_device(app, client):
    assert sign_in(client).status_code == 303
    client.post("/logout", headers={"User-Agent": AGENT})
    came, left = entries(app)
    assert (came.action, left.action) == ("sign_in.done", "sign_in.ended")
    with app.app_context():
        me = user_id("park1")
    for entry in (came, left):
        assert (entry.actor_id, entry.actor_name, entry.object_label) == (me, "测park1", "park1")
        assert entry.address == "127.0.0.1"
        assert entry.details == {"device": "Chrome · Windows"}
        assert len(entry.request_id) == 16


def test_failures_name_the_account_nobody_as_actor_and_the_lock(app, client):
    for _ in range(FAILURES_BEFORE_LOCK + 2):
        sign_in(client, password=WRONG)
    assert acts(app) == ["sign_in.failed"] * FAILURES_BEFORE_LOCK + ["sign_in.locked"]
    assert {(one.actor_id, one.actor_name) for one in entries(app)} == {(None, "")}
    assert sign_in(client).status_code == 429
    assert len(acts(app)) == FAILURES_BEFORE_LOCK + 1


def test_a_name_in_other_letters_locks_the_account_and_is_told(app, client):
    for _ in range(FAILURES_BEFORE_LOCK):
        sign_in(client, "PARK1")
    assert acts(app)[-1] == "sign_in.locked"


def test_what_was_typed_is_kept_nowhere(app, client):
    """A password typed where the name belongs must not reach the trail either."""
    sign_in(client, "My-Secret-Password-1", "x" * 12)
    sign_in(client, password=WRONG)
    sign_in(client)
    with app.app_context():
        rows = db.session.scalars(sa.select(trail.AuditEntry)).all()
        written = json.dumps(
            [[row.actor_name, row.object_label, row.object_id, row.details] for row in rows]
        )
        tried = db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt))
        about = {row.object_id for row in rows if row.object_type == "sign_in"}
        assert about == {str(user_id("park1"))}
    for secret in ("My-Secret", "my-secret", WRONG, PASSWORD):
        assert secret not in written
    assert acts(app) == ["sign_in.failed", "sign_in.done"]
    assert tried == 1  # the unknown name's; a good sign-in forgets its own


def test_known_and_unknown_names_run_the_same_statements(app, client):
    """How long the answer takes must not tell which names there are."""

    def statements(username):
        seen = []

        def note(_conn, _cursor, statement, *_rest):
            if not statement.startswith(("PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(" ".join(statement.split()[:3]))

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            assert sign_in(client, username, WRONG).status_code == 400
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        return seen

    statements("park1")  # whatever is looked up once
    known = statements("park1")
    assert any("audit_entry" in one for one in known)
    assert known == statements("nobody-at-all")


def test_failures_at_the_own_password_page_count_and_are_told(app, as_):
    browser = as_("park1")
    for _ in range(FAILURES_BEFORE_LOCK):
        data = {"current": WRONG, "new": "correct horse battery", "repeat": "correct horse battery"}
        assert browser.post("/me/password/", data=data).status_code == 400
    assert acts(app) == ["sign_in.failed"] * FAILURES_BEFORE_LOCK + ["sign_in.locked"]
    assert {one.actor_name for one in entries(app)} == {"测park1"}


def test_the_auditor_reads_it_in_words_and_the_accounts_own_history_stays_short(app, as_, client):
    sign_in(client, password=WRONG)
    sign_in(client)
    auditor = as_("auditor")
    page = auditor.page("/desk/audit/list/?object_type=sign_in")
    assert "登录成功" in page
    assert "登录失败" in page
    with app.app_context():
        pk = user_id("park1")
        assert trail.history("user", pk) == []
        newest = entries(app)[-1].id
    assert "Chrome · Windows" in auditor.page(f"/desk/audit/show/{newest}")
    auditor.set_cookie("lang", "en")
    assert "Signed in" in auditor.page("/desk/audit/list/?action=sign_in.done")


def test_signing_out_without_being_signed_in_is_no_entry(app, client):
    assert client.post("/logout").status_code == 303
    assert acts(app) == []
