"""Rule 1: what is refused whole, and that the parent lives through all of it."""

from __future__ import annotations

import io
import os
import struct
import time
import zipfile
import zlib

import pytest

from app.engines.sheets import FileRefused, Limits, read
from app.engines.sheets.reading import Child
from tests.engines.sheets.books import (
    GOOD,
    cell,
    csv_lines,
    package,
    refusal,
    row_xml,
    rows_of,
    sheet_xml,
    text_file,
    with_sheet,
    workbook,
)
from tests.engines.sheets.samples import LIMITS, REGISTER, TODAY

DATA = row_xml(1) + row_xml(2, GOOD)


def test_the_honest_file_beside_them_is_read(tmp_path):
    (row,) = rows_of(with_sheet(tmp_path / "a.xlsx", DATA))
    assert row.errors == ()
    assert row.values["name"] == "甲公司"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.pdf", b"x", "unknown_type"),
        ("a.html", b"<html>", "unknown_type"),
        ("noextension", b"x", "unknown_type"),
        ("a.xlsm", b"PK", "macros"),
        ("a.xlsb", b"PK", "macros"),
        ("a.xlsx", b"just text", "content_mismatch"),
        ("a.xls", b"<html><table>", "content_mismatch"),
        ("a.xls", b"PK\x03\x04", "content_mismatch"),
        ("a.csv", b"PK\x03\x04", "content_mismatch"),
        ("a.csv", b"%PDF-1.7", "content_mismatch"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "content_mismatch"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("a.csv", b"a,b\n\xff\xff\xff\x80\n", "undecodable"),
        ("a.csv", b"a,b\nc\0d,e\0\n", "undecodable"),
    ],
)
def test_content_that_is_not_what_the_name_says(tmp_path, name, content, code):
    path = tmp_path / "file"
    path.write_bytes(content)
    if content.startswith(b"\xd0\xcf") and name == "a.csv":
        code = "damaged"  # not even a compound file
    assert refusal(path, filename=name) == code


