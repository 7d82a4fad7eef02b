"""What follows from confirmed results: 限期整改, 取消称号待核; the zone's list, each park its own."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.extensions import db
from app.extensions.lists.source import ListSource
from app.features.rankings import queries, services
from app.features.rankings.models import RankingConsequence
from app.features.rankings.rules.consequences import Kind, Rule, follow, in_row, read
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
