"""A park that the zone has suspended: its people look, and change nothing until it is resumed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines import notices, review
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.parks.models import Park
from app.features.settlements.models import SettlementApplication, State
from app.transaction import transaction
from tests.features.parks.profiles import decide, propose
from tests.support import people, settlements

BANNER = "已暂停，恢复运行前只能查看"
LOOKED_AT = (
    *("/desk/", "/desk/enterprises/list/", "/desk/news/list/", "/desk/settlements/list/"),
    *("/desk/park-info/", "/desk/park-figures/list/", "/desk/people/", "/desk/reviews/list/"),
)
CHANGED_BY = (
    *("/desk/enterprises/add", "/desk/enterprises/imports/new", "/desk/news/add"),
    "/desk/park-figures/add",
)


def put(app, status, code="P01"):
    with app.app_context(), scope.unscoped(), transaction():
        db.session.execute(sa.update(Park).where(Park.code == code).values(status=status))


def told(username):
    """Kind and words of the newest message."""
    user_id = people.actor(username).user_id
    query = sa.select(InboxMessage).where(InboxMessage.user_id == user_id)
    found = db.session.scalars(query.order_by(InboxMessage.id.desc())).first()
    return found.kind, notices.said(found)[1]


@pytest.fixture
def application(app):
    with app.app_context():
        return settlements.made("P01").id


def test_its_people_look_and_are_told_why_nothing_else(app, as_, application):
    person = as_("park1")
    assert BANNER not in person.page("/desk/")
    put(app, "suspended")
    for address in LOOKED_AT:
        assert BANNER in person.page(address), address
    assert "新增企业" not in person.page("/desk/enterprises/list/")
    for address in CHANGED_BY:
        assert person.get(address).status_code == 403, address
    follow = f"/desk/settlements/follow/{application}"
    assert person.post(follow, data={"text": "电话"}).status_code == 403
    with app.app_context(), scope.unscoped():
        assert db.session.get(SettlementApplication, application).state == State.new
    put(app, "active")
    assert BANNER not in person.page("/desk/")
    for address in CHANGED_BY:
        assert person.get(address).status_code == 200, address


def test_another_park_of_the_person_and_the_zone_go_on(app, as_):
    put(app, "suspended")
    both = as_("both")  # acts for P01 first
    assert both.get("/desk/enterprises/add").status_code == 403
    with app.app_context(), scope.unscoped():
        other = db.session.scalar(sa.select(Park.id).where(Park.code == "P02"))
    both.post("/switch-park", data={"park_id": str(other)})
    assert both.get("/desk/enterprises/add").status_code == 200
    assert as_("operator").get("/desk/enterprises/add").status_code in (200, 302, 303)
    assert as_("clerk2").get("/desk/enterprises/add").status_code == 200


def test_the_zone_suspends_and_resumes_a_park_with_a_profile_by_its_form(app, as_, client):
    """Its name, type and operator are locked then: a browser does not send them."""
    with app.app_context():
        decide(review.approve, propose("park1"))
    with app.app_context(), scope.unscoped():
        pk = db.session.scalar(sa.select(Park.id).where(Park.code == "P01"))
    zone = as_("operator")
    assert client.get("/parks/nanwan").status_code == 200
    for status, reason, public in (("suspended", "整改", 404), ("active", "已整改", 200)):
        with app.app_context(), scope.unscoped():
            version = db.session.scalar(sa.select(Park.version).where(Park.id == pk))
        form = {"status": status, "reason": reason, "version": str(version)}
        assert zone.post(f"/desk/parks/edit/{pk}", data=form).status_code == 303
        assert client.get("/parks/nanwan").status_code == public
        with app.app_context():
            kind, words = told("park1")
        assert (kind, reason in words) == (f"park.{'resumed' if public == 200 else status}", True)
        desk, info = as_("park1").page("/desk/"), as_("park1").page("/desk/park-info/")
        assert ("原因：整改" in desk) is (public == 404)
        assert ("恢复运行前不对外显示" in desk) is (public == 404)
        assert ('class="notice success"' in info) is (public == 200)
    past = zone.page(f"/desk/parks/show/{pk}?tab=history")
    assert "信息维护审核通过" in past
    assert "南湾片区数贸路 9 号" in past  # what the approval changed
    assert f"/desk/parks/delete/{pk}" not in past  # it has people
