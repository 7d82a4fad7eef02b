"""The streamed writers: right in every reader, at once, and harmless."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engines.sheets import (
    ColumnOut,
    Marked,
    SheetOut,
    columns_out,
    info_sheet,
    read,
    rows_out,
    stream,
    stream_csv,
    stream_xlsx,
)
from app.engines.sheets.values import WHITE
from tests.engines.sheets.books import companies, converted, rows_of
from tests.engines.sheets.samples import BY_NAME, LIMITS, REGISTER, TODAY

FIELDS = [column.name for column in REGISTER.columns]
VALUES = [
    "文字", "=1+1", "+5", "-5", "@x", "'x", " 两端 ", "a\nb", "a\tb", "<b>&amp;</b>", "_x0041_",
    "0012", "13800138000", "9.13E+17", "]]>", "𠮷😀", '"', 12, -3, 0, 10**15, Decimal("1234.50"),
    Decimal("-0.01"), Decimal("1E+3"), dt.date(2024, 1, 5), dt.date(1900, 3, 1), dt.date(1899, 1, 1),
    None, "", True, False, 1.5,
]  # fmt: skip


def written(path, *sheets):
    path.write_bytes(b"".join(stream_xlsx(sheets)))
    return path


def one_column(values, *, text=False):
    return SheetOut("数据", [ColumnOut("值", text=text)], [[value] for value in values])


def test_every_value_in_openpyxl(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", one_column(VALUES)))
    cells = [row[0] for row in book["数据"].iter_rows(min_row=2)]
    expected = {10**15: "1000000000000000", dt.date(1899, 1, 1): "1899-01-01", "": None, True: "是"}
    for cell, value in zip(cells, VALUES, strict=True):
        assert cell.data_type != "f"
        if value is False:
            assert cell.value == "否"
        elif isinstance(value, dt.date) and value.year >= 1900:
            assert (cell.value.date(), cell.number_format) == (value, "yyyy\\-mm\\-dd")
        elif isinstance(value, Decimal):
            assert (Decimal(str(cell.value)), cell.number_format) == (value, "0.00")
        elif value != "_x0041_":  # openpyxl does not undo this escape, Excel and calamine do
            wanted = expected.get(value, value) if type(value) is not int or value > 5 else value
            assert cell.value == wanted


def test_every_value_in_calamine(tmp_path):
    path = written(tmp_path / "a.xlsx", one_column(VALUES))
    sheet = python_calamine.load_workbook(str(path)).get_sheet_by_name("数据")
    cells = [row[0] for row in sheet.iter_rows()][1:]
    for cell, value in zip(cells, VALUES, strict=True):
        if isinstance(value, str):
            assert cell == value
        elif (
            isinstance(value, int | float | Decimal)
            and not isinstance(value, bool)
            and value != 10**15
        ):
            assert Decimal(str(cell)) == value


def test_every_value_in_libreoffice(tmp_path):
    path = written(tmp_path / "a.xlsx", one_column(VALUES, text=True))
    again = openpyxl.load_workbook(converted(path, "xlsx", tmp_path / "o"))["数据"]
    cells = [row[0] for row in again.iter_rows(min_row=2)]
    for cell, value in zip(cells, VALUES, strict=True):
        assert cell.data_type != "f"
        if isinstance(value, str) and value and "\t" not in value:
            assert cell.value == value
        elif isinstance(value, Decimal):
            assert Decimal(str(cell.value)) == value


def test_the_shape_of_a_sheet(tmp_path):
    sheet = SheetOut(
        "a/b*c?" * 9, [ColumnOut("代码", 22, text=True), ColumnOut("数")], [["0012", 5]]
    )
    pages = [info_sheet([("年度", "2025"), ("园区", "P01")]), sheet, sheet]
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", *pages))
    first, second, third = book.worksheets
    assert first.title == "说明"
    assert [[cell.value for cell in row] for row in first.iter_rows(min_row=2)] == [
        ["年度", "2025"], ["园区", "P01"],
    ]  # fmt: skip
    assert second.title != third.title
    assert max(len(second.title), len(third.title)) <= 31
    assert second["A1"].font.b
    assert second.freeze_panes == "A2"
    assert second.auto_filter.ref == "A1:B2"
    assert second.column_dimensions["A"].width == 22
    assert (second["A2"].number_format, second["A2"].value) == ("@", "0012")


def test_control_signs_are_left_out(tmp_path):
    path = written(tmp_path / "a.xlsx", one_column(["a\x00b\x0bc\ud800d\uffff", "x" * 40_000]))
    cells = [row[0].value for row in openpyxl.load_workbook(path)["数据"].iter_rows(min_row=2)]
    assert cells[0] == "abcd"
    assert (len(cells[1]), cells[1][-1]) == (32_767, "…")


def test_marked_cells_stand_out(tmp_path):
    path = written(tmp_path / "a.xlsx", one_column([Marked("=坏"), "好"]))
    sheet = openpyxl.load_workbook(path)["数据"]
    assert (sheet["A2"].value, sheet["A2"].fill.fgColor.rgb) == ("=坏", "FFFDE7E5")
    assert sheet["A3"].fill.fill_type is None


def test_the_first_bytes_come_before_the_first_row_is_asked_for():
    asked = []

    def rows():
        asked.append(1)
        yield ["x"]

    blocks = stream_xlsx([SheetOut("数据", [ColumnOut("值")], rows())])
    assert next(blocks).startswith(b"PK\x03\x04")
    assert asked == []
    blocks = stream_csv(["值"], rows())
    assert next(blocks) == "\ufeff值\r\n".encode()
    assert asked == []


def test_rows_are_not_gathered():
    """While bytes go out, the writer never is more than some blocks ahead of them."""
    given_out = 0

    def rows():
        nonlocal given_out
        for number in range(50_000):
            given_out = number
            yield [f"{number:x}{hash(str(number)):x}"]

    places = [given_out for _ in stream_xlsx([SheetOut("数据", [ColumnOut("值")], rows())])]
    steps = [after - before for before, after in itertools.pairwise(places)]
    assert max(steps) < 20_000


def test_rows_beyond_a_sheet_go_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "MAX_ROWS", 3)
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", one_column(range(7))))
    assert book.sheetnames == ["数据", "数据 (2)", "数据 (3)"]
    assert [[r[0].value for r in s.iter_rows(min_row=2)] for s in book] == [
        [0, 1, 2],
        [3, 4, 5],
        [6],
    ]
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", one_column(range(3))))
    assert book.sheetnames == ["数据"]


def test_nothing_is_still_a_workbook(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path / "a.xlsx", one_column([])))
    assert book["数据"].max_row == 1
    assert zipfile.ZipFile(tmp_path / "a.xlsx").testzip() is None


def register_file(path, rows):
    cells = rows_out(REGISTER, rows)
    if path.suffix == ".csv":
        blocks = stream_csv([column.heading for column in REGISTER.columns], cells)
    else:
        blocks = stream_xlsx(
            [info_sheet([("年度", "2025")]), SheetOut("企业", columns_out(REGISTER), cells)]
        )
    path.write_bytes(b"".join(blocks))
    return path


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_an_export_read_again_differs_nowhere(tmp_path, name):
    rows = companies(300)
    got = rows_of(register_file(tmp_path / name, rows))
    assert [row.errors for row in got if row.errors] == []
    assert [row.values for row in got] == rows


def test_an_export_saved_by_libreoffice_differs_nowhere(tmp_path):
    rows = companies(50)
    path = converted(register_file(tmp_path / "a.xlsx", rows), "xlsx", tmp_path / "o")
    assert [row.values for row in rows_of(path)] == rows


# What a text of the register may hold: no control signs, no white space at its ends.
texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
    .map(lambda text: text.strip(WHITE))
    .filter(
        lambda text: (
            not set(text)
            & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
        )
    )
)
amounts = st.decimals(0, 9_999_999_999, places=2)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "remark": texts.map(lambda text: text or None),
                "annual_sales": st.none() | amounts,
                "staff_count": st.none() | st.integers(0, 2_147_483_647),
                "established_on": st.none() | st.dates(dt.date(1900, 3, 1), TODAY),
                "filed_on_platform": st.none() | st.booleans(),
                "roles": st.none()
                | st.sets(st.sampled_from(BY_NAME["roles"].options), min_size=1).map(
                    lambda chosen: tuple(o for o in BY_NAME["roles"].options if o in chosen)
                ),
            }
        ),
        min_size=1,
        max_size=20,
    )
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_whatever_is_written_reads_back(tmp_path, name, changes):
    rows = [row | change for row, change in zip(companies(len(changes)), changes, strict=True)]
    got = rows_of(register_file(tmp_path / name, rows))
    assert [row.errors for row in got if row.errors] == []
    assert [row.values for row in got] == rows


def test_csv_guards_formulas_and_leaves_numbers():
    cells = ["=1+1", "+5", "-5", "@x", "\tx", "\rx", "'=1", "'x", "x", Decimal("-5.00"), -5, None,
             dt.date(2024, 1, 5), True, 'a"b,c\nd']  # fmt: skip
    data = b"".join(stream_csv(["=h"], [cells])).decode()
    assert data.startswith("\ufeff'=h\r\n")
    record = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")))[1]
    assert record == ["'=1+1", "'+5", "'-5", "'@x", "'\tx", "'\rx", "''=1", "'x", "x", "-5.00", "-5",
                      "", "2024-01-05", "是", 'a"b,c\nd']  # fmt: skip


@pytest.mark.parametrize("sign", "＝＋－＠")
def test_a_wide_sign_is_guarded_like_its_narrow_one(tmp_path, sign):
    """Spreadsheets of the region take ＝1+1 for a formula too."""
    typed = [f"{sign}1+1", f"'{sign}x", f"x{sign}", f"'x{sign}"]
    data = b"".join(stream_csv(["文"], [[text] for text in typed])).decode("utf-8-sig")
    assert data.splitlines()[1:] == [f"'{sign}1+1", f"''{sign}x", f"x{sign}", f"'x{sign}"]
    rows = [one | {"remark": text} for one, text in zip(companies(4), typed, strict=True)]
    got = rows_of(register_file(tmp_path / "a.csv", rows))
    assert [row.values["remark"] for row in got] == typed


def test_csv_comes_in_blocks():
    blocks = list(stream_csv(["a"], ([number] for number in range(1200))))
    assert len(blocks) == 4
    assert b"".join(blocks).count(b"\r\n") == 1201


@pytest.mark.slow
def test_ten_thousand_rows_there_and_back_keep_their_limits(tmp_path):
    path = register_file(tmp_path / "a.xlsx", companies(10_000))
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        count = 0
        for chunk in reading.rows:
            count += len(chunk)
            status = Path(f"/proc/{reading.child_pid}/status").read_text()
            if count < 9000 and "VmHWM" in status:
                peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
                assert peak < 100
    assert count == 10_000
