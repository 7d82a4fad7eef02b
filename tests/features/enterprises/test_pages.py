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
from tests.support import bins
from tests.support import enterprises as made
from tests.support.forms import form_of

LIST = "/desk/enterprises/list/"


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
        ("post", "/desk/bin/undo/enterprise/{id}"),
    ],
)
def test_a_foreign_row_is_the_same_404_as_a_missing_one(app, as_, two_parks, method, path):
    browser = as_("park1")
    foreign = getattr(browser, method)(path.format(id=two_parks[1]), data={"version": "1"})
    missing = getattr(browser, method)(path.format(id=999999), data={"version": "1"})
    assert foreign.status_code == missing.status_code == 404
    strip = lambda text: re.sub(r"\d{6}|\b\d{1,3}\b|value=\"[^\"]*\"", "", text)  # noqa: E731
    assert strip(foreign.text) == strip(missing.text)
    assert len(made.alive(app, "P02")) == 1


def test_bulk_acts_with_one_foreign_row_change_nothing(app, as_, two_parks):
    browser = as_("park1")
    answer = browser.post(
        "/desk/enterprises/bulk/status", data={"pk": [*map(str, two_parks)], "status.value": "注销"}
    )
    assert answer.status_code == 404
    assert {item.status for code in ("P01", "P02") for item in made.alive(app, code)} == {"在园"}


def test_bulk_on_everything_that_matches_touches_own_rows_only(app, as_, two_parks):
    browser = as_("park1")
    answer = browser.post(
        "/desk/enterprises/bulk/status",
        data={"all": "1", "count": "1", "next": f"{LIST}?q=有限公司", "status.value": "暂停"},
    )
    assert answer.status_code == 303
    assert [item.status for item in made.alive(app, "P01")] == ["暂停"]
    assert [item.status for item in made.alive(app, "P02")] == ["在园"]


def test_add_keeps_what_was_typed_and_says_what_is_wrong(app, as_, two_parks):
    answer = as_("clerk1").post(
        "/desk/enterprises/add",
        data={"name": "新公司", "uscc": "9146", "contact_phone": "12345", "remark": "记得回访"},
    )
    assert answer.status_code == 400
    assert "新公司" in answer.text
    assert "记得回访" in answer.text
    assert "18 位" in answer.text
    assert len(made.alive(app)) == 1


def test_add_and_edit_write_parsed_values_and_the_trail(app, as_, two_parks):
    browser = as_("clerk1")
    typed = made.row(77, annual_sales="1,234.50", contact_phone="+86 138 0013 8000")
    answer = browser.post("/desk/enterprises/add", data={**typed, "roles": ["卖家", "平台"]})
    assert answer.status_code == 303, answer.text[:3000]
    item = next(one for one in made.alive(app) if one.uscc == typed["uscc"])
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
    assert merged["legal_representative"] == "李雷"  # clashes with nothing: not asked
    assert "merge.legal_representative" not in merged
    assert mine.post(f"/desk/enterprises/edit/{own}", data=merged).status_code == 303
    item = made.alive(app)[0]
    assert (item.remark, item.legal_representative, item.company_type) == (
        "我的备注",
        "李雷",
        "有限责任公司",
    )


def test_delete_goes_to_the_bin_and_comes_back(app, as_, two_parks):
    browser = as_("park1")
    assert browser.post(f"/desk/enterprises/delete/{two_parks[0]}").status_code == 303
    assert made.alive(app) == []
    moved = browser.get("/desk/enterprises/bin/list/").location
    assert moved == "/desk/bin/list/?kind=enterprise"
    assert "三亚海风" in browser.page(moved)
    browser.post(f"/desk/bin/undo/enterprise/{two_parks[0]}")
    assert len(made.alive(app)) == 1


def test_a_reveal_shows_the_number_once_and_is_recorded(app, as_, two_parks):
    browser = as_("clerk1")
    assert "13800138000" not in browser.page(f"/desk/enterprises/show/{two_parks[0]}")
    answer = browser.post(
        f"/desk/enterprises/reveal/{two_parks[0]}/contact_phone", data={"purpose": "核对资料"}
    )
    assert "13800138000" in answer.text
    with app.app_context():
        looks = trail.history("enterprise", two_parks[0], only=trail.LOOKS)
        acts = [entry.action for entry in trail.history("enterprise", two_parks[0])]
    assert [entry.action for entry in looks] == ["enterprise.revealed"]
    assert acts == ["enterprise.added"]  # many looks push no change out of the history


def test_a_reviewer_reads_masked_and_changes_nothing(app, as_, two_parks):
    browser = as_("reviewer")
    page = browser.page(f"/desk/enterprises/show/{two_parks[1]}")
    assert "13800138000" not in page
    assert "三亚海风" not in browser.page(f"{LIST}?q=陈海燕")  # a name is not found by guessing
    assert browser.get(f"/desk/enterprises/edit/{two_parks[0]}").status_code == 403
    assert browser.post(f"/desk/enterprises/reveal/{two_parks[0]}/email").status_code == 404
    assert browser.get("/desk/enterprises/export").status_code == 403


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


