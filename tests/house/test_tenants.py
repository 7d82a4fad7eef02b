"""The second park's people try every address of the first park's things: the answer is 404."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import url_for

from app.core import scope
from app.extensions import db
from app.web.access import Tenant
from tests.support import world as worlds
from tests.support.routes import declared

NUMBERS = re.compile(r"\b[0-9a-f]{32}\b|\d+")
TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*')
UNTOUCHED = ("enterprise", "enterprise_year", "enterprise_import", "import_row", "job",
             "stored_file", "saved_view", "park_membership", "park_invitation", "park_transfer", "article",
             "inbox_message", "revision", "enterprise_pair", "enterprise_merge", "objection", "objection_event",
             "bin_item")  # fmt: skip


@pytest.fixture
def world(context, tmp_path):
    return worlds.make(tmp_path)


def targets(app):
    """Routes that name one row of a park or a person (the zone's: 403, see test_routes)."""
    routes = [
        one
        for one in declared(app)
        if set(one.arguments) - {"name", "filename"}
        and one.tenant not in (Tenant.zone, Tenant.published, Tenant.public)
    ]
    assert len(routes) > 15
    return routes


def test_things_of_another_park_are_404_like_things_that_are_not_there(app, as_, world):
    for stranger in ("clerk2", "park2", "base1"):
        _finds_nothing(app, as_(stranger), world, stranger)


def _finds_nothing(app, browser, world, stranger):
    before = snapshot()
    for route in targets(app):
        for method in route.methods:
            foreign = _try(app, browser, route, method, world.arguments(route))
            missing = _try(app, browser, route, method, world.arguments(route, missing=True))
            told = (stranger, method, route.rule)
            assert foreign.status_code == missing.status_code, told
            assert foreign.status_code in (
                (404, 403) if _not_theirs(route, stranger) else (404,)
            ), told
            assert _plain(foreign.text) == _plain(missing.text), told
            assert dict(foreign.headers).keys() == dict(missing.headers).keys(), told
    assert snapshot() == before


def test_the_owner_reaches_every_one_of_them(app, as_, world):
    """Otherwise the test above would be satisfied by a site that is broken."""
    browser = as_(worlds.OWNER)
    for route in targets(app):
        if _not_theirs(route, worlds.OWNER):
            continue
        for method in route.methods:
            undone = db.engines[None].begin_nested()
            answer = _try(app, browser, route, method, world.arguments(route))
            undone.rollback()
            assert answer.status_code not in (403, 404, 405, 500), (method, route.rule)


def test_pickers_filters_and_lists_show_nothing_of_another_park(app, as_, world):
    browser = as_("park2")
    for address in (
        "/desk/enterprises/list/",
        "/desk/enterprises/list/?q=901",
        "/desk/bin/list/",
        "/desk/enterprises/imports/",
        "/desk/enterprises/add",
        "/desk/enterprises/export",
        "/desk/jobs/",
        "/desk/",
    ):
        text = browser.page(address)
        for secret in ("三亚测试901号", "三亚测试902号", "名录.csv", "鹿回头测试园区"):
            assert secret not in text, (address, secret)


def test_an_export_holds_only_the_own_park(app, as_, world):
    answer = as_("park2").post(
        "/desk/enterprises/export", data={"format": "csv", "purpose": "核对"}
    )
    assert "三亚测试901号" not in answer.get_data(as_text=True)


def _not_theirs(route, stranger: str) -> bool:
    role = {"clerk2": "park_clerk"}.get(stranger, "park_admin")
    return role not in route.roles


def _try(app, browser, route, method, values):
    with app.test_request_context():
        address = url_for(route.endpoint, **values)
    data = {"version": "1", "ids": "1", "number": "2"} if method == "POST" else None
    return browser.open(address, method=method, data=data)


def _plain(text: str) -> str:
    return NUMBERS.sub("N", TOKEN.sub(r"\1", text))


def snapshot() -> dict[str, list]:
    with scope.unscoped():
        return {
            name: [
                tuple(row)
                for row in db.session.execute(sa.text(f"SELECT * FROM {name} ORDER BY id"))
            ]
            for name in UNTOUCHED
        }