def test_an_xlsx_is_not_an_ods(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    assert refusal(path, filename="a.ods") == "content_mismatch"


def test_too_many_bytes_rows_columns(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD, GOOD, GOOD)
    assert refusal(path, limits=Limits(max_bytes=1000)) == "too_large"
    assert refusal(path, limits=Limits(max_rows=2)) == "too_many_rows"
    assert refusal(path, limits=Limits(max_columns=4)) == "too_many_columns"
    assert refusal(path, limits=Limits(max_unpacked_bytes=3000)) == "unpacked"
    assert len(rows_of(path, limits=Limits(max_rows=3, max_columns=5))) == 3


def test_too_many_rows_are_told_before_the_first_is_given(tmp_path):
    path = text_file(tmp_path / "a.csv", csv_lines(*[GOOD] * 100))
    with pytest.raises(FileRefused) as caught:
        read(path, path.name, REGISTER, Limits(max_rows=50), today=TODAY)
    assert caught.value.code == "too_many_rows"


def test_a_declared_dimension_counts_for_nothing(tmp_path):
    xml = sheet_xml(DATA).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    assert len(rows_of(package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": xml}))) == 1


def test_formatted_but_empty_cells_count_for_nothing(tmp_path):
    rows = DATA + '<row r="1048576"><c r="XFD1048576" s="0"/><c r="ZZ1" s="0"></c></row>'
    assert len(rows_of(with_sheet(tmp_path / "a.xlsx", rows))) == 1


@pytest.mark.parametrize(
    "last",
    [
        f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
        f'<row r="3">{cell("XFD3", "x")}{cell("A3", "x")}</row>',
        "<row r='3'><c r='GS3' t='n'><v>1</v></c></row>",
        f'<row r="3">{"<c><v>1</v></c>" * 300}</row>',
    ],
)
def test_a_cell_far_to_the_right_is_told(tmp_path, last):
    assert refusal(with_sheet(tmp_path / "a.xlsx", DATA + last)) == "too_many_columns"


def test_a_cell_far_below_is_read_or_told_but_never_kills(tmp_path):
    rows = DATA + f'<row r="1048576">{cell("E1048576", "x")}</row>'
    path = with_sheet(tmp_path / "a.xlsx", rows)
    assert rows_of(path)[-1].number == 1048576
    assert refusal(path, limits=Limits(memory_bytes=150 << 20)) == "scattered"


def test_a_prefix_before_the_names_hides_nothing(tmp_path):
    rows = DATA + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'
    for tag in ("row", "c", "is", "t"):
        rows = rows.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        rows = rows.replace(f"</{tag}>", f"</x:{tag}>")
    xml = sheet_xml(rows, prefix="x")
    path = package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": xml})
    assert refusal(path) == "too_many_columns"


@pytest.mark.parametrize("between", ["", row_xml(9)])
def test_two_rows_of_one_number_are_never_taken_for_one(tmp_path, between):
    rows = row_xml(1) + row_xml(3, GOOD) + between + row_xml(3, GOOD)
    assert refusal(with_sheet(tmp_path / "a.xlsx", rows)) == "damaged"


def test_rows_in_any_order_and_an_empty_twin_are_read(tmp_path):
    rows = row_xml(1) + row_xml(9, GOOD) + '<row r="3"><c r="A3" s="0"/></row>' + row_xml(3, GOOD)
    assert [row.number for row in rows_of(with_sheet(tmp_path / "a.xlsx", rows))] == [3, 9]


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros(tmp_path, part):
    assert refusal(package(tmp_path / "a.xlsx", {part: b"<x/>"})) == "macros"


def test_macros_by_content_type(tmp_path):
    types = b'<Types xmlns="x"><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert refusal(package(tmp_path / "a.xlsx", {"[Content_Types].xml": types})) == "macros"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("part", ["xl/styles.xml", "docProps/app.xml", "custom/item.bin"])
def test_a_doctype_in_any_part(tmp_path, part, encoding):
    xml = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert refusal(package(tmp_path / "a.xlsx", {part: xml.encode(encoding)})) == "doctype"


@pytest.mark.parametrize("pad", range(1_048_576 - 12, 1_048_576 + 2))
def test_a_doctype_across_two_blocks(tmp_path, pad):
    xml = b"<?xml version='1.0'?>".ljust(pad) + b"<!DOCTYPE x><x/>"
    assert refusal(package(tmp_path / "a.xlsx", {"docProps/app.xml": xml})) == "doctype"


@pytest.mark.parametrize(
    "xml",
    ['<?xml version="1.0" encoding="UTF-7"?><x/>', '<?xml version="1.0" encoding="IBM037"?><x/>'],
)
def test_encodings_in_which_a_doctype_could_hide(tmp_path, xml):
    assert (
        refusal(package(tmp_path / "a.xlsx", {"docProps/app.xml": xml.encode()})) == "xml_encoding"
    )


def test_a_part_in_utf16_is_not_scanned_so_not_read(tmp_path):
    xml = sheet_xml(DATA).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    path = package(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": xml})
    assert refusal(path) == "xml_encoding"


def test_external_links_and_nested_files_do_no_harm(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("zeros", b"\0" * (20 << 20))
    link = b'<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="y"/></externalLink>'
    parts = {"xl/embeddings/a.xlsx": bomb.getvalue(), "xl/externalLinks/externalLink1.xml": link}
    assert len(rows_of(package(tmp_path / "a.xlsx", parts))) == 1


def test_a_bomb_is_counted_while_it_inflates(tmp_path):
    path = package(tmp_path / "a.xlsx", {"xl/media/zeros.bin": b"\0" * (70 << 20)})
    assert refusal(path) == "ratio"
    assert refusal(path, limits=Limits(max_unpacked_bytes=10 << 20)) == "unpacked"


def test_a_bomb_whose_headers_lie_is_counted_all_the_same(tmp_path):
    path = package(tmp_path / "a.xlsx", {"xl/media/zeros.bin": b"\0" * (20 << 20)})
    data = bytearray(path.read_bytes())
    true_size = struct.pack("<I", 20 << 20)
    while (at := data.find(true_size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    crc = struct.pack("<I", zlib.crc32(b"\0" * (20 << 20)))
    while (at := data.find(crc)) >= 0:
        data[at : at + 4] = struct.pack("<I", zlib.crc32(b"\0" * 10))
    path.write_bytes(data)
    assert refusal(path, limits=Limits(max_unpacked_bytes=10 << 20)) == "unpacked"
    assert refusal(path) == "damaged"


def test_too_many_parts(tmp_path):
    parts = {f"xl/media/{number}.bin": b"x" for number in range(2100)}
    assert refusal(package(tmp_path / "a.xlsx", parts)) == "too_many_parts"


def test_the_same_part_twice(tmp_path):
    path = package(tmp_path / "a.xlsx", {})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert refusal(path) == "damaged"


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short(tmp_path, keep):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert refusal(path) == "damaged"


def test_one_changed_byte_anywhere_never_passes_for_other_data(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    data = path.read_bytes()
    for at in range(0, len(data), 397):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        path.write_bytes(changed)
        try:
            rows = rows_of(path)
        except FileRefused:
            continue
        assert rows[0].values["name"] == GOOD[1]


def test_encrypted_by_zip_flag(tmp_path):
    path = package(tmp_path / "a.xlsx", {})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert refusal(path) == "encrypted"


def test_a_child_out_of_memory_or_time_is_a_file_refused(tmp_path):
    path = tmp_path / "a.csv"
    text_file(path, csv_lines(*[GOOD] * 60_000))
    assert refusal(path, limits=Limits(memory_bytes=24 << 20)) in {"unreadable", "memory"}
    assert refusal(path, limits=Limits(seconds=0)) == "too_slow"


def test_a_killed_child_is_a_file_refused(tmp_path):
    path = text_file(tmp_path / "a.csv", csv_lines(*[GOOD] * 60_000))
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        chunks = reading.rows
        next(chunks)
        os.kill(reading.child_pid, 9)
        with pytest.raises(FileRefused) as caught:
            list(chunks)
    assert caught.value.code == "unreadable"


def test_leaving_the_reading_ends_the_child(tmp_path):
    path = text_file(tmp_path / "a.csv", csv_lines(*[GOOD] * 60_000))
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        next(reading.rows)
        pid = reading.child_pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def frame(text):
    return len(text).to_bytes(4, "big") + text


HEADER = (
    b'["header",{"format":"csv","encoding":"","sheet":"","heading_row":1,"present":["uscc"],'
    b'"ignored":[],"meta":null,"other_sheets":[]}]'
)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0\0",
        b"\xff\xff\xff\xff",
        frame(b"{}"),
        frame(b"[]"),
        frame(b"xyz"),
        frame(b'"header"'),
        frame(b'["rows",[]]'),
        frame(b'["header",{}]'),
        frame(b'["header",7]'),
        frame(b'["refused"]'),
        frame(b'["refused","x",7]'),
        frame(HEADER) + frame(b'["rows",[[1]]]'),
        frame(HEADER) + frame(b'["rows",7]'),
        frame(HEADER) + frame(b'["rows",[[1,7,[],[],{}]]]'),
        frame(HEADER) + frame(b'["rows",[[1,{"settled_on":"x"},[],[],{}]]]'),
        frame(HEADER) + frame(b'["rows",[[1,{"annual_sales":"x"},[],[],{}]]]'),
        frame(HEADER) + frame(b'["rows",[[1,{},[[1]],[],{}]]]'),
    ],
)
def test_nonsense_from_a_child_is_a_file_refused(tmp_path, monkeypatch, said):
    blocks = iter([said])
    monkeypatch.setattr(Child, "_more", lambda _child: next(blocks, b""))
    path = text_file(tmp_path / "a.csv", csv_lines(GOOD))
    assert refusal(path) == "unreadable"


def test_the_child_starts_quickly_and_light():
    import subprocess
    import sys

    heavy = ["flask", "sqlalchemy", "openpyxl", "tablib", "lxml", "babel", "phonenumbers"]
    code = (
        f"import sys, app.engines.sheets.child as c;print([m for m in {heavy} if m in sys.modules])"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("registered_capital", "1e5"),
        ("registered_capital", 5),
        ("settled_on", "2024-02-30"),
        ("roles", "平台"),
        ("roles", [1]),
    ],
)
def test_wire_values_are_looked_at_before_anybody_stores_them(tmp_path, monkeypatch, column, value):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    with read(path, path.name, REGISTER, LIMITS, today=TODAY) as reading:
        row = [2, {"uscc": GOOD[0], column: value}, [], [], {}]
        reading._frames = iter([["rows", [row]]])
        with pytest.raises(FileRefused) as caught:
            list(reading.wire_rows)
    assert caught.value.code == "unreadable"