def test_the_file_is_chinese_and_its_page_speaks_the_readers_language(as_, two_parks):
    browser = as_("clerk1")
    browser.set_cookie("lang", "en")
    address = "/desk/enterprises/export?q=海风&status=在园&roles=卖家"
    page = browser.page(address)
    facts = re.search(r'<dl class="facts">(.*?)</dl>', page, re.DOTALL)[1]
    said = re.findall(r"<dd>(.*?)</dd>", facts)
    assert "Search: 海风; Status: Active; Role: Seller" in said
    assert not re.search("[：；、，（）]", facts)
    answer = browser.post(address, data={"format": "xlsx", "columns": ["uscc", "name"]})
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    written = dict(row[:2] for row in book.worksheets[0].iter_rows(values_only=True))
    assert written["名称"] == "企业管理"
    assert written["筛选条件"] == "搜索：海风；企业状态：在园；企业角色：卖家"


def heads(page: str) -> set[str]:
    """What stands in the heads of a list's table."""
    cells = re.findall(r"<th\b[^>]*>(.*?)</th>", page, re.DOTALL)
    return {re.sub(r"<[^>]*>|\s", "", cell) for cell in cells}


def test_saved_views_and_columns_are_ones_own(as_, two_parks):
    mine, other = as_("clerk1"), as_("park1")
    mine.post("/desk/enterprises/views", data={"name": "我的在园", "query": "status=在园"})
    mine.post(
        "/desk/enterprises/columns", data={"columns": "name,uscc,remark", "density": "compact"}
    )
    page = mine.page(LIST)
    assert "我的在园" in page
    assert {"企业名称", "备注"} <= heads(page)
    assert "联系人" not in heads(page)
    theirs = heads(other.page(LIST))
    assert "联系人" in theirs
    assert "备注" not in theirs
    assert "我的在园" not in other.page(LIST)


def test_all_that_match_is_refused_when_it_is_no_longer_what_was_seen(app, as_, two_parks):
    browser = as_("park1")
    data = {"all": "1", "count": "7", "next": LIST, "status.value": "暂停"}
    answer = browser.post("/desk/enterprises/bulk/status", data=data, follow_redirects=True)
    assert "有变化，没有处理" in answer.text
    with app.app_context(), scope.unscoped():
        assert queries.get(two_parks[0]).status == "在园"


def test_all_that_match_is_offered_up_to_the_limit_only(app, as_, two_parks, monkeypatch):
    from app.web import base_bulk

    with app.app_context(), scope.unscoped():
        for serial in range(10, 40):
            made.add("P01", serial)
    page = as_("park1").page(LIST)
    assert 'name="all"' in page
    assert 'name="count" value="31"' in page
    monkeypatch.setattr(base_bulk, "MAX_BULK", 30)
    page = as_("park1").page(LIST)
    assert 'name="all"' not in page
    assert "一次最多处理 30 条" in page
    data = {"all": "1", "count": "31", "next": LIST}
    as_("park1").post("/desk/enterprises/bulk/delete", data=data)
    assert len(made.alive(app)) == 31


def test_a_row_that_went_meanwhile_does_not_stop_the_others(app, as_, two_parks):
    with app.app_context(), scope.unscoped():
        second = made.add("P01", 3).id
    browser = as_("park1")
    browser.post(f"/desk/enterprises/delete/{two_parks[0]}")
    ids = [str(two_parks[0]), str(second)]
    gone = browser.post("/desk/enterprises/bulk/delete", data={"pk": ids}, follow_redirects=True)
    assert "已删除 1 家企业" in gone.text
    with app.app_context():
        held = [bins.item("enterprise", int(pk)) for pk in ids]
    assert browser.post(f"/desk/bin/restore/{held[0]}").status_code == 303
    both = browser.post("/desk/bin/bulk/restore", data={"pk": held})
    assert "已恢复 1 条，未恢复 1 条" in both.text
    assert len(made.alive(app)) == 2


def test_the_ticked_rows_are_exported_and_no_others(app, as_, two_parks):
    with app.app_context(), scope.unscoped():
        second = made.add("P01", 3, name="第二家有限公司").id
        made.add("P01", 4, name="没有勾选有限公司")
    browser = as_("park1")
    ids = [str(two_parks[0]), str(second)]
    data = {"pk": ids, "next": f"{LIST}?sort=-name&q=公司"}
    answer = browser.post("/desk/enterprises/bulk/export", data=data)
    page = browser.page(answer.location)
    assert "将导出 2 行" in page
    assert "所选企业" in page
    content = browser.post(answer.location, data={"format": "csv", "purpose": "核对"}).text
    assert "第二家有限公司" in content
    assert "没有勾选" not in content
    everything = browser.post(
        "/desk/enterprises/bulk/export", data={"all": "1", "count": "3", "next": f"{LIST}?q=公司"}
    )
    assert "将导出 3 行" in browser.page(everything.location)


def test_keys_of_another_park_find_nothing(as_, two_parks):
    own, foreign = two_parks
    page = as_("park1").page(f"{LIST}?keys={own},{foreign}")
    assert "三亚海风" in page
    assert "凤凰保税仓储" not in page
    for wrong in ("1,x", "1;2", ",".join(["7"] * 501), "9" * 20, "-1"):
        assert as_("park1").get(f"{LIST}?keys={wrong}").status_code == 400


def test_columns_are_kept_once_however_often_they_are_sent(app, as_, two_parks):
    browser = as_("park1")
    browser.post("/desk/enterprises/columns", data={"columns": ["uscc,uscc"] * 300})
    page = browser.page(LIST)
    assert page.count("91460200") < 5
