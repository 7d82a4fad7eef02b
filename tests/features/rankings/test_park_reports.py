"""限期整改: the park hands in its report, the zone hears of it, checks it and closes."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.engines import trail
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.rankings import queries, services
from app.features.rankings.models import RankingConsequence
from app.transaction import transaction
from tests.features.rankings.test_consequences import confirmed
from tests.features.rankings.test_publishing import act
from tests.support import assessments, people, rankings

DESK = "/desk/consequences"


@pytest.fixture
def one(context: object) -> RankingConsequence:
    """A 限期整改 of the base."""
    (found,) = confirmed(*rankings.published())
    with scope.unscoped(), transaction():
        db.session.get_one(RankingConsequence, found.id).kind = "rectify"
    return found


def fresh(one: Any) -> RankingConsequence:
    db.session.expire_all()
    with scope.unscoped():
        return queries.consequence(one.id)


def report(
    one: Any, by: str = "base1", *, name: str = "报告.pdf", seen: int = 0, **more: Any
) -> Any:
    data = more.pop("data", assessments.PDF)
    paper = services.Report(io.BytesIO(data), name) if data else None
    given = {"seen": seen or fresh(one).version, "now": clock.now(), "by": by}
    return act(services.report, one.id, paper, more.get("note", ""), **given)


def told(kind: str) -> list[Any]:
    with scope.unscoped():
        found = db.session.scalars(sa.select(InboxMessage).order_by(InboxMessage.id))
        return [row for row in found if row.kind == f"ranking.{kind}"]


def test_the_park_reports_as_often_as_it_likes_and_the_zone_closes(one: Any) -> None:
    report(one, note=" 已整改。 ")
    first = fresh(one)
    assert (first.park_note, first.reported_by) == ("已整改。", people.actor("base1").user_id)
    assert {row.user_id for row in told("consequence_reported")} == {
        people.actor(name).user_id for name in ("operator", "operator2")
    }
    said = told("consequence_reported")[0].params
    assert said["park"] == people.park("B01").name
    key = first.park_report_key
    report(one, name="补充.pdf")
    assert fresh(one).park_report_key != key
    assert len(told("consequence_reported")) == 4
    given = {"seen": fresh(one).version, "now": clock.now()}
    act(services.close, one.id, "passed", "核实无误。", **given)
    assert fresh(one).park_report_key is not None
    with pytest.raises(Refusal, match="consequence_changed"):
        report(one)
    given = {"seen": fresh(one).version, "now": clock.now()}
    act(services.reopen, one.id, "材料有误", **given)
    report(one, name="再补.pdf")
    acts = [row.action for row in trail.history("ranking_consequence", one.id)]
    assert acts[0] == "ranking.consequence_reported"
    assert trail.history("ranking_consequence", one.id)[0].details["report"] == "再补.pdf"


@pytest.mark.parametrize("by", ["operator", "reviewer", "park1", "clerk1", "expert1"])
def test_nobody_else_reports_for_it(one: Any, by: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        report(one, by)
    assert fresh(one).reported_at is None


def test_what_is_no_report(one: Any) -> None:
    for given in ({"data": b""}, {"data": b"MZ\x90\x00" * 20}):
        with pytest.raises(Refusal) as refused:
            report(one, **given)
        assert set(refused.value.fields) == {"report"}
    with pytest.raises(Refusal, match="consequence_changed"):
        report(one, seen=99)
    with pytest.raises(Refusal) as refused:
        report(one, note="长" * 501)
    assert refused.value.fields == {"note": "consequence_note"}
    with scope.unscoped(), transaction():
        fresh(one).kind = "title"
    with pytest.raises(Refusal, match="consequence_no_report"):
        report(one)
    assert fresh(one).reported_at is None
    assert told("consequence_reported") == []


@pytest.mark.one_database("pages and rights")
def test_on_the_pages_of_both(as_: Any, one: Any) -> None:
    base, zone, show = as_("base1"), as_("operator"), f"{DESK}/show/{one.id}"
    assert "待提交的整改报告" in base.page("/desk/")
    assert (
        people.park("B01").name in base.page(f"{DESK}/list/?report=wanted").partition("<tbody")[2]
    )
    assert f"{show}?act=report" in base.page(show)
    for other in ("operator", "reviewer"):
        assert "act=report" not in as_(other).page(show)
        assert "提交整改报告</h2>" not in as_(other).page(f"{show}?act=report")
    address = f"{DESK}/report/{one.id}"
    assert f'action="{address}"' in base.page(f"{show}?act=report")
    form = {"version": fresh(one).version, "note": "已整改。"}
    empty = base.post(address, data=form)
    assert (empty.status_code, "请选择整改报告" in empty.text) == (400, True)
    assert "已整改。</textarea>" in empty.text

    def sent(browser: Any, **more: Any) -> Any:
        paper = {"report": (io.BytesIO(assessments.PDF), "报告.pdf")}
        return browser.post(address, data={**form, **more, **paper})

    assert sent(base, note="长" * 501).text.count("浏览器不保留已选的文件") == 1
    for who, status in (("operator", 403), ("clerk1", 403), ("park1", 404)):
        assert sent(as_(who)).status_code == status, who
    assert sent(base).status_code == 303
    stale = sent(base)
    assert (stale.status_code, "已有变化" in stale.text) == (409, True)
    file = f"/files/{fresh(one).park_report_key}"
    page = zone.page(show)
    assert f'href="{file}"' in page
    assert "已整改。" in page
    for who, status in (("operator", 200), ("reviewer", 200), ("base1", 200), ("park1", 404)):
        assert as_(who).get(file).status_code == status, who
    assert "待核实的整改报告" in zone.page("/desk/")
    rows = zone.page(f"{DESK}/list/?report=sent").partition("<tbody")[2]
    assert people.park("B01").name in rows
    assert "待提交的整改报告" not in base.page("/desk/")
    assert "重新提交整改报告" in base.page(show)


@pytest.mark.one_database("a page")
def test_what_asks_for_no_report_shows_none(as_: Any, context: Any) -> None:
    (one,) = confirmed(*rankings.published())  # 取消称号待核
    page = as_("base1").page(f"{DESK}/show/{one.id}?act=report")
    assert "整改报告" not in page.split("<h1")[1].split("整改报告或决定文件")[0]
    form = {"version": one.version, "report": (io.BytesIO(assessments.PDF), "报告.pdf")}
    answer = as_("base1").post(f"{DESK}/report/{one.id}", data=form)
    assert (answer.status_code, "不需要提交整改报告" in answer.text) == (409, True)
