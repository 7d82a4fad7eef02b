"""Small files made to be read for minutes: each is read or refused in seconds."""

from __future__ import annotations

import time
import zipfile

import pytest

from app.engines.sheets import FileRefused, marks
from app.engines.sheets.marks import ERROR, MERGED, Marks
from tests.engines.sheets.books import (
    GOOD,
    HEADINGS,
    csv_lines,
    errors_of,
    package,
    row_xml,
    rows_of,
    sheet_xml,
    text_file,
    with_sheet,
)
from tests.engines.sheets.samples import credit_code

MANY = 1_500_000
SHEET = "xl/worksheets/sheet1.xml"
DATA = row_xml(1) + row_xml(2, GOOD)
# In front of it: nothing, a value, and what has the scan look at each cell.
BEFORE = ("", '<c r="G2"><v>1</v></c>', '<c r="G2" t="e"><v>#N/A</v></c>')
END = "</row></sheetData></worksheet>"


def outcome(path) -> str:
    """What came of the file, within the time that a page has for it."""
    begun = time.monotonic()
    try:
        rows_of(path)
    except FileRefused as refused:
        said = refused.code
    else:
        said = "read"
    assert time.monotonic() - begun < 12
    return said


def merged(*references: str, rows: int = 2) -> tuple[str, str]:
    data = row_xml(1) + "".join(
        row_xml(number, (credit_code(number), *GOOD[1:])) for number in range(2, rows + 1)
    )
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in references)
    return data, f"<mergeCells>{ranges}</mergeCells>"


def test_two_thousand_merges_of_the_whole_sheet_cost_no_more_than_one(tmp_path):
    path = with_sheet(tmp_path / "a.xlsx", *merged(*["A1:XFD1048576"] * 2_000, rows=400))
    begun = time.monotonic()
    rows = rows_of(path)
    assert time.monotonic() - begun < 3
    assert len(rows) == 399
    names = ("uscc", "name", "contact_name", "contact_phone", "settled_on")
    assert errors_of(rows[-1]) == [(name, "merged") for name in names]


def test_merges_one_over_another_are_counted_each(tmp_path):
    """The one that ends uncovers nothing that the other still covers."""
    path = with_sheet(tmp_path / "a.xlsx", *merged("B2:B3", "B2:C5", "D4:D6", rows=6))
    assert [[name for name, _ in errors_of(row)] for row in rows_of(path)] == [
        ["contact_name"],
        ["name", "contact_name"],
        ["name", "contact_name"],
        ["name", "contact_name", "contact_phone"],
        ["contact_phone"],
    ]


def test_a_merge_beside_all_that_is_read_is_not_kept():
    found = Marks(columns=4)
    found.merge(1, 4, 9, 16_383)
    assert found.reader().empty


def test_a_mark_does_not_stay_for_the_next_row():
    found = Marks(columns=4)
    found.merge(1, 0, 3, 0)
    found.cell(2, 3, ERROR)
    reader = found.reader()
    assert [reader.at(row) for row in (1, 2, 3, 4)] == [
        {}, {0: MERGED, 3: ERROR}, {0: MERGED}, {},
    ]  # fmt: skip


def _mark_all(found: Marks) -> None:
    for row in range(1, 5):
        found.covered(row, 1, row, 1)
        found.cell(row, 2, ERROR)


@pytest.mark.parametrize("name", ["_MOST_COVERED", "_MOST_CELLS"])
def test_marks_without_end_are_refused(monkeypatch, name):
    monkeypatch.setattr(marks, name, 3)
    found = Marks(columns=9)
    with pytest.raises(FileRefused) as caught:
        _mark_all(found)
    assert caught.value.code == "too_many_marks"


