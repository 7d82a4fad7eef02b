"""The pages of filling in, as a browser sends them, with and without scripts."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest

from app.core import clock, scope
from app.features.assessments.queries import filings
from app.transaction import transaction
from tests.support import assessments, forms

JSON = {"Accept": "application/json"}
PDF = assessments.PDF


@pytest.fixture
def one(context):
    return assessments.filing(assessments.opened(), "P01")


def address(one, rest=""):
    return f"/desk/filings/{one.id}{rest}"


def autosave(browser, one, code, *, version=1, **fields):
    data = {"code": code, f"n.{code}": str(version), f"h.{code}": "1", **fields}
    return browser.post(address(one, "/value"), data=data, headers=JSON)


def value(one, code):
    with scope.unscoped():
        return filings.values(one.id)[code]


def test_the_list_says_what_can_be_done_and_until_when(as_, one):
    page = as_("park1").page("/desk/filings/")
    assert f'href="/desk/filings/{one.id}"' in page
    assert "填报" in page
    assert "个工作日" in page
    assert "0 / 14" in page
    assert "模板下载" in page


def test_a_park_without_a_round_is_told_so(as_, context):
    assert "还没有考核" in as_("park1").page("/desk/filings/")


def test_the_clerk_looks_and_writes_nothing(as_, one):
    browser = as_("clerk1")
    page = browser.page(address(one))
    assert 'name="v.area_cbec_m2"' not in page
    assert autosave(browser, one, "employees", **{"v.employees": "1"}).status_code == 403


@pytest.mark.parametrize("person", ["reviewer", "operator", "expert1", "sysadmin"])
def test_nobody_else_is_here(as_, one, person):
    as_(person).page(address(one), status=403)


@pytest.mark.parametrize("part", ["A", "B", "C", "D", "E", "_bonus", "_other", "unknown", "' OR 1"])
def test_every_section_has_its_page(as_, one, part):
    page = as_("park1").page(address(one, f"?part={part}"))
    assert "自评预估" in page


def test_what_is_typed_saves_itself_and_the_estimate_follows(as_, one):
    browser = as_("park1")
    answer = autosave(browser, one, "area_cbec_m2", **{"v.area_cbec_m2": "１５，０００"})
    assert answer.status_code == 200
    assert answer.json["error"] == ""
    assert answer.json["tags"]["A1"] == ["预估 4.00", True]
    assert "4.00" in answer.json["side"]
    assert value(one, "area_cbec_m2").declared == "15000"


def test_what_cannot_be_read_is_told_and_stays_as_typed(as_, one):
    browser = as_("park1")
    answer = autosave(browser, one, "area_cbec_m2", **{"v.area_cbec_m2": "1e309"})
    assert "科学计数法" in answer.json["error"]
    page = browser.page(address(one, "?part=A"))
    assert 'value="1e309"' in page
    assert "科学计数法" in page


def test_the_second_tab_is_shown_both_sides(as_, one):
    browser = as_("park1")
    autosave(browser, one, "employees", **{"v.employees": "620"})
    answer = autosave(browser, one, "employees", **{"v.employees": "630"})
    assert answer.status_code == 409
    assert (answer.json["theirs"], answer.json["version"]) == ("620", 2)
    again = autosave(browser, one, "employees", version=2, **{"v.employees": "630"})
    assert again.status_code == 200
    assert value(one, "employees").declared == "630"


def test_a_deadline_that_passed_while_typing_is_told(as_, one, monkeypatch):
    later = clock.now() + timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: later)
    browser = as_("park1")
    answer = autosave(browser, one, "employees", **{"v.employees": "620"})
    assert answer.status_code == 422
    assert "填报时间已过" in answer.json["message"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"code": "nothing_of_ours", "n.nothing_of_ours": "1"}, 404),
        ({"code": "employees"}, 400),
        ({}, 400),
    ],
)
def test_a_value_that_is_not_asked_is_not_there(as_, one, data, status):
    answer = as_("park1").post(address(one, "/value"), data=data, headers=JSON)
    assert answer.status_code == status


@pytest.mark.parametrize("version", ["", "-1", "1 OR 1", "９", "9" * 30])
def test_a_version_that_is_no_number_is_refused(as_, one, version):
    answer = as_("park1").post(
        address(one, "/value"),
        data={"code": "employees", "n.employees": version, "v.employees": "1"},
        headers=JSON,
    )
    assert answer.status_code == 400


def state_of(one):
    with scope.unscoped():
        return filings.locked(one.id).state


def fields_of(page):
    """What a browser without scripts would send for the section."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        if 'form="fill"' in tag and 'type="hidden"' in tag:
            name = re.search(r'name="([^"]+)"', tag)[1]
            found[name] = html.unescape(re.search(r'value="([^"]*)"', tag)[1])
    return found


