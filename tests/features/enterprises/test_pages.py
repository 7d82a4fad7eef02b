"""The pages of the register as the clerk walks them, and as others try to."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import scope
from app.engines import trail
from app.engines.trail.models import AuditEntry
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise, EnterpriseImport
from tests.support import enterprises as made
from tests.support.forms import form_of

LIST = "/desk/enterprises/list/"


@pytest.fixture
def two_parks(app):
    """One enterprise in P01, one in P02: (own, foreign)."""
    with app.app_context(), scope.unscoped():
        own = made.add("P01", 1, name="三亚海风跨境电商有限公司", annual_sales=None).id
        foreign = made.add("P02", 2, name="凤凰保税仓储有限公司").id
    return own, foreign


def alive(app, park_code="P01"):
    from tests.support import people

    with app.app_context(), scope.unscoped():
        query = sa.select(Enterprise).where(
            Enterprise.park_id == people.park(park_code).id, Enterprise.deleted_at.is_(None)
        )
        return list(db.session.scalars(query))


def test_the_list_shows_own_rows_only(as_, two_parks):
    page = as_("clerk1").page(LIST)
    assert "三亚海风跨境电商有限公司" in page
    assert "凤凰保税仓储" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=海风", True),
        ("q=海", True),
        ("q=haifeng", True),
        ("q=sy", True),
        ("q=914602", True),
        ("q=陈海燕", True),
        ("q=凤凰", False),
        ("q=%25", False),
        ("q=_", False),
        ("status=在园", True),
        ("status=注销", False),
        ("roles=卖家", True),
        ("roles=平台", False),
        ("customs_modes=9610&customs_modes=1210", True),
        ("settled_on.from=2024-05-01&settled_on.to=2024-05-01", True),
        ("settled_on.from=2024-05-02", False),
        ("annual_sales.from=1", False),
        ("staff_count.from=12&staff_count.to=12", True),
        ("year=2024&staff_count.from=12", False),
    ],
)
def test_search_and_filters_find_exactly(as_, two_parks, query, found):
    page = as_("clerk1").page(f"{LIST}?{query}")
    assert ("三亚海风跨境电商有限公司" in page) is found
    assert "凤凰保税仓储" not in page


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=park.name",
        "page=abc",
        "page=-1",
        "size=99999999999999",
        "status=nonsense",
        "settled_on.from=tomorrow",
        "annual_sales.from=1.234",
        "year=1066",
        "q=%00",
        "_flt_0_name=x",
        "psize_EnterpriseView=100000",
    ],
)
def test_a_query_no_page_makes_is_refused(as_, two_parks, query):
    assert as_("clerk1").get(f"{LIST}?{query}").status_code == 400


def test_statement_count_does_not_grow_with_rows(app, as_, two_parks):
    browser = as_("clerk1")
    browser.page(LIST)
    few = _statements(browser)
    with app.app_context(), scope.unscoped():
        for serial in range(100, 130):
            made.add("P01", serial)
    assert _statements(browser) <= few
    assert few <= 12


def _statements(browser):
    from sqlalchemy.engine import Engine

    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    sa.event.listen(Engine, "before_cursor_execute", listener)
    try:
        browser.page(LIST)
    finally:
        sa.event.remove(Engine, "before_cursor_execute", listener)
    return len([text for text in seen if "SAVEPOINT" not in text and not text.startswith("PRAGMA")])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/desk/enterprises/show/{id}"),
        ("get", "/desk/enterprises/show/{id}?tab=history"),
        ("get", "/desk/enterprises/edit/{id}"),
        ("post", "/desk/enterprises/edit/{id}"),
        ("post", "/desk/enterprises/delete/{id}"),
        ("post", "/desk/enterprises/reveal/{id}/contact_phone"),
        ("post", "/desk/enterprises/bin/restore/{id}"),
    ],
)
def test_a_foreign_row_is_the_same_404_as_a_missing_one(app, as_, two_parks, method, path):
    browser = as_("park1")
    foreign = getattr(browser, method)(path.format(id=two_parks[1]), data={"version": "1"})
    missing = getattr(browser, method)(path.format(id=999999), data={"version": "1"})
    assert foreign.status_code == missing.status_code == 404
    strip = lambda text: re.sub(r"\d{6}|\b\d{1,3}\b|value=\"[^\"]*\"", "", text)  # noqa: E731
    assert strip(foreign.text) == strip(missing.text)
    assert len(alive(app, "P02")) == 1


def test_bulk_acts_with_one_foreign_row_change_nothing(app, as_, two_parks):
    browser = as_("park1")
    answer = browser.post(
        "/desk/enterprises/bulk/status", data={"pk": [*map(str, two_parks)], "status.value": "注销"}
    )
    assert answer.status_code == 404
    assert {item.status for code in ("P01", "P02") for item in alive(app, code)} == {"在园"}


def test_bulk_on_everything_that_matches_touches_own_rows_only(app, as_, two_parks):
    browser = as_("park1")
    answer = browser.post(
        "/desk/enterprises/bulk/status",
        data={"all": "1", "next": f"{LIST}?q=有限公司", "status.value": "暂停"},
    )
    assert answer.status_code == 303
    assert [item.status for item in alive(app, "P01")] == ["暂停"]
    assert [item.status for item in alive(app, "P02")] == ["在园"]


def test_add_keeps_what_was_typed_and_says_what_is_wrong(app, as_, two_parks):
    answer = as_("clerk1").post(
        "/desk/enterprises/add",
        data={"name": "新公司", "uscc": "9146", "contact_phone": "12345", "remark": "记得回访"},
    )
    assert answer.status_code == 400
    assert "新公司" in answer.text
    assert "记得回访" in answer.text
    assert "18 位" in answer.text
    assert len(alive(app)) == 1


def test_add_and_edit_write_parsed_values_and_the_trail(app, as_, two_parks):
    browser = as_("clerk1")
    typed = made.row(77, annual_sales="1,234.50", contact_phone="+86 138 0013 8000")
    answer = browser.post("/desk/enterprises/add", data={**typed, "roles": ["卖家", "平台"]})
    assert answer.status_code == 303, answer.text[:3000]
    item = next(one for one in alive(app) if one.uscc == typed["uscc"])
    assert item.contact_phone == "13800138000"
    assert item.roles == ("平台", "卖家")
    form = form_of(browser.page(f"/desk/enterprises/edit/{item.id}"))
    assert form["contact_phone"] == "138****8000"
    form["name"] = "改过的公司"
    assert browser.post(f"/desk/enterprises/edit/{item.id}", data=form).status_code == 303
    with app.app_context(), scope.unscoped():
        now = queries.get(item.id)
        assert now.name == "改过的公司"
        assert now.contact_phone == "13800138000"  # left alone while masked
        entry = trail.history("enterprise", item.id)[0]
        assert entry.changes == {"name": [item.name, "改过的公司"]}


def test_a_second_enterprise_with_the_code_is_refused_beside_the_field(app, as_, two_parks):
    answer = as_("clerk1").post("/desk/enterprises/add", data=made.row(1))
    assert answer.status_code == 400
    assert "本园区已有该统一社会信用代码的企业" in answer.text


def test_a_stale_save_is_a_merge_and_loses_nothing(app, as_, two_parks):
    own = two_parks[0]
    mine, other = as_("clerk1"), as_("park1")
    form = form_of(mine.page(f"/desk/enterprises/edit/{own}"))
    theirs = form_of(other.page(f"/desk/enterprises/edit/{own}"))
    theirs |= {"remark": "对方的备注", "legal_representative": "李雷"}
    assert other.post(f"/desk/enterprises/edit/{own}", data=theirs).status_code == 303
    form |= {"remark": "我的备注", "company_type": "有限责任公司"}
    stale = mine.post(f"/desk/enterprises/edit/{own}", data=form)
    assert stale.status_code == 409
    assert "对方的备注" in stale.text
    assert "我的备注" in stale.text
    merged = form_of(stale.text)
    merged |= {"merge.remark": "mine"}
    assert merged["merge.legal_representative"] == "theirs"
    assert mine.post(f"/desk/enterprises/edit/{own}", data=merged).status_code == 303
    item = alive(app)[0]
    assert (item.remark, item.legal_representative, item.company_type) == (
        "我的备注",
        "李雷",
        "有限责任公司",
    )


def test_delete_goes_to_the_bin_and_comes_back(app, as_, two_parks):
    browser = as_("park1")
    assert browser.post(f"/desk/enterprises/delete/{two_parks[0]}").status_code == 303
    assert alive(app) == []
    assert "三亚海风" in browser.page("/desk/enterprises/bin/list/")
    browser.post(f"/desk/enterprises/bin/restore/{two_parks[0]}")
    assert len(alive(app)) == 1


def test_a_reveal_shows_the_number_once_and_is_recorded(app, as_, two_parks):
    browser = as_("clerk1")
    assert "13800138000" not in browser.page(f"/desk/enterprises/show/{two_parks[0]}")
    answer = browser.post(
        f"/desk/enterprises/reveal/{two_parks[0]}/contact_phone", follow_redirects=True
    )
    assert "13800138000" in answer.text
    with app.app_context():
        acts = [entry.action for entry in trail.history("enterprise", two_parks[0])]
    assert acts[0] == "enterprise.revealed"


def test_a_reviewer_reads_masked_and_changes_nothing(app, as_, two_parks):
    browser = as_("reviewer")
    page = browser.page(f"/desk/enterprises/show/{two_parks[1]}")
    assert "13800138000" not in page
    assert "三亚海风" not in browser.page(f"{LIST}?q=陈海燕")  # a name is not found by guessing
    assert browser.get(f"/desk/enterprises/edit/{two_parks[0]}").status_code == 403
    assert browser.post(f"/desk/enterprises/reveal/{two_parks[0]}/email").status_code == 404
    assert browser.get("/desk/enterprises/export").status_code == 403


def upload(browser, content: bytes, name="名录.csv", **fields):
    data = {"file": (io.BytesIO(content), name), **fields}
    return browser.post(
        "/desk/enterprises/imports/new", data=data, content_type="multipart/form-data"
    )


def test_the_clerks_whole_way_from_file_to_undo(app, as_, two_parks):
    browser = as_("clerk1")
    rows = [made.row(1, staff_count="30"), made.row(5), made.row(6, customs_modes="9710出口")]
    answer = upload(browser, made.csv_bytes(rows))
    assert answer.status_code == 303
    plan = browser.page(answer.location)
    assert "9710出口" in plan
    assert "将新增 1 家、修改 1 家、跳过 1 家" in plan
    fixed = browser.post(
        f"{answer.location}/fix", data={"number": "4", "column": "customs_modes", "value": "9710"}
    )
    assert fixed.status_code == 303
    done = browser.post(f"{answer.location}/apply", data={"mode": "all"}, follow_redirects=True)
    assert "企业导入成功" in done.text
    assert len(alive(app)) == 3
    undone = browser.post(f"{answer.location}/undo", follow_redirects=True)
    assert "已撤销" in undone.text
    assert len(alive(app)) == 1


def test_errors_stay_in_the_plan_with_rows_and_words(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5, contact_phone="12"), made.row(5)]))
    plan = browser.page(f"{answer.location}?kind=error")
    assert "11 位手机号" in plan
    assert "代码与第 2 行相同" in plan
    refused = browser.post(f"{answer.location}/apply", data={"mode": "all"})
    assert refused.status_code == 400
    assert "还有 2 行错误" in refused.text
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{answer.location}/errors").data))
    assert any("手机号" in str(cell.value) for row in book.active.iter_rows() for cell in row)


@pytest.mark.parametrize("act", ["", "/errors", "/apply", "/undo", "/tick", "/fix", "/discard"])
def test_another_parks_import_is_a_404_on_every_route(app, as_, two_parks, act):
    answer = upload(as_("clerk1"), made.csv_bytes([made.row(5)]))
    other = as_("clerk2")
    data = {"number": "2", "column": "name", "value": "x", "rows": "2"}
    call = other.get if act in ("", "/errors") else other.post
    extra = {} if act in ("", "/errors") else {"data": data}
    assert call(answer.location + act, **extra).status_code == 404
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(EnterpriseImport.state)) == "planned"


def test_a_hostile_upload_is_refused_with_words_and_the_site_lives(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, b"PK\x03\x04" + b"\x00" * 50, "a.xlsx")
    page = browser.get(answer.location) if answer.status_code == 303 else answer
    assert "文件" in page.text
    assert browser.get(LIST).status_code == 200


def test_a_large_file_goes_on_as_a_job(app, as_, two_parks):
    app.config["IMPORT_PAGE_ROWS"], before = 5, app.config["IMPORT_PAGE_ROWS"]
    try:
        answer = upload(as_("clerk1"), made.csv_bytes([made.row(n) for n in range(10, 30)]))
    finally:
        app.config["IMPORT_PAGE_ROWS"] = before
    page = as_("clerk1").page(answer.location)
    assert "将新增 20 家" in page


def test_export_gives_exactly_the_filtered_rows_and_is_recorded(app, as_, two_parks):
    browser = as_("clerk1")
    answer = browser.post(
        "/desk/enterprises/export?q=海风",
        data={"format": "xlsx", "columns": ["uscc", "name", "contact_phone"], "purpose": "月报"},
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert rows[0] == ("统一社会信用代码", "企业名称", "联系电话")
    assert [row[1] for row in rows[1:]] == ["三亚海风跨境电商有限公司"]
    facts = dict(row[:2] for row in book.worksheets[0].iter_rows(values_only=True))
    assert "搜索：海风" in facts["筛选条件"]
    with app.app_context():
        entry = db.session.scalar(
            sa.select(AuditEntry).where(AuditEntry.action == "enterprises.exported")
        )
    assert entry.details["personal"] == ["contact_phone"]
    assert entry.details["purpose"] == "月报"


def test_personal_columns_need_a_purpose(as_, two_parks):
    answer = as_("clerk1").post("/desk/enterprises/export", data={"format": "csv"})
    assert answer.status_code == 400
    assert "导出个人信息需填写用途" in answer.text


def plan_counts(app, answer):
    with app.app_context(), scope.unscoped():
        return made.counts(int(answer.location.rsplit("/", 1)[1]))


def test_an_export_imported_again_plans_no_change(app, as_, two_parks):
    browser = as_("clerk1")
    for kind in ("xlsx", "csv"):
        content = browser.post(
            "/desk/enterprises/export", data={"format": kind, "purpose": "核对"}
        ).data
        answer = upload(browser, content, f"导出.{kind}")
        assert plan_counts(app, answer) == {"new": 0, "changed": 0, "unchanged": 1, "error": 0}


def test_the_prefilled_template_plans_no_change_and_keeps_its_year(app, as_, two_parks):
    browser = as_("clerk1")
    content = browser.get("/desk/enterprises/imports/template?prefill=1&year=2024").data
    answer = upload(browser, content, "模板.xlsx")
    assert plan_counts(app, answer) == {"new": 0, "changed": 0, "unchanged": 1, "error": 0}
    assert "数据年度 2024" in browser.page(answer.location)


def test_saved_views_and_columns_are_ones_own(as_, two_parks):
    mine, other = as_("clerk1"), as_("park1")
    mine.post("/desk/enterprises/views", data={"name": "我的在园", "query": "status=在园"})
    mine.post(
        "/desk/enterprises/columns", data={"columns": "name,uscc,remark", "density": "compact"}
    )
    page = mine.page(LIST)
    assert "我的在园" in page
    assert ">备注<" in page.replace("\n", "") or "备注" in page
    assert "我的在园" not in other.page(LIST)


def test_the_zone_sees_all_parks_and_chooses_one_to_import_into(app, as_, two_parks):
    browser = as_("operator")
    page = browser.page(LIST)
    assert "三亚海风" in page
    assert "凤凰保税仓储" in page
    content = made.csv_bytes([made.row(9)])
    assert upload(browser, content).status_code == 400
    with app.app_context():
        from tests.support import people

        park_id = people.park("P02").id
    assert upload(browser, content, park_id=str(park_id)).status_code == 303
