"""Objections: within the window, once per matter, never by who reviewed it, answered by two."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.features.objections import queries, services
from app.features.objections.labels import DONE_WORDS
from app.features.objections.rules import (
    WORKFLOW,
    Act,
    Side,
    Standing,
    State,
    allowed,
    faults,
    refusal,
)
from app.features.rankings import services as rankings_services
from app.transaction import transaction
from tests.support import assessments, people, rankings

CLAIM = {"target": "indicator", "reason": "核减的一笔并非重复申报。", "indicators": ("C2",)}


def act(verb: Any, *args: Any, by: str, **kwargs: Any) -> Any:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return verb(actor, *args, **{"now": clock.now(), **kwargs})


def filed(by: str = "park1", park: str = "P01", **changes: Any) -> tuple[Any, Any]:
    """The publication, and an objection to it."""
    found, snapshot = rankings.published()
    return found, raise_again(snapshot, by, park, **changes)


def raise_again(snapshot: Any, by: str = "park1", park: str = "P01", **changes: Any) -> Any:
    now = changes.pop("now", clock.now())
    claim = services.Claim(**{**CLAIM, **changes})
    return act(services.file, people.park(park).id, snapshot.id, claim, by=by, now=now)


def handled(one: Any, *, by: str = "reviewer", outcome: str = "dismissed") -> Any:
    one = act(services.accept, one.id, by=by, seen=one.version)
    return act(services.decide, one.id, outcome, "证据不足。", by=by, seen=one.version)


# -- the table -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "name"), list(product(State, Act)))
def test_an_act_is_open_exactly_where_the_table_says(state: State, name: Act) -> None:
    both = frozenset({Side.park, Side.zone})
    one = Standing(state, both, actor_id=1, handler_id=1, decided_by=2)
    assert (refusal(name, one) is None) is (state in WORKFLOW[name].origin)
    nobody = Standing(state, frozenset(), actor_id=1)
    assert refusal(name, nobody) == f"objection_not_{WORKFLOW[name].side}"
    assert allowed(nobody) == ()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {}),
        ({"target": "x"}, {"target": "objection_target"}),
        ({"indicators": ()}, {"indicators": "objection_indicators"}),
        ({"indicators": tuple("ABCDEF")}, {"indicators": "objection_too_many"}),
        ({"indicators": ("Z9",)}, {"indicators": "objection_indicator_unknown"}),
        ({"target": "other", "other": None}, {"other": "objection_other"}),
        ({"reason": " "}, {"reason": "objection_reason"}),
        ({"reason": "长" * 1001}, {"reason": "objection_long"}),
    ],
)
def test_what_is_missing_is_told_at_its_field(given: dict[str, Any], wrong: dict[str, str]) -> None:
    told = {"target": "indicator", "indicators": ("A",), "reason": "有误", "other": None, **given}
    found = faults(
        told["target"],
        told["indicators"],
        "ABCDEF",
        reason=told["reason"],
        other=told["other"],
    )
    assert found == wrong


# -- filing --------------------------------------------------------------------------------------
def test_filed_with_a_number_a_deadline_and_a_line_in_the_log(context: object) -> None:
    _found, one = filed()
    assert one.number.startswith("YY")
    assert one.due_on > clock.today()
    assert [line.act for line in queries.log(one.id)] == ["file"]


def test_the_same_matter_is_raised_once_but_another_one_may_be(context: object) -> None:
    _found, snapshot = rankings.published()
    one = raise_again(snapshot)
    with pytest.raises(Refusal) as refused:
        raise_again(snapshot, indicators=("D2", "C2"))
    assert refused.value.fields == {"target": "objection_raised"}
    raise_again(snapshot, indicators=("D2",))
    act(services.withdraw, one.id, by="park1", seen=one.version)
    raise_again(snapshot)


def test_one_second_after_the_window_is_too_late_and_one_before_is_not(context: object) -> None:
    _found, snapshot = rankings.published()
    end = clock.beginning_of(snapshot.window_until + timedelta(days=1))
    with pytest.raises(Refusal, match="objection_window_over"):
        raise_again(snapshot, now=end)
    raise_again(snapshot, now=end - timedelta(seconds=1))


def test_an_older_version_is_not_objected_to(context: object) -> None:
    found, first = rankings.published()
    made = rankings.run(found, {"P02": {"trade_cur": "99000.00"}})
    act(rankings_services.publish_anew, found.id, by="operator", run_id=made.id, reason="更正")
    with pytest.raises(Refusal, match="objection_old_version"):
        raise_again(first)


@pytest.mark.parametrize("who", ["clerk1", "park2", "operator", "reviewer", "user1"])
def test_only_the_parks_own_administrator_objects_for_it(context: object, who: str) -> None:
    _found, snapshot = rankings.published()
    with pytest.raises((Forbidden, NotFound)):
        raise_again(snapshot, by=who)


def test_another_parks_result_is_named_and_must_be_in_the_ranking(context: object) -> None:
    _found, snapshot = rankings.published()
    other = people.park("P02").id
    one = raise_again(snapshot, target="other", indicators=(), other_park_id=other)
    assert one.other_park_id == other
    with pytest.raises(Refusal) as refused:
        raise_again(snapshot, target="other", indicators=(), other_park_id=999_999)
    assert refused.value.fields == {"other": "objection_other"}


def test_a_hostile_file_is_refused_and_nothing_is_filed(context: object) -> None:
    found, snapshot = rankings.published()
    bad = services.Upload(io.BytesIO(b"MZ\x90\x00" * 20), "证明.pdf")
    with pytest.raises(Refusal) as refused:
        raise_again(snapshot, uploads=[bad])
    assert "files" in refused.value.fields
    assert queries.of_park(people.park("P01").id, found.id) == []


def test_a_case_takes_so_many_files_of_each_side_however_many_acts(
    context: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.features.objections.rules.MOST_FILES_IN_CASE", 3)

    def papers(number: int) -> list[services.Upload]:
        return [services.Upload(io.BytesIO(assessments.PDF), "证明.pdf") for _one in range(number)]

    _found, one = filed(uploads=papers(2))
    act(services.accept, one.id, by="operator", seen=one.version)
    with pytest.raises(Refusal) as refused:
        act(services.write, one.id, "补充", papers(2), by="park1")
    assert refused.value.fields == {"files": "objection_case_files"}
    act(services.write, one.id, "补充", papers(1), by="park1")
    act(services.write, one.id, "再补充，没有文件", [], by="park1")
    act(services.write, one.id, "请看", papers(3), by="operator")
    assert len(queries.files_of(one.id)) == 6


def test_a_case_takes_so_many_words_of_each_side(
    context: object, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.features.objections.rules.MOST_WORDS", 2)
    _found, one = filed()
    act(services.accept, one.id, by="operator", seen=one.version)
    for number in range(2):
        act(services.write, one.id, f"补充 {number}", [], by="park1")
    with pytest.raises(Refusal) as refused:
        act(services.write, one.id, "还有", [], by="park1")
    assert refused.value.fields == {"text": "objection_words"}
    act(services.write, one.id, "请看", [], by="operator")  # the other side still may
    address = f"/desk/objections/act/{one.id}/write"
    answer = as_("park1").post(address, data={"version": str(one.version), "text": "我写了很多"})
    assert answer.status_code == 400
    assert "一件异议中每一方最多补充说明 2 次，已达上限。" in answer.text
    assert "我写了很多" in answer.text
    page = as_("park1").page(f"/desk/objections/show/{one.id}")
    assert "已补充说明 2 次，达到上限。" in page
    assert address not in page
    assert address in as_("operator").page(f"/desk/objections/show/{one.id}")


# -- pages ---------------------------------------------------------------------------------------
def test_the_button_stands_on_the_ranking_while_the_window_is_open(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    address = f"/desk/objections/new/{snapshot.id}"
    assert address in as_("park1").get("/desk/ranking/").text
    for who in ("clerk1", "operator"):
        assert address not in as_(who).get("/desk/ranking/").text


def test_from_an_explained_indicator_it_is_chosen_already(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    park, address = as_("park1"), f"/desk/objections/new/{snapshot.id}"
    seen = park.page(f"/desk/ranking/?park={people.park('P01').id}&code=D2")
    foot = seen.split('class="drawer-foot"')[1].split("</footer>")[0]
    assert f'href="{address}?code=D2"' in foot
    chosen = re.compile(r'name="(target|indicators)"\s+value="(\w+)"[^>]* checked')
    page = park.page(f"{address}?code=D2")
    assert chosen.findall(page) == [("target", "indicator"), ("indicators", "D2")]
    assert chosen.findall(park.page(address)) == [("target", "total")]
    # what was typed before a sign-in ran out is offered in words, of this form alone
    assert f'data-draft="{address}@{people.park("P01").id}"' in page
    assert 'data-restore="找到上次未保存的内容。"' in page


def test_the_form_of_a_withdrawn_version_is_nobodys(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    assert as_("park1").get(f"/desk/objections/new/{snapshot.id}").status_code == 200
    act(rankings_services.withdraw, found.id, by="operator", reason="误发布")
    assert as_("park1").get(f"/desk/objections/new/{snapshot.id}").status_code == 404


def test_a_park_objects_from_the_page_and_the_zone_answers(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    park, reviewer, operator = as_("park1"), as_("reviewer"), as_("operator")
    page = park.get(f"/desk/objections/new/{snapshot.id}?code=C2").text
    assert "确定提出" in page
    typed = {"target": "indicator", "indicators": "C2", "reason": "请核对报关单。", "honest": "y"}
    sent = park.post(f"/desk/objections/new/{snapshot.id}", data=typed)
    assert sent.status_code == 303
    case = sent.headers["Location"]
    number = int(case.rsplit("/", 1)[1])

    def do(browser: Any, name: str, **data: str) -> None:
        with scope.unscoped():
            version = str(queries.get(number).version)
        done = browser.post(
            f"/desk/objections/act/{number}/{name}", data={"version": version, **data}
        )
        assert done.status_code == 303, done.text

    do(reviewer, "accept")
    do(reviewer, "decide", outcome="upheld", answer="报关单不同，予以恢复。")
    hidden = park.get(case).text
    assert "报关单不同，予以恢复。" not in hidden
    assert "成立" not in park.get("/desk/objections/list/").text.split("<tbody")[1]
    do(operator, "answer")
    assert "报关单不同，予以恢复。" in park.get(case).text


@pytest.mark.parametrize("name", [*Act, "again"])
def test_what_was_done_is_told_in_a_sentence(name: str) -> None:
    words = str(DONE_WORDS[name])
    assert "%(number)s" in words
    assert words.endswith("。")


def test_what_was_typed_comes_back_with_its_errors(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    typed = {"target": "indicator", "reason": "写了很多字", "honest": "y"}
    answer = as_("park1").post(f"/desk/objections/new/{snapshot.id}", data=typed)
    assert answer.status_code == 400
    assert "写了很多字" in answer.text
    assert "请选择涉及的指标" in answer.text


def test_all_that_is_wrong_is_told_at_once_and_files_are_asked_for_again(
    as_: Any, context: Any
) -> None:
    found, snapshot = rankings.published()
    address = f"/desk/objections/new/{snapshot.id}"

    def sent(name: str, **typed: str) -> str:
        data = {**typed, "files": (io.BytesIO(assessments.PDF), name)}
        answer = as_("park1").post(address, data=data, content_type="multipart/form-data")
        assert answer.status_code == 400
        return str(answer.text)

    page = sent("证明.exe", target="indicator")
    for words in (
        "请选择涉及的指标。",
        "请写明异议的原因。",
        "请确认所附材料真实有效。",
        "“证明.exe”不能上传",
    ):
        assert words in page, words
    page = sent("证明.pdf", target="total", reason="有误。")
    assert "请确认所附材料真实有效。" in page
    assert "浏览器不保留已选的文件，请重新选择。" in page
    assert queries.of_park(people.park("P01").id, found.id) == []


def test_an_older_version_has_no_form(as_: Any, context: Any) -> None:
    found, first = rankings.published()
    address = f"/desk/objections/new/{first.id}"
    made = rankings.run(found, {"P02": {"trade_cur": "99000.00"}})
    act(rankings_services.publish_anew, found.id, by="operator", run_id=made.id, reason="更正")
    page = as_("park1").page(address)
    assert "不能再对这一版提出异议" in page
    assert "objection-form" not in page
    # what was typed while the new version came is not lost
    typed = {"target": "total", "reason": "请核对总分。", "honest": "y"}
    assert "请核对总分。" in as_("park1").post(address, data=typed).text


def test_another_park_does_not_know_the_case(as_: Any, context: Any) -> None:
    _found, one = filed()
    assert as_("park2").get(f"/desk/objections/show/{one.id}").status_code == 404
    assert one.number not in as_("park2").get("/desk/objections/list/").text
    assert as_("expert1").get(f"/desk/objections/show/{one.id}").status_code == 403
