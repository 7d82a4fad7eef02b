"""The zone's workbook: in words, and what comes back from an older one or with rows amiss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from app.core import clock, scope
from app.features.assessments.labels.rule_words import code_word
from app.features.assessments.queries import filings
from app.features.assessments.rules import form, zone_sheet
from app.features.assessments.services import documents, zone_values
from app.features.assessments.services.zone_values import Entry
from app.transaction import transaction
from tests.features.assessments.test_round_pages import (
    VALUES,
    as_operator,
    column,
    opened,
    uploaded,
    value,
    workbook,
)
from tests.support import assessments as made


def entered(found: Any, paper: Any, code: str, typed: Any, park: str = "P01") -> None:
    one = made.filing(found, park).id
    seen = value(found, code, park).version
    outcome = as_operator(
        zone_values.enter, found.id, [Entry(one, code, typed, seen)], paper.id, now=clock.now()
    )
    assert outcome.saved == 1


def head(sheet: Any, text: str) -> int:
    return next(at for at, cell in enumerate(sheet[1], 1) if text in str(cell.value))


def row_of(sheet: Any, park: str) -> int:
    return next(at for at in range(3, sheet.max_row + 1) if sheet.cell(at, 1).value == park)


def applied(browser: Any, found: Any, paper: Any, page: str, **more: Any) -> Any:
    """确定, with the ticks as the page comes."""
    data: dict[str, Any] = {"document": paper.id}
    for name, told, rest in re.findall(
        r'<input[^>]*name="((?:take|seen|v)[^"]*)"[^>]*value="([^"]*)"([^>]*)>', page
    ):
        if name != "take" or "checked" in rest:
            data.setdefault(name, []).append(told)
    return browser.post(f"{VALUES}/{found.id}/apply", data={**data, **more}, follow_redirects=True)


def test_heads_lists_and_cells_are_words_and_both_words_and_codes_are_read(
    context: object, as_: Any
) -> None:
    found, paper = opened()
    browser = as_("operator")
    entered(found, paper, "inspection", "rectified")
    entered(found, paper, "N3", {"major": "1"})
    book = workbook(browser, found)
    sheet = book["数据"]
    heads = [str(cell.value) for cell in sheet[1]]
    assert any(one.endswith("-较重 N3") for one in heads)
    everything = " ".join(str(cell.value) for page in book for row in page for cell in row)
    for code in ("rectified", "general", "-major"):
        assert not re.search(rf"\b{code}\b", everything.replace("N3.major", "")), code
    first = row_of(sheet, "P01")
    assert sheet.cell(first, column(sheet, "inspection")).value == "有问题，已整改"
    cell = sheet.cell(first, head(sheet, "-较重 N3"))
    assert (cell.value, cell.data_type, cell.number_format) == (1, "n", "General")
    assert "没有变化" in uploaded(browser, found, book).text
    sheet.cell(first, column(sheet, "inspection"), "无问题")
    sheet.cell(row_of(sheet, "P02"), column(sheet, "inspection"), "partly")
    sheet.cell(first, head(sheet, "-一般 N3"), 2)
    page = uploaded(browser, found, book).text
    assert "变更 3 项" in page
    applied(browser, found, paper, page)
    assert value(found, "inspection").verified == "none"
    assert value(found, "inspection", "P02").verified == "partly"
    assert value(found, "N3").verified == {"general": "2", "major": "1"}


def test_numbers_are_numbers_and_choices_say_how_they_are_parted(context: object, as_: Any) -> None:
    found, paper = opened()
    entered(found, paper, "trade_cur", "17000.12")
    book = workbook(as_("operator"), found)
    sheet = book["数据"]
    at = column(sheet, "trade_cur")
    cell = sheet.cell(row_of(sheet, "P01"), at)
    assert (cell.value, cell.data_type, cell.number_format) == (17000.12, "n", "General")
    assert sheet.column_dimensions[cell.column_letter].number_format == "General"
    assert "数字" in sheet.cell(1, at).comment.text
    assert "顿号（、）" in sheet.cell(1, column(sheet, "modes")).comment.text
    assert "没有变化" in uploaded(as_("operator"), found, book).text


def test_an_older_workbook_takes_nothing_away_unasked(context: object, as_: Any) -> None:
    found, paper = opened()
    browser = as_("operator")
    entered(found, paper, "trade_cur", "12", "P02")
    book = workbook(browser, found)
    sheet = book["数据"]
    entered(found, paper, "trade_cur", "34")
    entered(found, paper, "inspection", "none")
    sheet.cell(row_of(sheet, "P02"), column(sheet, "trade_cur"), None).value = None
    sheet.cell(row_of(sheet, "B01"), column(sheet, "trade_cur"), 56)
    page = uploaded(browser, found, book).text
    assert page.count("下载后已有变化") == 2
    assert page.count("将清空现有的值") == 3
    assert len(re.findall(r'name="take"[^>]* checked', page)) == 1
    assert "已保存 1 项" in applied(browser, found, paper, page).text
    assert value(found, "trade_cur").verified == "34"
    assert value(found, "inspection").verified == "none"
    assert value(found, "trade_cur", "P02").verified == "12"
    assert value(found, "trade_cur", "B01").verified == "56"


def test_a_park_twice_out_of_the_round_or_unknown_is_told_and_not_taken(
    context: object, as_: Any
) -> None:
    found, paper = opened()
    browser = as_("operator")
    book = workbook(browser, found)
    sheet = book["数据"]
    at, first = column(sheet, "trade_cur"), row_of(sheet, "P01")
    sheet.cell(first, at, 1)
    sheet.cell(row_of(sheet, "P02"), at, 2)
    sheet.cell(row_of(sheet, "B01"), at, 3)
    for number, code in enumerate(("P01", "X99"), sheet.max_row + 1):
        sheet.cell(number, 1, code)
        sheet.cell(number, at, 4)
    with scope.unscoped(), transaction():
        out = filings.locked(made.filing(found, "P02").id)
        out.takes_part, out.absence_reason = False, "停业"
    page = uploaded(browser, found, book).text
    assert f"园区/基地代码 P01 重复（第 {first}、{sheet.max_row - 1} 行）" in page
    assert f"第 {row_of(sheet, 'P02')} 行：P02 本轮不参评" in page
    assert f"第 {sheet.max_row} 行：X99 不在本轮考核中" in page
    assert "变更 1 项" in page
    assert len(re.findall('name="take"', page)) == 1
    assert "已保存 1 项" in applied(browser, found, paper, page).text
    key = made.filing(found, "P02").id
    seen = value(found, "trade_cur", "P02").version
    more = {"take": f"{key}.trade_cur", f"seen.{key}.trade_cur": seen, f"v.{key}.trade_cur": "9"}
    assert "已保存 0 项" in applied(browser, found, paper, "", **more).text
    assert value(found, "trade_cur", "P02").verified is None
    assert value(found, "trade_cur").verified is None


def test_nothing_ticked_saves_nothing_and_says_so(context: object, as_: Any) -> None:
    found, paper = opened()
    answer = applied(as_("operator"), found, paper, "")
    assert "请至少勾选一项" in answer.text


class Several(form.Ask):
    """Options with the signs in them that part others."""

    kind = "multi_choice"
    order = ("甲、乙", "丙，丁", "甲")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("甲、乙", ["甲、乙"]),
        ("甲，丙，丁; 甲、乙", ["甲", "丙，丁", "甲、乙"]),
        ("甲|戊", ["甲", "戊"]),
        ("", None),
    ],
)
def test_an_option_may_hold_the_sign_that_parts(text: str, read: Any) -> None:
    ask = Several("c", "多选", "", "platform", "A")
    cells: Mapping[str, Any] = {"c": text}
    assert zone_sheet.typed_of(ask, cells, lambda code: code) == read


def test_two_levels_with_one_word_keep_their_codes() -> None:
    ask = Several("c", "多选", "", "platform", "A")
    assert zone_sheet.words_of(ask, lambda _code: "同") == {one: one for one in Several.order}
    assert zone_sheet.words_of(ask, code_word)["甲"] == "甲"


def sent(page: str, *, untick: str = "", **more: Any) -> dict[str, Any]:
    """What the form of a plan sends, one line unticked."""
    data: dict[str, Any] = {}
    for name, told, rest in re.findall(
        r'<input[^>]*name="((?:take|seen|moved|v|same)[^"]*)"[^>]*value="([^"]*)"([^>]*)>', page
    ):
        if name != "take" or ("checked" in rest and told != untick):
            data.setdefault(name, []).append(told)
    return {**data, **more}


def test_confirmed_without_its_document_the_workbook_need_not_come_again(
    context: object, as_: Any
) -> None:
    found, paper = opened()
    browser, address = as_("operator"), f"{VALUES}/{found.id}/apply"
    book = workbook(browser, found)
    sheet = book["数据"]
    for park, typed in (("P01", 77), ("P02", 88), ("B01", "很多")):
        sheet.cell(row_of(sheet, park), column(sheet, "trade_cur"), typed)
    sheet.cell(row_of(sheet, "P01"), head(sheet, "-一般 N3"), 2)
    page = uploaded(browser, found, book).text
    untick = f"{made.filing(found, 'P02').id}.trade_cur"
    answer = browser.post(address, data=sent(page, untick=untick, document=""))
    assert answer.status_code == 400
    assert 'id="document-error"' in answer.text
    for words in ("变更 3 项", "1 项有错误", "很多", "77", "88"):
        assert words in answer.text, words
    again = sent(answer.text)
    assert untick not in again["take"]  # the ticks are as they were
    assert f"{made.filing(found, 'P01').id}.trade_cur" in again["take"]
    assert {name: told for name, told in again.items() if name != "take"} == {
        name: told for name, told in sent(page).items() if name != "take"
    }
    later = as_operator(
        documents.add_document, found.id, documents.Paper("补录的依据"), now=clock.now()
    )
    refused = browser.post(address, data=sent(answer.text, document="x"))
    assert "补录的依据" in refused.text  # made on another page meanwhile
    done = browser.post(address, data=sent(refused.text, document=later.id), follow_redirects=True)
    assert "已保存 2 项" in done.text
    assert (value(found, "trade_cur").verified, value(found, "trade_cur", "P02").verified) == (
        *("77", None),
    )
    assert value(found, "trade_cur").document_id == later.id != paper.id


def test_nothing_ticked_keeps_the_plan_and_odd_lines_are_refused(context: object, as_: Any) -> None:
    found, paper = opened()
    browser, address = as_("operator"), f"{VALUES}/{found.id}/apply"
    book = workbook(browser, found)
    sheet = book["数据"]
    sheet.cell(row_of(sheet, "P01"), column(sheet, "trade_cur"), 77)
    page = uploaded(browser, found, book).text
    one = f"{made.filing(found, 'P01').id}.trade_cur"
    answer = browser.post(address, data=sent(page, untick=one, document=paper.id))
    assert (answer.status_code, "请至少勾选一项" in answer.text, "77" in answer.text) == (
        *(400, True, True),
    )
    assert f'value="{paper.id}" selected' in answer.text
    for name in ("seen.x.trade_cur", f"seen.{one}x", "seen.", "seen.1.2.3"):
        assert browser.post(address, data={name: "1"}).status_code == 400
    stranger = {f"seen.{10**9}.trade_cur": "1", f"v.{10**9}.trade_cur": "5", "same": "9" * 40}
    answer = browser.post(address, data=stranger)
    assert (answer.status_code, "没有变化" in answer.text) == (400, True)
