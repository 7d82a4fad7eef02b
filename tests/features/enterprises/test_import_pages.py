"""The pages of an import as the clerk walks them, and as others try to."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import sqlalchemy as sa
from openpyxl.styles import Font

from app.core import clock, scope
from app.engines import files
from app.extensions import db
from app.features.enterprises import queries, services
from app.features.enterprises.models import EnterpriseImport
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

LIST = "/desk/enterprises/list/"
PREFILLED = "/desk/enterprises/imports/template/prefilled"


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
    done = made.confirm(browser, answer.location, follow_redirects=True)
    assert "企业导入成功" in done.text
    assert len(made.alive(app)) == 3
    undone = browser.post(f"{answer.location}/undo", follow_redirects=True)
    assert "已撤销" in undone.text
    assert len(made.alive(app)) == 1


def test_the_list_of_imports_counts_what_was_written(as_, two_parks):
    browser = as_("clerk1")
    place = upload(browser, made.csv_bytes([made.row(5), made.row(6), made.row(7)])).location

    def counts():
        cells = re.search(
            r"<tbody>(.*?)</tr>", browser.page("/desk/enterprises/imports/"), re.DOTALL
        )
        return re.findall(r'class="num"[^>]*>([\d,]+)<', cells[1])

    assert counts() == ["3", "0", "0", "0"]
    assert browser.post(f"{place}/tick", data={"rows": "3", "on": ""}).status_code == 303
    assert counts() == ["3", "0", "0", "0"]
    assert made.confirm(browser, place).status_code == 303
    assert counts() == ["2", "0", "0", "0"]


def test_errors_stay_in_the_plan_with_rows_and_words(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5, contact_phone="12"), made.row(5)]))
    plan = browser.page(f"{answer.location}?kind=error")
    assert "11 位手机号" in plan
    assert "代码与第 2 行相同" in plan
    refused = made.confirm(browser, answer.location)
    assert refused.status_code == 400
    assert "还有 2 行错误" in refused.text
    book = openpyxl.load_workbook(io.BytesIO(browser.post(f"{answer.location}/errors").data))
    assert any("手机号" in str(cell.value) for row in book.active.iter_rows() for cell in row)


def test_a_persons_own_workbook_comes_back_with_marks_and_all_else_as_it_was(as_, two_parks):
    browser = as_("clerk1")
    row = made.row(5, contact_phone="12")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "十一月"
    sheet.append([made.HEADINGS[name] for name in row])
    sheet.append(list(row.values()))
    sheet["B2"].font = Font(bold=True, color="FF0000FF")
    sheet.column_dimensions["B"].width = 44
    notes = book.create_sheet("我的备注")
    notes["A1"], notes["A2"] = "给自己的话", "=1+1"
    kept = io.BytesIO()
    book.save(kept)
    answer = upload(browser, kept.getvalue(), "名录.xlsx")
    marked = openpyxl.load_workbook(io.BytesIO(browser.post(f"{answer.location}/errors").data))
    assert marked.sheetnames == ["十一月", "我的备注"]
    assert [cell.value for (cell,) in marked["我的备注"].iter_rows()] == ["给自己的话", "=1+1"]
    sheet = marked["十一月"]
    assert (sheet["B2"].font.bold, sheet["B2"].font.color.rgb) == (True, "FF0000FF")
    assert sheet.column_dimensions["B"].width == 44
    phone = sheet.cell(2, list(row).index("contact_phone") + 1)
    assert phone.fill.fgColor.rgb == "FFFDE7E5"
    assert "11 位手机号" in phone.comment.text
    assert "错误说明" in [cell.value for cell in sheet[1]]


@pytest.mark.parametrize("act", ["", "/errors", "/apply", "/undo", "/tick", "/fix", "/discard"])
def test_another_parks_import_is_a_404_on_every_route(app, as_, two_parks, act):
    answer = upload(as_("clerk1"), made.csv_bytes([made.row(5)]))
    other = as_("clerk2")
    data = {"number": "2", "column": "name", "value": "x", "rows": "2"}
    call = other.get if act == "" else other.post
    extra = {} if act == "" else {"data": data}
    assert call(answer.location + act, **extra).status_code == 404
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(EnterpriseImport.state)) == "planned"


def test_a_hostile_upload_is_refused_with_words_and_the_site_lives(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, b"PK\x03\x04" + b"\x00" * 50, "a.xlsx")
    assert answer.status_code == 400
    assert "不支持的文件类型" in answer.text
    with app.app_context(), scope.unscoped():
        assert db.session.scalar(sa.select(sa.func.count(EnterpriseImport.id))) == 0
    assert browser.get(LIST).status_code == 200


def test_a_large_file_goes_on_as_a_job(app, as_, two_parks):
    app.config["IMPORT_PAGE_ROWS"], before = 5, app.config["IMPORT_PAGE_ROWS"]
    try:
        answer = upload(as_("clerk1"), made.csv_bytes([made.row(n) for n in range(10, 30)]))
    finally:
        app.config["IMPORT_PAGE_ROWS"] = before
    page = as_("clerk1").page(answer.location)
    assert "将新增 20 家" in page


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
        page = browser.page(answer.location)
        assert "没有需要导入的内容" in page
        assert "data-plan-apply disabled>" in page


def test_the_prefilled_template_plans_no_change_and_keeps_its_year(app, as_, two_parks):
    browser = as_("clerk1")
    content = browser.post(PREFILLED, data={"year": "2024"}).data
    answer = upload(browser, content, "模板.xlsx")
    assert plan_counts(app, answer) == {"new": 0, "changed": 0, "unchanged": 1, "error": 0}
    assert "数据年度 2024" in browser.page(answer.location)


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


def test_an_english_plan_has_no_chinese_signs_between_its_words(as_, two_parks):
    browser = as_("clerk1")
    browser.set_cookie("lang", "en")
    rows = [made.row(5, customs_modes="9710x"), made.row(6)]
    content = made.csv_bytes(
        [{k: v for k, v in row.items() if k != "contact_phone"} for row in rows]
    )
    page = browser.page(upload(browser, content, "list.csv").location)
    assert "list.csv, 2 rows, data year 2025" in page
    assert "Contact phone: The file lacks this column" in page
    assert "enter one of: 9610, 9710, " in page
    assert not re.search("[：；、，（）]", page.partition("<main")[2])


def test_english_words_fit_their_place(as_, two_parks):
    browser = as_("clerk1")
    browser.set_cookie("lang", "en")
    assert "Import" in re.findall(r"<summary[^>]*>.*?(\w+)\s*<", browser.page(LIST), re.DOTALL)
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6, contact_phone="12")]))
    plan = browser.page(answer.location)
    tabs = re.search(r'<nav class="tabs".*?</nav>', plan, re.DOTALL)[0]
    words = [re.sub(r"<[^>]*>|\s|\d", "", one) for one in re.findall("<a.*?</a>", tabs, re.DOTALL)]
    assert words == ["All", "New", "Changed", "Unchanged", "Errors"]
    assert re.findall(r'<span class="tint \w+">(\w+)</span>', plan) == ["New", "Error"]


def seen_in(page: str) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def test_what_is_confirmed_is_what_the_page_showed(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6), made.row(7)]))
    first = seen_in(browser.page(answer.location))
    ticked = browser.post(
        f"{answer.location}/tick",
        data={"rows": "2", "on": "0"},
        headers={"Accept": "application/json"},
    ).json
    other = browser.post(f"{answer.location}/apply", data={"mode": "all", "seen": first})
    assert other.status_code == 409
    assert "勾选的行或错误行已有变化" in other.text
    assert len(made.alive(app)) == 1
    assert seen_in(other.text) == str(ticked["seen"]) != first
    done = browser.post(f"{answer.location}/apply", data={"mode": "all", "seen": ticked["seen"]})
    assert done.status_code == 303
    assert len(made.alive(app)) == 3


def test_another_choice_of_as_many_rows_is_seen_too(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6)]))
    browser.post(f"{answer.location}/tick", data={"rows": "2", "on": "0"})
    one = seen_in(browser.page(answer.location))
    browser.post(f"{answer.location}/tick", data={"rows": "2", "on": "1"})
    browser.post(f"{answer.location}/tick", data={"rows": "3", "on": "0"})
    assert seen_in(browser.page(answer.location)) != one


def test_with_errors_the_default_way_says_what_is_in_its_way(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6, contact_phone="1")]))
    page = browser.page(answer.location)
    link = f'<a href="{answer.location}?kind=error">还有 1 行错误</a>，改正后才能导入'
    assert f'<b class="said-all">{link}</b>' in page
    assert 'class="said-good">将新增 1 家、修改 0 家、跳过 1 家' in page


def test_after_undo_nothing_links_to_what_is_gone(app, as_, two_parks):
    browser = as_("clerk1")
    rows = [made.row(1, staff_count="30"), made.row(5)]
    answer = upload(browser, made.csv_bytes(rows))
    made.confirm(browser, answer.location)
    assert (
        len(re.findall(r'<a href="/desk/enterprises/show/\d+"', browser.page(answer.location))) == 2
    )
    browser.post(f"{answer.location}/undo")
    links = re.findall(r'href="(/desk/enterprises/show/\d+)"', browser.page(answer.location))
    assert links == [f"/desk/enterprises/show/{two_parks[0]}"]
    assert browser.get(links[0]).status_code == 200


def test_a_refused_and_a_cancelled_file_are_not_called_results(as_, two_parks):
    browser = as_("clerk1")
    refused = browser.page(upload(browser, b"a,b\n1,2\n").location)
    assert "<h1>文件没有导入</h1>" in refused
    answer = upload(browser, made.csv_bytes([made.row(5)]))
    browser.post(f"{answer.location}/discard")
    page = browser.page(answer.location)
    assert "<h1>已取消导入</h1>" in page
    assert "stages" not in page


def test_the_form_of_a_wrong_word_asks_for_that_word_only(as_, two_parks):
    browser = as_("clerk1")
    rows = [made.row(5, customs_modes="9610、xx", industry=""), made.row(6, industry="卖东西")]
    page = browser.page(upload(browser, made.csv_bytes(rows)).location)
    form = page[page.index('name="word" value="xx"') :]
    form = form[: form.index("</form>")]
    assert "将“xx”改为" in form
    assert '<option value="-">去掉这一项</option>' in form
    assert 'required><option value="">请选择' in form
    assert "selected" not in form
    own = re.search(r'action="([^"]+)/fix"', page)[1]
    fields = {"number": "2", "column": "customs_modes", "word": "xx"}
    assert browser.post(f"{own}/fix", data={**fields, "value": ""}).status_code == 400
    browser.post(f"{own}/fix", data={**fields, "value": "-"})
    assert 'name="word"' not in browser.page(own)
    trade = page[page.index('id="fix-3-industry"') :]
    assert trade[: trade.index("</option>")].endswith('required><option value="">请选择')


def test_every_import_stays_within_reach_page_by_page(app, as_):
    with app.app_context(), scope.unscoped(), transaction():
        park = people.park("P01")
        db.session.add_all(
            EnterpriseImport(
                park_id=park.id, filename=f"名录{number}.csv", sha256="0" * 64, year=2025
            )
            for number in range(27)
        )
    browser = as_("clerk1")
    first = browser.page("/desk/enterprises/imports/")
    assert "共 27 次" in first
    assert "名录26.csv" in first
    assert "名录1.csv" not in first
    assert 'data-label="无变化">0<' in first  # on a phone the numbers stand alone
    second = browser.page("/desk/enterprises/imports/?page=2")
    assert "名录1.csv" in second
    assert "名录26.csv" not in second
    assert browser.get("/desk/enterprises/imports/?page=x").status_code == 400


def test_a_second_click_after_a_conflict_confirms_nothing_unseen(app, as_, two_parks):
    browser = as_("clerk1")
    content = made.csv_bytes([made.row(1, staff_count="50")])
    answer = upload(browser, content)
    seen = seen_in(browser.page(answer.location))
    with app.app_context(), made.acting("park1") as actor, transaction():
        item = queries.get(two_parks[0])
        services.change(
            actor, item.id, {"remark": "同事刚改"}, version=item.version, year=made.YEAR
        )
    data = {"mode": "all", "seen": seen}
    first = browser.post(f"{answer.location}/apply", data=data)
    assert first.location.endswith("?kind=changed")
    second = browser.post(f"{answer.location}/apply", data=data)
    assert second.status_code == 409
    with app.app_context(), scope.unscoped():
        assert str(queries.get_import(int(answer.location.rsplit("/", 1)[1])).state) == "planned"


def test_a_good_cell_is_not_rewritten_in_the_plan(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5)]))
    seen = seen_in(browser.page(answer.location))
    form = {"number": "2", "column": "name", "value": "偷偷改的公司"}
    refused = browser.post(f"{answer.location}/fix", data=form)
    assert refused.status_code == 400
    assert "这一格没有错误" in refused.text
    assert seen_in(refused.text) == seen


def test_a_confirmation_that_names_no_plan_is_refused(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5)]))
    assert browser.post(f"{answer.location}/apply", data={"mode": "all"}).status_code == 409


def test_other_parks_are_not_told_to_a_park_whoever_uploaded(app, as_, two_parks):
    operator = as_("operator")
    with app.app_context(), scope.unscoped():
        park_id = people.park("P01").id
    answer = upload(operator, made.csv_bytes([made.row(2)]), park_id=str(park_id))
    assert "也在其他园区登记：P02" in operator.page(answer.location)
    assert "其他园区" not in as_("clerk1").page(answer.location)


def test_when_the_file_is_gone_it_is_not_offered(app, as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6, contact_phone="12")]))
    made.confirm(browser, answer.location, "good")
    assert f'action="{answer.location}/errors"' in browser.page(answer.location)
    with app.app_context(), scope.unscoped(), transaction():
        found = queries.get_import(int(answer.location.rsplit("/", 1)[1]))
        files.keep_until(found.file_key, clock.now())
    assert f'action="{answer.location}/errors"' not in browser.page(answer.location)
    assert browser.post(f"{answer.location}/errors").status_code == 404


def test_a_wrong_cell_tells_its_row_and_keeps_its_words_folded(as_, two_parks):
    browser = as_("clerk1")
    answer = upload(browser, made.csv_bytes([made.row(5), made.row(6, contact_phone="12")]))
    plan = browser.page(answer.location)
    assert "第 3 行 · 三亚测试6号有限公司" in plan
    assert plan.count("data-fix-cancel") == 1
    ticks = re.findall(r'<input class="([^"]*)"[^>]*data-plan-tick', plan)
    assert ticks == ["form-check-input js-only"] * 3  # without scripts nobody unticks in vain
    done = made.confirm(browser, answer.location, "good", follow_redirects=True).text
    undone = browser.post(f"{answer.location}/undo", follow_redirects=True).text
    for page in (done, undone):
        cell = page.partition('<td class="cell-error')[2].partition("</td>")[0]
        assert '<div class="fix-popover">' in cell
        assert "第 3 行 · 三亚测试6号有限公司" in cell
        assert "<form" not in cell
