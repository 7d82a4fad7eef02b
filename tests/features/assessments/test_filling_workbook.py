"""The workbook: down, filled in, up again, merged; what is not ours or not for here is refused."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from app.core import scope
from app.features.assessments.queries import filings, rounds, schemes
from app.features.assessments.services import schemes as scheme_services
from app.transaction import transaction
from tests.engines.sheets.books import converted
from tests.support import assessments, people

BLOCK = "A 基础承载与运营管理"


@pytest.fixture
def one(context):
    return assessments.fill(
        assessments.opened(),
        typed={
            "area_cbec_m2": "15000.5",
            "policies": ["财务管理"],
            "services": [],
            "leaders": {"ge_10m": "3"},
            "innovation": "一站式\n退货中心",
        },
    )


def download(browser, one):
    answer = browser.get(f"/desk/filings/{one.id}/template")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def data_of(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(browser, one, data, name="填报.xlsx"):
    answer = browser.post(
        f"/desk/filings/{one.id}/workbook",
        data={"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )
    if answer.status_code != 303:
        return answer, ""
    key = answer.headers["Location"].partition("file=")[2]
    return browser.get(answer.headers["Location"]), key


def row_of(sheet, key):
    return next(row for row in sheet.iter_rows(min_row=2) if row[0].value == key)


def value(one, code):
    with scope.unscoped():
        return filings.values(one.id)[code]


def test_untouched_it_changes_nothing(as_, one):
    browser = as_("park1")
    page, _key = upload(browser, one, data_of(download(browser, one)))
    assert "文件与草稿一致" in page.text


def test_opened_and_saved_by_libreoffice_it_changes_nothing(as_, one, tmp_path):
    browser = as_("park1")
    path = tmp_path / "from.xlsx"
    path.write_bytes(browser.get(f"/desk/filings/{one.id}/template").data)
    for kind in ("xlsx", "ods"):
        saved = converted(path, kind, tmp_path / kind)
        page, _key = upload(browser, one, saved.read_bytes(), f"填报.{kind}")
        assert "文件与草稿一致" in page.text, kind


def test_it_is_locked_but_for_what_the_park_says_and_helps_to_fill_it_in(as_, one):
    book = download(as_("park1"), one)
    sheet = book[BLOCK]
    assert sheet.protection.sheet
    assert not row_of(sheet, "area_cbec_m2")[4].protection.locked
    assert row_of(sheet, "stat_due")[4].protection.locked
    assert row_of(sheet, "policies/财务管理")[4].value == "是"
    assert {one.type for one in sheet.data_validations.dataValidation} == {"list", "decimal"}
    assert book["_meta"].sheet_state == "hidden"


def test_what_was_filled_in_is_shown_item_by_item_and_the_ticked_are_merged(as_, one):
    browser = as_("park1")
    book = download(browser, one)
    row_of(book[BLOCK], "area_cbec_m2")[4].value = 16000
    row_of(book[BLOCK], "policies/发展规划")[4].value = "是"
    row_of(book[BLOCK], "staff_fulltime")[4].value = "八"
    row_of(book["C 业务规模与增长"], "employees")[4].value = 620
    page, key = upload(browser, one, data_of(book))
    assert page.text.count('name="codes"') == 4
    assert "请填写整数，例如 1234" in page.text
    data = dict(re.findall(r'name="(n\.\w+)" value="(\d+)"', page.text))
    answer = browser.post(
        f"/desk/filings/{one.id}/workbook/merge",
        data={**data, "file": key, "codes": ["area_cbec_m2", "policies", "staff_fulltime"]},
    )
    assert answer.status_code == 303
    assert value(one, "area_cbec_m2").declared == "16000"
    assert value(one, "policies").declared == ["发展规划", "财务管理"]
    assert value(one, "staff_fulltime").declared is None
    assert value(one, "employees").declared is None


def test_a_draft_that_moved_on_is_told_and_not_overwritten(as_, one):
    browser = as_("park1")
    book = download(browser, one)
    row_of(book[BLOCK], "area_cbec_m2")[4].value = 16000
    assessments.fill_value(one, "area_cbec_m2", "17000")
    page, key = upload(browser, one, data_of(book))
    assert "下载后草稿已被修改" in page.text
    data = dict(re.findall(r'name="(n\.\w+)" value="(\d+)"', page.text))
    assessments.fill_value(one, "area_cbec_m2", "18000")
    answer = browser.post(
        f"/desk/filings/{one.id}/workbook/merge",
        data={**data, "file": key, "codes": ["area_cbec_m2"]},
    )
    assert answer.status_code == 409
    assert value(one, "area_cbec_m2").declared == "18000"


def changed(book, what):
    sheet, meta = book[BLOCK], book["_meta"]
    if what == "key":
        row_of(sheet, "area_cbec_m2")[0].value = "area_leased_m2x"
    elif what == "swapped":
        row_of(sheet, "area_cbec_m2")[0].value = "staff_fulltime"
    elif what == "twice":
        row_of(sheet, "area_leased_m2")[1].value = "可出租面积"
        row_of(sheet, "area_leased_m2")[0].value = "area_leasable_m2"
    elif what == "meta":
        next(row for row in meta.iter_rows() if row[0].value == "scope")[1].value = "1/P02"
    elif what == "seal":
        del book["_meta"]
    elif what == "headings":
        sheet["A1"].value = "别的"
        for name in book.sheetnames:
            if name != "_meta":
                book[name]["A1"].value = "别的"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("key", "area_leased_m2x"),
        ("swapped", "staff_fulltime"),
        ("twice", "出现两次"),
        ("meta", "不是本系统的填报模板"),
        ("seal", "不是本系统的填报模板"),
        ("headings", ""),
    ],
)
def test_a_tampered_one_is_refused_and_named(as_, one, what, words):
    browser = as_("park1")
    book = download(browser, one)
    changed(book, what)
    page, _key = upload(browser, one, data_of(book))
    assert page.status_code == 400
    assert 'class="notice danger"' in page.text
    assert words in page.text


def test_of_another_round_or_park_it_is_refused(as_, one):
    browser = as_("park1")
    other = assessments.filing(assessments.opened(name="另一轮"), "P01")
    page, _key = upload(browser, one, data_of(download(browser, other)))
    assert "另一轮考核" in page.text
    third = assessments.opened(name="第三轮")
    theirs, mine = assessments.filing(third, "P02"), assessments.filing(third, "P01")
    page, _key = upload(browser, mine, data_of(download(as_("park2"), theirs)))
    assert "另一个园区/基地" in page.text


def test_of_another_scheme_version_it_is_refused(as_, one):
    browser = as_("park1")
    data = data_of(download(browser, one))
    with scope.unscoped():
        found = rounds.locked(one.round_id)
        version = schemes.version(found.scheme_version_id)
    actor = people.actor("operator")
    with scope.acting_as(actor), transaction():
        newer = scheme_services.draft(actor, version.scheme_id)
        named = {**newer.content["template"], "name": "另一版"}
        content = {**newer.content, "template": named}
        scheme_services.change(actor, newer.id, content, seen=newer.version)
    with scope.unscoped(), transaction():  # no service changes the scheme of an open round
        rounds.locked(one.round_id).scheme_version_id = newer.id
    page, _key = upload(browser, one, data)
    assert page.status_code == 400
    assert "方案版本" in page.text


@pytest.mark.parametrize(
    ("name", "data"), [("a.xlsx", b"PK\x03\x04"), ("a.pdf", b"%PDF-1.4"), ("a.xlsx", b"")]
)
def test_what_is_no_workbook_is_refused(as_, one, name, data):
    page, _key = upload(as_("park1"), one, data, name)
    assert page.status_code == 400


def test_the_upload_of_another_park_is_not_there(as_, one):
    browser = as_("park1")
    _page, key = upload(browser, one, data_of(download(browser, one)))
    theirs = assessments.filing(assessments.opened(name="别的"), "P02")
    answer = as_("park2").get(f"/desk/filings/{theirs.id}/workbook?file={key}")
    assert answer.status_code == 404
    assert "已过期" in browser.get(f"/desk/filings/{one.id}/workbook?file={'0' * 32}").text


def test_of_a_filing_that_came_back_the_rest_stays_locked(as_, context):
    one = assessments.submitted(assessments.opened())
    assessments.sent_back(one, {"employees": "请核对"})
    browser = as_("park1")
    book = download(browser, one)
    assert row_of(book[BLOCK], "area_cbec_m2")[4].protection.locked
    row_of(book[BLOCK], "area_cbec_m2")[4].value = 1
    row_of(book["C 业务规模与增长"], "employees")[4].value = 600
    page, key = upload(browser, one, data_of(book))
    assert "没有被退回，不能修改" in page.text
    data = dict(re.findall(r'name="(n\.\w+)" value="(\d+)"', page.text))
    browser.post(
        f"/desk/filings/{one.id}/workbook/merge",
        data={**data, "file": key, "codes": ["area_cbec_m2", "employees"]},
    )
    assert value(one, "employees").declared == "600"
    assert value(one, "area_cbec_m2").declared == "15000"
