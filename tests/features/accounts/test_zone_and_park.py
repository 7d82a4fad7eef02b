"""Who sees all parks holds nothing that was meant for one: refused wherever it could be given."""

from __future__ import annotations

import pytest

from app.cli import doctor
from app.core.errors import Refusal
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.rules import Role, fingerprint, zone_and_park
from app.features.parks import services as parks
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from tests.support import people
from tests.support.forms import errors, form_of, save, user_id

EDIT = "can_edit on EnterpriseView"


def grant(username, *names):
    secadmin = people.actor("secadmin")
    before = queries.account(user_id(username)).roles
    with transaction():
        services.set_roles(
            secadmin, user_id(username), roles=names, version=fingerprint(before)
        )  # fmt: skip


def join(username, park="P01"):
    with transaction():
        return parks.add_member(
            people.actor("operator2"),
            username=username,
            park_id=people.park(park).id,
            role="clerk",
        )


@pytest.fixture
def _added_role(context):
    with transaction():
        services.add_role(people.actor("secadmin"), name="园区编辑员", pairs={EDIT})


@pytest.mark.parametrize("zone", ["operator", "reviewer", "expert"])
@pytest.mark.parametrize("beside", ["park_admin", "park_clerk", "园区编辑员"])
@pytest.mark.usefixtures("_added_role")
def test_a_zone_role_is_not_given_beside_a_parks_or_an_added_one(zone, beside):
    with pytest.raises(Refusal) as refused:
        grant("user1", zone, beside)
    assert refused.value.code == "zone_and_park"
    assert refused.value.fields == {"roles": "zone_and_park"}
    assert not people.actor("user1").sees_all
    assert not people.actor("user1").can("can_edit", "EnterpriseView")


def test_each_side_alone_is_given():
    assert not zone_and_park(frozenset({Role.operator, Role.reviewer}))
    assert not zone_and_park(frozenset({Role.park_admin, Role.park_clerk, "园区编辑员"}))
    assert not zone_and_park(frozenset({Role.enterprise_user, Role.expert}))
    assert not zone_and_park(frozenset())


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("person", ["operator", "reviewer", "expert1"])
def test_who_sees_all_parks_joins_none(person):
    with pytest.raises(Refusal) as refused:
        join(person)
    assert refused.value.code == "zone_and_park"
    assert refused.value.fields == {"username": "zone_and_park"}
    assert people.actor(person).park_ids == frozenset()


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("zone", ["operator", "reviewer", "expert"])
def test_a_member_of_a_park_gets_no_zone_role(zone):
    grant("clerk1")
    with pytest.raises(Refusal, match="zone_and_park"):
        grant("clerk1", zone)
    join("user1")
    with pytest.raises(Refusal, match="zone_and_park"):
        grant("user1", zone)
    assert not people.actor("clerk1").sees_all


def test_the_page_says_why_in_both_languages(app, as_):
    with app.app_context():
        someone = user_id("park2")
    secadmin, operator = as_("secadmin"), as_("operator")
    address = f"/desk/grants/edit/{someone}"
    answer = save(secadmin, address, answers=400, roles=["park_admin", "reviewer"])
    assert "不能同时担任园区角色" in errors(answer.text)[0]
    values = form_of(operator.page("/desk/members/add"))
    with app.app_context():
        values |= {"username": "reviewer", "park_id": str(people.park("P01").id)}
    answer = operator.post("/desk/members/add", data=values)
    assert answer.status_code == 400
    assert "不能加入某个园区/基地" in errors(answer.text)[0]
    secadmin.set_cookie("lang", "en")
    answer = save(secadmin, address, answers=400, roles=["park_admin", "reviewer"])
    assert "see every park" in errors(answer.text)[0]


def check():
    return doctor.checks(strict=False)["zone and park"]()


@pytest.mark.usefixtures("context")
def test_doctor_names_the_accounts_that_are_both_already():
    assert check() == "no account is both"
    with transaction():
        parks_of = ParkMembership(
            user_id=user_id("expert1"), park_id=people.park("P01").id, role="clerk"
        )
        db.session.add(parks_of)
        clerk = queries.by_username("clerk2")
        clerk.roles = queries.roles_named(["park_clerk", "reviewer"])
    with pytest.raises(doctor.Bad, match="clerk2, expert1 hold a zone role and a park's"):
        check()
