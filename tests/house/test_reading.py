"""A GET changes nothing: every page is read by its owner while the database listens for writes."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import url_for
from sqlalchemy import event

from app.extensions import db
from tests.support import people
from tests.support import world as worlds
from tests.support.routes import declared

pytestmark = pytest.mark.one_database(
    "it listens to the statements, whatever database they are for"
)

#: The browser comes back from WeChat or 海易办 by a GET, as their protocols have it, and is in.
RETURNS = ("WaysInView.wechat_back", "WaysInView.haiyiban_back")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE)
#: What a GET may note: that the person is there, at most once a minute.
ALLOWED = re.compile(r"UPDATE login_session SET seen_at")
#: What a refused request leaves behind, on purpose: its line in the trail.
NOTED = re.compile(r"INSERT INTO audit_entry |UPDATE audit_head ")
REFUSED = (403, 404)


@pytest.fixture
def writes(app, context):
    """Statements that changed something, as they are sent."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if WRITES.match(statement) and not ALLOWED.match(statement):
            seen.append(statement)

    engine = db.engines[None]
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_no_get_writes(app, as_, tmp_path, writes):
    world = worlds.make(tmp_path)
    for person in (worlds.OWNER, "operator", "sysadmin", "secadmin", "auditor", ""):
        browser = as_(person) if person else app.test_client()
        writes.clear()
        _reads_all(app, browser, world, writes, person)


def _reads_all(app, browser, world, writes, person):
    """What the person may open; the owner and the visitor knock at closed doors too."""
    tried = 0
    for route in declared(app):
        if "GET" not in route.methods or route.endpoint in ("static", *RETURNS):
            continue
        if person not in (worlds.OWNER, "") and not route.open_to(people.PEOPLE[person][0]):
            continue
        with app.test_request_context():
            address = url_for(route.endpoint, **world.arguments(route))
        for query in ("", "?tab=history&kind=error&prefill=1&q=901"):
            answer = browser.get(address + query)
            assert answer.status_code < 500, (address, answer.status_code)
            noted = [one for one in writes if answer.status_code in REFUSED and NOTED.match(one)]
            assert writes == noted, (address + query, person)
            writes.clear()
        tried += 1
    assert tried > 15


def test_the_listener_would_hear_a_write(app, writes):
    db.session.execute(sa.text("DELETE FROM saved_view"))
    assert writes == ["DELETE FROM saved_view"]
