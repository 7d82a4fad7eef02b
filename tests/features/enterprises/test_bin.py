"""The recycle bin: who deleted what and why, in the reader's language, and what hangs on it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import trail
from app.engines.recycling import registry
from app.extensions import db
from app.features.enterprises import services
from app.features.enterprises.models import Enterprise
from app.transaction import transaction
from tests.support import bins
from tests.support import enterprises as made
from tests.support.bins import second_admin

__all__ = ["second_admin"]

BIN = "/desk/bin/list/?kind=enterprise"

ALL_COLUMNS = {"columns": ["name", "facts", "deleted_by", "reason", "hanging"]}


def kept_reason(app, pk: int) -> str:
    with app.app_context(), scope.unscoped():
        return db.session.scalar(sa.select(Enterprise.delete_reason).where(Enterprise.id == pk))


def test_the_bin_says_who_deleted_and_why_in_the_readers_language(app, as_, two_parks):
    browser = as_("park1")
    browser.post("/desk/bin/columns", data=ALL_COLUMNS)
    browser.post(f"/desk/enterprises/delete/{two_parks[0]}")
    assert kept_reason(app, two_parks[0]) == "@one"
    page = browser.page(BIN)
    assert "测park1" in page
    assert "未填写原因" in page
    browser.set_cookie("lang", "en")
    page = browser.page(BIN)
    for words in ("No reason given", "Deleted by", "Active", "Yearly figures: 1 year"):
        assert words in page
    browser.set_cookie("lang", "zh")
    history = as_("auditor").page("/desk/audit/list/?action=enterprise.deleted")
    assert "删除企业" in history


@pytest.mark.parametrize("address", ["delete/{}", "bulk/delete"])
def test_a_typed_reason_is_kept_and_shown_as_it_was_typed(app, as_, two_parks, address):
    browser = as_("park1")
    form = {"pk": two_parks[0], "reason": " 重复登记 "}
    browser.post(f"/desk/enterprises/{address.format(two_parks[0])}", data=form)
    assert kept_reason(app, two_parks[0]) == "重复登记"
    assert "重复登记" in browser.page(BIN)
    browser.post(bins.address(app, "restore", "enterprise", two_parks[0]))
    assert "重复登记" in browser.page(f"/desk/enterprises/show/{two_parks[0]}?tab=history")


def test_the_trail_tells_a_reason_of_ours_in_words(app, as_, two_parks):
    as_("park1").post("/desk/enterprises/bulk/delete", data={"pk": two_parks[0]})
    with app.app_context():
        (entry, *_rest) = trail.history("enterprise", two_parks[0])
    assert entry.details == {"reason": "@many"}
    assert "批量删除" in as_("auditor").page(f"/desk/audit/show/{entry.id}")


@pytest.mark.parametrize("earlier", ["从列表删除", "Deleted from the list"])
def test_a_reason_written_down_before_it_was_a_code_reads_the_same(app, as_, two_parks, earlier):
    with app.app_context(), made.acting("park1") as actor, transaction():
        services.discard(actor, two_parks[0], reason=earlier, now=clock.now())
    browser = as_("park1")
    assert "未填写原因" in browser.page(BIN)
    browser.set_cookie("lang", "en")
    assert "No reason given" in browser.page(BIN)


def test_what_hangs_on_it_is_told_before_deleting_and_before_restoring(
    app, as_, two_parks, tmp_path, monkeypatch
):
    tellers = [lambda ids: {key: ["材料：3"] for key in ids}, lambda _ids: {}]
    monkeypatch.setitem(registry._tellers, "enterprise", tellers)
    with app.app_context(), scope.unscoped():
        row = made.row(1, name="三亚海风跨境电商有限公司", staff_count="99")
        import_id = made.planned("park1", "P01", made.csv_bytes([row]), tmp_path)
        made.applied("park1", import_id)
    address = f"/desk/bin/hanging/enterprise/{two_parks[0]}"
    browser = as_("park1")
    page = browser.page("/desk/enterprises/list/")
    assert 'data-row-confirm-more="/desk/bin/hanging/enterprise/{pk}"' in page
    assert 'data-row-confirm="确定删除“{name}”吗？删除后可在回收站恢复。"' in page
    assert f'/desk/enterprises/delete/{two_parks[0]}" class="danger" data-confirm-row="' in page
    told = {"lines": ["年度数据：1 个年度", "导入记录：1 次", "材料：3"]}
    assert browser.get(address).json == told
    browser.post(f"/desk/enterprises/delete/{two_parks[0]}")
    assert "材料：3" not in browser.page(BIN)  # a column to choose
    browser.post("/desk/bin/columns", data=ALL_COLUMNS)
    page = browser.page(BIN)
    assert f'data-confirm-more="{address}"' in page
    assert "年度数据：1 个年度；导入记录：1 次；材料：3" in page
    assert browser.get(address).json == told
    assert as_("park2").get(address).status_code == 404
    assert as_("clerk1").get(address).status_code == 403


# -- several at once ---------------------------------------------------------------------------
UNDO = re.compile(r'formaction="(/desk/bin/undo-several/[^"]+)"')


def deleted(app, browser, *serials: int) -> tuple[list[int], str]:
    """Keys of enterprises deleted together, and the address of 撤销 that the page then offers."""
    with app.app_context(), scope.unscoped():
        ids = [made.add("P01", serial).id for serial in serials]
    page = browser.post("/desk/enterprises/bulk/delete", data={"pk": ids}, follow_redirects=True)
    return ids, UNDO.search(page.text)[1]


def test_deleting_several_is_taken_back_with_one_press(app, as_, two_parks):
    browser = as_("park1")
    ids, undo = deleted(app, browser, 301, 302)
    other, _later = deleted(app, browser, 303)
    list_page = "/desk/enterprises/list/?q=2"
    answer = browser.post(undo, data={"next": list_page})
    assert answer.location == list_page
    assert "已恢复 2 条记录。" in browser.page(list_page)
    with app.app_context():
        assert {one.id for one in made.alive(app)} >= set(ids)
        assert bins.item("enterprise", other[0]), "what was deleted at another time stays"
    assert browser.post(undo).status_code == 404, "nothing is left to take back"


def test_what_cannot_come_back_is_named_and_the_rest_is_there(app, as_, two_parks):
    browser = as_("park1")
    _ids, undo = deleted(app, browser, 301, 302)
    with app.app_context(), scope.unscoped():
        made.add("P01", 301)
    told = browser.post(undo).text
    assert "已恢复 1 条，未恢复 1 条" in told
    assert "不能恢复：该代码已被在册企业" in told


@pytest.mark.usefixtures("second_admin")
@pytest.mark.parametrize("who", ["admin9", "park2", "operator"])
def test_only_who_deleted_several_takes_them_back_so(app, as_, who):
    ids, undo = deleted(app, as_("park1"), 301, 302)
    assert as_(who).post(undo).status_code == 404
    assert as_("clerk1").post(undo).status_code == 403
    with app.app_context():
        assert all(bins.item("enterprise", one) for one in ids)


@pytest.mark.parametrize("at", ["0", "999999999999999999"])
def test_an_instant_that_never_was_undoes_nothing(as_, at):
    assert as_("park1").post(f"/desk/bin/undo-several/enterprise/{at}").status_code == 404


def test_before_several_are_deleted_it_is_said_what_hangs_on_which(
    app, as_, two_parks, monkeypatch
):
    with app.app_context(), scope.unscoped():
        ids = [made.add("P01", serial).id for serial in range(301, 312)]
    tell = lambda asked: {key: ["材料：3"] for key in asked if key != ids[0]}  # noqa: E731
    monkeypatch.setitem(registry._tellers, "enterprise", [tell])
    browser, address = as_("park1"), "/desk/enterprises/bulk/hanging"
    assert f'data-confirm-more="{address}" data-confirm-of' in browser.page(
        "/desk/enterprises/list/"
    )
    told = browser.post(address, data={"pk": ids}).json["lines"]
    assert len(told) == 9
    assert told[0].endswith("：年度数据：1 个年度")
    assert all(line.endswith("：年度数据：1 个年度；材料：3") for line in told[1:8])
    assert told[8] == "另有 3 家也有关联内容。"
    assert browser.post(address, data={"pk": ids[:1]}).json["lines"] == told[:1]
    assert as_("clerk1").post(address, data={"pk": ids}).status_code == 403
    assert as_("park2").post(address, data={"pk": ids}).status_code == 404
