"""From an upheld objection to the version that corrects it, without withdrawing the first one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, Refusal
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.assessments.queries import reviews
from app.features.assessments.services import findings, marking, reviewing, running
from app.features.objections import services
from app.features.objections.models import Objection
from app.features.rankings import queries as rankings_queries
from app.features.rankings import services as publishing
from tests.support import assessments, judging, people
from tests.support.judging import do, fresh, judge, value

#: Its floor space was counted too low by the first reviewer.
OBJECTED, VALUE = "A1", "area_cbec_m2"
VETO = ("operator", findings.set_veto)


@pytest.fixture
def published(context: object) -> Any:
    """Three parks, reviewed by ``reviewer``; P01 had its floor space cut."""
    judging.more_people()
    found = assessments.opened(lead_id=people.actor("reviewer").user_id)
    low = {**assessments.TYPED, "area_cbec_m2": "9000", "employees": "200", "started": "4"}
    filed = {
        "P01": assessments.submitted(found),
        "P02": assessments.submitted(found, "P02", by="park2", typed=low),
        "B01": assessments.submitted(found, "B01", by="base1"),
    }
    judging.take(filed["P01"])
    judge(filed["P01"], VALUE, "corrected", typed="1200", reason="合同只有 1200 平方米")
    judging.pass_all(filed["P01"])
    do("reviewer", reviewing.finish, filed["P01"].id, seen=fresh(filed["P01"]).version)
    for code in ("P02", "B01"):
        judging.reviewed(filed[code])
    judging.closed(found)
    judging.panel_closed(found)
    made = judging.run(found)
    snapshot = do("operator", publishing.publicize, found.id, run_id=made.id)
    return found, snapshot, filed["P01"]


def upheld(snapshot: Any, by: str = "reviewer2", **changes: Any) -> Objection:
    claim = {"target": "indicator", "reason": "补充协议没有计入。", "indicators": (OBJECTED,)}
    claim = services.Claim(**{**claim, **changes})
    one = do("park1", services.file, people.park("P01").id, snapshot.id, claim)
    one = do(by, services.accept, one.id, seen=one.version)
    one = do(by, services.decide, one.id, "upheld", "属实。", seen=one.version)
    return do("operator", services.answer, one.id, seen=one.version)


def reopened(filing: Any) -> Any:
    return do("reviewer", reviewing.reopen, filing.id, "异议成立", seen=fresh(filing).version)


def corrected(filing: Any) -> None:
    reopened(filing)
    judge(filing, VALUE, "passed", by="reviewer2")
    do("reviewer2", reviewing.finish, filing.id, seen=fresh(filing).version)


def raw(snapshot_id: int) -> list[Any]:
    """The bytes of a version as the database keeps them; how it stands is another matter."""
    head = sa.text(
        "SELECT number, head, digest, previous_digest, key, short_code, window_from, window_until, "
        "published_at, publisher_name, reason, results_digest FROM ranking_snapshot WHERE id = :id"
    )
    rows = sa.text("SELECT * FROM ranking_row WHERE snapshot_id = :id ORDER BY position")
    given = {"id": snapshot_id}
    return [
        tuple(map(str, one)) for query in (head, rows) for one in db.session.execute(query, given)
    ]


def kinds_told() -> set[tuple[str, str]]:
    with scope.unscoped():
        names = {people.actor(who).user_id: who for who in ("park1", "park2", "base1")}
        rows = db.session.scalars(sa.select(InboxMessage))
        return {(names.get(one.user_id, ""), one.kind) for one in rows}


def publish_anew(found: Any, made: Any, by: str = "operator") -> Any:
    return do(by, publishing.publish_anew, found.id, run_id=made.id, reason="异议成立")


def test_from_upheld_to_version_two_while_the_round_stays_published(published: Any) -> None:
    found, first, filing = published
    one, before = upheld(first), raw(first.id)
    over = clock.beginning_of(first.window_until + timedelta(days=1))
    with pytest.raises(Refusal, match="objections_uncorrected"):
        do("operator", publishing.confirm, found.id, now=over)
    corrected(filing)
    made = judging.run(found, by="reviewer")
    assert found.state == "publicized"

    with scope.acting_as(people.actor("operator")):
        ahead = publishing.ahead(people.actor("operator"), found, now=clock.now())
    assert ahead is not None
    second, moved = publish_anew(found, made)
    assert (second.number, found.state, moved) == (2, "publicized", ahead.moves)
    assert {"final", "block:A"} <= {name for name, _old, _new in moved[0].fields}
    assert second.window_until == ahead.until
    assert raw(first.id) == before
    assert publishing.broken() == []

    db.session.refresh(one)
    assert one.corrected_in_id == second.id
    assert ("park1", "objection.corrected") in kinds_told()
    about = {people.park(code).id: who for code, who in (("P01", "park1"), ("P02", "park2"))}
    told = {about[each.park_id] for each in moved if each.park_id in about}
    assert told <= {who for who, kind in kinds_told() if kind == "ranking.corrected"}
    over = clock.beginning_of(second.window_until + timedelta(days=1))
    assert do("operator", publishing.confirm, found.id, now=over).state == "confirmed"


def test_figures_that_follow_by_themselves_are_named_before_and_after(
    published: Any, as_: Any
) -> None:
    found, first, filing = published
    upheld(first)
    corrected(filing)
    made = judging.run(found, by="reviewer")
    park, address = people.park("P01").name, f"/desk/publications/{found.id}"
    said = "下列得分没有人重新审核，由平台按考核规则随更正自动重算："
    with scope.acting_as(people.actor("operator")):
        ahead = publishing.ahead(people.actor("operator"), found, now=clock.now())
    assert ahead is not None
    moved = {one.code: one.park_ids for one in ahead.followed}
    assert moved["E3"] == (people.park("P01").id,)  # fewer values differ from what was declared
    assert OBJECTED not in moved  # that one was judged again
    before = as_("operator").page(address)
    assert said in before
    assert f"E3 数据真实性（{park}）" in before
    publish_anew(found, made)
    after = as_("reviewer").page(address)
    assert f"E3 数据真实性（{park}）" in after.partition("与上一版的差异")[2]
    assert after.count(said) == 1  # version 1 had none before it


def test_without_an_upheld_objection_nothing_moves_in_a_published_round(published: Any) -> None:
    found, first, filing = published
    with pytest.raises(Refusal, match="round_closed"):
        reopened(filing)
    with pytest.raises(Refusal, match="run_nothing_upheld"):
        judging.run(found)
    with pytest.raises(Refusal, match="round_state"):
        judging.run(found, preview=True)
    claim = services.Claim("indicator", "有误。", (OBJECTED,))
    one = do("park1", services.file, people.park("P01").id, first.id, claim)
    one = do("reviewer2", services.accept, one.id, seen=one.version)
    do("reviewer2", services.decide, one.id, "upheld", "属实。", seen=one.version)
    with pytest.raises(Refusal, match="round_closed"):  # decided, but no second person agreed yet
        reopened(filing)


def test_only_what_is_named_is_judged_again_and_by_somebody_else(published: Any) -> None:
    found, first, filing = published
    upheld(first)
    with pytest.raises(Forbidden):  # the lead's act
        do("reviewer2", reviewing.reopen, filing.id, "成立", seen=fresh(filing).version)
    reopened(filing)
    assert value(filing, VALUE).verdict == "open"
    assert value(filing, "employees").verdict == "passed"
    with pytest.raises(Refusal, match="correction_own_verdict"):
        judge(filing, VALUE, "passed")
    with pytest.raises(Refusal, match="correction_not_objected"):
        judge(filing, "employees", "corrected", typed="5", reason="少算", by="reviewer2")
    with pytest.raises(Refusal, match="correction_no_return"):
        judge(filing, VALUE, "returned", reason="补材料", by="reviewer2")
    with pytest.raises(Refusal, match="run_unjudged"):
        judging.run(found)
    other = assessments.filing(found, "P02")
    with pytest.raises(Refusal, match="round_closed"):
        do("reviewer", reviewing.reopen, other.id, "顺便", seen=fresh(other).version)
    judging.pass_all(filing, by="reviewer")  # passes over what this person had judged
    assert value(filing, VALUE).verdict == "open"
    judge(filing, VALUE, "passed", by="reviewer2")
    judge(filing, VALUE, "corrected", typed="1500", reason="再核", by="reviewer2")
    do("reviewer2", reviewing.finish, filing.id, seen=fresh(filing).version)


def test_the_park_can_do_nothing_in_its_reopened_filing(published: Any) -> None:
    _found, first, filing = published
    upheld(first)
    reopened(filing)
    with pytest.raises(Refusal, match="filing_state"):
        assessments.fill_value(filing, VALUE, "99999")
    with pytest.raises(Refusal, match="filing_nothing_returned"):
        do("reviewer2", reviewing.give_back, filing.id, "补", seen=fresh(filing).version)


def test_a_version_needs_the_reopened_filing_reviewed_and_a_second_person(published: Any) -> None:
    found, first, filing = published
    upheld(first)
    corrected(filing)
    made = judging.run(found, by="operator")
    with pytest.raises(Refusal, match="ranking_second_person"):
        publish_anew(found, made)
    reopened(filing)
    with pytest.raises(Refusal, match="ranking_being_corrected"):
        publish_anew(found, made, by="operator2")
    do("reviewer", reviewing.finish, filing.id, seen=fresh(filing).version)
    publish_anew(found, made, by="operator2")
    with pytest.raises(Refusal, match="run_nothing_upheld"):
        judging.run(found)


def test_an_answer_after_the_scoring_waits_for_the_next_version(published: Any) -> None:
    found, first, filing = published
    upheld(first)
    corrected(filing)
    made = judging.run(found, by="reviewer")
    late = upheld(first, by="operator2", target="total", indicators=())
    publish_anew(found, made)
    db.session.refresh(late)
    assert late.corrected_in_id is None
    assert services.against_confirming(found.id) == "objections_uncorrected"
    assert [one.number for one in services.corrections(found.id)] == [late.number]


def test_a_filing_under_correction_waits_among_the_reviews(published: Any) -> None:
    found, first, filing = published
    assert reviews.waiting_count() == 0
    assert found.id not in {one.id for one in reviews.running_rounds()}
    upheld(first)
    reopened(filing)
    assert reviews.waiting_count() == 1
    assert found.id in {one.id for one in reviews.running_rounds()}


@pytest.mark.one_database("a page and its figure")
def test_the_cockpit_names_the_objection_and_what_it_opens(
    published: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, snapshot, filing = published
    one = upheld(snapshot)
    reopened(filing)
    later = clock.now() + timedelta(days=90)  # the last day of the ordinary review is long over
    monkeypatch.setattr(clock, "now", lambda: later)
    browser = as_("reviewer2")
    page = browser.page(f"/desk/filing-reviews/show/{filing.id}")
    assert f"异议 {one.number} 成立，重新开放：跨境电商使用面积。" in page
    assert "异议理由：补充协议没有计入。" in page
    assert "答复：属实。" in page
    assert "审核已超期" not in page
    assert "超期" not in browser.page(f"/desk/filing-reviews/board/{found.id}")


def test_what_waits_for_its_correction_stands_on_the_desk_and_in_its_list(
    published: Any, as_: Any
) -> None:
    _found, first, _filing = published
    zone, link = as_("operator"), "/desk/objections/list/?correction=pending"
    assert "待更正的异议" not in zone.get("/desk/").text
    one = upheld(first)
    assert f'href="{link}"' in zone.get("/desk/").text
    assert one.number in zone.get(link).text
    assert one.number not in zone.get(link.replace("pending", "done")).text


def test_an_upheld_objection_to_the_total_opens_vetoes_and_grades_of_that_park(
    published: Any,
) -> None:
    found, first, filing = published
    with pytest.raises(Refusal, match="round_state"):
        do(*VETO, filing.id, "V1", "伪造", document_id=judging.paper(found))
    upheld(first, target="other", indicators=(), other_park_id=people.park("P02").id)
    with pytest.raises(Refusal, match="round_state"):
        do(*VETO, filing.id, "V1", "伪造", document_id=judging.paper(found))
    other = assessments.filing(found, "P02")
    do(*VETO, other.id, "V1", "伪造", document_id=judging.paper(found))
    made = judging.run(found, by="reviewer")
    _second, moved = publish_anew(found, made)
    assert people.park("P02").id in {one.park_id for one in moved}
    told = {one.park_id: one.rank for one in rankings_queries.rows(first.id)}
    assert told[people.park("P02").id] is not None


def test_what_experts_marked_is_corrected_after_a_withdrawal_as_the_case_says(
    published: Any, as_: Any
) -> None:
    found, first, filing = published
    one = upheld(first, indicators=("E2",))
    address = f"/desk/objections/show/{one.id}"
    said = "涉及专家评分的指标：E2 创新案例。公示期间不能重新评分"
    assert said in as_("reviewer2").page(address)
    assert said not in as_("park1").page(address)
    again = {"now": None, "reason": "异议成立"}
    with pytest.raises(Refusal, match="panel_scored"):
        do("operator", marking.open_again, found.id, **again)
    do("operator", publishing.withdraw, found.id, reason="异议成立，须重新评分")
    do("reviewer", running.open_again, found.id, **again)
    do("operator", marking.open_again, found.id, **again)
    do("expert1", marking.take_back, found.id, now=None)
    do("expert1", marking.mark, filing.id, "E2", text="99")
    do("expert1", marking.hand_in, found.id)
    do("operator", marking.close, found.id)
    made = judging.run(found, by="reviewer")
    second = do("operator", publishing.publicize, found.id, run_id=made.id)
    db.session.refresh(one)
    assert one.corrected_in_id == second.id
    assert said not in as_("reviewer2").page(address)


def test_a_case_about_other_indicators_says_nothing_of_experts(published: Any, as_: Any) -> None:
    _found, first, _filing = published
    one = upheld(first)
    assert "涉及专家评分" not in as_("reviewer2").page(f"/desk/objections/show/{one.id}")
