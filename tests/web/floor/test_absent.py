"""Rows whose part of FAB we do not use: the route, class or table is not there.

docs/adr/0002-fab-parts-we-do-not-use.md names each of them; one test compares the two.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla import models as security

from tests.support.forms import form_of

ADR = Path(__file__).resolve().parents[3] / "docs/adr/0002-fab-parts-we-do-not-use.md"
GONE = [
    "/users/list/", "/users/add", "/users/userinfo/", "/roles/list/", "/groups/list/", "/permissions/list/",
    "/viewmenus/list/", "/permissionviews/list/", "/userstatschartview/chart/", "/registeruser/list/",
    "/resetpassword/form", "/resetpassword/form?pk=1", "/resetmypassword/form", "/userinfoeditview/form",
    "/register/form", "/register/activation/x", "/login/github", "/oauth-authorized/github", "/login/saml/acs",
    "/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/security/csrf_token/", "/api/v1/security/users/",
    "/api/v1/_openapi", "/api/v1/menu/", "/swagger/v1", "/lang/en", "/back", "/actionmodel/list/", "/logout/",
]  # fmt: skip


@pytest.mark.parametrize("address", GONE)
def test_u02_u34_u35_u36_fabs_account_routes_are_not_there(as_, client, address):
    for browser in (client, as_("sysadmin"), as_("secadmin")):
        assert browser.get(address).status_code == 404, address
        assert browser.post(address, data={"username": "x", "password": "x"}).status_code == 404


def test_u02_u11_u20_u45_no_api_of_fabs_is_registered(app):
    """What there is of /api/ is ours: each asks for a token of its own (tests/web/api)."""
    from flask_appbuilder.api import BaseApi

    from app.web.api.dispatch import operations

    assert not any(isinstance(view, BaseApi) for view in app.appbuilder.baseviews)
    ours = {one.endpoint for one in operations()} | {"api_document", "ApiDocsView.docs"}
    assert {rule.endpoint for rule in app.url_map.iter_rules() if "/api/" in rule.rule} == ours


def test_u35_nobody_registers_himself(app):
    assert app.config["AUTH_USER_REGISTRATION"] is False
    assert app.appbuilder.sm.registeruser_view is None


def test_u36_accounts_and_roles_are_kept_by_two_different_people(app):
    """FAB lets whoever edits users make himself Admin; here no role holds both halves."""
    tables = {
        security.User,
        security.Role,
        security.Permission,
        security.ViewMenu,
        security.PermissionView,
    }
    keepers = {
        type(view).__name__: view.access["can_edit"]
        for view in app.appbuilder.baseviews
        if getattr(getattr(view, "datamodel", None), "obj", None) in tables
    }
    assert set(keepers) == {"UserView", "GrantView", "RoleView"}
    assert keepers["UserView"] == {"sysadmin"}
    assert keepers["GrantView"] == keepers["RoleView"] == {"secadmin"}


@pytest.mark.parametrize(("person", "path"), [("sysadmin", "users"), ("secadmin", "grants")])
def test_u36_nobody_gives_a_role_to_himself(app, as_, person, path):
    from tests.support import people

    with app.app_context():
        before = people.actor(person)
    address = f"/desk/{path}/edit/{before.user_id}"
    browser = as_(person)
    page = browser.get(address)
    data = {"version": "1", "opened": "{}"}
    if page.status_code == 200:
        data = form_of(page.text)
    roles = ["sysadmin", "secadmin", "operator", "Admin"]
    browser.post(address, data=data | {"roles": roles, "role": roles, "is_admin": "1"})
    with app.app_context():
        assert people.actor(person).roles == before.roles


def test_u38_u39_u40_u41_u42_no_identity_provider_of_fabs_is_set_up(app):
    manager = app.appbuilder.sm
    assert app.config["AUTH_TYPE"] == 1
    assert getattr(manager, "oauth", None) is None
    assert not manager.oauth_remotes
    assert not app.config.get("OAUTH_PROVIDERS")
    assert not app.config.get("SAML_PROVIDERS")
    assert not app.config.get("AUTH_LDAP_SERVER")
    assert "authlib" not in _loaded()


def test_u44_roles_are_rows_and_names_are_compared_whole(app, context):
    assert not app.config.get("FAB_ROLES")
    assert app.appbuilder.sm.builtin_roles == {"Admin": [[".*", ".*"]]} or not app.appbuilder.sm.builtin_roles  # fmt: skip
    from flask import g

    with app.test_request_context("/"):
        g._granted = frozenset({("can_list", "EntView")})
        for permission, view in (
            ("can_list", "EntView2"),
            ("can_list_all", "EntView"),
            ("can", "EntView"),
        ):
            assert not app.appbuilder.sm.has_access(permission, view)
        assert app.appbuilder.sm.has_access("can_list", "EntView")


def test_u44_fabs_admin_role_opens_nothing_here(app, as_, context):
    """FAB's built-in Admin is ``.*`` on ``.*``; only pairs that deploy wrote count for us."""
    import sqlalchemy as sa

    from app.extensions import db
    from app.transaction import transaction

    with transaction():
        admin = security.Role(name="Admin")
        user = db.session.scalar(sa.select(security.User).where(security.User.username == "user1"))
        user.roles = [admin]
        db.session.add(admin)
    browser = as_("user1")
    assert browser.get("/desk/enterprises/list/").status_code == 403


def test_u45_no_token_of_fabs_opens_anything(app, client):
    from app.engines import jobs  # noqa: F401

    assert "flask-jwt-extended" not in app.extensions
    for header in ("Bearer x.y.z", "Basic cGFyazE6eA=="):
        answer = client.get("/desk/", headers={"Authorization": header})
        assert answer.status_code == 302


def test_u47_api_keys_are_off(app):
    assert app.config["FAB_API_KEY_ENABLED"] is False
    assert not any("apikey" in rule.rule.lower() for rule in app.url_map.iter_rules())


def test_the_decision_names_every_absent_row():
    named = set(re.findall(r"\bU\d{2}\b", ADR.read_text()))
    here = Path(__file__).read_text()
    tested = {f"U{found}" for found in re.findall(r"_u(\d{2})", here)}
    assert named == tested


def test_every_row_of_the_list_has_a_test():
    folder = Path(__file__).parent
    text = "".join(file.read_text() for file in folder.glob("test_*.py"))
    tested = {int(found) for found in re.findall(r"def test_[a-z0-9_]*?_?u(\d{2})", text)}
    tested |= {int(found) for line in re.findall(r"def (test_u\d{2}\w*)", text) for found in re.findall(r"u(\d{2})(?=_)", line)}  # fmt: skip
    assert tested == set(range(1, 50))


def _loaded() -> set[str]:
    import sys

    return {name for name in sys.modules if name == "authlib"}
