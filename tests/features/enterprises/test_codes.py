"""人工核验: a real code that fails the check sign is accepted once, upon evidence, then passes."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from app.core import scope
from app.core.errors import Refusal
from app.engines import files, trail
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import AcceptedCode
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

ODD = "91350211M0000XUF46"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BASE = "/desk/enterprises/codes"


def form(**changes):
    values = {
        "uscc": ODD.lower(),
        "name": "三亚特例有限公司",
        "evidence": "登记机关电话核实",
        "file": (io.BytesIO(PDF), "执照.pdf"),
        "confirmed": "y",
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def accept(browser, **changes):
    return browser.post(f"{BASE}/add", data=form(**changes), content_type="multipart/form-data")


def revoke(browser, shown: str) -> None:
    address = shown.replace("/show/", "/revoke/")
    assert browser.post(address, data={"reason": "执照已更正"}).status_code == 303


def entering(app) -> dict[str, str]:
    """What an enterprise with this code is refused for; nothing when it was entered."""
    with app.app_context(), scope.unscoped():
        try:
            made.add("P01", 77, uscc=ODD)
        except Refusal as refusal:
            return refusal.fields
        return {}


def test_an_accepted_code_passes_and_the_trail_says_upon_what(app, as_):
    assert entering(app) == {"uscc": "bad_code"}
    browser = as_("operator")
    answer = accept(browser)
    assert answer.status_code == 303
    page = browser.page(answer.location)
    for words in (ODD, "三亚特例有限公司", "登记机关电话核实", "测operator", "有效"):
        assert words in page
    assert entering(app) == {}
    with app.app_context():
        (entry,) = trail.history("accepted_code", answer.location.rsplit("/", 1)[1])
    assert entry.details["evidence"] == "登记机关电话核实"
    assert len(entry.details["file"]) == 64  # the digest of what was seen
    assert ODD in browser.page(f"{BASE}/list/?state=valid")
    assert "人工核验通过的代码" in browser.page("/desk/")


def test_an_accepted_code_passes_in_an_import(app, tmp_path):
    with app.app_context():
        with made.acting("operator") as actor, transaction():
            services.accept_code(actor, ODD, evidence="核实")
        import_id = made.planned("park1", "P01", made.csv_bytes([made.row(1, uscc=ODD)]), tmp_path)
        with scope.unscoped():
            assert made.counts(import_id) == {"new": 1, "changed": 0, "unchanged": 0, "error": 0}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"confirmed": None}, "请确认已核对证明材料"),
        ({"file": None}, "请选择证明材料"),
        ({"evidence": " "}, "请写明核验依据"),
        ({"name": ""}, "必填"),
        ({"uscc": "91A50211M0000XUF46"}, "只有末位校验不符的 18 位代码需要人工核验"),
        ({"file": (io.BytesIO(b"MZ\x90\x00" * 50), "执照.pdf")}, "不支持的文件类型"),
    ],
)
def test_without_confirmation_evidence_or_need_nothing_is_accepted(app, as_, changes, words):
    answer = accept(as_("operator"), **changes)
    assert answer.status_code == 400
    assert words in answer.text
    with app.app_context():
        assert queries.accepted_codes() == frozenset()


def test_a_code_is_accepted_once(as_):
    assert accept(as_("operator")).status_code == 303
    again = accept(as_("operator2"))
    assert again.status_code == 400
    assert "该代码已人工核验通过" in again.text


def test_a_revoked_code_fails_again_and_may_be_accepted_again(app, as_):
    browser = as_("operator")
    shown = accept(browser).location
    address = shown.replace("/show/", "/revoke/")
    assert ODD in browser.page(address)
    assert browser.post(address, data={"reason": " "}).status_code == 400
    assert browser.post(address, data={"reason": "执照已更正"}).status_code == 303
    assert entering(app) == {"uscc": "bad_code"}
    page = browser.page(shown)
    assert "执照已更正" in page
    assert address not in page
    assert "核验已被撤销" in browser.post(address, data={"reason": "再次"}).text
    assert ODD in browser.page(f"{BASE}/list/?state=revoked")
    assert accept(browser).location == shown
    assert entering(app) == {}
    history = browser.page(f"{shown}?tab=history")
    assert history.count("人工核验通过") == 2
    assert "执照已更正" in history


def test_only_the_operator_reads_the_evidence(app, as_):
    page = as_("operator").page(accept(as_("operator")).location)
    address = "/files/" + page.partition("/files/")[2][:32]
    assert as_("operator2").get(address).data == PDF
    for other in ("park1", "reviewer", "sysadmin"):
        assert as_(other).get(address).status_code == 404
        assert as_(other).get(f"{BASE}/list/").status_code == 403


def test_two_operators_at_once_keep_one_row(app):
    with app.app_context(), scope.unscoped():
        actor = people.actor("operator")
        with transaction():
            first = services.accept_code(actor, ODD, evidence="一")
            with pytest.raises(Refusal, match="code_accepted_already"):
                services.accept_code(actor, ODD, evidence="二")
        assert first.evidence == "一"


def test_a_record_with_a_revoked_code_can_still_be_edited_and_imported(app, as_, tmp_path):
    operator = as_("operator")
    shown = accept(operator).location
    assert entering(app) == {}
    revoke(operator, shown)
    (carrier,) = made.alive(app)
    item = carrier.id
    with app.app_context(), made.acting("park1") as actor, transaction():
        record = queries.get(item)
        services.change(actor, item, {"remark": "新备注"}, version=record.version, year=made.YEAR)
    with app.app_context():
        again = made.row(77, uscc=ODD, remark="表里改的")
        import_id = made.planned("clerk1", "P01", made.csv_bytes([again]), tmp_path)
        with scope.unscoped():
            assert made.counts(import_id)["changed"] == 1


def test_a_code_revoked_after_the_check_is_not_written(app, as_, tmp_path):
    operator = as_("operator")
    shown = accept(operator).location
    with app.app_context():
        content = made.csv_bytes([made.row(1, uscc=ODD)])
        import_id = made.planned("clerk1", "P01", content, tmp_path)
        with scope.unscoped():
            assert made.counts(import_id)["new"] == 1
    revoke(operator, shown)
    with app.app_context():
        assert made.applied("clerk1", import_id).conflicts == 1
        with scope.unscoped():
            row = queries.plan_row(import_id, 2)
        assert (row.kind, row.errors[0]["code"]) == ("error", "uscc_check")
    assert made.alive(app) == []


def test_the_scan_of_an_earlier_acceptance_goes(app, as_):
    operator = as_("operator")
    shown = accept(operator).location
    with app.app_context(), scope.unscoped():
        first = db.session.scalar(sa.select(AcceptedCode.file_key))
    revoke(operator, shown)
    accept(operator)
    with app.app_context(), scope.unscoped():
        second = db.session.scalar(sa.select(AcceptedCode.file_key))
        assert (files.is_kept(first), files.is_kept(second)) == (False, True)
