"""The ranking page by role: the sums of all, the detail of one's own, papers that say the same."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from app.core import clock, scope
from app.engines import printing
from app.features.objections import services as objections
from app.features.rankings import queries, services
from app.features.rankings.rules import chain
from app.transaction import transaction
from tests.features.rankings.test_publishing import LATER, act
from tests.support import people, rankings

PAGE = "/desk/ranking/"


def park_id(code: str) -> int:
    return people.park(code).id


def told(browser: Any, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.text[:400]
    return str(answer.text)


def test_before_anything_is_published_the_page_says_so(as_: Any) -> None:
    assert "还没有公示的考核排名" in told(as_("park1"), PAGE)


def test_a_park_sees_all_and_its_own_row_is_marked(as_: Any, context: Any) -> None:
    rankings.published()
    page = told(as_("park1"), PAGE)
    for code in ("P01", "P02", "B01"):
        assert people.park(code).name in page
    (own,) = re.findall(r'<tr class="is-own">(.*?)</tr>', page, re.DOTALL)
    assert people.park("P01").name in own
    assert "V1 一票否决" in page


@pytest.mark.parametrize("who", ["expert1", "sysadmin", "secadmin", "auditor", "user1"])
def test_others_do_not_see_the_ranking(as_: Any, context: Any, who: str) -> None:
    rankings.published()
    told(as_(who), PAGE, 403)


def test_filters_search_and_order(as_: Any, context: Any) -> None:
    rankings.published()
    browser = as_("park1")
    rows = r'<th scope="row"><a [^>]*>([^<]+)</a>'
    names = {code: people.park(code).name for code in ("P01", "P02", "B01")}
    assert re.findall(rows, told(browser, f"{PAGE}?kind=base")) == [names["B01"]]
    assert re.findall(rows, told(browser, f"{PAGE}?q=p02")) == [names["P02"]]
    ordered = re.findall(rows, told(browser, f"{PAGE}?sort=final"))
    assert ordered == [names["P02"], names["P01"], names["B01"]]
    assert "没有符合条件" in told(browser, f"{PAGE}?q=nobody")
    told(browser, f"{PAGE}?round=999999", 404)
    told(browser, f"{PAGE}?version=7", 404)


def test_the_own_indicator_opens_with_every_step(as_: Any, context: Any) -> None:
    rankings.published()
    page = told(as_("park1"), f"{PAGE}?park={park_id('P01')}&code=C2")
    assert "计算过程" in page
    assert "(120000.00 / 100000.00 - 1) * 100 = 20 %" in page
    assert "得 6.67 分，满分 8 分" in page
    assert "规则：-20 % 得 0 分、0 % 得 4 分、30 % 得 8 分；之间按比例" in page
    assert "<b>120,000.00</b>" in page
    foot = page.split('class="drawer-foot"')[1].split("</footer>")[0]
    assert re.search(r'href="/desk/objections/new/\d+\?code=C2"', foot)
    other = told(as_("operator"), f"{PAGE}?park={park_id('P01')}&code=C2")
    assert "drawer-foot" not in other


def test_marks_above_the_schemes_say_why_and_levels_stand_from_the_best_down(
    as_: Any, context: Any
) -> None:
    """Without statistics due A5 does not apply: its marks are spread over the rest of A."""
    found, _first = rankings.scored()
    made = rankings.run(found, {"P01": {"stat_due": "0", "stat_on_time": "0"}})
    rankings.publish(found, made)
    browser, address = as_("park1"), f"{PAGE}?park={park_id('P01')}"
    block = told(browser, f"{address}&code=A")
    assert "（含不适用指标的分摊，原 4）" in block
    assert "含不适用指标的分摊" in told(browser, f"{address}&code=A1")
    page = told(browser, f"{address}&code=B4")
    assert "分摊" not in page
    assert "1 亿元以上 1、5000 万元至 1 亿元 1、1000 万元至 5000 万元 5" in page


def test_of_another_park_only_sums_are_told_whatever_is_asked(as_: Any, context: Any) -> None:
    rankings.published()
    browser = as_("park1")
    for code in ("C2", "C", "bonus", ""):
        page = told(browser, f"{PAGE}?park={park_id('P02')}&code={code}")
        assert "(88000 " not in page
        assert 'class="drawer-steps"' not in page
        assert "其他园区/基地的申报数据和佐证材料不公开" in page
    assert 'class="drawer-steps"' in told(as_("operator"), f"{PAGE}?park={park_id('P02')}&code=C2")


def test_why_behind_the_one_above_adds_up(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    page = told(as_("park2"), f"{PAGE}?park={park_id('P02')}")
    assert f"为什么排在“{people.park('P01').name}”之后" in page
    upper, lower, _vetoed = queries.rows(snapshot.id)
    assert f"{lower.final} − {upper.final}" in page


def test_the_workbook_says_what_the_page_says(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    answer = as_("park2").get(f"/desk/ranking-papers/{snapshot.id}/xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    about, rows = book.worksheets
    assert snapshot.digest in {row[1].value for row in about.iter_rows()}
    first = [one.value for one in rows[2]]
    published = queries.rows(snapshot.id)[0]
    assert first[0] == 1
    assert first[3] == published.name
    assert str(published.final) in {f"{one:.2f}" for one in first if isinstance(one, float | int)}
    assert rows.max_row == 1 + len(queries.rows(snapshot.id))


def test_print_and_pdf_carry_the_same_rows(as_: Any, context: Any) -> None:
    _found, snapshot = rankings.published()
    page = told(as_("park1"), f"/desk/ranking-papers/{snapshot.id}/print")
    for row in queries.rows(snapshot.id):
        assert row.name in page
        assert row.final is None or row.final in page
    assert chain.shown_code(snapshot.short_code) in page
    assert printing.available()
    answer = as_("park1").get(f"/desk/ranking-papers/{snapshot.id}/pdf")
    assert answer.data.startswith(b"%PDF-1.")
    assert b"pdfaid" in answer.data or len(answer.data) > 10_000


def test_a_ranking_of_very_many_gives_no_pdf_but_says_so_and_packs_the_rest(
    as_: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _found, snapshot = rankings.published()
    monkeypatch.setattr("app.features.rankings.views.papers.MOST_IN_PDF", 2)
    browser = as_("park1")
    answer = browser.get(f"/desk/ranking-papers/{snapshot.id}/pdf", follow_redirects=True)
    assert "超过 2 家的排名请用“打印”另存为 PDF" in answer.text
    packed = browser.get(f"/desk/ranking-papers/{snapshot.id}/zip").data
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert "ranking.pdf" not in names
    assert "ranking.xlsx" in names


def test_equal_totals_are_told_on_screen_and_paper(
    as_: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rankings.WHO, "P02", rankings.WHO["P01"])
    _found, snapshot = rankings.published()
    first, second, _vetoed = queries.rows(snapshot.id)
    assert (first.rank, second.rank) == (1, 1)
    note = f"总分同为 {first.final} 分：{first.name}、{second.name}，各项比较均相同，并列第 1 名。"
    assert note in told(as_("park1"), PAGE)
    assert note in told(as_("park1"), f"/desk/ranking-papers/{snapshot.id}/print")


def test_without_equal_totals_nothing_is_noted(as_: Any, context: Any) -> None:
    rankings.published()
    assert "总分同为" not in told(as_("park1"), PAGE)


@pytest.mark.parametrize(("who", "whole"), [("park1", False), ("operator", True)])
def test_the_package_is_computed_again_by_its_own_script(
    as_: Any, context: Any, tmp_path: Any, who: str, whole: bool
) -> None:
    _found, snapshot = rankings.published()
    answer = as_(who).get(f"/desk/ranking-papers/{snapshot.id}/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    assert ("cohort.yaml" in names) is whole
    assert ("explanations.json" in names) is whole
    done = subprocess.run(
        [sys.executable, "-I", "recompute.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if not whole:
        assert "trade_cur" not in (tmp_path / "ranking.json").read_text(encoding="utf-8")
        return
    from app.engines import scoring

    scheme = scoring.read_scheme((tmp_path / "scheme.yaml").read_bytes())
    cohort = scoring.read_cohort(scheme, (tmp_path / "cohort.yaml").read_bytes())
    again = scoring.score(scheme, cohort)
    rows = json.loads((tmp_path / "ranking.json").read_text(encoding="utf-8"))["rows"]
    for row in rows:
        assert again[str(row["park_id"])].as_json()["final"] == row["final"]


def test_the_figures_of_a_withdrawn_version_are_the_zones_alone(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    paper = f"/desk/ranking-papers/{snapshot.id}/print"
    page = told(as_("park1"), PAGE)
    assert "第 1 版排名的公示已于" in page
    assert "撤回的原因：发错了" in page
    for figures in ("ranking-table", people.park("P02").name, "/ranking-papers/"):
        assert figures not in page, figures
    told(as_("park1"), paper, 404)
    told(as_("park1"), paper.replace("print", "xlsx"), 404)
    page = told(as_("operator"), PAGE)
    assert "第 1 版排名的公示已于" in page
    assert "ranking-table" in page
    told(as_("operator"), paper)


def test_after_a_withdrawal_no_older_version_is_the_page(as_: Any, context: Any) -> None:
    found, _first = rankings.published()

    def anew() -> None:
        made = rankings.run(found, LATER)
        act(services.publish_anew, found.id, run_id=made.id, reason="更正", now=clock.now())

    anew()
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    park = as_("park1")
    page = told(park, PAGE)
    assert "第 2 版排名的公示已于" in page
    assert "ranking-table" not in page
    chosen = re.findall(r'<option value="(\d)"( selected)?>v\d (\S+)</option>', page)
    assert chosen == [("2", " selected", "已撤回"), ("1", "", "已被新版本替代")]
    page = told(park, f"{PAGE}?version=1")
    assert "ranking-table" in page
    assert "之后的版本已撤回，现在没有有效的版本。" in page
    assert "v2 已撤回" in page
    rankings.publish(found, rankings.run(found))
    page = told(park, PAGE)
    assert "v2 已撤回" in page
    assert "ranking-table" in page
    page = told(park, f"{PAGE}?version=2")
    assert "查看现在的版本" in page
    assert "ranking-table" not in page
    told(park, f"{PAGE}?version=4", 404)


def test_a_replaced_paper_says_so_after_its_successor_was_withdrawn(
    client: Any, context: Any
) -> None:
    found, first = rankings.published()
    made = rankings.run(found, LATER)
    second = act(services.publish_anew, found.id, run_id=made.id, reason="更正", now=clock.now())[0]
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    assert "之后的版本已撤回" in told(client, f"/verify/{first.key}")
    rankings.publish(found, rankings.run(found))
    assert "现在有效的是第 3 版。" in told(client, f"/verify/{second.key}")


# -- the zone publishes ------------------------------------------------------------------------
def test_the_operator_publishes_from_the_page(as_: Any, context: Any) -> None:
    found, made = rankings.scored()
    browser = as_("operator")
    assert f'value="{made.id}"' in told(browser, f"/desk/publications/{found.id}")
    browser.post(f"/desk/publications/{found.id}/publish", data={"run": str(made.id)})
    with scope.unscoped():
        assert queries.current(found.id) is not None
    assert "公示中" in told(browser, PAGE)
    again = browser.post(f"/desk/publications/{found.id}/publish", data={"run": str(made.id)})
    assert again.status_code == 409


def test_the_public_page_is_opened_and_closed_as_long_as_a_version_is_in_force(
    as_: Any, context: Any
) -> None:
    found, snapshot = rankings.published()
    zone, address = as_("operator"), f"/desk/publications/{found.id}"
    shows, hides = ('name="public" value="1"><button', 'name="public" value="0"><button')
    assert shows in told(zone, address)
    over = clock.beginning_of(snapshot.window_until + timedelta(days=1))
    act(services.confirm, found.id, now=over)
    for close in (None, services.archive):
        if close:
            act(close, found.id)
        assert zone.post(f"{address}/sight", data={"public": "1"}).status_code == 303
        page = told(zone, address)
        assert hides in page
        assert f'href="/rankings/{found.id}"' in page
        assert zone.post(f"{address}/sight", data={"public": "0"}).status_code == 303
        assert shows in told(zone, address)
    assert "/sight" not in told(as_("reviewer"), address)


def test_nothing_is_shown_to_the_public_of_a_withdrawn_version(as_: Any, context: Any) -> None:
    found, _snapshot = rankings.published()
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    assert "/sight" not in told(as_("operator"), f"/desk/publications/{found.id}")


def test_a_filter_names_no_round_whose_versions_are_all_withdrawn(as_: Any, context: Any) -> None:
    found, _snapshot = rankings.published()
    option = f'<option value="{found.id}">{found.name}</option>'
    for address in ("/desk/objections/list/", "/desk/consequences/list/"):
        assert option in told(as_("operator"), address), address
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    for who in ("operator", "park1"):
        for address in ("/desk/objections/list/", "/desk/consequences/list/"):
            assert option not in told(as_(who), address), (who, address)


def test_a_filter_still_names_it_for_who_has_an_objection_there(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    claim = objections.Claim("total", "请核对总分。")
    with scope.acting_as(people.actor("park1")), transaction():
        objections.file(people.actor("park1"), park_id("P01"), snapshot.id, claim, now=clock.now())
    act(services.withdraw, found.id, reason="发错了", now=clock.now())
    option = f'<option value="{found.id}">{found.name}</option>'
    for who, there in (("park1", True), ("operator", True), ("park2", False)):
        assert (option in told(as_(who), "/desk/objections/list/")) is there, who


def test_a_reason_that_was_typed_is_not_lost(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    page = as_("operator").post(
        f"/desk/publications/{found.id}/correct",
        data={"run": str(snapshot.run_id), "reason": "核减有误，更正"},
    )
    assert page.status_code == 409
    assert "核减有误，更正" in page.text


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("park1", 403), ("expert1", 403)])
def test_nobody_else_publishes(as_: Any, context: Any, who: str, status: int) -> None:
    found, made = rankings.scored()
    answer = as_(who).post(f"/desk/publications/{found.id}/publish", data={"run": str(made.id)})
    assert answer.status_code == status


def test_what_goes_out_or_back_is_asked_with_the_name_of_the_round(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    address = f"/desk/publications/{found.id}"
    page = told(as_("operator"), address)
    assert f"确定向公众公开“{found.name}”的排名吗？" in page
    assert page.count(">撤回公示</button>") == 1
    act(services.show_to_all, snapshot.id, public=True)
    assert f"确定停止向公众公开“{found.name}”的排名吗？" in told(as_("operator"), address)


def test_all_that_stands_against_confirming_is_named(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    claim = objections.Claim("total", "请核对总分。")
    with scope.acting_as(people.actor("park1")), transaction():
        objections.file(people.actor("park1"), park_id("P01"), snapshot.id, claim, now=clock.now())
    page = told(as_("operator"), f"/desk/publications/{found.id}")
    against = page.split('id="not-yet"')[1].split("</ul>")[0]
    assert f"公示期到 {snapshot.window_until} 结束" in against
    assert "还有未答复的异议" in against
