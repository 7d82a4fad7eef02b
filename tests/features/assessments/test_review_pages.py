"""The queue, the cockpit and the board: by role, by form and by script, with what was typed kept."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.core import scope
from app.engines import files
from app.features.assessments import policy
from app.features.assessments.queries import filings, rounds
from app.features.assessments.services import filling
from app.transaction import transaction
from tests.support import assessments, judging, people

QUEUE = "/desk/filing-reviews"
JSON = {"Accept": "application/json"}


@pytest.fixture
def filed(context):
    judging.more_people()
    return assessments.submitted(assessments.opened())


def decide(browser, one, code, verdict, *, headers=None, **typed):
    with scope.unscoped():
        seen = filings.values(one.id)[code].version
    form = {"code": code, "verdict": verdict, "seen": str(seen), **typed}
    return browser.post(f"{QUEUE}/verdict/{one.id}", data=form, headers=headers)


def test_the_queue_shows_what_waits_and_the_cockpit_what_was_said(as_, filed):
    browser = as_("reviewer")
    page = browser.page(f"{QUEUE}/list/")
    assert "鹿回头测试园区" in page
    assert page.count("凤凰岛测试园区") == 1  # among the filters: it has not handed in
    page = browser.page(f"{QUEUE}/show/{filed.id}")
    for words in ("跨境电商使用面积", "15,000", "领取审核", "未填写", "15000 ㎡ 起得 4 分"):
        assert words in page, words
    assert "已审 0 /" in page


def test_taken_up_judged_and_finished_by_forms_alone(as_, filed):
    browser = as_("reviewer")
    one = judging.fresh(filed)
    assert browser.post(f"{QUEUE}/take/{one.id}?version={one.version}").status_code == 303
    answer = decide(browser, one, "employees", "corrected", value="600", reason="花名册")
    assert answer.status_code == 303
    assert "item=" in answer.location
    for part in "ABCDE":
        assert pass_section(browser, one, part).status_code == 303
    assert pass_section(browser, one, "_bonus").status_code == 303
    one = judging.fresh(one)
    answer = browser.post(f"{QUEUE}/finish/{one.id}?version={one.version}")
    assert answer.location.endswith("/list/")
    one = judging.fresh(one)
    assert one.state == "reviewed"
    page = browser.page(f"{QUEUE}/list/?tab=done")
    assert "鹿回头测试园区" in page


def pass_section(browser, one, part):
    with scope.unscoped():
        seen = {f"seen.{code}": each.version for code, each in filings.values(one.id).items()}
    return browser.post(f"{QUEUE}/section/{one.id}", data={"section": part, **seen})


def test_a_script_gets_the_item_its_counts_and_the_next(as_, filed):
    judging.take(filed)
    browser = as_("reviewer")
    answer = decide(browser, filed, "area_cbec_m2", "passed", headers=JSON)
    assert answer.json["verdict"] == "passed"
    assert answer.json["counts"]["passed"] == 1
    assert answer.json["next"] == "area_leased_m2"
    assert 'data-item="area_cbec_m2"' in answer.json["html"]


def test_a_refused_verdict_keeps_the_reason_and_says_why(as_, filed):
    judging.take(filed)
    browser = as_("reviewer")
    answer = decide(browser, filed, "employees", "corrected", value="一千", reason="花名册",
                    headers=JSON)  # fmt: skip
    assert answer.status_code == 400
    assert answer.json["message"] == "请填写整数，例如 1234"
    assert "花名册" in answer.json["html"]
    answer = decide(browser, filed, "employees", "returned")
    assert answer.status_code == 400
    assert "请写明原因" in answer.text


def test_who_comes_second_is_told(as_, filed):
    judging.take(filed)
    judging.judge(filed, "employees", "passed")
    form = {"code": "employees", "verdict": "returned", "seen": "1", "reason": "不清楚"}
    answer = as_("reviewer").post(f"{QUEUE}/verdict/{filed.id}", data=form, headers=JSON)
    assert answer.status_code == 409
    assert "已由他人处理" in answer.json["message"]
    assert judging.value(filed, "employees").verdict == "passed"


@pytest.mark.parametrize(
    "form",
    [
        {"code": "nothing", "verdict": "passed"},
        {"code": "N1", "verdict": "passed"},
        {"code": "employees", "verdict": "best"},
        {},
    ],
)
def test_a_form_that_no_page_makes_is_400(as_, filed, form):
    judging.take(filed)
    assert as_("reviewer").post(f"{QUEUE}/verdict/{filed.id}", data=form).status_code == 400


def test_sent_back_with_words_and_without(as_, filed):
    judging.take(filed)
    browser = as_("reviewer")
    decide(browser, filed, "employees", "returned", reason="请补花名册")
    one = judging.fresh(filed)
    form = {"version": one.version, "reason": ""}
    answer = browser.post(f"{QUEUE}/give_back/{one.id}", data=form)
    assert answer.status_code == 400
    answer = browser.post(f"{QUEUE}/give_back/{one.id}", data={**form, "reason": "请补正"})
    assert answer.status_code == 303
    assert judging.fresh(one).state == "returned"


def test_after_a_correction_only_what_changed_is_shown_at_first(as_, filed):
    judging.returned(filed)
    seen = judging.value(filed, "employees").version
    judging.do("park1", filling.save, filed.id, "employees", "600", seen=seen)
    judging.submit(filed)
    judging.take(filed)
    page = as_("reviewer").page(f"{QUEUE}/show/{filed.id}")
    assert "仅看变化 1" in page
    assert 'data-goto="employees"' in page
    assert 'data-goto="started"' not in page
    assert "<del>620</del>" in page
    assert 'data-goto="started"' in as_("reviewer").page(f"{QUEUE}/show/{filed.id}?view=all")


def test_after_a_decision_the_reviewer_is_told_where_they_are(as_, filed):
    """The next filing of the round that is nobody else's, and its name; without one the list."""
    found = people_round(filed)
    assessments.submitted(found, "P02", by="park2")
    elsewhere = assessments.submitted(found, "B01", by="base1")
    judging.take(elsewhere, by="reviewer2")
    judging.take(filed)
    judging.pass_all(filed)
    browser = as_("reviewer")
    one = judging.fresh(filed)
    answer = browser.post(f"{QUEUE}/finish/{one.id}?version={one.version}")
    page = browser.page(answer.location)
    assert "已完成“鹿回头测试园区”的审核。接下来是“凤凰岛测试园区”（" in page
    other = assessments.filing(found, "P02")
    judging.take(other)
    decide(browser, other, "employees", "returned", reason="请补花名册")
    form = {"version": judging.fresh(other).version, "reason": "请补正"}
    answer = browser.post(f"{QUEUE}/give_back/{other.id}", data=form)
    assert answer.location.endswith("/list/")
    assert "退回补正，园区会收到通知。本轮没有其他等待您审核的填报。" in browser.page(
        answer.location
    )