@pytest.mark.parametrize(
    "again",
    [
        "mergeCell ", "<mergeCell ", "<mergeCell r", "<a:", "<a", "<mergeCell ref=", " ref =",
        "<mergeCell\n ref='", "mergeCell ref",
    ],
)  # fmt: skip
def test_a_tail_of_half_merges(tmp_path, again):
    tail = f"<mergeCells>{again * MANY}</mergeCells>"
    assert outcome(with_sheet(tmp_path / "a.xlsx", DATA, tail)) in {"read", "damaged"}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize(
    "again",
    [
        "<c ", "<c>", "<c >", "<c r", '<c r="', "<c r=  ", "<v ", "<v", "<v>", "<v >", "<f ", "<f",
        "<is", "<is ", "</c", "</c ", "</c>", "</v", "<row ", "<row", "</row", "<row>", "<row/>",
        ' r="A', " r = ", " t = ", "  ", "<c/>", "<c></c", '<c t="', "<f></f>",
    ],
)  # fmt: skip
def test_a_row_of_half_cells(tmp_path, again, before):
    """What the scan searches for, begun a million times and never ended."""
    xml = sheet_xml(row_xml(1) + '<row r="2">' + before + "\0")
    head = xml[: xml.index(b"\0")]
    count = MANY if len(again) < 5 else MANY // 5
    path = package(tmp_path / "a.xlsx", {SHEET: head + again.encode() * count + END.encode()})
    assert outcome(path) != "too_slow"


def test_a_row_that_never_ends_is_not_searched_again_from_its_start(tmp_path):
    path = package(tmp_path / "a.xlsx", {SHEET: sheet_xml(DATA)[:-30] + b"<row " * (12 << 20)})
    assert outcome(path) == "damaged"


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="S">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)

MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods(path, rows: str):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows))
    return path


def ods_row(values, more: str = "", repeat: int = 1) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        for value in values
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{cells}{more}</table:table-row>'


@pytest.mark.parametrize(
    "again",
    [
        '<table:covered-table-cell table:number-columns-repeated="190"/>',
        '<table:table-cell calcext:value-type="error"/>' * 190,
        '<table:table-cell table:formula="x"/>' * 190,
    ],
)
def test_one_row_of_a_text_document_that_stands_for_a_million(tmp_path, again):
    rows = ods_row(HEADINGS) + ods_row(GOOD, again, repeat=1_000_000)
    assert outcome(ods(tmp_path / "a.ods", rows)) in {"too_many_rows", "too_many_marks"}


def test_covered_cells_of_a_repeated_row_are_errors_in_each(tmp_path):
    covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    rows = ods_row(HEADINGS) + ods_row(GOOD[:3], covered, repeat=2)
    first, second = rows_of(ods(tmp_path / "a.ods", rows))
    assert errors_of(first) == [("contact_phone", "merged"), ("settled_on", "merged")]
    assert errors_of(second)[:2] == errors_of(first)


@pytest.mark.parametrize("column", range(5))
def test_a_cell_of_half_a_million_accents(tmp_path, column):
    """Putting them into their order takes the square of their number."""
    row = list(GOOD)
    row[column] = "\u0300\u0316" * 250_000
    (found,) = rows_of(text_file(tmp_path / "a.csv", csv_lines(row)))
    assert [error.column for error in found.errors]
    heads = [*HEADINGS, "\u0300\u0316" * 250_000]
    assert outcome(text_file(tmp_path / "b.csv", csv_lines((*GOOD, ""), headings=heads))) == "read"


@pytest.mark.parametrize("again", [",", ";", "\t", '"', '""', "\n", '",', "a\n"])
def test_a_text_file_of_one_sign(tmp_path, again):
    path = text_file(tmp_path / "a.csv", csv_lines(GOOD) + again * MANY)
    assert outcome(path) != "too_slow"


def test_a_first_line_of_a_million_cells(tmp_path):
    path = text_file(tmp_path / "a.csv", (";a" * 500_000 + "\r\n") * 20 + csv_lines(GOOD))
    assert outcome(path) != "too_slow"