def test_a_section_is_saved_without_scripts_and_only_what_changed(as_, one):
    browser = as_("park1")
    data = {**fields_of(browser.page(address(one, "?part=A"))), "part": "A"}
    data |= {"v.area_cbec_m2": "15000", "v.policies": ["财务管理", "发展规划"], "then": "D"}
    answer = browser.post(address(one, "/part"), data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?part=D")
    assert value(one, "area_cbec_m2").declared == "15000"
    assert value(one, "policies").declared == ["发展规划", "财务管理"]
    assert value(one, "staff_fulltime").version == 1


def test_a_section_that_met_a_colleagues_save_comes_back_with_both(as_, one):
    browser = as_("park1")
    data = {**fields_of(browser.page(address(one, "?part=C"))), "part": "C"}
    autosave(browser, one, "employees", **{"v.employees": "620"})
    answer = browser.post(address(one, "/part"), data={**data, "v.employees": "700"})
    assert answer.status_code == 409
    assert 'value="700"' in answer.text
    assert "620" in answer.text
    data = {**fields_of(answer.text), "part": "C", "v.employees": "700"}
    assert browser.post(address(one, "/part"), data=data).status_code == 303
    assert value(one, "employees").declared == "700"


def test_no_option_ticked_is_nothing_said_and_none_of_them_is_an_answer(as_, one):
    browser = as_("park1")
    autosave(browser, one, "services", **{"v.services.none": "1"})
    assert value(one, "services").declared == []
    autosave(browser, one, "services", version=2)
    assert value(one, "services").declared is None


def test_a_value_of_the_platform_is_disputed_by_a_note_not_changed(as_, one):
    browser = as_("park1")
    taken = str(value(one, "ent_cbec_count").version)
    answer = browser.post(
        address(one, "/value"),
        data={
            "code": "ent_cbec_count",
            "n.ent_cbec_count": taken,
            "r.ent_cbec_count": "应为 47 家",
        },
        headers=JSON,
    )
    assert answer.status_code == 200
    found = value(one, "ent_cbec_count")
    assert (found.dispute, found.declared) == ("应为 47 家", None)
    answer = autosave(
        browser, one, "ent_cbec_count", version=found.version, **{"v.ent_cbec_count": "47"}
    )
    assert answer.status_code == 422


# papers


def upload(browser, one, code, *names, data=PDF, **fields):
    return browser.post(
        address(one, "/files"),
        data={"code": code, "files": [(io.BytesIO(data), name) for name in names], **fields},
        headers=JSON,
        content_type="multipart/form-data",
    )


def test_several_papers_are_kept_shown_replaced_and_removed(as_, one):
    browser = as_("park1")
    answer = upload(browser, one, "area_cbec_m2", "合同.pdf", "平面图.pdf")
    assert answer.status_code == 200
    assert "合同.pdf" in answer.json["html"]
    first, second = filings.evidence(one.id)["area_cbec_m2"]
    shown = browser.get(address(one, f"/papers/{first.id}"))
    assert shown.status_code == 200
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.data == PDF
    upload(browser, one, "area_cbec_m2", "新合同.pdf", replaces=str(first.id))
    answer = browser.post(address(one, "/files/remove"), data={"evidence": second.id}, headers=JSON)
    assert "历史版本 2 个" in answer.json["html"]
    (left,) = filings.evidence(one.id)["area_cbec_m2"]
    assert (left.name, left.replaces_id) == ("新合同.pdf", first.id)
    assert browser.get(address(one, f"/papers/{first.id}")).status_code == 200


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.exe", b"MZ" + b"\0" * 99),
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.pdf", b""),
        ("a.docx", b"PK\x03\x04nonsense"),
    ],
)
def test_a_hostile_paper_is_refused_with_its_name(as_, one, name, data):
    answer = upload(as_("park1"), one, "area_cbec_m2", name, "好.pdf", data=data)
    assert answer.status_code == 422
    assert name in answer.json["errors"][0]
    assert not filings.evidence(one.id)


def test_a_paper_of_another_park_is_not_there_for_anybody_else(as_, one):
    paper = assessments.attached(one, "area_cbec_m2")
    for person in ("park2", "base1"):
        assert as_(person).get(address(one, f"/papers/{paper.id}")).status_code == 404
        assert as_(person).get(f"/files/{paper.file_key}").status_code == 404
    assert as_("reviewer").get(f"/files/{paper.file_key}").status_code == 200
    assert as_("expert1").get(f"/files/{paper.file_key}").status_code == 404  # in no panel
    assert as_("sysadmin").get(f"/files/{paper.file_key}").status_code == 404


# checking and handing in


