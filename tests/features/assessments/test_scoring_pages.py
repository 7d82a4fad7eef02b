"""Runs, their results and reasons on the zone's pages; vetoes, papers and grades by form."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest

from app.core import scope
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import files
from app.extensions import db
from app.features.assessments.labels.refusals import words_of_refusal
from app.features.assessments.queries import rounds, runs
from app.features.assessments.rules.differences import Moved
from app.features.assessments.views.scoring import _texts
from app.features.assessments.views.scoring_told import figure, score
from app.transaction import transaction
from tests.support import assessments, judging

SCORING = "/desk/scoring"


@pytest.fixture
def found(context):
    return judging.worked_example()


def test_started_as_a_job_and_the_results_are_read(as_, found):
    browser = as_("operator")
    assert found.name in browser.page(f"{SCORING}/")
    answer = browser.post(f"{SCORING}/start/{found.id}")
    assert answer.status_code == 303
    assert "/desk/jobs/" in answer.location
    db.session.expire_all()
    (run,) = runs.of_round(found.id)
    page = browser.page(f"{SCORING}/run/{run.id}")
    for words in ("100.27", "73.52", "35.92", "3.00", "优秀", "否决 V1", run.results_digest):
        assert words in page, words
    assert "已计分" in browser.page(f"{SCORING}/round/{found.id}")


def test_every_score_says_why(as_, found):
    run = judging.run(found)
    one = assessments.filing(found, "B01")  # P-C
    page = as_("reviewer").page(f"{SCORING}/why/{run.id}/{one.park_id}")
    for words in ("35.92", "不适用", "7.20", "9 家", "正式运营满12个月"):
        assert words in page, words
    vetoed = assessments.filing(found, "P04")
    assert "伪造数据" in as_("reviewer").page(f"{SCORING}/why/{run.id}/{vetoed.park_id}")


def test_a_run_that_cannot_be_is_refused_in_words(as_, context):
    judging.more_people()
    made = assessments.opened()
    assessments.submitted(made)
    judging.closed(made)
    answer = as_("operator").post(f"{SCORING}/start/{made.id}")
    assert answer.status_code == 400
    assert "还有 1 份填报没有审核完，只能预计分。" in answer.text
    assert as_("operator").post(f"{SCORING}/start/{made.id}?preview=1").status_code == 303
    db.session.expire_all()
    (run,) = runs.of_round(made.id)
    assert run.preview
    assert rounds.get(made.id).state == "closed"


def test_the_difference_of_two_runs_names_the_cause(as_, found):
    judging.run(found, preview=True)
    one = assessments.filing(found, "P02")
    with scope.unscoped(), transaction():
        judging.filings.locked(one.id).late_days = 3
    run = judging.run(found)
    page = as_("operator").page(f"{SCORING}/run/{run.id}")
    assert "逾期补填 <del>1</del> → <b>3</b>" in page
    assert "73.52 → 71.52" in page
    assert re.search(r"N2 0\.00 → \d\.\d\d|N\d \d\.\d\d → \d\.\d\d", page)
    other = judging.worked_example()
    foreign = judging.run(other)
    answer = as_("operator").get(f"{SCORING}/run/{run.id}?with={foreign.id}")
    assert answer.status_code == 404


def test_the_difference_says_why_a_score_moved_and_tells_a_leaver_in_one_line(as_, found):
    judging.run(found, preview=True)
    out = assessments.filing(found, "P02")
    with scope.unscoped(), transaction():
        one = judging.filings.locked(out.id)
        one.takes_part, one.absence_reason = False, "停业"
    run = judging.run(found)
    page = as_("operator").page(f"{SCORING}/run/{run.id}").partition('id="moved-title"')[2]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page, re.DOTALL)
    leaver = next(row for row in rows if "这次计分不参评" in row)
    assert "<del>" not in leaver
    others = [row for row in rows if row is not leaver]
    assert others
    assert any("同组构成变化" in row for row in others)
    assert all("本园区数据没有变化" in row for row in others if "同组构成变化" in row)


def test_the_difference_names_another_grade_and_what_others_changed(as_, found):
    judging.run(found, preview=True)
    one = assessments.filing(found, "P02")
    with scope.unscoped(), transaction():
        value = judging.filings.value_locked(one.id, "trade_cur")
        value.verified = str(Decimal(value.verified) * 9)
        judging.filings.locked(assessments.filing(found, "B01").id).late_days = 5
        judging.filings.locked(one.id).late_days = 5
    run = judging.run(found)
    page = as_("operator").page(f"{SCORING}/run/{run.id}").partition('id="moved-title"')[2]
    assert "同组其他园区的数据变化" in page
    assert "同组构成变化" not in page
    for raw in ("True", "False", "None", "{'", "['", " NA "):
        assert raw not in page, raw


def test_the_run_page_says_who_sees_its_results(as_, found):
    preview, run = judging.run(found, preview=True), judging.run(found)
    browser = as_("operator")
    assert "不会公示" in browser.page(f"{SCORING}/run/{preview.id}")
    assert "公示前园区看不到" in browser.page(f"{SCORING}/run/{run.id}")
    with scope.unscoped(), transaction():
        judging.rounds.locked(found.id).state = "publicized"
    page = browser.page(f"{SCORING}/run/{run.id}")
    assert "本轮结果已公示" in page
    assert "公示前园区看不到" not in page


def test_what_is_not_entered_and_why_it_cannot_be_scored_stand_on_the_page(as_, context):
    judging.more_people()
    made = assessments.opened()
    one = assessments.submitted(made)
    judging.closed(made)
    browser = as_("operator")
    page = browser.page(f"{SCORING}/round/{made.id}")
    assert "本期跨境电商进出口额（3 家）" in page
    assert f'href="/desk/assessment-rounds/values/{made.id}"' in page
    assert "通报批评或行政处罚（" not in page
    button = re.search(r'<button class="btn btn-primary"[^>]*>', page)[0]
    assert 'disabled aria-describedby="score-against"' in button
    assert "项数据没有录入，按空缺计分" in button
    assert re.search(r'id="score-against">.*还有 1 份填报没有审核完，只能预计分。', page)
    judging.returned(one)
    assert "其中 1 份补正中" in browser.page(f"{SCORING}/")
    assert "其中 1 份补正中" in browser.page(f"{SCORING}/round/{made.id}")


def test_totals_and_points_have_decimals_alike(app):
    moved = Moved(1, (1, 1), (Decimal("3.5"), Decimal("4.00")), ("", ""), (), ())
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        assert _texts(moved) == ("3.50", "4.00", "+0.50")
        assert _texts(replace(moved, finals=(Decimal(4), Decimal("3.5"))))[2] == "-0.50"
        assert _texts(replace(moved, finals=(None, Decimal("3.5")))) == ("—", "3.50", "—")
        assert [score(one) for one in ("3.5", "3.50", "2.345", "NA", None)] == [
            *("3.50", "3.50", "2.345", "不适用", "—"),
        ]
        assert figure({"major": "1", "general": "2"}, ("general", "major")) == "一般 2、较重 1"
        assert figure("rectified") == "有问题，已整改"
        assert [figure(one) for one in (None, True, False, "NA")] == ["空缺", "是", "否", "不适用"]
        assert figure(["9610", "9710"]) == "9610、9710"


def test_a_paper_a_veto_and_its_end(as_, found):
    browser = as_("operator")
    form = {"title": "行政处罚决定书", "number": "琼X〔2026〕1号",
            "file": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "决定书.pdf")}  # fmt: skip
    answer = browser.post(f"{SCORING}/document/{found.id}", data=form)
    assert answer.status_code == 303, answer.text[:2000]
    page = browser.page(f"{SCORING}/round/{found.id}")
    assert "行政处罚决定书" in page
    from app.features.assessments.queries import reviews

    paper = reviews.documents(found.id)[0].id
    one = assessments.filing(found, "P03")
    form = {"filing": one.id, "code": "V2", "reason": "较大事故", "document": ""}
    answer = browser.post(f"{SCORING}/veto/{found.id}", data=form)
    assert answer.status_code == 400
    assert "较大事故" in answer.text
    answer = browser.post(f"{SCORING}/veto/{found.id}", data={**form, "document": paper})
    assert answer.status_code == 303
    veto = next(each for each in runs.vetoes(found.id) if each.filing_id == one.id)
    assert browser.post(f"{SCORING}/lift/{veto.id}", data={"reason": "撤销"}).status_code == 303
    assert as_("reviewer").post(f"{SCORING}/veto/{found.id}", data=form).status_code == 403


def test_a_file_that_is_not_taken_is_said_beside_its_field(as_, found):
    browser, address = as_("operator"), f"{SCORING}/document/{found.id}"
    for data, name, words in (
        (b"text", "a.txt", "不支持的文件类型"),
        (b"", "a.pdf", "文件为空"),
        (b"MZ text", "a.pdf", "不支持的文件类型"),
        (b"%PDF-1.4\n%%EOF\n", "a.docx", "文件内容与扩展名不符"),
    ):
        form = {"title": "处罚决定书", "number": "琼X1号", "file": (io.BytesIO(data), name)}
        answer = browser.post(address, data=form)
        assert answer.status_code == 400, name
        error = re.search(r'id="paper-file-error">.*?<span>(.*?)</span>', answer.text)
        assert error, name
        assert words in error[1]
        assert 'value="处罚决定书"' in answer.text
        assert 'value="琼X1号"' in answer.text


def test_no_refusal_is_without_words(app):
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        for code in files.LABELS:
            words = words_of_refusal(Refusal(code, limit=20, types="pdf"))
            assert words == str(files.LABELS[code]) % {"limit": 20, "types": "pdf"}
        assert words_of_refusal(Refusal("nobody_knows")) == "未能保存，请检查后重试。"


def test_nothing_is_chosen_for_anybody_and_what_is_missing_stands_beside_it(as_, found):
    judging.run(found)
    browser = as_("operator")
    page = browser.page(f"{SCORING}/round/{found.id}")
    for name in ("veto-filing", "veto-code", "veto-document", "grade-filing", "grade-grade"):
        select = re.search(rf'<select[^>]*id="{name}".*?</select>', page)[0]
        assert '<option value="">请选择</option>' in select, name
        assert " selected" not in select
    one = assessments.filing(found, "P03").id
    for path, form, field, words in (
        ("veto", {}, "veto-filing", "请选择园区/基地。"),
        ("veto", {"filing": one, "reason": "事故"}, "veto-code", "请选择否决情形。"),
        ("veto", {"filing": one, "code": "V2"}, "veto-reason", "请写明原因。"),
        ("grade", {"filing": one}, "grade-grade", "请选择等级。"),
    ):
        answer = browser.post(f"{SCORING}/{path}/{found.id}", data=form)
        assert answer.status_code == 400
        assert re.search(rf'id="{field}-error">.*?<span>{words}</span>', answer.text), field
        other = "grade" if path == "veto" else "veto"
        assert not re.search(rf'id="{other}-\w+-error"', answer.text)
        assert not re.search(rf'id="{other}-filing".*?selected.*?</select>', answer.text)


def test_a_veto_says_what_it_rests_on_and_who_set_it(as_, found):
    page = as_("reviewer").page(f"{SCORING}/round/{found.id}")
    row = re.search(r"<li>(?:(?!</li>).)*<b>测试园区P04</b>.*?</li>", page, re.DOTALL)[0]
    assert "调查认定书" in row
    assert judging.people.actor("operator").name in row


def test_a_grade_by_two_operators(as_, found):
    run = judging.run(found)
    one = assessments.filing(found, "P02")
    form = {"filing": one.id, "grade": "good", "reason": "整改完成"}
    assert as_("operator").post(f"{SCORING}/grade/{found.id}", data=form).status_code == 303
    (made,) = runs.overrides(found.id)
    address = f"{SCORING}/decision/{made.id}/approve"
    answer = as_("operator").post(address)
    assert answer.status_code == 400
    assert "须由另一位平台运营复核" in answer.text
    decider = as_("operator2")
    page = decider.page("/desk/")
    assert f'href="{SCORING}/round/{found.id}#grades-title"' in page
    assert "等级调整待复核" in decider.page("/me/messages/")
    assert f"{SCORING}/round/{found.id}#grades-title" not in as_("operator").page("/desk/")
    assert decider.post(address).status_code == 303
    page = as_("operator").page(f"{SCORING}/round/{found.id}")
    assert f"复核人：{judging.people.actor('operator2').name}" in page
    page = as_("reviewer").page(f"{SCORING}/run/{run.id}")
    assert "<del>合格</del>" in page
    assert as_("operator2").post(f"{SCORING}/decision/{made.id}/nothing").status_code == 404


def test_a_grade_that_is_still_open_after_the_publication_says_why(as_, found):
    judging.run(found)
    one = assessments.filing(found, "P02")
    form = {"filing": one.id, "grade": "good", "reason": "整改完成"}
    as_("operator").post(f"{SCORING}/grade/{found.id}", data=form)
    (made,) = runs.overrides(found.id)
    with scope.unscoped(), transaction():
        judging.rounds.locked(found.id).state = "publicized"
    page = as_("operator2").page(f"{SCORING}/round/{found.id}")
    assert f'disabled aria-describedby="late-{made.id}"' in page
    assert "结果已公示，不能再同意" in page
    assert as_("operator").post(f"{SCORING}/decision/{made.id}/withdraw").status_code == 303
    assert "已撤回" in as_("operator").page(f"{SCORING}/round/{found.id}")


def test_a_filing_of_another_round_is_not_vetoed_here(as_, found):
    other = judging.worked_example()
    one = assessments.filing(other, "P03")
    form = {"filing": one.id, "code": "V2", "reason": "事故", "document": judging.paper(found)}
    assert as_("operator").post(f"{SCORING}/veto/{found.id}", data=form).status_code == 404


@pytest.mark.parametrize("by", ["park1", "clerk1", "expert1", "auditor", "sysadmin"])
def test_results_are_the_zones_alone(as_, found, by):
    run = judging.run(found)
    one = assessments.filing(found, "P01")
    browser = as_(by)
    for path in ("", f"round/{found.id}", f"run/{run.id}", f"why/{run.id}/{one.park_id}"):
        assert browser.get(f"{SCORING}/{path}").status_code == 403
