"""Accounts, passwords and roles: who may, what ends, what is written down."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.errors import NotFound, Refusal, Stale
from app.engines import trail
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.rules import fingerprint
from app.features.accounts.services.hashing import matches
from app.transaction import transaction
from app.web.sessions import LoginSession
from tests.support import people
from tests.support.forms import user_id


@pytest.fixture
def sysadmin(context):
    return people.actor("sysadmin")


@pytest.fixture
def secadmin(context):
    return people.actor("secadmin")


def sessions(username: str) -> int:
    query = sa.select(sa.func.count()).select_from(LoginSession)
    return db.session.scalar(query.where(LoginSession.user_id == user_id(username)))


def roles(username: str) -> tuple[str, ...]:
    return queries.account(user_id(username)).roles


def grant(actor, username, *names):
    with transaction():
        return services.set_roles(
            actor, user_id(username), roles=names, version=fingerprint(roles(username))
        )


def everything_written() -> str:
    rows = db.session.scalars(sa.select(trail.AuditEntry))
    return json.dumps([[row.changes, row.details, row.object_label] for row in rows])


# -- accounts ----------------------------------------------------------------------------------
def test_a_new_person_has_no_roles_and_a_password_to_change(sysadmin):
    with transaction():
        user, password = services.add_staff(sysadmin, username=" Wang.Min ", name=" 王  敏 ")
    account = queries.account(user.id)
    assert (account.username, account.name, account.roles) == ("wang.min", "王 敏", ())
    assert account.must_change_password
    assert matches(user.password, password)
    with transaction():
        outcome = services.sign_in_by_password(
            "wang.min", password, caller=services.Caller(), now=clock.now()
        )
    assert outcome.user is not None
    assert outcome.must_change


@pytest.mark.parametrize("name", ["PARK1", "park1"])
def test_a_name_that_differs_only_in_case_is_taken(sysadmin, name):
    with pytest.raises(Refusal, match="username_taken"), transaction():
        services.add_staff(sysadmin, username=name, name="某人")


@pytest.mark.parametrize("name", ["", "  ", "名" * 41])
def test_a_name_is_needed_and_not_endless(sysadmin, name):
    with pytest.raises(Refusal), transaction():
        services.add_staff(sysadmin, username="somebody", name=name)


def test_a_save_on_an_older_version_is_stale(sysadmin):
    account = queries.account(user_id("park1"))
    with transaction():
        services.change(sysadmin, account.id, name="甲", active=True, version=account.version)
    with pytest.raises(Stale), transaction():
        services.change(sysadmin, account.id, name="乙", active=True, version=account.version)
    assert queries.account(account.id).name == "甲"


def test_deactivating_ends_the_sessions_and_says_so_in_the_trail(sysadmin, as_):
    as_("park1")
    assert sessions("park1") == 1
    with transaction():
        services.set_active(sysadmin, user_id("park1"), active=False)
    assert sessions("park1") == 0
    assert queries.account(user_id("park1")).state == "disabled"
    (entry,) = trail.history("user", user_id("park1"))
    assert (entry.action, entry.changes) == ("user.changed", {"active": [True, False]})


def test_nobody_deactivates_themselves_nor_the_last_of_a_kind(sysadmin):
    with pytest.raises(Refusal, match="own_account"), transaction():
        services.set_active(sysadmin, sysadmin.user_id, active=False)
    with pytest.raises(Refusal, match="last_secadmin"), transaction():
        services.set_active(sysadmin, user_id("secadmin"), active=False)
    assert queries.account(user_id("secadmin")).active


def test_one_of_two_administrators_may_go(sysadmin, secadmin):
    grant(secadmin, "operator2", "secadmin")
    with transaction():
        services.set_active(sysadmin, user_id("secadmin"), active=False)
    with pytest.raises(Refusal, match="last_secadmin"), transaction():
        services.set_active(sysadmin, user_id("operator2"), active=False)


def test_an_account_that_is_inactive_does_not_count_as_another_administrator(sysadmin, secadmin):
    grant(secadmin, "operator2", "secadmin")
    with transaction():
        services.set_active(sysadmin, user_id("operator2"), active=False)
    with pytest.raises(Refusal, match="last_secadmin"), transaction():
        services.set_active(sysadmin, user_id("secadmin"), active=False)


# -- passwords ---------------------------------------------------------------------------------
def test_a_reset_ends_everything_and_unlocks(sysadmin, as_):
    as_("park1")
    with transaction():
        for _ in range(5):
            services.sign_in_by_password(
                "park1", "wrong", caller=services.Caller(), now=clock.now()
            )
    assert queries.account(user_id("park1")).state == "locked"
    with transaction():
        made = services.reset_password(sysadmin, user_id("park1"), now=clock.now())
    account = queries.account(user_id("park1"))
    assert (account.state, account.must_change_password, sessions("park1")) == ("active", True, 0)
    with transaction():
        outcome = services.sign_in_by_password(
            "park1", made.password, caller=services.Caller(), now=clock.now()
        )
    assert outcome.user is not None


def test_no_password_reaches_the_trail_nor_a_representation(sysadmin):
    with transaction():
        made = services.reset_password(sysadmin, user_id("park1"), now=clock.now())
        user, password = services.add_staff(sysadmin, username="wangmin", name="王敏")
    actor = people.actor("park1")
    new = "correct horse battery"
    with transaction():
        services.change_own_password(
            actor, current=made.password, new=new, keep_row=None, now=clock.now()
        )
    written = everything_written()
    assert "user.password_changed" in {
        row.action for row in trail.history("user", user_id("park1"))
    }
    for secret in (made.password, password, new, user.password):
        assert secret not in written
    assert made.password not in repr(made)


def test_the_own_password_is_not_reset_by_oneself(sysadmin):
    with pytest.raises(Refusal, match="own_password"), transaction():
        services.reset_password(sysadmin, sysadmin.user_id, now=clock.now())


def test_a_wrong_current_password_counts_as_a_failure_and_locks(sysadmin):
    with transaction():
        made = services.reset_password(sysadmin, user_id("park1"), now=clock.now())
    actor = people.actor("park1")
    told = []
    for attempt in ("wrong",) * 5 + (made.password,):
        with transaction():
            told.append(
                services.change_own_password(
                    actor,
                    current=attempt,
                    new="correct horse battery",
                    keep_row=None,
                    now=clock.now(),
                )
            )
    assert told == ["current_wrong"] * 5 + ["locked"]


# -- roles -------------------------------------------------------------------------------------
def test_roles_take_effect_and_are_written_down(secadmin):
    grant(secadmin, "user1", "park_admin", "park_clerk")
    assert set(roles("user1")) == {"park_admin", "park_clerk"}
    assert people.actor("user1").can("can_list", "EnterpriseView")
    (entry,) = trail.history("user", user_id("user1"))
    assert entry.action == "user.roles_changed"
    assert entry.changes["roles"][0] == ["enterprise_user"]


@pytest.mark.parametrize(
    "names",
    [("sysadmin", "auditor"), ("sysadmin", "operator"), ("auditor", "enterprise_user")],
)
def test_the_service_keeps_the_three_apart(secadmin, names):
    with pytest.raises(Refusal, match="not_separated"):
        grant(secadmin, "user1", *names)
    assert roles("user1") == ("enterprise_user",)


def test_nobody_gives_roles_to_themselves(secadmin):
    with pytest.raises(Refusal, match="own_roles"):
        grant(secadmin, "secadmin", "sysadmin")


def test_the_last_administrator_keeps_the_role(secadmin):
    with pytest.raises(Refusal, match="last_sysadmin"):
        grant(secadmin, "sysadmin", "operator")
    grant(secadmin, "operator2", "sysadmin")
    grant(secadmin, "sysadmin", "operator")
    assert roles("sysadmin") == ("operator",)


def test_a_member_of_a_park_is_none_of_the_three(secadmin):
    with pytest.raises(Refusal, match="member_of_park"):
        grant(secadmin, "park1", "auditor")


def test_roles_changed_meanwhile_make_the_save_stale(secadmin):
    version = fingerprint(roles("user1"))
    grant(secadmin, "user1", "reviewer")
    with pytest.raises(Stale), transaction():
        services.set_roles(secadmin, user_id("user1"), roles=("expert",), version=version)


# -- added roles -------------------------------------------------------------------------------
LIST = "can_list on EnterpriseView"


def test_an_added_role_holds_what_was_ticked_and_what_everybody_has(secadmin):
    with transaction():
        made = services.add_role(secadmin, name="园区查阅员", pairs={LIST})
    assert LIST in made.pairs
    assert queries.basic_pairs() < made.pairs
    assert "can_edit on EnterpriseView" not in made.pairs
    grant(secadmin, "user1", "园区查阅员")
    actor = people.actor("user1")
    assert actor.can("can_list", "EnterpriseView")
    assert actor.can("can_index", "DeskView")
    assert actor.scope_park_ids == frozenset()


@pytest.mark.parametrize(
    "pair",
    [
        "can_list on UserView",
        "can_edit on GrantView",
        "can_list on AuditView",
        "can_list on OrganisationView",
        "can_list on MembershipView",
        "can_fly on EnterpriseView",
    ],
)
def test_an_added_role_never_opens_a_page_of_the_zone_or_the_three(secadmin, pair):
    with pytest.raises(Refusal, match="not_grantable"), transaction():
        services.add_role(secadmin, name="越权", pairs={LIST, pair})


@pytest.mark.parametrize("name", ["park_admin", "PARK_ADMIN", "审核员", ""])
def test_an_added_role_needs_a_name_of_its_own(secadmin, name):
    with pytest.raises(Refusal), transaction():
        services.add_role(secadmin, name=name, pairs=(), taken=["审核员"])


def test_declared_roles_are_not_edited_nor_deleted(secadmin):
    for row in queries.roles_named(["auditor"]):
        facts = queries.role(row.id)
        with pytest.raises(NotFound), transaction():
            services.change_role(secadmin, row.id, name="x", pairs={LIST}, version=facts.version)
        with pytest.raises(NotFound), transaction():
            services.delete_role(secadmin, row.id)


def test_an_added_role_is_changed_on_its_version_and_deleted_when_unused(secadmin):
    with transaction():
        made = services.add_role(secadmin, name="查阅", pairs={LIST})
    with transaction():
        services.change_role(secadmin, made.id, name="查阅员", pairs=(), version=made.version)
    with pytest.raises(Stale), transaction():
        services.change_role(secadmin, made.id, name="晚了", pairs=(), version=made.version)
    grant(secadmin, "user1", "查阅员")
    with pytest.raises(Refusal, match="role_in_use"), transaction():
        services.delete_role(secadmin, made.id)
    grant(secadmin, "user1", "enterprise_user")
    with transaction():
        services.delete_role(secadmin, made.id)
    assert "查阅员" not in queries.role_names()
    assert [one.action for one in trail.history("role", made.id)] == [
        "role.deleted",
        "role.changed",
        "role.added",
    ]


def test_a_deployment_takes_back_what_an_added_role_may_not_hold(app, secadmin):
    from app.cli.roles import sync_roles

    with transaction():
        made = services.add_role(secadmin, name="查阅", pairs={LIST})
        (row,) = queries.roles_named(["查阅"])
        row.permissions = queries.permission_views({LIST, "can_list on AuditView"})
    with transaction():
        sync_roles(app.appbuilder)
    pairs = queries.role(made.id).pairs
    assert LIST in pairs
    assert "can_list on AuditView" not in pairs
    assert queries.basic_pairs() <= pairs


def test_every_permission_of_a_view_has_words(app):
    from app.features.accounts.labels import PERMISSIONS

    named = {name for view in app.appbuilder.baseviews for name in view.base_permissions}
    assert named <= set(PERMISSIONS)


def test_an_account_without_our_row_is_still_shown_and_saved(sysadmin):
    with transaction():
        user = User(username="Old.One", first_name="人", last_name="旧", email="o@x", active=True)
        db.session.add(user)
    assert queries.account(user.id).version == 0
    with transaction():
        services.set_active(sysadmin, user.id, active=False)
    assert queries.account(user.id).state == "disabled"
