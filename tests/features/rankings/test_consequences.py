"""What follows from confirmed results: 限期整改, 取消称号待核; the zone's list, each park its own."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines.notices import InboxMessage
from app.extensions import db
from app.extensions.lists.source import ListSource
from app.features.rankings import queries, services
from app.features.rankings.models import RankingConsequence
from app.features.rankings.rules.consequences import Kind, Rule, follow, in_row, read
from app.transaction import transaction
from tests.features.rankings.test_publishing import act
from tests.support import assessments, people, rankings

LIST = "/desk/consequences/list/"
RULES = read(
    {
        "grades": {
            "consequences": [
                {"when": {"grade": "fail", "years_in_row": 1}, "then": "限期整改"},
                {"when": {"grade": "fail", "years_in_row": "2"}, "then": "取消称号"},
                {"when": {"veto": "any"}, "then": "取消称号待核"},
                {"when": {"grade": "good"}, "then": " "},
                {"when": "fail", "then": "通报"},
                {"when": {"grade": "fail", "years_in_row": "-1"}, "then": "通报"},
                "限期整改",
            ]
        }
    }
)


def confirmed(found: Any, snapshot: Any) -> list[RankingConsequence]:
    over = clock.now() + timedelta(days=(snapshot.window_until - clock.today()).days + 1)
    act(services.confirm, found.id, now=over)
    with scope.unscoped():
        return list(db.session.query(RankingConsequence).filter_by(round_id=found.id))


# -- the rules -----------------------------------------------------------------------------------
def test_lines_that_are_no_rules_are_left_out() -> None:
    assert [(one.words, one.kind, one.years, one.veto) for one in RULES] == [
        ("限期整改", Kind.rectify, 1, False),
        ("取消称号", Kind.title_review, 2, False),
        ("取消称号待核", Kind.title_review, 1, True),
    ]
    assert read({}) == read({"grades": {"consequences": "x"}}) == ()
    assert Rule("约谈").kind is Kind.other


@pytest.mark.parametrize(
    ("earlier", "years"), [([], 1), (["fail"], 2), (["fail", "good", "fail"], 2), ([None], 1)]
)
def test_in_a_row_ends_with_another_grade_or_an_absence(earlier: Any, years: int) -> None:
    assert in_row("fail", earlier) == years


@pytest.mark.parametrize(
    ("grade", "veto", "earlier", "words"),
    [
        ("fail", None, (), "限期整改"),
        ("fail", None, ("fail",), "取消称号"),
        ("fail", "V1", (), "取消称号待核"),
        ("pass", None, ("fail",), None),
    ],
)
def test_one_consequence_at_most_the_gravest(
    context: object, grade: str, veto: str | None, earlier: Any, words: str | None
) -> None:
    _found, snapshot = rankings.published()
    row = queries.rows(snapshot.id)[0]
    changed = type(row)(**{**row.told(), "steps": (), "grade": grade, "veto": veto})
    told = follow(RULES, [changed], {row.park_id: earlier})
    assert [one.rule.words for one in told] == ([words] if words else [])


# -- confirming makes them -----------------------------------------------------------------------
def test_confirming_lists_what_the_scheme_says(context: object) -> None:
    found, snapshot = rankings.published()
    assert db.session.query(RankingConsequence).count() == 0
    made = confirmed(found, snapshot)
    base = people.park("B01").id
    assert [(one.park_id, one.kind, one.words, one.years) for one in made] == [
        (base, "title", "取消称号待核", 1)
    ]
    assert made[0].due_on > clock.today()


def test_two_rounds_in_a_row_are_counted(context: object) -> None:
    found, snapshot = rankings.published()
    confirmed(found, snapshot)
    later = assessments.opened(previous_id=found.id)
    second = rankings.publish(later, rankings.run(later))
    assert [one.years for one in confirmed(later, second)] == [2]


# -- the zone closes -----------------------------------------------------------------------------
def test_closed_once_by_the_operator_with_a_fitting_outcome_and_a_note(context: object) -> None:
    found, snapshot = rankings.published()
    (one,) = confirmed(found, snapshot)

    def close(outcome: str, note: str, by: str = "operator") -> Any:
        given = {"seen": one.version, "now": clock.now(), "by": by}
        return act(services.close, one.id, outcome, note, **given)

    for who in ("reviewer", "base1"):
        with pytest.raises((Forbidden, NotFound)):
            close("kept", "会议决定", by=who)
    with pytest.raises(Refusal) as refused:
        close("passed", " ")
    assert set(refused.value.fields) == {"outcome", "note"}
    close("kept", "会议决定保留。")
    assert (one.outcome, one.note, one.closed_at is not None) == ("kept", "会议决定保留。", True)
    with pytest.raises(Refusal, match="consequence_changed"):
        close("revoked", "再议")


# -- the pages -----------------------------------------------------------------------------------
@pytest.mark.one_database("pages and rights")
def test_the_zone_sees_all_a_park_its_own(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    (one,) = confirmed(found, snapshot)
    name = people.park("B01").name
    zone = as_("operator")
    page = zone.get(f"{LIST}?kind=title").text
    assert name in page
    assert "办理中" in page
    assert (
        name not in zone.get(f"{LIST}?kind=rectify").get_data(as_text=True).partition("<tbody")[2]
    )
    shown = zone.get(f"/desk/consequences/show/{one.id}").text
    assert "一票否决" in shown
    assert "办结" in shown
    wrong = zone.post(f"/desk/consequences/close/{one.id}", data={"version": one.version})
    assert wrong.status_code == 400
    assert "请选择办理结果" in wrong.text
    own = as_("base1")
    assert "取消称号待核" in own.get(LIST).text
    assert "办结</a>" not in own.get(f"/desk/consequences/show/{one.id}").text
    other = as_("park1")
    assert name not in other.get(LIST).text
    assert other.get(f"/desk/consequences/show/{one.id}").status_code == 404
    assert own.post(f"/desk/consequences/close/{one.id}").status_code == 403
    data = {"version": one.version, "outcome": "revoked", "note": "会议决定取消。"}
    assert zone.post(f"/desk/consequences/close/{one.id}", data=data).status_code == 303
    assert "取消称号" in own.get(f"/desk/consequences/show/{one.id}").text


@pytest.mark.one_database("pages and rights")
def test_the_export_holds_every_row_and_says_how_many(
    as_: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a list counts (its "10,000+") leave all the same, and the page says as many."""
    monkeypatch.setattr(ListSource.count, "__defaults__", (1,))
    monkeypatch.setitem(rankings.WHO, "P02", rankings.WHO["B01"])
    confirmed(*rankings.published())
    zone, address = as_("operator"), "/desk/consequences/export"
    assert "将导出 2 行" in zone.page(address)
    book = openpyxl.load_workbook(io.BytesIO(zone.post(address).data))
    about, rows = book.worksheets
    assert rows.max_row == 1 + 2
    assert ("行数", "2") in {(row[0].value, row[1].value) for row in about.iter_rows()}


