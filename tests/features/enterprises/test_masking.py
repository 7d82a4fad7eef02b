"""Phone, e-mail and the like: masked wherever they appear, for whoever has no right to them."""

from __future__ import annotations

import pytest
from flask import url_for

from app.core import scope
from app.engines import trail
from app.features.parks import services as park_services
from app.transaction import transaction
from tests.features.parks.certified import certify
from tests.support import enterprises as made
from tests.support import people
from tests.support import world as worlds
from tests.support.routes import declared

PHONE, EMAIL, NAME, CARD = "13800138000", "chen@example.com", "陈海燕", "460200199001011234"
#: Where somebody checks what they uploaded themselves just before.
OWN_FILE = {"EnterpriseImportView.show"}


@pytest.fixture
def world(context, tmp_path):
    made.add("P01", 899, name="三亚海风跨境电商有限公司", email=EMAIL)
    found = worlds.make(tmp_path)
    with made.acting(worlds.OWNER) as actor, transaction():
        firm = found.things["EnterpriseView:pk"]
        entry = trail.Ref("enterprise", firm, label="测试", park_id=people.park("P01").id)
        told = {"reason": f"电话{PHONE}，{EMAIL}，证件{CARD}"}
        trail.record(actor, "enterprise.deleted", entry, details=told)
        found.things["AuditView:pk"] = trail.history("enterprise", firm)[0].id
    return found


def pages(app, world, who):
    """Every address that shows them something, once plainly and once with its history."""
    for route in declared(app):
        if "GET" not in route.methods or route.public or not route.open_to(people.PEOPLE[who][0]):
            continue
        try:
            values = world.arguments(route)
        except KeyError:
            values = dict.fromkeys(route.arguments, 1)
        with app.test_request_context():
            address = url_for(route.endpoint, **values)
        yield route.endpoint, address
        if route.endpoint.endswith(".show"):
            yield route.endpoint, f"{address}?tab=history"


@pytest.mark.one_database("it reads pages")
def test_no_page_shows_them_to_who_has_no_right(app, as_, world):
    for who in ("reviewer", "expert1", "user1", "sysadmin", "secadmin", "auditor"):
        _nothing_of_them(app, as_(who), world, who)


def _nothing_of_them(app, browser, world, who):
    seen = 0
    for _endpoint, address in pages(app, world, who):
        answer = browser.get(address)
        seen += answer.status_code == 200
        told = answer.data.decode(errors="replace")  # a page, or a file
        for secret in (PHONE, EMAIL, CARD):
            assert secret not in told, (who, address, secret)
        if who != "auditor":  # a typed reason is his to read, without the numbers in it
            assert NAME not in told, (who, address)
    assert seen > 4


@pytest.mark.one_database("it reads pages")
def test_even_with_the_right_pages_show_the_number_on_request_only(app, as_, world):
    for who in ("park1", "clerk1", "operator"):
        browser = as_(who)
        for endpoint, address in pages(app, world, who):
            if endpoint in OWN_FILE or endpoint == "FileView.download":
                continue
            data = browser.get(address).data
            for secret in (PHONE, EMAIL, CARD):
                assert secret.encode() not in data, (who, address, secret)


def test_the_history_of_a_company_hides_its_contact(app, as_):
    with app.app_context(), scope.unscoped():
        certify("user1")
        user1 = people.actor("user1")
        with transaction():
            found = park_services.certification.own_organisation(user1)
            pk, version = found.id, found.version
        with transaction():
            park_services.change_company(
                user1, contact_name=NAME, contact_phone=PHONE, credit_level="", version=version
            )
    page = as_("operator").page(f"/desk/organisations/show/{pk}?tab=history")
    assert "***" in page
    assert PHONE not in page
    assert NAME not in page


def test_the_trails_file_hides_what_somebody_typed(as_, world):
    text = as_("auditor").post("/desk/audit/export").text
    assert "138****8000" in text
    for secret in (PHONE, EMAIL, CARD):
        assert secret not in text


def test_an_export_without_the_right_has_no_personal_columns(app, as_, world):
    drop_right(app, "park_clerk")
    text = as_("clerk1").post("/desk/enterprises/export", data={"format": "csv"}).text
    assert "三亚海风" in text
    for secret in (PHONE, EMAIL, NAME, "138****"):
        assert secret not in text


def test_error_workbooks_and_files_of_jobs_are_refused_without_the_right(app, as_, world):
    errors = f"/desk/enterprises/imports/{world.things['EnterpriseImportView:import_id']}/errors"
    file = f"/files/{world.things['FileView:key']}"
    assert as_("clerk1").post(errors).status_code == 200
    drop_right(app, "park_clerk")
    assert as_("clerk1").post(errors).status_code == 403
    assert as_("clerk1").get(file).status_code == 404


def drop_right(app, role):
    from flask_appbuilder.security.sqla.models import Role

    from app.extensions import db

    with app.app_context(), scope.unscoped(), transaction():
        found = db.session.query(Role).filter_by(name=role).one()
        found.permissions = [
            one for one in found.permissions if one.permission.name != "can_personal"
        ]
