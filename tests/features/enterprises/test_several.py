"""Bulk acts of the register: slices that are whole or not at all, told of row by row."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.core import clock, scope
from app.core.errors import NotFound, Refusal
from app.engines import trail
from app.extensions import db
from app.features.enterprises import policy, queries, services
from app.features.enterprises.models import Enterprise
from app.features.enterprises.services import bulk, several
from app.transaction import transaction
from tests.support import enterprises as made

LIST = "/desk/enterprises/list/"


@pytest.fixture
def five(app):
    with app.app_context(), scope.unscoped():
        return [made.add("P01", serial).id for serial in range(1, 6)]


@pytest.fixture
def in_twos(monkeypatch):
    monkeypatch.setattr(several, "SLICE", 2)


@pytest.fixture
def guarded(monkeypatch):
    """The third enterprise may not go."""

    def no(item):
        return Refusal("rows_with_errors", number=3) if "3号" in item.name else None

    monkeypatch.setattr(policy, "GUARDS", [no])


def statuses(app) -> list[str]:
    return sorted(item.status for item in made.alive(app))


def post(browser, act, ids, **data):
    data |= {"pk": [str(key) for key in ids]}
    return browser.post(f"/desk/enterprises/bulk/{act}", data=data, follow_redirects=True).text


def test_every_row_of_every_slice_is_written_counted_and_told_of(app, as_, five, in_twos):
    said = post(as_("park1"), "status", five, **{"status.value": "暂停"})
    assert "已修改 5 家企业的状态" in said
    assert statuses(app) == ["暂停"] * 5
    with app.app_context(), scope.unscoped():
        assert queries.status_counts() == {"在园": 0, "迁出": 0, "暂停": 5, "注销": 0}
        for key in five:
            newest = trail.history("enterprise", key)[0]
            assert (newest.action, newest.changes) == (
                "enterprise.changed",
                {"status": ["在园", "暂停"]},
            )
            assert newest.object_label == queries.get(key).name
            assert queries.get(key).version == 2
        assert trail.verify().ok


def test_rows_that_have_the_status_already_are_left_alone(app, as_, five):
    browser = as_("park1")
    post(browser, "status", five[:2], **{"status.value": "暂停"})
    said = post(browser, "status", five[:3], **{"status.value": "暂停"})
    assert "已修改 1 家企业的状态" in said
    assert "2 家企业原本就是该状态" in said
    with app.app_context(), scope.unscoped():
        assert [queries.get(key).version for key in five] == [2, 2, 2, 1, 1]
    again = post(browser, "status", five[:3], **{"status.value": "暂停"})
    assert "已修改" not in again
    assert "没有这个企业状态" in post(browser, "status", five, **{"status.value": "飞走"})


def test_a_row_that_may_not_go_stays_with_its_reason_and_stops_no_other(
    app, as_, five, in_twos, guarded
):
    said = post(as_("park1"), "delete", five)
    assert "已删除 4 家企业" in said
    assert "1 家企业未删除" in said
    assert "还有 3 行错误" in said
    assert [item.id for item in made.alive(app)] == [five[2]]
    with app.app_context(), scope.unscoped():
        assert queries.status_counts()["在园"] == 1
        gone = queries.get(five[0], deleted=True)
        assert (gone.delete_reason, gone.version) == ("@many", 2)
        newest = trail.history("enterprise", gone.id)[0]
        assert newest.details == {"reason": "@many"}
        assert trail.history("enterprise", five[2])[0].action == "enterprise.added"


def test_nothing_deleted_is_never_told_as_a_success(app, as_, five, guarded):
    said = post(as_("park1"), "delete", [five[2]])
    assert "已删除" not in said
    assert "1 家企业未删除" in said


@pytest.fixture
def moved(app, five):
    """The second enterprise went to another park: its record is only read."""
    with app.app_context(), scope.unscoped(), transaction():
        queries.get(five[1]).moved_to = five[0]
    return five[1]


@pytest.mark.parametrize(
    ("act", "told", "other"),
    [
        ("status", ("已修改 4 家企业的状态", "1 家企业未修改：三亚测试2号"), "未删除"),
        ("delete", ("已删除 4 家企业", "1 家企业未删除：三亚测试2号"), "未修改"),
    ],
)
@pytest.mark.usefixtures("moved")
def test_what_is_left_alone_is_told_in_the_words_of_its_act(as_, five, act, told, other):
    said = post(as_("park1"), act, five, **{"status.value": "暂停"})
    assert all(words in said for words in (*told, "该企业已迁出本园区"))
    assert other not in said


@pytest.mark.usefixtures("moved", "guarded", "in_twos")
def test_the_question_says_beforehand_what_will_be_skipped(as_, five):
    browser = as_("park1")

    def told(act):
        data = {"pk": [str(key) for key in five]}
        return browser.post(f"/desk/enterprises/bulk/{act}", data=data).json

    moved_line = "三亚测试2号有限公司：该企业已迁出本园区，档案只能查看"
    status = told("fixed")
    assert status["skipped"] == [moved_line]
    assert status["skipped_title"].startswith("其中 1 家将跳过")
    going = told("hanging")
    assert going["skipped"][0] == moved_line
    assert going["skipped"][1].startswith("三亚测试3号有限公司：还有 3 行错误")
    assert going["skipped_title"].startswith("其中 2 家将跳过")
    assert [line.partition("：")[0] for line in going["lines"]] == [
        f"三亚测试{number}号有限公司" for number in (1, 4, 5)
    ]
    page = browser.page(LIST)
    assert 'data-dialog-more="/desk/enterprises/bulk/fixed"' in page


def test_nothing_is_said_to_be_skipped_where_nothing_is(as_, five):
    browser = as_("park1")
    data = {"pk": [str(key) for key in five]}
    for act in ("fixed", "hanging"):
        told = browser.post(f"/desk/enterprises/bulk/{act}", data=data).json
        assert (told["skipped"], told["skipped_title"]) == ([], "")
    assert as_("reviewer").post("/desk/enterprises/bulk/fixed", data=data).status_code == 403


@pytest.mark.parametrize("act", ["fixed", "hanging"])
@pytest.mark.usefixtures("moved", "guarded")
def test_the_question_tells_nobody_of_another_parks_rows(app, as_, client, five, act):
    with app.app_context(), scope.unscoped():
        other = made.add("P02", 9).id
    address = f"/desk/enterprises/bulk/{act}"
    theirs = {"pk": [str(other)]}
    assert as_("park1").post(address, data=theirs).status_code == 404
    beside = {"pk": [str(key) for key in (*five, other)]}
    assert as_("park1").post(address, data=beside).status_code == 404
    ours = as_("park2").post(address, data={"pk": [str(key) for key in five]})
    assert ours.status_code == 404
    assert "三亚测试" not in ours.text
    assert as_("park2").post(address, data=theirs).json["skipped"] == []
    assert as_("reviewer").post(address, data=theirs).status_code == 403
    nobody = client.post(address, data=theirs)
    assert (nobody.status_code, "/login" in nobody.headers["Location"]) == (302, True)


def test_a_row_that_somebody_deleted_meanwhile_is_told_of(context, five):
    with made.acting("park1") as actor, transaction():
        services.discard(actor, five[0], reason="关了", now=clock.now())
    with made.acting("park1") as actor, transaction():
        done = several.set_status(actor, five, "迁出")
    assert (done.done, done.same, done.gone) == (4, 0, 1)


def test_a_slice_that_fails_is_undone_and_the_ones_before_it_stay(
    app, as_, five, in_twos, monkeypatch
):
    real, calls = trail.record_many, []

    def third_fails(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise ZeroDivisionError
        return real(*args, **kwargs)

    monkeypatch.setattr(trail, "record_many", third_fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    browser = as_("park1")
    data = {"pk": [str(key) for key in five], "status.value": "暂停"}
    assert browser.post("/desk/enterprises/bulk/status", data=data).status_code == 500
    assert "处理中断，已处理 4 家企业" in browser.page(LIST)
    assert statuses(app) == ["在园", *["暂停"] * 4]
    with app.app_context(), scope.unscoped():
        assert queries.status_counts()["暂停"] == 4
        assert trail.verify().ok


def test_the_statements_of_a_slice_do_not_grow_with_its_rows(context, five):
    def statements(ids, status):
        seen: list[str] = []

        def note(_conn, _cursor, statement, _parameters, _context, many):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            with made.acting("park1") as actor, transaction():
                several.set_status(actor, ids, status)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    statements(five, "迁出")
    assert statements(five, "暂停") == statements(five[:1], "注销")


def test_foreign_rows_are_out_of_reach_of_the_statement_too(context):
    foreign = made.add("P02", 9)
    with made.acting("park1") as actor, transaction():
        assert several.set_status(actor, [foreign.id], "迁出").gone == 1
    with made.acting("park1") as actor, pytest.raises(NotFound), transaction():
        bulk.write_same(actor, [foreign], {"status": "迁出"})
    query = sa.select(Enterprise.status).where(Enterprise.id == foreign.id)
    assert db.session.scalar(query) == "在园"