@pytest.mark.one_database("pages and rights")
def test_the_export_holds_the_filtered_rows(as_: Any, context: Any) -> None:
    confirmed(*rankings.published())
    zone = as_("operator")
    book = openpyxl.load_workbook(io.BytesIO(zone.post("/desk/consequences/export").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert rows[0][0] == "园区/基地"
    assert [row[0] for row in rows[1:]] == [people.park("B01").name]
    assert rows[1][2] == "取消称号待核"
    none = zone.post("/desk/consequences/export?outcome=kept", data={"format": "csv"})
    assert people.park("B01").name not in none.get_data().decode("utf-8-sig")


# -- with a report, in time, and opened again ----------------------------------------------------
@pytest.mark.one_database("a page and a file")
def test_closed_with_its_report_that_the_park_can_read(as_: Any, context: Any) -> None:
    (one,) = confirmed(*rankings.published())
    zone, address = as_("operator"), f"/desk/consequences/close/{one.id}"
    show = f"/desk/consequences/show/{one.id}"
    name = people.park("B01").name
    assert f"确定办结“{name}”的“{one.words}”吗？" in zone.page(f"{show}?act=close")

    def sent(file: bytes, called: str, **typed: str) -> Any:
        data = {"version": one.version, **typed, "report": (io.BytesIO(file), called)}
        return zone.post(address, data=data, content_type="multipart/form-data")

    assert "浏览器不保留已选的文件" in sent(assessments.PDF, "报告.pdf", outcome="kept").text
    bad = sent(b"MZ\x90\x00" * 20, "报告.exe", outcome="kept", note="会议决定。")
    assert bad.status_code == 400
    assert "不支持的文件类型" in bad.text
    assert one.outcome is None
    done = sent(assessments.PDF, "报告.pdf", outcome="kept", note="会议决定。")
    assert done.status_code == 303
    db.session.expire_all()
    with scope.unscoped():
        file = f"/files/{queries.consequence(one.id).report_key}"
    for who, status in (("base1", 200), ("reviewer", 200), ("park1", 404), ("expert1", 404)):
        assert as_(who).get(file).status_code == status, who
    assert f'href="{file}"' in as_("base1").page(show)


@pytest.mark.one_database("a page")
def test_what_was_closed_is_opened_again_with_a_reason_that_the_park_is_told(
    as_: Any, context: Any
) -> None:
    (one,) = confirmed(*rankings.published())
    zone, base = as_("operator"), as_("base1")
    show, address = f"/desk/consequences/show/{one.id}", f"/desk/consequences/close/{one.id}"
    act(services.close, one.id, "revoked", "会议决定。", seen=one.version, now=clock.now())
    assert f"{show}?act=reopen" in zone.page(show)
    assert f"{show}?act=reopen" not in base.page(show)
    assert "确定重新办理" in zone.page(f"{show}?act=reopen")
    form = {"version": one.version, "act": "reopen"}
    empty = zone.post(address, data=form)
    assert empty.status_code == 400
    assert "请写明原因" in empty.text
    assert as_("reviewer").post(address, data=form).status_code == 403
    told = zone.post(address, data={**form, "reason": "决定有误，重新审议。"})
    assert told.status_code == 303
    assert "办理中" in base.page(show)
    with scope.unscoped():
        rows = db.session.scalars(sa.select(InboxMessage).order_by(InboxMessage.id))
        said = [row.params for row in rows if row.kind == "ranking.consequence_reopened"]
    assert [row["reason"] for row in said] == ["决定有误，重新审议。"]
    assert zone.post(address, data={**form, "reason": "再来"}).status_code == 409


@pytest.mark.one_database("a page")
def test_what_is_overdue_stands_on_the_desk_of_who_closes_it(as_: Any, context: Any) -> None:
    (one,) = confirmed(*rankings.published())
    late = "/desk/consequences/list/?late=1"
    assert late not in as_("operator").page("/desk/")
    with scope.unscoped(), transaction():
        db.session.get_one(RankingConsequence, one.id).due_on = clock.today() - timedelta(days=9)
    page = as_("operator").page("/desk/")
    assert "超期未办结的考核结果" in page
    assert f'href="{late}"' in page
    assert people.park("B01").name in as_("operator").page(late).partition("<tbody")[2]
    for who in ("reviewer", "base1"):
        assert "超期未办结的考核结果" not in as_(who).page("/desk/")


@pytest.mark.one_database("a page")
def test_one_round_is_not_called_in_a_row(as_: Any, context: Any) -> None:
    (one,) = confirmed(*rankings.published())
    with scope.unscoped(), transaction():
        db.session.get_one(RankingConsequence, one.id).veto = None
    page = as_("base1").page(f"/desk/consequences/show/{one.id}")
    assert "本次考核为“" in page
    assert "连续 1 次" not in page
