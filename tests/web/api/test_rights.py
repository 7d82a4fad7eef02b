"""Who gets in: every operation with every kind of token that must not, and what a cookie is worth."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import clock, scope
from app.engines import trail
from app.extensions import db
from app.features.accounts import services
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from app.web.api.dispatch import operations
from tests.features.news import made as news
from tests.features.parks import profiles
from tests.support import api, people, rankings
from tests.support import enterprises as made
from tests.support.enterprises import code_of
from tests.support.forms import user_id

ENDS = ("ended", "expired", "disabled", "locked", "left", "another role")


@pytest.fixture
def things(context):
    """park1's own: what the addresses of operations name."""
    made.add("P01", 901, by="park1")
    profiles.propose("park1", send=False)
    key = news.write("park1", send=True)
    found, _snapshot = rankings.published()
    return {"park": "P01", "uscc": code_of(901), "key": f"~{key}", "round": str(found.id)}


def every(things):
    """Method, address and body of one call of each operation, that is good for park1."""
    bodies = {
        "put_enterprise": {"remark": "x"},
        "put_park": {"hours": "9:00", "submit": False},
        "put_article": {"summary": "x", "submit": False},
    }
    for one in operations():
        path = re.sub(r"{(\w+)}", lambda found: things[found[1]], one.path)
        yield one, path, bodies.get(one.name)


def statuses(caller, things, **more):
    return {
        one.name: caller.open(one.method, path, json=body, **more).status_code
        for one, path, body in every(things)
    }


@pytest.mark.usefixtures("things")
def test_the_owner_gets_in_everywhere(context, things):
    caller = api.caller(context, "park1")
    found = statuses(caller, things)
    assert found.pop("put_article") == 409  # it waits for its reviewer
    assert set(found.values()) == {200}


def test_no_token_a_wrong_one_and_a_cookie_are_401_and_say_nothing(context, as_, things):
    for headers in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer pdk_aaaaaaaa_{'x' * 43}"},
        {"Authorization": "Basic cGFyazE6eA=="},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer é"},
    ):
        found = statuses(api.Caller(context, ""), things, headers=headers)
        assert set(found.values()) == {401}, headers
    browser = as_("park1")
    for one, path, body in every(things):
        answer = browser.open(f"/api/v1{path}", method=one.method, json=body)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("how", ENDS)
def test_a_token_ends_with_what_it_stands_for(context, things, how):
    token = api.token("park1")
    caller = api.Caller(context, token.secret)
    caller.get("/parks")
    _end(token, how)
    answer = caller.open("GET", "/parks")
    assert api.told(answer)[0] == "token_ended"
    assert set(statuses(caller, things).values()) == {401}


def _end(token, how):
    now = clock.now()
    with scope.unscoped(), transaction():
        if how == "ended":
            services.end_own_token(people.actor("park1"), token.row.id, now=now)
        elif how == "expired":
            token.row.created_at, token.row.expires_at = now - api.LONG_AGO, now
        elif how == "disabled":
            services.set_active(people.actor("sysadmin"), user_id("park1"), active=False)
        elif how == "left":
            mine = ParkMembership.user_id == user_id("park1")
            for one in db.session.scalars(sa.select(ParkMembership).where(mine)):
                db.session.delete(one)
        elif how == "another role":
            user = db.session.get(User, user_id("park1"))
            operator = db.session.get(User, user_id("operator"))
            user.roles = list(operator.roles)
    if how == "locked":
        stranger = services.Caller(address="203.0.113.9")
        for _n in range(5):
            with transaction():
                services.sign_in_by_password("park1", "wrong-1", caller=stranger, now=now)


def test_another_parks_token_finds_nothing(context, things):
    caller = api.caller(context, "park2")
    found = statuses(caller, things)
    lists = {name for name in found if name.startswith("list_")}
    assert {name for name, status in found.items() if status == 200} == {*lists, "read_ranking"} | {
        "read_round"
    }
    assert {found[name] for name in found.keys() - lists - {"read_ranking", "read_round"}} == {404}
    assert caller.get("/enterprises")["items"] == caller.get("/news")["items"] == []
    for path in ("/enterprises/P01/91460200MA00099999", "/enterprises/P99/x"):
        missing, foreign = (
            caller.open("GET", path),
            caller.open("GET", f"/enterprises/P01/{things['uscc']}"),
        )
        drop = re.compile(r'"request_id": "[0-9a-f]+"')
        assert drop.sub("", missing.text) == drop.sub("", foreign.text)


