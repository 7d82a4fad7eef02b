"""The template, its sealed page, the workbook of errors, tablib and the words."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import openpyxl
import pytest
import tablib

from app.engines import sheets
from app.engines.sheets import (
    CellError,
    FileRefused,
    Limits,
    Row,
    ValueRefused,
    labels,
    message,
    read,
    register_tablib_formats,
    verify_meta,
    write_error_workbook,
    write_template,
)
from app.engines.sheets.mistakes import explanation
from tests.engines.sheets.books import (
    GOOD,
    HEADINGS,
    companies,
    converted,
    errors_of,
    rows_of,
    text_file,
    workbook,
)
from tests.engines.sheets.samples import BY_NAME, LIMITS, REGISTER, SECRET, TODAY, credit_code


def template(path, **options):
    with path.open("wb") as file:
        write_template(file, REGISTER, year=2025, scope="P01", secret=SECRET, **options)
    return path


def test_an_empty_template_reads_as_no_rows(tmp_path):
    path = template(tmp_path / "a.xlsx")
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        assert reading.sheet == "数据"
        assert reading.absent == reading.ignored == ()
        assert reading.file_warnings == ()
        assert list(reading.rows) == []
        assert reading.meta["scope"] == "P01"
        assert reading.meta["year"] == "2025"


def test_the_looks_of_the_template(tmp_path):
    book = openpyxl.load_workbook(template(tmp_path / "a.xlsx"))
    assert book.sheetnames == ["数据", "填写说明", "字典", "_meta"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "hidden", "hidden"]
    data = book["数据"]
    assert (data["A1"].value, data["A1"].font.b, data["A1"].font.color.rgb) == (
        "统一社会信用代码*", True, "FFB42318",
    )  # fmt: skip
    assert data["C1"].font.color.rgb != "FFB42318"
    assert all(cell.comment for cell in data[1])
    assert data["A2"].value.startswith("示例")
    assert data.freeze_panes == "B2"
    assert data.column_dimensions["A"].number_format == "@"
    assert data.column_dimensions["G"].number_format == "yyyy\\-mm\\-dd"
    rules = {str(rule.sqref): rule for rule in data.data_validations.dataValidation}
    assert rules["J2:J1048576"].formula1 == "=list_industry"
    assert rules["C2:C1048576"].type is None
    assert "顿号" in rules["C2:C1048576"].prompt
    area = book.defined_names["list_industry"].attr_text
    assert area.startswith("'字典'!$")
    assert len(list(book["填写说明"].iter_rows())) == len(REGISTER.columns) + 1


@pytest.mark.parametrize("through_libreoffice", [False, True])
def test_a_prefilled_template_gives_back_the_same(tmp_path, through_libreoffice):
    rows = companies(20)
    keys = {row["uscc"]: index for index, row in enumerate(rows)}
    path = template(tmp_path / "a.xlsx", rows=rows, row_keys=keys)
    if through_libreoffice:
        path = converted(path, "xlsx", tmp_path / "o")
    assert [row.values for row in rows_of(path)] == rows
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        assert reading.meta["rows"] == {key: str(version) for key, version in keys.items()}
        assert verify_meta(reading.meta, SECRET)


def test_a_changed_page_is_not_believed(tmp_path):
    path = template(tmp_path / "a.xlsx", row_keys={credit_code(1): 3})
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        meta = reading.meta
    assert verify_meta(meta, SECRET)
    assert not verify_meta(meta, b"another secret")
    assert not verify_meta(meta | {"scope": "P02"}, SECRET)
    assert not verify_meta(meta | {"rows": {credit_code(1): "4"}}, SECRET)
    assert not verify_meta({key: value for key, value in meta.items() if key != "hmac"}, SECRET)


def test_a_file_without_the_page_has_no_meta(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        assert reading.meta is None


def test_options_come_from_dictionaries():
    table = REGISTER.with_options({"levels": ("甲", "乙")})
    assert table.by_name()["customs_credit"].options == ("甲", "乙")
    assert table.by_name()["industry"].options == BY_NAME["industry"].options
    assert [column.name for column in table.only(frozenset({"uscc"})).columns] == ["uscc"]


# the workbook of errors


BAD = (credit_code(5), None, "张三", "123", "2024-01-05")


def error_workbook(path, name=None):
    rows = [row for row in rows_of(path) if row.errors]
    sink = io.BytesIO()
    write_error_workbook(sink, REGISTER, path, name or path.name, rows)
    sink.seek(0)
    return sink


def test_a_small_xlsx_comes_back_itself_with_marks(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD, BAD)
    sheet = openpyxl.load_workbook(error_workbook(path)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == list(GOOD)
    assert sheet["F1"].value == "错误说明"
    assert sheet["F2"].value is None
    assert "企业名称：必填" in sheet["F3"].value
    assert (sheet["B3"].fill.fgColor.rgb, sheet["A3"].fill.fill_type) == ("FFFDE7E5", None)
    assert "11 位手机号" in sheet["D3"].comment.text


def test_corrected_it_reads_clean_and_marked_again_it_has_one_column(tmp_path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(error_workbook(workbook(tmp_path / "a.xlsx", GOOD, BAD)).getvalue())
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        assert reading.file_warnings == ()
    book = openpyxl.load_workbook(error_workbook(path))
    assert [cell.value for cell in book.worksheets[0][1]] == [*HEADINGS, "错误说明"]
    book.worksheets[0]["B3"] = "乙公司"
    book.worksheets[0]["D3"] = "13900139000"
    book.save(path)
    assert [row.errors for row in rows_of(path)] == [(), ()]


def test_other_formats_get_a_fresh_workbook_of_the_bad_rows(tmp_path):
    text = (
        "uscc,企业名称,联系人,联系电话,入驻日期\n" + ",".join(GOOD) + "\n=1,,张三,123,2024-01-05\n"
    )
    path = text_file(tmp_path / "a.csv", text)
    sheet = openpyxl.load_workbook(error_workbook(path)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["原行号", *HEADINGS, "错误说明"]
    assert [cell.value for cell in sheet[2]][:6] == [3, "=1", None, "张三", "123", "2024-01-05"]
    assert "统一社会信用代码" in sheet["G2"].value
    assert sheet["B2"].data_type == "s"


def test_a_fresh_workbook_reads_again_with_the_same_errors(tmp_path):
    path = text_file(
        tmp_path / "a.csv", "uscc,企业名称,联系人,联系电话,入驻日期\n" + ",".join(map(str, BAD))
    )
    before = rows_of(path)
    (tmp_path / "b.xlsx").write_bytes(error_workbook(path).getvalue())
    with read(tmp_path / "b.xlsx", "b.xlsx", REGISTER, LIMITS, today=TODAY) as reading:
        assert reading.file_warnings == ()
        after = [row for chunk in reading.rows for row in chunk]
    assert [errors_of(row) for row in after] == [errors_of(row) for row in before]


def test_a_large_xlsx_gets_a_fresh_workbook_too(tmp_path):
    path = workbook(tmp_path / "a.xlsx", *[(credit_code(n), *GOOD[1:]) for n in range(5100)], BAD)
    sheet = openpyxl.load_workbook(error_workbook(path)).worksheets[0]
    assert sheet.max_row == 2
    assert sheet["A2"].value == 5102


def test_a_source_that_no_longer_opens_gets_a_fresh_workbook(tmp_path):
    row = Row(7, {}, {"uscc": "x"}, (CellError(None, "cell_count", {"expected": 2, "found": 1}),))
    (tmp_path / "a.xlsx").write_bytes(b"PK nonsense")
    for source in (tmp_path / "a.xlsx", None):
        sink = io.BytesIO()
        write_error_workbook(sink, REGISTER, source, "a.xlsx", [row])
        sheet = openpyxl.load_workbook(sink).worksheets[0]
        assert sheet["A2"].value == 7
        assert explanation(REGISTER, row) == sheet["C2"].value


def test_marks_on_merged_cells_do_not_fail(tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADINGS, GOOD, (credit_code(2), *GOOD[1:])):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("B2:B3")
    book.save(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(error_workbook(tmp_path / "a.xlsx")).worksheets[0]
    assert "合并" in sheet["F3"].value


# tablib


@pytest.fixture
def formats():
    before = dict(tablib.formats.registry._formats)
    register_tablib_formats()
    yield
    for key, value in before.items():
        tablib.formats.registry.register(key, value)


def test_tablib_writes_and_reads_through_us(formats):
    data = tablib.Dataset(
        ["0012", "=1+1", 5], ["b", None, 7], headers=["代码", "文", "数"], title="表"
    )
    exported = data.export("xlsx")
    assert openpyxl.load_workbook(io.BytesIO(exported))["表"]["B2"].data_type == "s"
    again = tablib.Dataset().load(exported, format="xlsx")
    assert again.headers == ["代码", "文", "数"]
    assert list(again) == [("0012", "=1+1", 5), ("b", "", 7)]
    assert tablib.Dataset().load(exported).title == "表"


def test_tablib_csv_is_guarded(formats):
    data = tablib.Dataset(["=1+1", -5], headers=["文", "数"])
    assert data.export("csv") == "文,数\r\n'=1+1,-5\r\n"
    assert tablib.Dataset().load("文,数\r\na,1\r\n", format="csv")[0] == ("a", "1")


def test_tablib_books(formats):
    book = tablib.Databook(
        [tablib.Dataset([1], headers=["a"], title="一"), tablib.Dataset([2], title="二")]
    )
    again = tablib.Databook().load(book.export("xlsx"), format="xlsx")
    assert [sheet.title for sheet in again.sheets()] == ["一", "二"]


def test_tablib_ods_is_read_by_us(formats, tmp_path):
    path = converted(workbook(tmp_path / "a.xlsx", GOOD), "ods", tmp_path / "o")
    data = tablib.Dataset().load(path.read_bytes(), format="ods")
    assert data.headers == list(HEADINGS)
    assert data[0] == GOOD
    book = tablib.Databook().load(path.read_bytes(), format="ods")
    assert len(book.sheets()) == 1


def test_tablib_refuses_what_we_refuse(formats):
    with pytest.raises(FileRefused):
        tablib.Dataset().load(b"PK nonsense", format="xlsx")
    with pytest.raises(tablib.UnsupportedFormat):
        tablib.Dataset().load(b"\0\0")


# words


def codes_in_the_source():
    """Every literal code given to a refusal or noted as an error in the package."""
    folder = Path(sheets.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = 1 if node.func.id == "CellError" else 0
            if (
                node.func.id in ("ValueRefused", "FileRefused", "CellError")
                and len(node.args) > place
            ):
                argument = node.args[place]
                if isinstance(argument, ast.Constant):
                    yield argument.value


def test_every_code_has_a_sentence():
    codes = set(codes_in_the_source())
    assert len(codes) > 30
    assert codes <= set(labels.MESSAGES)


def test_sentences_are_filled():
    assert message(ValueRefused("too_long", length=61, limit=60)) == "共 61 个字，最多 60 个字"
    assert message(FileRefused("too_large", limit=100)) == "文件超过 100 MB"
    assert message(CellError("uscc", "duplicate", {"first": 2})).startswith("代码与第 2 行相同")
    assert "%" not in message(ValueRefused("number_unit"))
    assert message(FileRefused("invented")) == message(FileRefused("unreadable"))


def test_every_sentence_can_be_filled_with_what_its_code_brings():
    params = dict.fromkeys(
        [
            "length",
            "limit",
            "signs",
            "today",
            "earliest",
            "latest",
            "minimum",
            "part",
            "options",
            "first",
            "expected",
            "found",
            "headings",
            "sheet",
            "others",
            "extension",
            "cell",
            "row",
            "line",
            "rows",
            "heading",
        ],
        "x",
    )
    for code in labels.MESSAGES:
        assert message(CellError(None, code, params))


def test_the_public_face_is_complete():
    for name in sheets.__all__:
        assert getattr(sheets, name)
    with pytest.raises(AttributeError):
        sheets.nothing_of_the_kind  # noqa: B018
    assert Limits().max_rows == 200_000
