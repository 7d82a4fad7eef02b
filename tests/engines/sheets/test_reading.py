"""Rules 2, 3, 4 and 11, on workbooks of every kind."""

from __future__ import annotations

import dataclasses
import datetime as dt

import openpyxl
import pytest

from app.engines.sheets import Column, Kind, Table, message, read
from tests.engines.sheets.books import (
    GOOD,
    HEADINGS,
    converted,
    csv_lines,
    errors_of,
    package,
    refusal,
    row_xml,
    rows_of,
    text_file,
    with_sheet,
    workbook,
)
from tests.engines.sheets.samples import LIMITS, REGISTER, TODAY, credit_code

OTHER = (credit_code(2), "乙公司", "李四", "13900139000", "2024-02-06")


def opened(path):
    return read(path, path.name, REGISTER, LIMITS, today=TODAY)


# 2 sheet and heading


@pytest.mark.parametrize(
    "heading",
    ["统一社会信用代码", "信用代码", "uscc", "USCC", "统一社会信用代码*", "* 统一社会\n信用代码（必填）",
     "统一社会信用代码(必填)", " 统一 社会信用代码 "],
)  # fmt: skip
def test_headings_match_whatever_people_add(tmp_path, heading):
    path = workbook(tmp_path / "a.xlsx", GOOD, headings=(heading, *HEADINGS[1:]))
    assert rows_of(path)[0].values["uscc"] == GOOD[0]


def test_width_of_brackets_does_not_matter(tmp_path):
    headings = (*HEADINGS, "注册资本（万元）")
    path = workbook(tmp_path / "a.xlsx", (*GOOD, 5), headings=headings)
    assert str(rows_of(path)[0].values["registered_capital"]) == "5.00"


def test_unknown_headings_are_ignored_with_a_warning(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (*GOOD, "x"), headings=(*HEADINGS, "秘密"))
    with opened(path) as reading:
        assert reading.ignored == ("秘密",)
        assert [warning.code for warning in reading.file_warnings] == ["heading_unknown"]
        assert "秘密" in message(reading.file_warnings[0])


@pytest.mark.parametrize("twice", ["企业名称", "公司名称", "name"])
def test_a_field_that_stands_twice_is_refused(tmp_path, twice):
    path = workbook(tmp_path / "a.xlsx", (*GOOD, "x"), headings=(*HEADINGS, twice))
    assert refusal(path) == "heading_twice"


def test_no_heading_row_or_no_code_is_refused(tmp_path):
    assert refusal(workbook(tmp_path / "a.xlsx", GOOD, headings=OTHER)) == "no_heading_row"
    assert (
        refusal(workbook(tmp_path / "b.xlsx", GOOD[1:], headings=HEADINGS[1:])) == "no_key_column"
    )


@pytest.mark.parametrize(("above", "found"), [(0, True), (19, True), (20, False)])
def test_the_heading_row_is_sought_in_twenty_rows(tmp_path, above, found):
    lines = [("附件一",)] * above + [HEADINGS, GOOD]
    path = workbook(tmp_path / "a.xlsx", *lines[1:], headings=lines[0])
    if found:
        assert [row.number for row in rows_of(path)] == [above + 2]
    else:
        assert refusal(path) == "no_heading_row"


def test_a_single_column_of_codes_is_a_table(tmp_path):
    table = Table("t", (Column("代码", "uscc", Kind.uscc, required=True),))
    path = workbook(tmp_path / "a.xlsx", GOOD[:1], headings=("代码",))
    assert rows_of(path, table=table)[0].errors == ()