def test_a_token_does_no_more_than_its_scopes(context, things):
    for one in {op.scope.name for op in operations()}:
        if one == "enterprises:personal":
            continue
        caller = api.caller(context, "park1", one)
        for operation, path, body in every(things):
            answer = caller.open(operation.method, path, json=body)
            if operation.scope.name == one:
                assert answer.status_code in (200, 409), operation.name
            else:
                assert api.told(answer)[0] == "scope_missing", (one, operation.name)
                assert operation.scope.name in answer.json["detail"]  # which one it would take


def test_a_scope_gives_nothing_that_its_person_does_not_hold(context, things):
    """A clerk writes enterprises and neither news nor the park; a reviewer only reads."""
    clerk = api.caller(context, "clerk1")
    found = statuses(clerk, things)
    assert (found["put_enterprise"], found["put_park"], found["put_article"]) == (200, 403, 403)
    reviewer = api.caller(context, "reviewer")
    found = statuses(reviewer, things)
    assert {found[name] for name in ("put_enterprise", "put_park", "put_article")} == {403}
    assert {status for name, status in found.items() if not name.startswith("put_")} == {200}


def test_a_right_that_is_taken_away_is_gone_from_the_token(context, things):
    caller = api.caller(context, "park1")
    with scope.unscoped(), transaction():
        user = db.session.get(User, user_id("park1"))
        clerk = db.session.get(User, user_id("clerk1"))
        user.roles = list(clerk.roles)
    assert statuses(caller, things)["put_park"] == 403


def test_contacts_need_scope_and_right_and_are_noted(context, things):
    path = f"/enterprises/P01/{things['uscc']}"
    plain = api.caller(context, "park1", "enterprises:read")
    assert "contact_phone" not in plain.get(path)
    plain.get(path, 403, personal="true")
    plain.get("/enterprises", 403, personal="true")
    assert plain.get("/enterprises", q="陈海燕")["items"] == []  # nor found by them
    whole = api.caller(context, "park1", "enterprises:read", "enterprises:personal")
    assert whole.get(path, personal="true")["contact_phone"] == "13800138000"
    assert len(whole.get("/enterprises", personal="true", q="陈海燕")["items"]) == 1
    with scope.unscoped():
        noted = [
            one for one in trail.history("enterprise", 0) if one.action == "enterprises.exported"
        ]
    assert [one.details["count"] for one in noted] == [1, 1]
    assert {one.details["facts"]["行数"] for one in noted} == {"1"}
    assert all(one.details["purpose"] == "月报" and one.details["token"] for one in noted)


def test_a_suspended_park_is_read_and_not_written(context, things):
    caller = api.caller(context, "park1")
    with scope.unscoped(), transaction():
        people.park("P01").status = "suspended"
    found = statuses(caller, things)
    assert {found[name] for name in ("put_enterprise", "put_park", "put_article")} == {403}
    assert found["read_enterprise"] == 200


def test_who_belongs_to_two_parks_acts_for_the_tokens_own(context, things):
    first, second = (api.caller(context, "both", park=code) for code in ("P01", "P02"))
    assert len(first.get("/enterprises")["items"]) == 1
    assert second.get("/enterprises")["items"] == []
    second.put("/enterprises/P01/" + things["uscc"], {"remark": "x"}, 404)


def test_refused_calls_stand_in_the_trail(context, things):
    api.caller(context, "park2").get(f"/enterprises/P01/{things['uscc']}", 404)
    query = sa.select(trail.AuditEntry).where(trail.AuditEntry.action == "access.denied")
    (entry,) = db.session.scalars(query)
    assert entry.details["action"] == "api.read_enterprise"
    assert entry.details["token"].startswith("park2")
    assert things["uscc"] not in str(entry.details) + entry.object_id


def test_whatever_ends_the_sign_ins_everywhere_ends_the_tokens(context):
    for end in (services.reset_password, services.force_out):
        token = api.token("park1")
        more = {"now": clock.now()} if end is services.reset_password else {}
        with scope.unscoped(), transaction():
            end(people.actor("sysadmin"), user_id("park1"), **more)
        api.Caller(context, token.secret).get("/parks", 401)
