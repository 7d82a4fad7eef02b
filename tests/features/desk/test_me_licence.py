"""Certification by licence: uploaded by a person, examined by staff, read by nobody else."""

from __future__ import annotations

import io
import re

import pytest

from app.core import clock, scope
from app.engines import trail
from app.features.enterprises import services as enterprises
from app.features.parks import queries
from app.transaction import transaction
from tests.features.enterprises.test_codes import ODD
from tests.features.parks.certified import code, user_id
from tests.support import people

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DESK = "/desk/certifications"


def upload(browser, **changes):
    values = {
        "name": "三亚执照有限公司",
        "uscc": code(),
        "legal_representative": "赵执照",
        "registered_address": "三亚市二号",
        "file": (io.BytesIO(PDF), "执照.pdf"),
        **changes,
    }
    told = {name: value for name, value in values.items() if value is not None}
    return browser.post("/me/licence/", data=told, content_type="multipart/form-data")


def claim_of(app, username: str) -> int:
    with app.app_context():
        return queries.claims_of(user_id(username))[0].id


@pytest.mark.parametrize("examiner", ["reviewer", "operator"])
def test_from_the_upload_to_a_certified_company(app, as_, examiner):
    person, staff = as_("user1"), as_(examiner)
    assert "上传营业执照认证" in person.page("/me/")
    assert upload(person).location == "/me/#company"
    assert "待审核" in person.page("/me/")
    pk = claim_of(app, "user1")
    assert "三亚执照有限公司" in staff.page(f"{DESK}/list/?state=pending")
    assert "待审核的企业认证" in staff.page("/desk/")
    page = staff.page(f"{DESK}/show/{pk}")
    for words in ("赵执照", code(), "测user1", "下载营业执照"):
        assert words in page
    file = re.search(r'href="(/files/[0-9a-f]{32})"', page)[1]
    assert staff.get(file).get_data() == PDF
    assert person.get(file).status_code == 200
    assert as_("park1").get(file).status_code == 404
    assert staff.get(f"{DESK}/pass/{pk}").status_code == 405
    assert staff.post(f"{DESK}/pass/{pk}").status_code == 303
    assert "人工核验（" in person.page("/me/")
    assert staff.post(f"{DESK}/pass/{pk}").status_code == 303
    assert "该申请已审核过" in staff.page(f"{DESK}/show/{pk}")


def test_a_refusal_tells_the_person_why(app, as_):
    person, staff = as_("user1"), as_("reviewer")
    upload(person)
    pk = claim_of(app, "user1")
    assert "不予通过" in staff.page(f"{DESK}/refuse/{pk}")
    assert staff.post(f"{DESK}/refuse/{pk}", data={"reason": ""}).status_code == 400
    assert staff.post(f"{DESK}/refuse/{pk}", data={"reason": "照片不清"}).status_code == 303
    assert "照片不清" in person.page("/me/")
    assert "照片不清" in staff.page(f"{DESK}/show/{pk}")
    assert "尚未认证" in person.page("/me/")
    assert staff.post(f"{DESK}/refuse/{pk}", data={"reason": "再次"}).status_code == 400
    assert upload(person).status_code == 303  # another try