def book_of(path, sheets):
    """Sheets by title: state and rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, (state, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_hidden_sheets_are_never_read_as_data(tmp_path):
    path = book_of(
        tmp_path / "a.xlsx",
        {
            "隐藏": ("hidden", [HEADINGS, GOOD]),
            "很隐藏": ("veryHidden", [HEADINGS, GOOD]),
            "说明": (
                "visible",
                [("字段", "说明"), ("统一社会信用代码", "十八位"), ("企业名称", "全称")],
            ),
            "数据": ("visible", [HEADINGS, OTHER]),
        },
    )
    with opened(path) as reading:
        assert reading.sheet == "数据"
        assert reading.file_warnings == ()
        assert [row.values["name"] for chunk in reading.rows for row in chunk] == ["乙公司"]


def test_a_second_data_sheet_is_a_warning(tmp_path):
    sheets = {"一": ("visible", [HEADINGS, GOOD]), "二": ("visible", [HEADINGS, OTHER])}
    with opened(book_of(tmp_path / "a.xlsx", sheets)) as reading:
        assert reading.sheet == "一"
        assert [w.code for w in reading.file_warnings] == ["second_sheet"]
        assert reading.file_warnings[0].params["others"] == "二"


# 3 rows


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (), GOOD, (" ", None, "　"), OTHER)
    assert [row.number for row in rows_of(path)] == [3, 5]


def test_a_table_that_begins_to_the_right_and_below(tmp_path):
    book = openpyxl.Workbook()
    for row, values in ((4, HEADINGS), (5, GOOD)):
        for index, value in enumerate(values):
            book.worksheets[0].cell(row, index + 3, value)
    book.save(tmp_path / "a.xlsx")
    (row,) = rows_of(tmp_path / "a.xlsx")
    assert (row.number, row.errors) == (5, ())


@pytest.mark.parametrize("code", ["示例", "示例 91460000MA5TXXXXXX", "示例:" + GOOD[0]])
def test_an_example_row_is_no_row(tmp_path, code):
    path = workbook(tmp_path / "a.xlsx", (code, *GOOD[1:]), OTHER)
    assert [row.number for row in rows_of(path)] == [3]


def test_an_example_marked_beside_the_table_is_no_row(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (*GOOD, "示例"), (*OTHER, "备忘"))
    assert [row.number for row in rows_of(path)] == [3]


def test_an_example_word_elsewhere_is_data(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (GOOD[0], "示例公司", *GOOD[2:]))
    assert rows_of(path)[0].values["name"] == "示例公司"


def test_covered_cells_of_a_merge_are_errors(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (HEADINGS, GOOD, OTHER, (credit_code(3), "丙", "王", "13700137000", "2024-01-01")):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C4:D4")
    book.save(tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", converted(tmp_path / "a.xlsx", "xls", tmp_path / "o"),
                 converted(tmp_path / "a.xlsx", "ods", tmp_path / "o")):  # fmt: skip
        first, second, third = rows_of(path)
        assert first.errors == ()
        assert errors_of(second) == [("name", "merged")]
        assert errors_of(third) == [("contact_phone", "merged")]


def test_hidden_rows_are_read_with_a_warning(tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADINGS, GOOD, OTHER):
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", converted(tmp_path / "a.xlsx", "xls", tmp_path / "o"),
                 converted(tmp_path / "a.xlsx", "ods", tmp_path / "o")):  # fmt: skip
        first, second = rows_of(path)
        assert first.warnings == ()
        assert [warning.code for warning in second.warnings] == ["hidden_row"]
        assert second.values["name"] == "乙公司"


# 4 absent columns; a bad row


def test_absent_columns_are_absent_and_blank_ones_are_none(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (GOOD[0], "", None), headings=("代码x", "uscc", "法人"))
    path = workbook(
        tmp_path / "a.xlsx", (GOOD[0], None, None), headings=("uscc", "法人", "企业状态")
    )
    with opened(path) as reading:
        assert reading.present == ("uscc", "legal_representative", "status")
        assert set(reading.missing_required) == {
            "name",
            "contact_name",
            "contact_phone",
            "settled_on",
        }
        ((row,),) = list(reading.rows)
    assert row.values == {"uscc": GOOD[0], "legal_representative": None, "status": "在园"}


def test_a_bad_row_keeps_what_was_typed(tmp_path):
    path = workbook(tmp_path / "a.xlsx", (GOOD[0], None, "张三", 123.0, "5/1/2024"))
    (row,) = rows_of(path)
    assert errors_of(row) == [
        ("name", "required"), ("contact_phone", "phone"), ("settled_on", "date"),
    ]  # fmt: skip
    assert row.raw == {
        "uscc": GOOD[0], "name": "", "contact_name": "张三", "contact_phone": "123",
        "settled_on": "5/1/2024",
    }  # fmt: skip
    assert row.values == {"uscc": GOOD[0], "contact_name": "张三"}


def test_the_second_row_of_a_code_is_an_error(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD, OTHER, (GOOD[0].lower(), *GOOD[1:]), GOOD)
    first, second, third, fourth = rows_of(path)
    assert first.errors == second.errors == ()
    assert errors_of(third) == errors_of(fourth) == [("uscc", "duplicate")]
    assert third.errors[0].params == {"first": 2}


def test_what_only_warns(tmp_path):
    code = "91350211M0000XUF46"
    headings = (*HEADINGS, "海关注册编码")
    path = workbook(tmp_path / "a.xlsx", (code, *GOOD[1:], "46029A0001"), headings=headings)
    (row,) = rows_of(path, accepted_codes=frozenset({code}))
    assert row.errors == ()
    codes = [warning.code for warning in row.warnings]
    assert "customs_letters" in codes
    (row,) = rows_of(path)
    assert errors_of(row) == [("uscc", "uscc_check")]


# 11 formulas


def formula_file(tmp_path, cell_xml):
    row = row_xml(2, GOOD).replace("</row>", f"{cell_xml}</row>")
    return with_sheet(tmp_path / "a.xlsx", row_xml(1, (*HEADINGS, "员工人数")) + row)


@pytest.mark.parametrize(
    ("cell_xml", "expected"),
    [
        ('<c r="F2"><f>6*6</f><v>36</v></c>', 36),
        ('<c r="F2" t="str"><f>"36"</f><v>36</v></c>', 36),
        ('<c r="F2" t="str"><f>""</f><v></v></c>', None),
        ("<c r='F2'><f>6*6</f><v>36</v></c>", 36),
    ],
)
def test_a_formula_counts_as_its_cached_value(tmp_path, cell_xml, expected):
    (row,) = rows_of(formula_file(tmp_path, cell_xml))
    assert row.errors == ()
    assert row.values["staff_count"] == expected


@pytest.mark.parametrize(
    ("cell_xml", "code"),
    [
        ('<c r="F2"><f>6*6</f></c>', "formula_no_value"),
        ('<c r="F2"><f>6*6</f><v></v></c>', "formula_no_value"),
        ('<c r="F2"><f>6*6</f><v/></c>', "formula_no_value"),
        ('<c r="F2"><f t="shared" si="0"/></c>', "formula_no_value"),
        ("<c r='F2'><f>6*6</f></c>", "formula_no_value"),
        ('<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "error_value"),
        ('<c r="F2" t="e"><v>#N/A</v></c>', "error_value"),
        ("<c r='F2' t='e'><v>#N/A</v></c>", "error_value"),
    ],
)
def test_a_formula_without_a_value_never_clears(tmp_path, cell_xml, code):
    (row,) = rows_of(formula_file(tmp_path, cell_xml))
    assert errors_of(row) == [("staff_count", code)]
    assert "staff_count" not in row.values


def test_errors_in_old_and_open_formats(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append((*HEADINGS, "员工人数"))
    sheet.append((*GOOD, "=1/0"))
    sheet.append((*OTHER, "=6*6"))
    book.save(tmp_path / "a.xlsx")
    for extension in ("xls", "ods", "xlsx"):
        path = converted(tmp_path / "a.xlsx", extension, tmp_path / "o")
        bad, good = rows_of(path)
        assert errors_of(bad) == [("staff_count", "error_value")], extension
        assert good.values["staff_count"] == 36


# values of every kind, in every format


def test_both_date_systems(tmp_path):
    for epoch in (openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH):
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.worksheets[0].append(HEADINGS)
        book.worksheets[0].append((*GOOD[:4], dt.date(2024, 1, 5)))
        book.save(tmp_path / "a.xlsx")
        assert rows_of(tmp_path / "a.xlsx")[0].values["settled_on"] == dt.date(2024, 1, 5)


@pytest.mark.parametrize("extension", ["xlsx", "xls", "ods", "csv"])
def test_every_format_gives_the_same_values(tmp_path, extension):
    headings = (*HEADINGS, "注册资本(万元)", "员工人数", "备注")
    path = workbook(
        tmp_path / "a.xlsx",
        (*GOOD[:3], 13800138000, dt.date(2024, 1, 5), 1234.5, 360, 360),
        (*OTHER, 0.1 + 0.2, 0, "二\n行，字"),
        headings=headings,
    )
    if extension != "xlsx":
        path = converted(path, extension, tmp_path / "o")
    first, second = rows_of(path)
    assert first.errors == second.errors == ()
    assert (str(first.values["registered_capital"]), first.values["remark"]) == ("1234.50", "360")
    assert first.values["staff_count"] == 360
    assert first.values["contact_phone"] == "13800138000"
    assert first.values["settled_on"] == dt.date(2024, 1, 5)
    assert str(second.values["registered_capital"]) == "0.30"
    assert second.values["remark"] == "二\n行，字"


def test_chunks_hold_a_thousand_rows_at_most(tmp_path):
    rows = [(credit_code(n), *GOOD[1:]) for n in range(2500)]
    with opened(text_file(tmp_path / "a.csv", csv_lines(*rows))) as reading:
        assert [len(chunk) for chunk in reading.rows] == [1000, 1000, 500]


def test_a_default_of_a_kind_that_json_lacks_reaches_the_child(tmp_path):
    columns = tuple(
        dataclasses.replace(column, default=dt.date(2020, 2, 2))
        if column.name == "settled_on"
        else column
        for column in REGISTER.columns
    )
    path = workbook(tmp_path / "a.xlsx", (*GOOD[:4], None))
    (row,) = rows_of(path, table=dataclasses.replace(REGISTER, columns=columns))
    assert row.values["settled_on"] == dt.date(2020, 2, 2)


def test_a_sheet_without_a_part_is_damaged(tmp_path):
    assert refusal(package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": None})) == "damaged"
