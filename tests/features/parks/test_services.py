"""Parks, organisations and memberships: rules, versions, trail."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import uscc
from app.core.errors import Refusal, Stale
from app.engines import trail
from app.extensions import db
from app.features.parks import queries, services
from app.features.parks.models import Park
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

BODY = "91460200MA5T90001"
CODE = BODY + uscc.check_sign(BODY)


@pytest.fixture
def operator(context):
    return people.actor("operator")


def add_park(actor, code="P11", name="三亚新园区", kind="park", organisation=""):
    with transaction():
        return services.add_park(
            actor, code=code, name=name, kind=kind, organisation=organisation
        )  # fmt: skip


def change_park(actor, park, **values):
    owner = queries.owner_of(park)
    told = {
        **{name: getattr(park, name) for name in ("name", "kind", "status")},
        "organisation": owner.uscc if owner else "",
        "reason": "",
    }
    with transaction():
        return services.change_park(actor, park.id, **{**told, "version": park.version, **values})


def test_a_new_park_is_active_and_written_down(operator):
    park = add_park(operator, code=" p11 ", name=" 三亚  新园区 ")
    assert (park.code, park.name, park.status) == ("P11", "三亚 新园区", "active")
    (entry,) = trail.history("park", park.id)
    assert entry.action == "park.added"
    assert entry.changes["code"] == [None, "P11"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "11"}, "code_shape"),
        ({"code": "P-1"}, "code_shape"),
        ({"code": "园一"}, "code_shape"),
        ({"code": "P01"}, "code_taken"),
        ({"name": "鹿回头测试园区"}, "name_taken"),
        ({"name": " "}, "required"),
        ({"kind": "shop"}, "required"),
    ],
)
def test_what_a_park_may_not_be(operator, values, code):
    with pytest.raises(Refusal, match=code):
        add_park(operator, **values)


def test_suspending_needs_a_reason_that_stays_in_the_history(operator):
    park = add_park(operator)
    with pytest.raises(Refusal, match="reason_missing"):
        change_park(operator, park, status="suspended")
    park = change_park(operator, queries.by_id(park.id), status="suspended", reason="整改")
    assert park.status == "suspended"
    newest = trail.history("park", park.id)[0]
    assert newest.changes == {"status": ["active", "suspended"]}
    assert newest.details == {"reason": "整改"}


def test_a_stale_save_of_a_park_is_refused(operator):
    park = add_park(operator)
    version = park.version
    change_park(operator, park, name="甲园区")
    with pytest.raises(Stale):
        change_park(operator, park, name="乙园区", version=version)


def test_a_park_in_use_is_never_deleted(operator):
    made.add("B01", 901)
    with pytest.raises(Refusal, match="park_in_use"), transaction():
        services.delete_park(operator, people.park("B01").id)
    assert queries.by_code("B01").name == "崖州测试基地"


def test_an_unused_park_is_deleted(operator):
    park = add_park(operator)
    with transaction():
        services.delete_park(operator, park.id)
    assert db.session.scalar(sa.select(Park.id).where(Park.code == "P11")) is None
    assert trail.history("park", park.id)[0].action == "park.deleted"


def test_organisations_are_one_per_code(operator):
    with transaction():
        found = services.add_organisation(operator, uscc=CODE.lower(), name="三亚甲有限公司")
    assert found.uscc == CODE
    for text, code in ((CODE, "organisation_taken"), (CODE[:-1] + "0", "bad_code")):
        with pytest.raises(Refusal, match=code), transaction():
            services.add_organisation(operator, uscc=text, name="三亚乙有限公司")
    with transaction():
        same = services.change_organisation(
            operator, found.id, uscc=CODE, name="三亚丙有限公司", version=found.version
        )
    assert same.name == "三亚丙有限公司"
    with pytest.raises(Stale), transaction():
        services.change_organisation(operator, found.id, uscc=CODE, name="晚", version=1)


def test_an_organisation_behind_a_park_is_not_deleted(operator):
    with transaction():
        found = services.add_organisation(operator, uscc=CODE, name="三亚甲有限公司")
        db.session.get(Park, people.park("P01").id).organisation_id = found.id
    with pytest.raises(Refusal, match="organisation_in_use"), transaction():
        services.delete_organisation(operator, found.id)


def test_a_park_is_linked_with_who_runs_it(operator):
    with transaction():
        owner = services.add_organisation(operator, uscc=CODE, name="三亚甲有限公司")
    park = add_park(operator, organisation=f" {CODE.lower()} ")
    assert queries.owner_of(park).id == owner.id
    assert [one.code for one in queries.parks_run_by(owner.id)] == ["P11"]
    assert trail.history("park", park.id)[0].changes["organisation_id"] == [None, CODE]
    with pytest.raises(Refusal) as refused:
        change_park(operator, park, organisation="91460200MA5T90009X")
    assert refused.value.fields == {"organisation": "unknown_organisation"}
    assert queries.owner_of(park).id == owner.id
    park = change_park(operator, queries.by_id(park.id), organisation="")
    assert queries.owner_of(park) is None
    assert trail.history("park", park.id)[0].changes == {"organisation_id": [CODE, None]}


def join(actor, username, park="P01", role="clerk"):
    with transaction():
        return services.add_member(
            actor, username=username, park_id=people.park(park).id, role=role
        )


def test_a_member_sees_the_park_from_then_on_and_not_afterwards(operator):
    found = join(operator, "user1")
    assert people.actor("user1").park_ids == {people.park("P01").id}
    with transaction():
        services.change_member(operator, found.id, role="admin", version=found.version)
        services.remove_member(operator, found.id, reason="离职")
    assert people.actor("user1").park_ids == frozenset()
    acts = [entry.action for entry in trail.history("park_membership", found.id)]
    assert acts == ["membership.removed", "membership.changed", "membership.added"]


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("nobody", "unknown_person"),
        ("park1", "member_already"),
        ("sysadmin", "system_person"),
        ("auditor", "system_person"),
    ],
)
def test_who_may_not_join(operator, username, code):
    with pytest.raises(Refusal, match=code):
        join(operator, username)


def test_a_membership_changed_meanwhile_is_stale(operator):
    found = join(operator, "user1")
    version = found.version
    with transaction():
        services.change_member(operator, found.id, role="owner", version=version)
    with pytest.raises(Stale), transaction():
        services.change_member(operator, found.id, role="admin", version=version)
