"""Who handles an objection: never who reviewed it, answered by two, reviewed by others."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import notices
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.assessments.models import FilingValueChange
from app.features.assessments.queries import filings
from app.features.objections import queries, services
from app.features.objections.rules import (
    WORKFLOW,
    Act,
    Side,
    Standing,
    State,
    barred,
    is_next,
    refusal,
)
from app.features.rankings import queries as queries_of_ranking
from app.features.rankings import services as rankings_services
from app.transaction import transaction
from tests.features.objections.test_objections import act, filed, handled, raise_again
from tests.support import assessments, judging, people, rankings


def test_who_reviewed_the_indicator_only_reads_the_case(as_: Any, context: Any) -> None:
    found, one = filed()
    judged_by_reviewer(found)
    with pytest.raises(Refusal, match="objection_own_review"):
        act(services.accept, one.id, by="reviewer", seen=one.version)
    with pytest.raises(Refusal, match="objection_own_review"):
        act(services.refuse, one.id, "不在范围", by="reviewer", seen=one.version)
    one = act(services.accept, one.id, by="operator", seen=one.version)
    with pytest.raises(Refusal, match="objection_own_review"):
        act(services.write, one.id, "我来说明", [], by="reviewer")
    one = act(services.decide, one.id, "upheld", "对", by="operator", seen=one.version)
    page = as_("reviewer").page(f"/desk/objections/show/{one.id}")
    assert "/desk/objections/act/" not in page
    assert "act=" not in page.split("<main")[1]
    for verb, said in ((services.recall, ("不同意",)), (services.answer, ())):
        with pytest.raises(Refusal, match="objection_own_review"):
            act(verb, one.id, *said, by="reviewer", seen=one.version)


def test_a_decision_is_answered_by_another_person(context: object) -> None:
    _found, one = filed()
    one = handled(one)
    with pytest.raises(Refusal, match="objection_second_person"):
        act(services.answer, one.id, by="reviewer", seen=one.version)
    one = act(services.answer, one.id, by="operator", seen=one.version)
    assert (one.state, one.outcome, one.answered_by == one.decided_by) == (
        "answered",
        "dismissed",
        False,
    )


def test_an_answer_that_was_sent_back_is_there_to_go_on_with(as_: Any, context: Any) -> None:
    _found, one = filed()
    one = act(services.accept, one.id, by="reviewer", seen=one.version)
    form = f"/desk/objections/show/{one.id}?act=decide"

    def typed() -> str:
        found = re.search(r'<textarea[^>]*id="answer"[^>]*>([^<]*)<', as_("reviewer").page(form))
        assert found
        return found[1].strip()

    assert typed() == ""
    one = act(services.decide, one.id, "upheld", "证据充分。", by="reviewer", seen=one.version)
    act(services.recall, one.id, "请写明页码。", by="operator", seen=one.version)
    assert typed() == "证据充分。"


def test_a_review_says_until_when_it_can_be_asked_for_and_leads_to_the_first_case(
    as_: Any, context: Any
) -> None:
    found, one = filed()
    one = handled(one)
    one = act(services.answer, one.id, by="operator", seen=one.version)
    first = f"/desk/objections/show/{one.id}"
    assert f"{services.again_until(one, found)} 前（含当日）可以申请" in as_("park1").page(first)
    again = act(services.again, one.id, "仍不服", [], by="park1")
    assert f'href="{first}"' in as_("operator").page(f"/desk/objections/show/{again.id}")


def test_a_file_says_of_which_side_it_is_and_since_when(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    paper = services.Upload(io.BytesIO(assessments.PDF), "证明.pdf")
    one = raise_again(snapshot, uploads=[paper])
    ((kept, _stored),) = queries.files_of(one.id)
    shown = as_("operator").page(f"/desk/objections/show/{one.id}").split('id="papers-title"')[1]
    assert ">园区<" in shown.split("</ul>")[0]
    assert f'<time datetime="{kept.at.isoformat()}">' in shown.split("</ul>")[0]


def test_the_second_of_two_is_told_that_it_was_handled(context: object) -> None:
    _found, one = filed()
    seen = one.version
    act(services.accept, one.id, by="reviewer", seen=seen)
    with pytest.raises(Refusal, match="objection_state"):
        act(services.accept, one.id, by="operator", seen=seen)
    now = queries.get(one.id).version
    with pytest.raises(Refusal, match="objection_handled"):
        act(services.decide, one.id, "upheld", "对", by="operator", seen=now)


def test_a_review_of_the_answer_comes_once_and_to_somebody_else(context: object) -> None:
    _found, one = filed()
    one = handled(one)
    one = act(services.answer, one.id, by="operator", seen=one.version)
    again = act(services.again, one.id, "仍不服", [], by="park1")
    assert again.review_of_id == one.id
    with pytest.raises(Refusal, match="objection_own_answer"):
        act(services.accept, again.id, by="reviewer", seen=again.version)
    with pytest.raises(Refusal, match="objection_reviewed"):
        act(services.again, one.id, "再来", [], by="park1")


def test_who_decided_or_agreed_first_takes_no_part_in_the_review(context: object) -> None:
    judging.more_people()
    _found, one = filed()
    one = handled(one)
    one = act(services.answer, one.id, by="operator", seen=one.version)
    again = act(services.again, one.id, "仍不服", [], by="park1")
    for who in ("reviewer", "operator"):
        for verb, said in ((services.accept, ()), (services.refuse, ("不在范围",))):
            with pytest.raises(Refusal, match="objection_own_answer"):
                act(verb, again.id, *said, by=who, seen=again.version)
    again = handled(again, by="reviewer2")
    for who in ("reviewer", "operator"):
        for verb, said in ((services.answer, ()), (services.recall, ("不同意",))):
            with pytest.raises(Refusal, match="objection_own_answer"):
                act(verb, again.id, *said, by=who, seen=again.version)
    again = act(services.answer, again.id, by="operator2", seen=again.version)
    assert again.state == "answered"


@pytest.mark.parametrize("name", [one for one in Act if one is not Act.withdraw])
@pytest.mark.parametrize(
    ("bar", "code"), [("earlier", "objection_own_answer"), ("reviewers", "objection_own_review")]
)
def test_every_act_is_closed_to_who_judged_it_or_answered_first(
    name: Act, bar: str, code: str
) -> None:
    zone = frozenset({Side.zone})
    for state in WORKFLOW[name].origin:
        told = Standing(state, zone, actor_id=1, handler_id=1, decided_by=2)
        assert refusal(name, told) is None
        told = replace(told, **{bar: frozenset({1})})
        assert (refusal(name, told), barred(told), is_next(told)) == (code, code, False)
    park = Standing(State.accepted, frozenset({Side.park}), actor_id=1, reviewers=frozenset({1}))
    assert refusal(Act.write, park) is None


def judged_by_reviewer(found: Any) -> None:
    filing = assessments.filing(found, "P01")
    value = filings.values(filing.id)["trade_cur"]
    with scope.unscoped(), transaction() as session:
        session.add(
            FilingValueChange(
                value_id=value.id,
                filing_id=filing.id,
                park_id=filing.park_id,
                act="corrected",
                actor_id=people.actor("reviewer").user_id,
            )
        )


def test_the_board_counts_what_the_person_may_act_on_and_the_case_says_why_not(
    as_: Any, context: Any
) -> None:
    found, one = filed()  # C2 rests on trade_cur
    raise_again(queries_of_ranking.current(found.id), indicators=("D2",))
    judged_by_reviewer(found)
    mine, words = "/desk/objections/list/?state=filed&mine=1", "您审核过所涉及的内容，只能查看"

    def count(who: str) -> str:
        listed = as_(who).page(mine)
        told = re.search(
            rf'href="{re.escape(mine).replace("&", "&amp;")}"[^>]*>\s*(\d+)',
            as_(who).page("/desk/"),
        )
        assert (one.number in listed) is (who == "operator")
        return told.group(1) if told else ""

    assert (count("reviewer"), count("operator")) == ("1", "2")
    assert as_("park1").get(mine).status_code == 200
    case = f"/desk/objections/show/{one.id}"
    assert words in as_("reviewer").page(case)
    assert words not in as_("operator").page(case)
    assert words not in as_("park1").page(case)


def test_who_only_reads_a_case_is_not_asked_to_take_it(context: Any) -> None:
    found, snapshot = rankings.published()
    judged_by_reviewer(found)
    one = raise_again(snapshot)
    with scope.unscoped():
        rows = db.session.scalars(
            sa.select(InboxMessage).where(InboxMessage.kind == "objection.filed")
        )
        asked = {each.user_id for each in rows}
    assert people.actor("reviewer").user_id not in asked
    assert people.actor("operator").user_id in asked
    assert one.state == "filed"


def test_what_somebody_else_handles_waits_for_nobody_else(context: object) -> None:
    def waiting(who: str) -> list[str]:
        actor = people.actor(who)
        with scope.acting_as(actor):
            return [each.state for each in services.waiting_for(actor)]

    _found, one = filed()
    one = act(services.accept, one.id, by="reviewer", seen=one.version)
    assert (waiting("reviewer"), waiting("operator")) == (["accepted"], [])
    one = act(services.decide, one.id, "dismissed", "不足", by="reviewer", seen=one.version)
    assert (waiting("reviewer"), waiting("operator")) == ([], ["decided"])
    one = act(services.answer, one.id, by="operator", seen=one.version)
    act(services.again, one.id, "仍不服", [], by="park1")
    assert (waiting("reviewer"), waiting("operator")) == ([], [])
    judging.more_people()
    assert waiting("reviewer2") == ["filed"]


def test_the_review_of_one_that_was_not_accepted_goes_to_somebody_else(context: object) -> None:
    _found, one = filed()
    one = act(services.refuse, one.id, "不在范围", by="operator", seen=one.version)
    again = act(services.again, one.id, "仍不服", [], by="park1")
    with pytest.raises(Refusal, match="objection_own_answer"):
        act(services.accept, again.id, by="operator", seen=again.version)
    with pytest.raises(Refusal, match="objection_own_answer"):
        act(services.refuse, again.id, "不在范围", by="operator", seen=again.version)


def test_an_open_objection_stands_against_confirming(context: object) -> None:
    found, one = filed()
    later = clock.now() + timedelta(days=60)
    with pytest.raises(Refusal, match="objections_open"):
        act(rankings_services.confirm, found.id, by="operator", now=later)
    one = handled(one)
    act(services.answer, one.id, by="operator", seen=one.version)
    assert act(rankings_services.confirm, found.id, by="operator", now=later).state == "confirmed"


def test_each_side_is_offered_the_kinds_of_messages_that_it_can_get(context: object) -> None:
    def offered(who: str) -> set[str]:
        kinds = notices.kinds_for(people.actor(who).permissions)
        return {one.name for one in kinds if one.name.startswith("objection.")}

    zone = {f"objection.{one}" for one in ("filed", "again", "withdrawn", "decided", "due")}
    park = {f"objection.{one}" for one in ("accepted", "refused", "answered", "corrected")}
    assert offered("park1") == park | {"objection.word"}
    assert offered("reviewer") == offered("operator") == zone | {"objection.word"}
