"""Every route says who may call it; the committed table says it too; the running site does it.

``ROUTES=write make test T=tests/house/test_routes.py`` rewrites the table for a reviewer to read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import url_for

from app.features.accounts import services
from app.features.accounts.rules import ALL_ROLES, PARK_ROLES
from app.transaction import transaction
from app.web import errors
from app.web.access import Tenant
from tests.support import people
from tests.support.routes import WITHOUT_ROLE, Route, declared, of_the_api
from tests.support.world import MISSING

pytestmark = pytest.mark.one_database("rights are decided before a row is read")

TABLE = Path(__file__).with_name("routes.txt")
HEAD = "# Who may call what. Written from the declarations; a change here is a change of rights.\n"
#: One person for each role.
ONE_OF = {
    "enterprise_user": "user1",
    "park_admin": "park1",
    "park_clerk": "clerk1",
    "reviewer": "reviewer",
    "expert": "expert1",
    "operator": "operator",
    "sysadmin": "sysadmin",
    "secadmin": "secadmin",
    "auditor": "auditor",
}
NOWHERE = {"name": "none", "key": "f" * 32, "filename": "css/app.css"}


def test_every_route_is_declared_with_a_role_and_a_tenant_rule(app):
    routes = [*declared(app), *of_the_api(app)]
    assert {one.endpoint for one in routes} == {one.endpoint for one in app.url_map.iter_rules()}


def test_no_number_in_an_address_is_larger_than_a_key(app):
    plain = [rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert plain == [], "a number of 20 digits is an error of SQLite: write <pk:…>"
    opened = app.test_client().get(f"/desk/filing-reviews/board/{10**20}")
    assert opened.status_code == 404


def test_every_role_has_a_person_in_the_matrix():
    assert set(ONE_OF) == {str(role) for role in ALL_ROLES}
    assert all(people.PEOPLE[name][0] == role for role, name in ONE_OF.items())


def test_the_committed_table_is_what_the_views_declare(app):
    routes = sorted((*declared(app), *of_the_api(app)), key=_place)
    text = HEAD + "\n".join(one.line() for one in routes) + "\n"
    if os.environ.get("ROUTES") == "write":
        TABLE.write_text(text)
    assert TABLE.read_text() == text, "rights changed: read the difference, then ROUTES=write"


def _place(one: Route):
    return one.rule, one.methods, one.act


def test_rows_of_the_zone_are_not_for_parks(app):
    for route in declared(app):
        if route.tenant is Tenant.zone:
            assert not route.roles & {str(role) for role in PARK_ROLES}, route


def test_only_public_views_have_public_methods(app):
    for route in declared(app):
        assert route.public == (route.tenant is Tenant.public), route


@pytest.fixture
def refused_once(monkeypatch):
    """The page of each status is drawn for its reader once; 2,600 times it is half of the minutes."""
    draw, drawn = errors.render_alone, {}

    def render_alone(template, **values):
        if values["status"] not in drawn:
            drawn[values["status"]] = draw(template, **values)
        return drawn[values["status"]]

    monkeypatch.setattr(errors, "render_alone", render_alone)


@pytest.mark.usefixtures("refused_once")
@pytest.mark.parametrize("role", ["", *ONE_OF])
def test_everybody_gets_exactly_the_declared_answer(app, as_, role):
    def arrive():
        return as_(ONE_OF[role]) if role else app.test_client()

    wrong = []
    browser = arrive()
    for route in declared(app):
        for method in route.methods:
            got = _outcome(_call(app, browser, route, method))
            if got == "in" and (method != "GET" or route.public):
                browser = arrive()  # the act may have ended the session
            if got != _wanted(route, role):
                wrong.append((method, route.rule, route.act, got, _wanted(route, role)))
    assert not wrong


def test_somebody_without_a_role_gets_exactly_the_declared_answer(app, as_):
    with app.app_context(), transaction():
        services.create_user(username="newcomer", name="新人", password=None, roles=[])
    browser = as_("newcomer")
    wrong = []
    for route in declared(app):
        for method in route.methods:
            if route.endpoint == "AuthView.logout":
                continue  # it would be somebody signed out from here on
            got = _outcome(_call(app, browser, route, method))
            if got != _wanted(route, WITHOUT_ROLE):
                wrong.append((method, route.rule, got))
    assert not wrong
    assert browser.post("/logout").status_code == 303
    assert browser.get("/desk/").status_code == 302


def _call(app, browser, route: Route, method: str):
    values = {name: NOWHERE.get(name, MISSING) for name in route.arguments}
    if route.act:
        values["name"] = route.act
    with app.test_request_context():
        address = url_for(route.endpoint, **values)
    return browser.open(address, method=method)


def _outcome(answer) -> str:
    if answer.status_code == 302 and answer.location.startswith("/login"):
        return "login"
    if answer.status_code == 403:
        return "403"
    return "in" if answer.status_code < 500 else str(answer.status_code)


def _wanted(route: Route, role: str) -> str:
    if route.public or role in route.roles:
        return "in"
    return "403" if role else "login"


def test_a_method_that_a_route_does_not_offer_is_405(app, as_):
    browser = as_("operator")
    routes = list(declared(app))
    # A form and its answer may share an address: then GET is the form's, in the table of roles.
    forms = {route.rule for route in routes if "GET" in route.methods}
    for route in routes:
        if route.rule in forms or route.endpoint == "static":
            continue
        values = {name: NOWHERE.get(name, MISSING) for name in route.arguments}
        with app.test_request_context():
            address = url_for(route.endpoint, **values)
        answer = browser.get(address)
        # The address may be another route's, which then must not be this one's act.
        assert answer.status_code in (404, 405), (route.rule, answer.status_code)


def test_menu_entries_open_for_those_who_see_them(app, as_):
    for name in ONE_OF.values():
        browser = as_(name)
        page = browser.page("/desk/")
        shown = [item for item in _menu(app) if f'href="{item}"' in page]
        assert "/desk/" in shown
        for address in shown:
            assert browser.get(address).status_code == 200, (name, address)


def test_every_menu_entry_is_shown_to_somebody(app, as_):
    pages = [as_(name).page("/desk/") for name in ONE_OF.values()]
    for address in _menu(app):
        assert any(f'href="{address}"' in page for page in pages), address


def _menu(app) -> list[str]:
    with app.test_request_context():
        return [
            leaf.get_url()
            for item in app.appbuilder.menu.get_list()
            for leaf in (item.childs or [item])
        ]
