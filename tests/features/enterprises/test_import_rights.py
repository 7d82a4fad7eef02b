"""Imports and the personal columns: what leaves the house, who may see it, and what is written down."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.actor import SYSTEM
from app.engines import files, jobs
from app.engines.trail import AuditEntry
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.services import plan
from app.transaction import transaction
from tests.features.enterprises.test_import_pages import PREFILLED, upload
from tests.support import enterprises as made
from tests.support import people


@pytest.fixture
def without_personal(monkeypatch):
    """A clerk whose role lacks the right to personal columns."""
    real = policy.allowed
    monkeypatch.setattr(
        policy,
        "allowed",
        lambda actor, action, view=policy.VIEW: (
            action != "can_personal" and real(actor, action, view)
        ),
    )


def _headings(content: bytes) -> set[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}


def _entry(app, action):
    with app.app_context(), scope.unscoped():
        query = sa.select(AuditEntry).where(AuditEntry.action == action)
        return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).first()


def test_a_prefilled_template_is_written_into_the_trail(app, as_, two_parks):
    content = as_("clerk1").post(PREFILLED).data
    assert "13800138000" in _headings(content)
    entry = _entry(app, "enterprises.prefilled")
    assert (entry.details["count"], entry.actor_name) == (1, "测clerk1")
    assert "contact_phone" in entry.details["personal"]


@pytest.mark.usefixtures("without_personal")
def test_a_prefilled_template_has_personal_columns_only_with_the_right(app, as_, two_parks):
    found = _headings(as_("clerk1").post(PREFILLED).data)
    assert "三亚海风跨境电商有限公司" in found
    assert "13800138000" not in found
    assert _entry(app, "enterprises.prefilled").details["personal"] == []


def test_a_prefilled_template_is_no_link(as_, two_parks):
    assert as_("clerk1").get(PREFILLED).status_code == 405
    empty = as_("clerk1").get("/desk/enterprises/imports/template?prefill=1").data
    assert "13800138000" not in _headings(empty)


@pytest.mark.usefixtures("without_personal")
def test_a_wrong_phone_is_hidden_from_those_who_may_not_see_phones(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5, contact_phone="1380013800077")]))
    plan = browser.page(f"{answer.location}?kind=error")
    assert "1380013800077" not in plan
    assert "11 位手机号" in plan
    assert browser.post(f"{answer.location}/errors").status_code == 403


def test_an_uploaded_file_is_read_only_with_all_its_rights(app, as_, two_parks, monkeypatch):
    upload(as_("clerk1"), made.csv_bytes([made.row(5)]))
    with app.app_context(), scope.unscoped():
        key = db.session.scalar(sa.select(EnterpriseImport.file_key))
        file = files.by_key(str(key))
        readers = ("clerk1", "park1", "clerk2", "operator", "reviewer", "user1")
        may = {one: files.may_read(people.actor(one), file) for one in readers}
        assert [one for one in readers if may[one]] == ["clerk1", "park1", "operator"]
        monkeypatch.setattr(policy, "personal", lambda _actor: False)
        assert not files.may_read(people.actor("clerk1"), file)


@pytest.mark.parametrize("kind", ["export", "export_personal"])
def test_an_export_is_its_makers_as_long_as_they_may_export(app, monkeypatch, kind):
    with app.app_context(), scope.unscoped():
        maker = people.actor("clerk1")
        file = files.StoredFile(
            key="e" * 32, name="a.xlsx", kind=kind, park_id=people.park("P01").id
        )
        file.created_by = maker.user_id
        assert files.may_read(maker, file)
        assert not files.may_read(people.actor("park1"), file)
        file.park_id = people.park("P02").id  # as if the maker had left the park
        assert not files.may_read(maker, file)
        file.park_id = None  # of all parks: for those who still see all
        assert not files.may_read(maker, file)
        file.park_id = people.park("P01").id
        real = policy.allowed
        monkeypatch.setattr(
            policy, "allowed", lambda actor, act, _view="": act != "can_export" and real(actor, act)
        )
        assert not files.may_read(maker, file)


def test_the_credit_code_is_never_mended_in_several_rows_at_once(app, as_, two_parks):
    browser = as_("clerk1")
    bad = "91460200MA5T0XXXX"
    rows = [made.row(5, uscc=bad), made.row(6, uscc=bad), made.row(7, customs_modes="9710出口")]
    answer = upload(browser, made.csv_bytes([*rows, made.row(8, customs_modes="9710出口")]))
    page = browser.page(f"{answer.location}?kind=error")
    assert page.count('name="same"') == 2  # the modes, not the codes
    code = made.row(5)["uscc"]
    data = {"number": "2", "column": "uscc", "value": code, "same": "1"}
    browser.post(f"{answer.location}/fix", data=data)
    import_id = int(answer.location.rsplit("/", 1)[1])
    with app.app_context(), scope.unscoped():
        assert queries.plan_row(import_id, 2).kind == "new"
        assert queries.plan_row(import_id, 3).kind == "error"


def test_the_plan_shows_the_registers_old_phone_as_the_register_does(app, as_, two_parks):
    browser = as_("clerk1")
    row = made.row(1, contact_phone="13900139000", email="new@example.com")
    page = browser.page(upload(browser, made.csv_bytes([row])).location)
    assert "<del>138****8000</del>" in page
    assert "13900139000" in page
    assert "13800138000" not in page


@pytest.mark.usefixtures("without_personal")
def test_without_the_right_a_contacts_name_is_hidden_in_plan_and_form(app, as_, two_parks):
    browser = as_("clerk1")
    row = made.row(1, contact_name="王小明")
    page = browser.page(upload(browser, made.csv_bytes([row])).location)
    assert "王**" in page
    assert "陈**" in page
    assert "王小明" not in page
    assert "陈海燕" not in page
    form = browser.page(f"/desk/enterprises/edit/{two_parks[0]}")
    assert 'value="陈**"' in form
    assert "陈海燕" not in form


@pytest.mark.usefixtures("without_personal")
def test_a_hidden_contact_left_alone_stays_as_it_is(app, as_, two_parks):
    browser = as_("clerk1")
    address = f"/desk/enterprises/edit/{two_parks[0]}"
    data = {
        **made.row(1, name="改了名的公司", contact_name="陈**", contact_phone="138****8000"),
        "version": "1",
    }
    assert browser.post(address, data=data).status_code == 303
    (item,) = made.alive(app)
    assert (item.name, item.contact_name) == ("改了名的公司", "陈海燕")
    refused = browser.post(
        address, data={**data, "version": str(item.version), "contact_name": "李**"}
    )
    assert refused.status_code == 400
    assert "脱敏显示，不能写回" in refused.text


def _file_of(app, answer):
    """The uploaded file's row of the import at this address."""
    with app.app_context(), scope.unscoped():
        found = db.session.get(EnterpriseImport, int(answer.location.rsplit("/", 1)[1]))
        query = sa.select(files.StoredFile).where(files.StoredFile.key == found.file_key)
        file = db.session.scalar(query)
        return None if file is None else file.expires_at


