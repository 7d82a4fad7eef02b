"""Pages of 考核管理: planned in the browser, parks chosen, values entered by table and workbook."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest

from app.core import clock, scope
from app.core.errors import Forbidden, NotFound, Refusal
from app.extensions import db
from app.features.assessments.models import AssessmentRound
from app.features.assessments.queries import filings, zone_values
from app.features.assessments.queries import rounds as queries
from app.features.assessments.services import documents, rehearsal, rounds
from app.features.assessments.services import zone_values as services
from app.features.assessments.services.zone_values import Entry
from app.transaction import end_reading, transaction
from tests.support import assessments as made
from tests.support import people

BASE = "/desk/assessment-rounds"
VALUES = "/desk/assessment-rounds/values"
PLAN = {
    "name": "2025 年度考核",
    "period_from": "2025-01-01",
    "period_to": "2025-12-31",
    "cut_off_on": "2025-12-31",
    "opens_on": "2027-01-04",
    "fill_until": "2027-01-29",
    "late_until": "2027-02-05",
    "review_until": "2027-03-05",
    "correction_days": "5",
    "corrections_max": "2",
    "publicity_days": "5",
    "objection_reply_days": "10",
}


def as_operator(what: Any, *arguments: Any, **named: Any) -> Any:
    actor = people.actor("operator")
    with scope.acting_as(actor), transaction():
        return what(actor, *arguments, **named)


def opened(**changes: Any) -> Any:
    found = made.opened(**changes)
    paper = as_operator(
        documents.add_document, found.id, documents.Paper("海关统计"), now=clock.now()
    )
    return found, paper


def value(found: Any, code: str, park: str = "P01") -> Any:
    end_reading()
    return filings.values(made.filing(found, park).id)[code]


def newest() -> Any:
    end_reading()
    db.session.expire_all()
    return db.session.scalars(
        db.select(AssessmentRound).order_by(AssessmentRound.id.desc())
    ).first()


def test_planned_in_the_browser_from_an_empty_form_to_the_opening(
    context: object, as_: Any
) -> None:
    browser, version = as_("operator"), made.reference()
    page = browser.page(f"{BASE}/add")
    assert "共 20 个工作日" in page
    answer = browser.post(f"{BASE}/add", data={**PLAN, "scheme_version_id": version.id})
    assert answer.status_code == 303, answer.text
    found = newest()
    assert found.fill_until == date(2027, 1, 29)
    assert found.sources["ent_cbec_count"] == "enterprise_register"
    assert "没有" not in browser.post(f"{BASE}/plan/{found.id}").text
    assert newest().state == "draft"  # nobody takes part yet
    assert "请先选择参加考核的园区/基地" in browser.page(f"{BASE}/show/{found.id}")
    keys = [people.park(code).id for code in ("P01", "B01")]
    assert "测试基地" in browser.page(f"{BASE}/parks/{found.id}")
    browser.post(f"{BASE}/parks/{found.id}/choose", data={"park": keys})
    assert "通知 2 家园区/基地" in browser.page(f"{BASE}/show/{found.id}")
    browser.post(f"{BASE}/plan/{found.id}")
    assert newest().state == "planned"
    browser.post(f"{BASE}/recall/{found.id}")
    assert newest().state == "draft"
    assert "发布考核" in browser.page(f"{BASE}/show/{found.id}?tab=history")


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    context: object, as_: Any
) -> None:
    version = made.reference()
    typed = {**PLAN, "scheme_version_id": version.id, "fill_until": "2027-01-01", "lead_id": ""}
    answer = as_("operator").post(f"{BASE}/add", data=typed)
    assert answer.status_code == 400
    assert "填报截止日不能早于开始日" in answer.text
    assert 'value="2025 年度考核"' in answer.text
    answer = as_("operator").post(f"{BASE}/add", data={"name": "只有名称"})
    assert answer.text.count("请填写这一项") >= 10


def test_a_name_is_given_once_and_the_round_before_is_not_a_later_one(
    context: object, as_: Any
) -> None:
    browser, version = as_("operator"), made.reference()
    known = made.opened()
    data = {**PLAN, "scheme_version_id": version.id, "name": f" {known.name} "}
    answer = browser.post(f"{BASE}/add", data=data)
    assert answer.status_code == 400
    assert "已有同名的考核" in answer.text
    early = {"period_from": "2024-01-01", "period_to": "2024-12-31", "name": "补做 2024"}
    answer = browser.post(f"{BASE}/add", data={**data, **early, "previous_id": known.id})
    assert answer.status_code == 400
    assert "上一轮的考核期不能晚于本轮" in answer.text
    assert browser.post(f"{BASE}/add", data={**data, **early}).status_code == 303


def test_a_new_round_proposes_the_year_that_follows(context: object, as_: Any) -> None:
    """The last full year; once it is assessed the next one, which opens when that year is over."""
    browser, year = as_("operator"), clock.last_full_year()
    made.reference()
    page = browser.page(f"{BASE}/add")
    assert f'value="{year} 年度考核"' in page
    known = made.opened()
    half = {"period_from": date(year + 1, 1, 1), "period_to": date(year + 1, 6, 30)}
    made.opened(("P01",), name="上半年", cut_off_on=half["period_to"], **half)
    page = browser.page(f"{BASE}/add")
    assert f'value="{year + 1} 年度考核"' in page  # half of it was assessed, not all
    assert f'value="{year + 1}-12-31"' in page
    opens = re.search(
        r'name="opens_on"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="opens_on"', page
    )
    assert opens is not None
    assert (opens[1] or opens[2]) > f"{year + 1}-12-31"
    assert re.search(rf'<option selected value="{known.id}">', page)


def test_a_stale_plan_is_merged(context: object, as_: Any) -> None:
    version = made.reference()
    found = as_operator_created(version)
    data = {**PLAN, "scheme_version_id": version.id, "version": "1", "opened": "{}"}
    assert as_("operator").post(f"{BASE}/edit/{found.id}", data=data).status_code == 303
    answer = as_("operator2").post(f"{BASE}/edit/{found.id}", data={**data, "name": "另一名称"})
    assert answer.status_code == 409
    assert "另一名称" in answer.text


def as_operator_created(version: Any) -> Any:
    return as_operator(rounds.create, made.plan(version))


def test_working_days_are_told_while_they_are_typed(context: object, as_: Any) -> None:
    days = {name: PLAN[name] for name in ("opens_on", "fill_until", "late_until", "review_until")}
    told = as_("operator").get(f"{BASE}/days", query_string={**days, "fill_until": "x"}).json
    assert set(told["hints"]) >= {"review_until"}
    assert "fill_until" not in told["hints"]
    query = {"version": made.reference().id, "opens_on": "2026-11-02"}
    told = as_("operator").get(f"{BASE}/days", query_string=query).json
    assert told["values"]["fill_until"] == "2026-11-27"
    assert told["values"]["late_until"] == "2026-12-04"
    assert told["hints"]["fill_until"] == "共 20 个工作日"


def test_parks_and_experts_see_nothing_of_it_and_reviewers_only_read(
    context: object, as_: Any
) -> None:
    found, _paper = opened()
    for who in ("park1", "clerk1", "expert1", "sysadmin"):
        as_(who).page(f"{BASE}/list/", status=403)
        as_(who).page(f"{VALUES}/{found.id}", status=403)
    reviewer = as_("reviewer")
    for path in (f"{BASE}/show/{found.id}", f"{BASE}/parks/{found.id}", f"{VALUES}/{found.id}"):
        assert '<form method="post" action="/desk/assessment' not in reviewer.page(path).replace(
            f'action="{BASE}/parks/{found.id}/choose" id="choose"', ""
        ) or path.endswith(f"parks/{found.id}")
    assert reviewer.post(f"{BASE}/sources/{found.id}", data={"version": "1"}).status_code == 403
    assert reviewer.post(f"{BASE}/cancel/{found.id}").status_code == 403
    as_("operator").page(f"{BASE}/show/987654", status=404)


def test_sources_are_chosen_before_the_opening_only(context: object, as_: Any) -> None:
    found = as_operator_created(made.reference())
    browser = as_("operator")
    assert "上一轮核定值：本期跨境电商进出口额" in browser.page(f"{BASE}/sources/{found.id}")
    data = {"version": "1", "source.news_approved": "news_approved", "source.trade_cur": ""}
    browser.post(f"{BASE}/sources/{found.id}", data=data)
    assert newest().sources == {"news_approved": "news_approved"}
    browser.post(f"{BASE}/sources/{found.id}", data=data)
    assert "您打开后，考核已有变化" in browser.page(f"{BASE}/sources/{found.id}")
    running = made.opened()
    browser.post(f"{BASE}/sources/{running.id}", data={"version": queries.get(running.id).version})
    assert queries.get(running.id).sources != {}


def test_one_value_is_entered_for_all_parks_with_its_document(context: object, as_: Any) -> None:
    found, paper = opened()
    browser, address = as_("operator"), f"{VALUES}/{found.id}/enter/trade_cur"
    p01, p02 = (made.filing(found, code).id for code in ("P01", "P02"))
    page = browser.page(address)
    assert "海关统计" in page
    data = {f"v{p01}": "12,000.50", f"seen{p01}": "1", f"v{p02}": "1e9", f"seen{p02}": "1"}
    answer = browser.post(address, data=data)
    assert answer.status_code == 400
    assert "请选择依据文件" in answer.text
    assert value(found, "trade_cur").verified is None
    answer = browser.post(address, data={**data, "document": paper.id})
    assert answer.status_code == 400
    assert "不要用科学计数法" in answer.text
    assert 'value="1e9"' in answer.text
    kept = value(found, "trade_cur")
    assert (kept.verified, kept.verdict, kept.document_id) == ("12000.5", "passed", paper.id)
    assert kept.verified_by == people.actor("operator").user_id
    (line,) = filings.history(kept.id)
    assert (line.act, line.before, line.after) == ("verified", None, "12000.5")
    assert "12,000.5" in browser.page(f"{VALUES}/{found.id}")


@pytest.mark.parametrize(
    ("code", "fields", "verified"),
    [
        ("modes", {"v{}": ["1210", "9610"]}, ["9610", "1210"]),
        ("inspection", {"v{}": "rectified"}, "rectified"),
        ("N3", {"v{}.general": "1", "v{}.major": "0"}, {"general": "1", "major": "0"}),
        ("satisfaction", {"v{}": "９２.５%"}, "92.5"),
    ],
)
def test_every_kind_of_value_has_its_fields(
    context: object, as_: Any, code: str, fields: dict[str, Any], verified: Any
) -> None:
    found, paper = opened()
    one = made.filing(found, "P01").id
    data = {name.format(one): typed for name, typed in fields.items()}
    address = f"{VALUES}/{found.id}/enter/{code}"
    as_("operator").page(address)
    data |= {f"seen{one}": "1", "document": paper.id}
    assert as_("operator").post(address, data=data).status_code == 303
    assert value(found, code).verified == verified


def test_the_second_of_two_people_is_told_and_overwrites_nothing(context: object, as_: Any) -> None:
    found, paper = opened()
    one = made.filing(found, "P01").id
    address = f"{VALUES}/{found.id}/enter/trade_cur"
    data = {f"seen{one}": "1", "document": paper.id}
    assert as_("operator").post(address, data={**data, f"v{one}": "5"}).status_code == 303
    answer = as_("operator2").post(address, data={**data, f"v{one}": "7"})
    assert answer.status_code == 400
    assert "您打开后，这一项已有变化" in answer.text
    assert value(found, "trade_cur").verified == "5"
    data |= {f"seen{one}": "2"}
    assert as_("operator2").post(address, data={**data, f"v{one}": "7"}).status_code == 303
    assert value(found, "trade_cur").verified == "7"


def test_the_zone_enters_no_parks_value_and_none_that_has_a_source(context: object) -> None:
    found, paper = opened()
    one = made.filing(found, "P01").id
    for code, fault in (("employees", "value_unknown"), ("ent_cbec_count", "value_sourced")):
        with pytest.raises(Refusal, match=fault):
            as_operator(
                services.enter, found.id, [Entry(one, code, "1", 1)], paper.id, now=clock.now()
            )
    other, foreign = opened(name="另一轮")
    entry = Entry(one, "trade_cur", "1", 1)
    with pytest.raises(NotFound):
        as_operator(services.enter, other.id, [entry], foreign.id, now=clock.now())
    with pytest.raises(Refusal, match="document_required"):
        as_operator(services.enter, found.id, [Entry(one, "trade_cur", "1", 1)], foreign.id,
                    now=clock.now())  # fmt: skip
    actor = people.actor("reviewer")
    with pytest.raises(Forbidden), scope.acting_as(actor), transaction():
        services.enter(actor, found.id, [], None, now=clock.now())


def workbook(browser: Any, found: Any) -> Any:
    answer = browser.get(f"{VALUES}/{found.id}/workbook")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def uploaded(browser: Any, found: Any, book: Any) -> Any:
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    data = {"file": (buffer, "数据表.xlsx")}
    return browser.post(f"{VALUES}/{found.id}/upload", data=data, follow_redirects=True)


def column(sheet: Any, code: str) -> int:
    heads = [str(cell.value) for cell in sheet[1]]
    return next(at for at, head in enumerate(heads, 1) if head.rstrip("*").endswith(f" {code}"))


def test_the_workbook_comes_back_as_a_difference_to_confirm(context: object, as_: Any) -> None:
    found, paper = opened()
    browser = as_("operator")
    book = workbook(browser, found)
    sheet = book["数据"]
    assert "没有变化" in uploaded(browser, found, book).text
    rows = {sheet.cell(at, 1).value: at for at in range(3, sheet.max_row + 1)}
    sheet.cell(rows["P01"], column(sheet, "trade_cur"), 17000.5)
    sheet.cell(rows["P01"], column(sheet, "modes"), "9710，9610")
    sheet.cell(rows["P02"], column(sheet, "trade_cur"), "很多")
    page = uploaded(browser, found, book).text
    assert "变更 2 项" in page
    assert "1 项有错误，不导入" in page
    assert "请填写数字" in page
    fields = re.findall(r'<input[^>]*name="((?:take|seen|v)[^"]*)"[^>]*value="([^"]*)"', page)
    data: dict[str, Any] = {}
    for name, told in fields:
        data.setdefault(name, []).append(told)
    assert len(data["take"]) == 2
    browser.post(f"{VALUES}/{found.id}/apply", data={**data, "document": paper.id})
    assert value(found, "trade_cur").verified == "17000.5"
    assert value(found, "modes").verified == ["9610", "9710"]
    assert value(found, "trade_cur", "P02").verified is None
    assert "没有变化" in uploaded(browser, found, workbook(browser, found)).text


def test_a_workbook_of_another_round_or_tampered_with_is_refused(context: object, as_: Any) -> None:
    found, _paper = opened()
    other, _other = opened(name="另一轮")
    browser = as_("operator")
    assert "属于另一轮考核" in uploaded(browser, found, workbook(browser, other)).text
    book = workbook(browser, found)
    meta = book["_meta"]
    for row in meta.iter_rows():
        if row[0].value == "scope":
            row[1].value = f"round:{found.id}0"
    assert "不是本系统下载的数据表" in uploaded(browser, found, book).text
    old = workbook(browser, found)
    with transaction():
        queries.get(found.id).sources = {}
    assert "方案版本或数据来源已有变化" in uploaded(browser, found, old).text


def test_a_document_keeps_its_file_for_the_zone_alone(context: object, as_: Any) -> None:
    found, _paper = opened()
    browser, address = as_("operator"), f"{VALUES}/{found.id}/documents"
    data = {"title": "满意度报告", "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "报告.pdf")}
    assert browser.post(address, data=data).status_code == 303
    paper = zone_values.documents(found.id)[0]
    assert browser.get(f"/files/{paper.file_key}").status_code in (200, 404)
    answer = browser.post(address, data={"title": "", "number": "琼商〔2026〕1 号"})
    assert answer.status_code == 400
    assert "琼商〔2026〕1 号" in answer.text
    bad = {"title": "脚本", "file": (io.BytesIO(b"<script>"), "x.pdf")}
    assert browser.post(address, data=bad).status_code == 400


def test_a_rehearsal_is_a_copy_that_parks_never_see_and_that_can_go(
    context: object, as_: Any
) -> None:
    found = made.opened()
    made.submitted(found)
    browser = as_("operator")
    answer = browser.post(f"{BASE}/rehearse/{found.id}")
    copy = newest()
    assert answer.headers["Location"].endswith(str(copy.id))
    assert (copy.rehearsal_of_id, copy.state, copy.name) == (
        found.id, "closed", f"{found.name}（演练）",
    )  # fmt: skip
    assert value(copy, "employees").declared == "620"
    with scope.acting_as(people.actor("park1")):
        with pytest.raises(NotFound):
            queries.for_park(copy.id)
        assert [one.id for one, _filing in queries.of_parks()] == [found.id]
    assert "这是演练" in browser.page(f"{BASE}/show/{copy.id}")
    with pytest.raises(Refusal, match="rehearsal_of_rehearsal"):
        as_operator(rehearsal.copy, copy.id, name="再来", now=clock.now())
    with pytest.raises(Refusal, match="rehearsal_only"):
        as_operator(rehearsal.delete, found.id)
    key = copy.id
    browser.post(f"{BASE}/drop-rehearsal/{key}")
    browser.page(f"{BASE}/show/{key}", status=404)
    assert value(found, "employees").declared == "620"


def test_links_to_the_work_of_a_round_say_where_they_lead(context: object, as_: Any) -> None:
    found, _paper = opened()
    page = as_("reviewer").page(f"{BASE}/show/{found.id}")
    links = re.findall(r'<a href="[^"]+">(查看[^<]*)</a>', page)
    assert len(links) >= 4
    assert "查看考核看板" in links
    assert len(set(links)) == len(links)
