"""A masked value is shown for a purpose only: asked by the page, demanded by the server, kept an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.core import clock, scope
from app.core.errors import Refusal
from app.engines import trail
from app.features.enterprises import services
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

PHONE = "13800138000"


@pytest.fixture
def firms(context):
    return [made.add("P01", n, email="chen@example.com").id for n in (1, 2)]


def address(pk, name="contact_phone"):
    return f"/desk/enterprises/reveal/{pk}/{name}"


def looks(app, pk):
    with app.app_context(), scope.unscoped():
        return trail.history("enterprise", pk, only=trail.LOOKS)


@pytest.mark.parametrize("purpose", [None, "", "  ", "x"])
@pytest.mark.parametrize("who", ["clerk1", "park1", "operator"])
def test_without_a_purpose_the_server_shows_nothing(app, as_, firms, who, purpose):
    data = {} if purpose is None else {"purpose": purpose}
    answer = as_(who).post(address(firms[0]), data=data)
    assert answer.status_code == 400
    assert PHONE not in answer.text
    assert "请写明用途" in answer.text
    assert 'aria-invalid="true"' in answer.text.partition('id="purpose-contact_phone"')[2][:400]
    assert looks(app, firms[0]) == []


def test_the_service_refuses_as_well(context, firms):
    clerk = people.actor("clerk1")
    with scope.acting_as(clerk), pytest.raises(Refusal) as refused, transaction():
        services.reveal(clerk, firms[0], "contact_phone", purpose=" ")
    assert refused.value.code == "reveal_reason_missing"


def test_the_page_asks_by_a_form_of_its_own(as_, firms):
    page = as_("clerk1").page(f"/desk/enterprises/show/{firms[0]}")
    assert f'action="{address(firms[0])}"' in page
    assert f'formaction="{address(firms[0])}"' not in page
    assert '<option value="核对资料">' in page


def test_the_purpose_stands_in_the_auditors_log_and_in_the_records_looks(app, as_, firms):
    as_("clerk1").post(address(firms[0]), data={"purpose": " 上门  走访 "})
    assert looks(app, firms[0])[0].details == {"field": "contact_phone", "purpose": "上门 走访"}
    row = as_("auditor").page("/desk/audit/personal/list/")
    assert "上门 走访" in row
    assert "上门 走访" in as_("park1").page(f"/desk/enterprises/show/{firms[0]}?tab=history")


def test_one_purpose_holds_for_the_page_and_for_no_other_one(app, as_, firms):
    browser = as_("operator")
    assert PHONE in browser.post(address(firms[0]), data={"purpose": "年度核对"}).text
    assert f'formaction="{address(firms[0], "email")}"' in browser.page(
        f"/desk/enterprises/show/{firms[0]}"
    )
    assert "chen@example.com" in browser.post(address(firms[0], "email")).text
    assert [one.details["purpose"] for one in looks(app, firms[0])] == ["年度核对", "年度核对"]
    assert browser.post(address(firms[1])).status_code == 400


def test_after_an_hour_it_is_asked_again(as_, firms):
    browser = as_("operator")
    browser.post(address(firms[0]), data={"purpose": "年度核对"})
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        assert browser.post(address(firms[0])).status_code == 200
    with time_machine.travel(start + timedelta(minutes=45), tick=False):
        assert browser.post(address(firms[0])).status_code == 200
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        assert browser.post(address(firms[0])).status_code == 400


def test_in_ones_own_park_the_last_purpose_stands_ready_in_the_zone_it_does_not(as_, firms):
    for who, ready in (("clerk1", True), ("park1", True), ("operator", False)):
        browser = as_(who)
        browser.post(address(firms[0]), data={"purpose": "年度核对"})
        page = browser.page(f"/desk/enterprises/show/{firms[1]}")
        assert ('value="年度核对"' in page) is ready, who


def test_another_session_has_its_own(as_, firms):
    as_("operator").post(address(firms[0]), data={"purpose": "年度核对"})
    assert as_("operator").post(address(firms[0])).status_code == 400


def test_a_phrase_chosen_in_english_is_kept_in_chinese(app, as_, firms):
    browser = as_("operator")
    browser.post("/preferences", data={"lang": "en"})
    assert '<option value="Check the records">' in browser.page(
        f"/desk/enterprises/show/{firms[0]}"
    )
    browser.post(address(firms[0]), data={"purpose": "Check the records"})
    assert looks(app, firms[0])[0].details["purpose"] == "核对资料"


def test_somebody_elses_park_is_404_with_a_purpose_or_without(as_, firms):
    for data in ({}, {"purpose": "年度核对"}):
        assert as_("clerk2").post(address(firms[0]), data=data).status_code == 404
