"""The expert's page is blind; the lead's names, closes and shows the spread."""

from __future__ import annotations

import pytest

from app.core import scope
from app.features.assessments.queries import marks
from tests.support import assessments, judging, people

PANEL = "/desk/expert-panel"
JSON = {"Accept": "application/json"}


@pytest.fixture
def found(context):
    judging.more_people()
    made = assessments.opened()
    assessments.submitted(made)
    return made


def key(name):
    return people.actor(name).user_id


def named(as_, found, *names):
    form = {"expert": [str(key(name)) for name in names]}
    answer = as_("operator").post(f"{PANEL}/name/{found.id}", data=form)
    assert answer.status_code == 303


def say(browser, one, text, *, headers=None, **more):
    form = {"mark": text, **more}
    return browser.post(f"{PANEL}/mark/{one.id}/E2", data=form, headers=headers)


def test_named_told_marked_handed_in_and_closed(as_, found):
    named(as_, found, "expert1", "expert2", "expert3")
    one = assessments.filing(found, "P01")
    assert "2025 年度考核" in as_("expert1").page(f"{PANEL}/")
    for at, name in enumerate(("expert1", "expert2", "expert3")):
        browser = as_(name)
        page = browser.page(f"{PANEL}/marks/{found.id}")
        assert "一站式退货中心" in page
        assert say(browser, one, str(40 + 25 * at)).status_code == 303
        assert browser.post(f"{PANEL}/hand_in/{found.id}").status_code == 303
    lead = as_("operator")
    assert "评分分布" not in lead.page(f"{PANEL}/lead/{found.id}")
    assert lead.post(f"{PANEL}/close/{found.id}").status_code == 303
    page = lead.page(f"{PANEL}/lead/{found.id}")
    assert "judge-outlier" in page
    assert "40.00" in page


def test_the_operator_alone_finds_the_way_to_open_it_again(as_, found):
    judging.panel_closed(found)
    address, form = f"{PANEL}/reopen/{found.id}", {"reason": "有材料漏看"}
    assert address in as_("operator").page(f"{PANEL}/lead/{found.id}")
    assert address not in as_("reviewer").page(f"{PANEL}/lead/{found.id}")
    assert as_("reviewer").post(address, data=form).status_code == 403
    answer = as_("operator").post(address, data={"reason": ""})
    assert answer.status_code == 400
    assert as_("operator").post(address, data=form).status_code == 303
    page = as_("operator").page(f"{PANEL}/lead/{found.id}")
    assert "评审中" in page
    assert "评分分布" not in page
    assert address not in page


def test_an_expert_opens_the_papers_of_what_they_mark_and_no_others(as_, found):
    one = assessments.filing(found, "P02")
    marked = assessments.attached(one, "innovation", by="park2")
    other = assessments.attached(one, "employees", by="park2")
    named(as_, found, "expert1")
    paper, beside = f"/files/{marked.file_key}", f"/files/{other.file_key}"
    assert as_("expert1").get(paper).status_code == 404  # not handed in yet
    assessments.submitted(found, "P02", by="park2")
    assert as_("expert1").get(paper).status_code == 200
    assert as_("expert1").get(beside).status_code == 404
    assert as_("expert2").get(paper).status_code == 404  # in the panel of no round
    assert as_("reviewer").get(beside).status_code == 200


def test_nobody_reads_anothers_mark_before_the_close(as_, found):
    named(as_, found, "expert1", "expert2")
    one = assessments.filing(found, "P01")
    say(as_("expert1"), one, "87.65", comment="独特之处")
    for name, page in (
        ("expert2", f"{PANEL}/marks/{found.id}"),
        ("operator", f"{PANEL}/lead/{found.id}"),
        ("reviewer", f"{PANEL}/lead/{found.id}"),
        ("reviewer", f"/desk/filing-reviews/show/{one.id}"),
    ):
        text = as_(name).page(page)
        assert "87.65" not in text, page
        assert "独特之处" not in text, page
    assert "87.65" in as_("expert1").page(f"{PANEL}/marks/{found.id}")


def test_saved_by_itself_and_what_is_wrong_is_said_at_the_field(as_, found):
    named(as_, found, "expert1")
    one = assessments.filing(found, "P01")
    browser = as_("expert1")
    answer = say(browser, one, "88", headers=JSON)
    assert answer.json["done"] == "1 / 1"
    answer = say(browser, one, "188", headers=JSON)
    assert (answer.status_code, answer.json["fields"]) == (400, ["mark"])
    assert answer.json["message"] == "不能大于 100"
    answer = say(browser, one, "188", comment="写错的")
    assert answer.status_code == 400
    assert 'value="188"' in answer.text
    assert "写错的" in answer.text
    with scope.unscoped():
        assert marks.own(found.id, key("expert1"))[one.id, "E2"].mark == 88