def test_one_claim_at_a_time(as_):
    person = as_("user1")
    upload(person)
    again = upload(person)
    assert again.status_code == 400
    assert "正在审核" in again.text
    assert "上传营业执照认证" not in person.page("/me/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"uscc": "91460200MA5T70001A"}, "校验不符"),
        ({"name": ""}, "必填"),
        ({"file": None}, "请选择营业执照的扫描件"),
        ({"file": (io.BytesIO(b"<html></html>"), "x.pdf")}, ".pdf"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(as_, changes, words):
    refused = upload(as_("user1"), **changes)
    assert refused.status_code == 400
    assert words in refused.text
    assert 'value="赵执照"' in refused.text


@pytest.mark.parametrize("username", ["park1", "user1", "auditor", "expert1"])
def test_others_examine_nothing(app, as_, username):
    upload(as_("user1"))
    pk = claim_of(app, "user1")
    browser = as_(username)
    for address in (f"{DESK}/list/", f"{DESK}/show/{pk}", f"{DESK}/refuse/{pk}"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{DESK}/pass/{pk}").status_code == 403


def test_an_open_claim_is_withdrawn_with_its_scan_and_another_may_follow(app, as_):
    person, staff = as_("user1"), as_("reviewer")
    upload(person)
    pk = claim_of(app, "user1")
    file = re.search(r'href="(/files/[0-9a-f]{32})"', staff.page(f"{DESK}/show/{pk}"))[1]
    assert "撤回申请" in person.page("/me/")
    as_("park1").post("/me/licence/withdraw")  # somebody else's stays
    with app.app_context():
        assert queries.claims_of(user_id("user1"))[0].state == "pending"
    assert person.post("/me/licence/withdraw").location == "/me/#company"
    page = person.page("/me/")
    assert "已撤回" in page
    assert "/me/licence/withdraw" not in page
    assert staff.get(file).status_code == 404
    assert "已撤回" in staff.page(f"{DESK}/list/?state=withdrawn")
    assert "通过" not in re.findall(r"<button[^>]*>([^<]*)", staff.page(f"{DESK}/show/{pk}"))
    staff.post(f"{DESK}/pass/{pk}")
    assert "申请人已撤回" in staff.page(f"{DESK}/show/{pk}")
    with app.app_context():
        claim = queries.claims_of(user_id("user1"))[0]
        assert (claim.state, claim.decided_by) == ("withdrawn", user_id("user1"))
        assert trail.history("licence_claim", pk)[0].action == "licence.withdrawn"
        assert queries.link_of(user_id("user1")) is None
    assert upload(person).status_code == 303
    assert "待审核" in person.page("/me/")


def test_a_decided_claim_is_not_withdrawn(app, as_):
    person, staff = as_("user1"), as_("reviewer")
    upload(person)
    staff.post(f"{DESK}/pass/{claim_of(app, 'user1')}")
    person.post("/me/licence/withdraw")
    assert "没有待审核的申请" in person.page("/me/")
    with app.app_context():
        assert queries.claims_of(user_id("user1"))[0].state == "passed"


def test_a_code_accepted_by_hand_passes_here_too_until_it_is_revoked(app, as_):
    person, staff = as_("user1"), as_("reviewer")
    assert "校验不符" in upload(person, uscc=ODD).text
    with app.app_context(), scope.unscoped(), transaction():
        row = enterprises.accept_code(people.actor("operator"), ODD, evidence="核实")
        accepted = row.id
    assert upload(person, uscc=ODD).status_code == 303
    with app.app_context(), scope.unscoped(), transaction():
        enterprises.revoke_code(people.actor("operator"), accepted, reason="有误", now=clock.now())
    pk = claim_of(app, "user1")
    staff.post(f"{DESK}/pass/{pk}")
    assert "校验不符" in staff.page(f"{DESK}/show/{pk}")
    with app.app_context(), scope.unscoped(), transaction():
        enterprises.accept_code(people.actor("operator"), ODD, evidence="再次核实")
    staff.post(f"{DESK}/pass/{pk}")
    assert ODD in person.page("/me/")
    assert "校验不符" in upload(as_("park1"), uscc=ODD[:-1] + "!").text


def test_a_licence_that_changes_the_company_is_told_to_its_other_account(app, as_):
    first, second, staff = as_("user1"), as_("park1"), as_("reviewer")
    for person, name, username in (
        (first, "三亚执照有限公司", "user1"),
        (second, "三亚改名有限公司", "park1"),
    ):
        upload(person, name=name)
        staff.post(f"{DESK}/pass/{claim_of(app, username)}")
    page = first.page("/me/messages/")
    assert "“三亚改名有限公司”的认证信息已更新：企业名称。" in page
