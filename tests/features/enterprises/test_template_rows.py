"""A prefilled template remembers its rows' versions: what others did since is not undone unseen."""

from __future__ import annotations

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import EnterpriseImport
from app.transaction import transaction
from tests.support import enterprises as made

PREFILLED = "/desk/enterprises/imports/template/prefilled"
UPLOAD = "/desk/enterprises/imports/new"


@pytest.fixture
def template(app, as_):
    """Two records of P01 in a template that clerk1 saved: (browser, ids, workbook)."""
    with app.app_context(), scope.unscoped():
        ids = [made.add("P01", serial, remark="原备注").id for serial in (1, 2)]
    browser = as_("clerk1")
    saved = browser.post(PREFILLED, data={"year": str(made.YEAR)})
    assert saved.status_code == 200
    return browser, ids, openpyxl.load_workbook(io.BytesIO(saved.data))


def colleague_changes(app, enterprise_id: int) -> None:
    with app.app_context(), made.acting("park1") as actor, transaction():
        item = queries.get(enterprise_id)
        services.change(
            actor, enterprise_id, {"remark": "同事刚改"}, version=item.version, year=made.YEAR
        )


def uploaded(app, browser, book) -> int:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    answer = browser.post(UPLOAD, data={"file": (out, "模板.xlsx")})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def rows_by_code(app, import_id: int) -> dict[str, object]:
    with app.app_context(), scope.unscoped():
        rows = queries.plan_rows(import_id, None, limit=50, offset=0)
        db.session.expunge_all()
        return {row.uscc: row for row in rows}


def code(serial: int) -> str:
    return made.row(serial)["uscc"]


def test_a_colleagues_edit_since_the_template_is_marked_and_not_ticked(app, template):
    browser, ids, book = template
    colleague_changes(app, ids[0])
    import_id = uploaded(app, browser, book)
    rows = rows_by_code(app, import_id)
    changed = rows[code(1)]
    assert (changed.kind, changed.ticked) == ("changed", False)
    assert [one["code"] for one in changed.warnings] == ["changed_since_template"]
    assert rows[code(2)].kind == "unchanged"
    page = browser.page(f"{UPLOAD[:-4]}/{import_id}")
    assert (
        f"有 1 行的企业在模板下载后被他人修改或删除，或已并入别的企业，没有勾选，不会导入。行号：{changed.number}"
        in page
    )
    refused = made.confirm(browser, f"{UPLOAD[:-4]}/{import_id}")
    assert "没有勾选任何新增或变更的行" in refused.text


def test_tick_all_leaves_such_rows_and_a_tick_of_their_own_takes_them(app, template):
    browser, ids, book = template
    colleague_changes(app, ids[0])
    import_id = uploaded(app, browser, book)
    own = f"{UPLOAD[:-4]}/{import_id}"
    browser.post(f"{own}/tick", data={"all": "1", "on": "1"})
    rows = rows_by_code(app, import_id)
    assert not rows[code(1)].ticked
    number = rows[code(1)].number
    browser.post(f"{own}/tick", data={"rows": str(number), "on": "1"})
    assert "企业导入成功" in made.confirm(browser, own, follow_redirects=True).text
    with app.app_context(), scope.unscoped():
        assert queries.get(ids[0]).remark == "原备注"


def test_an_enterprise_deleted_since_the_template_does_not_come_back_by_itself(app, template):
    browser, ids, book = template
    with app.app_context(), made.acting("park1") as actor, transaction():
        services.discard(actor, ids[0], reason="迁走", now=clock.now())
    rows = rows_by_code(app, uploaded(app, browser, book))
    assert (rows[code(1)].kind, rows[code(1)].ticked) == ("new", False)
    assert "gone_since_template" in [one["code"] for one in rows[code(1)].warnings]


def test_ones_own_edits_in_the_sheet_stay_ticked_while_nobody_else_changed(app, template):
    browser, _ids, book = template
    sheet = book["数据"]
    heads = [cell.value for cell in sheet[1]]
    place = next(n for n, head in enumerate(heads, 1) if str(head).startswith("备注"))
    for number in range(2, sheet.max_row + 1):
        if code(1) in [cell.value for cell in sheet[number]]:
            sheet.cell(number, place, "表里改的")
    rows = rows_by_code(app, uploaded(app, browser, book))
    assert (rows[code(1)].kind, rows[code(1)].ticked) == ("changed", True)
    assert not rows[code(1)].warnings


def test_a_forged_list_of_versions_is_not_believed(app, template):
    browser, ids, book = template
    colleague_changes(app, ids[0])
    meta = book["_meta"]
    for line in meta.iter_rows():
        if line[0].value == "row" and line[1].value == code(1):
            line[2].value = "2"
    import_id = uploaded(app, browser, book)
    rows = rows_by_code(app, import_id)
    # The seal is broken: nothing of the hidden page counts, and so there is no warning either.
    assert rows[code(1)].ticked
    with app.app_context(), scope.unscoped():
        found = db.session.scalar(sa.select(EnterpriseImport))
        assert found.year == clock.last_full_year()


def test_a_row_whose_code_is_mended_in_the_page_is_compared_as_well(app, template):
    browser, ids, book = template
    for row in book["数据"].iter_rows():
        for cell in row:
            if cell.value == code(1):
                cell.value = code(1)[:-1] + "#"
                number = cell.row
    colleague_changes(app, ids[0])
    import_id = uploaded(app, browser, book)
    form = {"number": str(number), "column": "uscc", "value": code(1)}
    browser.post(f"{UPLOAD[:-4]}/{import_id}/fix", data=form)
    row = rows_by_code(app, import_id)[code(1)]
    assert (row.kind, row.ticked) == ("changed", False)