def test_handed_in_too_early_says_how_much_is_left(as_, found):
    named(as_, found, "expert1")
    answer = as_("expert1").post(f"{PANEL}/hand_in/{found.id}")
    assert answer.status_code == 400
    assert "还有 1 项没有评分" in answer.text


def test_an_expert_of_another_round_finds_nothing(as_, found):
    named(as_, found, "expert1")
    one = assessments.filing(found, "P01")
    browser = as_("expert2")
    assert browser.get(f"{PANEL}/marks/{found.id}").status_code == 404
    assert say(browser, one, "80").status_code == 404


@pytest.mark.parametrize("by", ["park1", "clerk1", "auditor"])
def test_the_panel_is_no_parks_business(as_, found, by):
    browser = as_(by)
    for path in ("", f"marks/{found.id}", f"lead/{found.id}"):
        assert browser.get(f"{PANEL}/{path}").status_code == 403


def test_a_reviewer_looks_and_only_the_lead_names(as_, found):
    browser = as_("reviewer")
    assert "评审专家" in browser.page(f"{PANEL}/lead/{found.id}")
    assert browser.post(f"{PANEL}/name/{found.id}", data={"expert": []}).status_code == 403
    assert as_("expert1").get(f"{PANEL}/lead/{found.id}").status_code == 403


def test_an_expert_with_a_number_of_any_length_is_nobody(as_, found):
    for typed in ("9" * 19, "9" * 5_000):
        answer = as_("operator").post(f"{PANEL}/name/{found.id}", data={"expert": typed})
        assert answer.status_code == 400, typed


def test_handed_in_too_early_marks_what_is_blank_and_a_word_is_no_mark(as_, found):
    named(as_, found, "expert1")
    one, browser = assessments.filing(found, "P01"), as_("expert1")
    text = browser.post(f"{PANEL}/hand_in/{found.id}").text
    assert "请评分，或选择回避并说明原因。" in text
    assert 'aria-invalid="true"' in text
    answer = say(browser, one, "八十", headers=JSON)
    assert answer.json["message"] == "请填写 0 至 100 的数字，例如 85"
    assert 'aria-invalid="true"' in say(browser, one, "八十").text


def handed_in(as_, found, one, answers):
    """Expert -> mark, or the reason for abstaining."""
    named(as_, found, *answers)
    for name, said in answers.items():
        more = {} if said.isdigit() else {"abstains": "1", "comment": said}
        text = said if said.isdigit() else ""
        assert say(as_(name), one, text, **(more or {"comment": f"评{said}"})).status_code == 303
        assert as_(name).post(f"{PANEL}/hand_in/{found.id}").status_code == 303


def test_closing_that_leaves_a_park_without_a_score_is_agreed_to(as_, found):
    one, lead = assessments.filing(found, "P01"), as_("operator")
    handed_in(as_, found, one, {"expert1": "80", "expert2": "90", "expert3": "有合作关系"})
    page = lead.page(f"{PANEL}/lead/{found.id}")
    assert "全部专家已提交。因有专家回避，以下 1 项" in page
    assert page.count("（2 人，至少 3 人）") == 2  # on the page, and in the dialog's words
    address = f"{PANEL}/close/{found.id}"
    answer = lead.post(address)
    assert answer.status_code == 400
    assert "请核对后再次确认结束" in answer.text
    assert lead.post(address, data={"lacking": "1"}).status_code == 303


def test_what_was_said_is_read_after_the_close_without_names(as_, found):
    one, lead = assessments.filing(found, "P01"), as_("operator")
    answers = {"expert1": "90", "expert2": "80", "expert3": "85", "expert4": "有合作关系"}
    handed_in(as_, found, one, answers)
    assert "有合作关系" not in lead.page(f"{PANEL}/lead/{found.id}")
    assert lead.post(f"{PANEL}/close/{found.id}").status_code == 303
    page = lead.page(f"{PANEL}/lead/{found.id}")
    for words in ("专家 1（80 分）：评80", "专家 3（90 分）：评90", "专家 4 回避：有合作关系"):
        assert words in page
    over = lead.page(f"{PANEL}/").split("已结束的评审")[1]
    assert f"{PANEL}/lead/{found.id}" in over


def test_the_button_rests_with_its_reason_while_the_panel_cannot_be_closed(as_, found):
    named(as_, found, "expert1", "expert2", "expert3")
    page = as_("operator").page(f"{PANEL}/lead/{found.id}")
    assert f"{PANEL}/close/" not in page
    assert "还有 3 位专家没有提交，1 项的评分不足最少人数" in page
    assert "满 5 人时去掉一个最高分和一个最低分" in page
