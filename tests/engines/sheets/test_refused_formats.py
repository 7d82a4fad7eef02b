"""Rule 1 for the old binary and the open formats."""

from __future__ import annotations

import struct
import zipfile

import pytest

from tests.engines.sheets.books import (
    GOOD,
    HEADINGS,
    converted,
    refusal,
    rows_of,
    workbook,
)


def compound_file(*names: str) -> bytes:
    """The least that is an OLE compound file with streams of these names."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
        0,
    )[: 512 - 24]
    header = header[:76] + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b""
    for index, name in enumerate(("Root Entry", *names)):
        wide = name.encode("utf-16-le")
        kind = 5 if index == 0 else 2
        entry = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide) + 2, kind, 1)
        directory += entry.ljust(116, b"\0") + struct.pack("<II4x", 0xFFFFFFFE, 0)
    return header + fat + directory.ljust(512, b"\0")


@pytest.mark.parametrize("extension", ["xlsx", "xls"])
def test_encrypted_in_a_compound_file(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    path.write_bytes(compound_file("EncryptedPackage", "EncryptionInfo"))
    assert refusal(path) == "encrypted"


def test_macros_in_an_old_workbook(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file("Workbook", "_VBA_PROJECT_CUR"))
    assert refusal(path) == "macros"


def test_an_old_document_of_another_kind(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file("WordDocument"))
    assert refusal(path) == "content_mismatch"


def ods(path, rows, **parts):
    body = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="T">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr(
            "META-INF/manifest.xml", parts.get("manifest", '<manifest xmlns="urn:x"/>')
        )
        for name, data in parts.items():
            if name != "manifest":
                archive.writestr(name, data)
    return path


def ods_row(values, attributes="", cell_attributes=""):
    cells = "".join(
        f'<table:table-cell office:value-type="string"{cell_attributes}><text:p>{value}</text:p>'
        "</table:table-cell>"
        for value in values
    )
    return f"<table:table-row{attributes}>{cells}</table:table-row>"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (ods_row("x", ' table:number-rows-repeated="1048000"'), "too_many_rows"),
        (ods_row("x", ' table:number-rows-repeated="99999999999"'), "damaged"),
        (
            ods_row("x", cell_attributes=' table:number-columns-repeated="16000"'),
            "too_many_columns",
        ),
        (ods_row("x", ' table:number-rows-repeated="-1"'), "damaged"),
        (ods_row("x", ' table:number-rows-repeated="x"'), "damaged"),
    ],
)
def test_repeats_of_opendocument_are_counted(tmp_path, rows, code):
    path = ods(tmp_path / "a.ods", ods_row(HEADINGS) + ods_row(GOOD) + rows)
    assert refusal(path) == code


def test_opendocument_encrypted_or_with_macros(tmp_path):
    rows = ods_row(HEADINGS) + ods_row(GOOD)
    assert len(rows_of(ods(tmp_path / "a.ods", rows))) == 1
    sealed = '<m xmlns:manifest="urn:m"><manifest:encryption-data/></m>'
    assert refusal(ods(tmp_path / "b.ods", rows, manifest=sealed)) == "encrypted"
    assert (
        refusal(ods(tmp_path / "c.ods", rows, **{"Basic/Standard/Module1.xml": "<x/>"})) == "macros"
    )
    assert refusal(ods(tmp_path / "d.ods", rows, **{"Scripts/python/a.py": "x"})) == "macros"
    with zipfile.ZipFile(tmp_path / "a.ods", "a") as archive:
        archive.writestr("styles.xml", "<!DOCTYPE x><x/>")
    assert refusal(tmp_path / "a.ods") == "doctype"


def test_a_password_set_by_libreoffice_does_not_crash_an_old_file(tmp_path):
    path = converted(workbook(tmp_path / "a.xlsx", GOOD), "xls", tmp_path / "out")
    data = bytearray(path.read_bytes())
    # The first record after the beginning becomes the one that announces encryption.
    at = data.find(struct.pack("<HH", 0x809, 16))
    assert at > 0
    data[at + 20 : at + 22] = struct.pack("<H", 0x2F)
    path.write_bytes(data)
    assert refusal(path) == "encrypted"