def test_endless_text_in_a_number_is_refused_at_its_field_and_stays_there(as_, one):
    browser = as_("park1")
    kept, endless = "x" * 1990, "x" * 2001
    assert autosave(browser, one, "employees", **{"v.employees": kept}).status_code == 200
    answer = autosave(browser, one, "employees", version=2, **{"v.employees": endless})
    assert (answer.status_code, "最多 2000 个字" in answer.json["message"]) == (422, True)
    assert value(one, "employees").unread == kept
    form = {"part": "C", "n.employees": "2", "h.employees": "1", "v.employees": endless}
    answer = browser.post(address(one, "/part"), data=form)
    assert answer.status_code == 400
    item = answer.text.partition('id="item-employees"')[2][:6000]
    assert "最多 2000 个字" in item
    assert endless in item
    assert autosave(browser, one, "innovation", **{"v.innovation": "长" * 9000}).json[
        "error"
    ]  # a text beyond its limit is kept all the same
    assert value(one, "innovation").unread == "长" * 9000


def test_the_check_page_leads_to_what_must_be_mended(as_, one):
    browser = as_("park1")
    autosave(browser, one, "employees", **{"v.employees": "many"})
    page = browser.page(address(one, "/check"))
    assert "?part=C#item-employees" in page
    assert "请先上传签字盖章的承诺书" in page
    assert "未填写" in page


def test_what_changed_after_the_check_page_is_not_handed_in_unseen(as_, one):
    browser = as_("park1")
    assessments.fill_value(one, "employees", "620")
    assessments.signed(one)
    page = browser.page(address(one, "/check"))
    data = {"version": forms.hidden(page, "version"), "digest": forms.hidden(page, "digest")}
    assessments.fill_value(one, "started", "6")
    answer = browser.post(address(one, "/submit"), data=data)
    assert answer.status_code == 400
    assert "填报内容已有变化" in answer.text
    assert state_of(one) == "draft"


def test_late_the_deduction_is_told_before(as_, context):
    today = clock.today()
    found = assessments.opened(
        opens_on=today - timedelta(days=30),
        fill_until=today - timedelta(days=10),
        late_until=today + timedelta(days=9),
    )
    one = assessments.filing(found, "P01")
    browser = as_("park1")
    listed = browser.page("/desk/filings/")
    assert "补填" in listed
    assert re.search(r"逾期 \d+ 个工作日，扣 5 分", listed)
    assert "扣 5 分" in browser.page(address(one))
    assert "扣 5 分" in browser.page(address(one, "/check"))


# correction


def test_of_a_filing_that_came_back_only_what_was_sent_back_opens(as_, context):
    one = assessments.submitted(assessments.opened())
    assessments.sent_back(one, {"employees": "请附社保汇总"})
    browser = as_("park1")
    assert "补正" in browser.page("/desk/filings/")
    page = browser.page(address(one))
    assert "请附社保汇总" in page
    assert 'name="v.employees"' in page
    assert 'name="v.area_cbec_m2"' not in browser.page(address(one, "?part=A"))
    answer = autosave(browser, one, "area_cbec_m2", version=9, **{"v.area_cbec_m2": "1"})
    assert answer.status_code == 422
    seen = value(one, "employees").version
    answer = autosave(browser, one, "employees", version=seen, **{"v.employees": "621"})
    assert answer.status_code == 200
    assert "已修改" in browser.page(address(one, "?part=C"))


# trying numbers


def test_trying_numbers_saves_nothing_and_scores(as_, one):
    browser = as_("park1")
    data = {"n.area_cbec_m2": "1", "v.area_cbec_m2": "15000"}
    page = browser.post(address(one, "/what-if"), data=data).text
    assert "+4.00" in page
    assert "还没有已确认的上一轮结果" in page
    assert value(one, "area_cbec_m2").declared is None
    assert value(one, "area_cbec_m2").version == 1
    page = browser.post(address(one, "/what-if"), data={**data, "v.area_cbec_m2": "many"}).text
    assert "请填写数字" in page


def test_an_unusual_change_asks_for_a_reason(as_, context):
    before = assessments.submitted(assessments.opened())
    assessments.judged(before)
    found = assessments.opened(previous_id=before.round_id, name="次年")
    one = assessments.filing(found, "P01")
    browser = as_("park1")
    answer = autosave(browser, one, "employees", **{"v.employees": "930.0"})
    assert (answer.json["change"], answer.json["unusual"]) == ("+50.00%", False)
    answer = autosave(browser, one, "employees", version=2, **{"v.employees": "931"})
    assert answer.json["unusual"] is True
    assert "620" in browser.page(address(one, "?part=C"))
    assert "请填写变动原因" in browser.page(address(one, "/check"))
    data = {"v.employees": "931", "r.employees": "新增两家"}
    assert autosave(browser, one, "employees", version=3, **data).status_code == 200
    assert "请填写变动原因" not in browser.page(address(one, "/check"))


def test_absent_parks_see_why_and_fill_in_nothing(as_, one):
    with scope.unscoped(), transaction():
        found = filings.locked(one.id)
        found.takes_part, found.absence_reason = False, "新设园区，不参评"
    browser = as_("park1")
    assert "新设园区，不参评" in browser.page("/desk/filings/")
    assert autosave(browser, one, "employees", **{"v.employees": "1"}).status_code in (403, 422)