def people_round(filed):
    with scope.unscoped():
        return rounds.get(filed.round_id)


def test_levels_and_options_are_told_in_words_in_the_field_of_the_verified_value(as_, filed):
    judging.take(filed)
    page = as_("reviewer").page(f"{QUEUE}/show/{filed.id}?item=leaders&view=all")
    assert '<label for="value-leaders-ge_100m">1 亿元以上</label>' in page
    assert '<option value="rectified">有问题，已整改</option>' in page


def test_the_dialog_of_giving_back_says_what_must_be_said(as_, filed):
    judging.take(filed)
    page = as_("reviewer").page(f"{QUEUE}/show/{filed.id}")
    assert '总体意见<span class="must">必填</span>' in page


def test_a_draft_is_nobodys_to_read(as_, filed):
    draft = assessments.filing(rounds.get(filed.round_id), "P02")
    assert as_("reviewer").get(f"{QUEUE}/show/{draft.id}").status_code == 404


def test_evidence_is_shown_in_the_frame_of_the_own_page_only(as_, filed):
    with scope.unscoped(), transaction():
        stored = files.store(
            people.actor("park1"), png(), "图.png", kind=policy.EVIDENCE,
            allowed=frozenset({"png"}), max_bytes=10_000, park_id=filed.park_id,
        )  # fmt: skip
        key, digest = stored.key, stored.sha256
    row = judging.evidence(filed, "employees", key=key, sha256=digest, name="图.png")
    judging.evidence(assessments.filing(rounds.get(filed.round_id), "P02"), "started",
                     key="b" * 32, sha256=digest)  # fmt: skip
    browser = as_("reviewer")
    answer = browser.get(f"{QUEUE}/evidence/{filed.id}/{row.id}")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Content-Disposition"] == "inline"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    page = browser.page(f"{QUEUE}/show/{filed.id}?item=employees")
    assert "“凤凰岛测试园区”的“当年新开展跨境业务企业数”用了同一个文件" in page
    assert browser.get(f"{QUEUE}/evidence/{filed.id}/{row.id + 1}").status_code == 404
    assert as_("park1").get(f"{QUEUE}/evidence/{filed.id}/{row.id}").status_code == 403


def png():
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "white").save(made, "PNG")
    made.seek(0)
    return made


def test_the_board_says_where_everything_stands_and_gives_out_work(as_, filed):
    browser = as_("operator")
    board = f"{QUEUE}/board/{filed.round_id}"
    page = browser.page(board)
    for words in ("鹿回头测试园区", "凤凰岛测试园区", "没有分配时", "已提交"):
        assert words in page, words
    form = {"reviewer": people.actor("reviewer2").user_id, "filing": "", "section": "C"}
    assert browser.post(f"{QUEUE}/assign/{filed.round_id}", data=form).status_code == 303
    assert "测reviewer2" in browser.page(board)
    wrong = {**form, "section": ""}
    assert browser.post(f"{QUEUE}/assign/{filed.round_id}", data=wrong).status_code == 400
    assert as_("reviewer").post(f"{QUEUE}/assign/{filed.round_id}", data=form).status_code == 403


@pytest.mark.parametrize("by", ["park1", "clerk1", "expert1", "auditor", "user1"])
def test_nobody_else_sees_any_of_it(as_, filed, by):
    browser = as_(by)
    for path in ("list/", f"show/{filed.id}", f"board/{filed.round_id}"):
        assert browser.get(f"{QUEUE}/{path}").status_code == 403
    assert decide(browser, filed, "employees", "passed").status_code == 403


def test_an_operator_looks_and_does_not_judge(as_, filed):
    judging.take(filed)
    page = as_("operator").page(f"{QUEUE}/show/{filed.id}")
    assert "data-decide" not in page
    assert decide(as_("operator"), filed, "employees", "passed").status_code == 403


def test_what_needs_no_verdict_says_so_when_nothing_waits(as_, filed):
    judging.reviewed(filed)
    page = as_("reviewer").page(f"{QUEUE}/show/{filed.id}?view=all")
    assert 'data-count="open">0<' in page
    assert 'title="无需审核"' in page
    assert 'title="待审核"' not in page