def test_an_uploaded_file_stays_as_long_as_it_can_be_undone_and_no_longer(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5)]))
    waiting = _file_of(app, answer)
    assert waiting - clock.now() > timedelta(days=29)
    made.confirm(browser, answer.location)
    assert waiting < _file_of(app, answer) <= clock.now() + policy.UNDO_FOR


@pytest.mark.parametrize("end", ["refused", "discarded"])
def test_a_file_that_came_to_nothing_goes_with_the_next_sweep(app, as_, two_parks, end):
    browser = as_("clerk1")
    content = b"a,b\n1,2\n" if end == "refused" else made.csv_bytes([made.row(5)])
    answer = upload(browser, content)
    if end == "discarded":
        browser.post(f"{answer.location}/discard")
    assert _file_of(app, answer) <= clock.now()
    with app.app_context(), scope.unscoped(), transaction():
        files.sweep()
    assert _file_of(app, answer) is None
    assert browser.get(answer.location).status_code == 200


def test_a_plan_that_nobody_confirms_is_forgotten_after_thirty_days(app, as_, two_parks):
    browser = as_("clerk1")
    old, young = (upload(browser, made.csv_bytes([made.row(n)])) for n in (5, 6))
    later = clock.now() + policy.KEEP_PLAN
    with app.app_context(), scope.unscoped(), transaction():
        kept = db.session.get(EnterpriseImport, int(young.location.rsplit("/", 1)[1]))
        kept.created_at = later
    with app.app_context(), scope.unscoped(), transaction():
        assert plan.discard_abandoned(SYSTEM, later + timedelta(hours=1)) == 1
    assert "已取消导入" in browser.page(old.location)
    assert "确定" in browser.page(young.location)
    with app.app_context(), scope.unscoped():
        assert queries.plan_rows(int(old.location.rsplit("/", 1)[1]), None, limit=5, offset=0) == []


def test_an_error_workbook_is_written_into_the_trail_and_saved_by_a_post_only(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5, contact_phone="12")]))
    assert browser.get(f"{answer.location}/errors").status_code == 405
    assert browser.post(f"{answer.location}/errors").status_code == 200
    entry = _entry(app, "enterprises.errors_saved")
    assert (entry.details["count"], entry.actor_name) == (1, "测clerk1")


def test_a_template_with_many_records_is_made_by_a_job(app, as_, two_parks, monkeypatch):
    browser = as_("clerk1")
    monkeypatch.setitem(app.config, "EXPORT_PAGE_ROWS", 0)
    answer = browser.post(PREFILLED, data={"year": str(made.YEAR)})
    assert re.fullmatch(r"/desk/jobs/\d+", answer.location)
    with app.app_context(), scope.unscoped():
        job = db.session.get(jobs.Job, int(answer.location.rsplit("/", 1)[1]))
        key = job.result["file"]
    assert "三亚海风跨境电商有限公司" in _headings(browser.get(f"/files/{key}").data)
    assert _entry(app, "enterprises.prefilled").details["count"] == 1
    assert as_("clerk2").get(f"/files/{key}").status_code == 404
