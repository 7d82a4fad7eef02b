"""Files built by the tests: honest, odd and hostile."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from app.engines.sheets import FileRefused, Row, read
from tests.engines.sheets.samples import LIMITS, REGISTER, TODAY, company, credit_code

HEADINGS = ("统一社会信用代码", "企业名称", "联系人", "联系电话", "入驻日期")
GOOD = (credit_code(1), "甲公司", "张三", "13800138000", "2024-01-05")
_PROFILE = tempfile.TemporaryDirectory(prefix="office")  # one a process: making one takes seconds
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path: Path, *rows: tuple[Any, ...], headings: tuple[Any, ...] = HEADINGS) -> Path:
    """One sheet written by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (headings, *rows):
        sheet.append(row)
    book.save(path)
    return path


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_lines(*rows: tuple[Any, ...], headings: tuple[Any, ...] = HEADINGS) -> str:
    return "".join(",".join(map(str, row)) + "\r\n" for row in (headings, *rows))


def rows_of(path: Path, **changes: Any) -> list[Row]:
    """Read a file to its end."""
    options = {"filename": path.name, "table": REGISTER, "limits": LIMITS, "today": TODAY} | changes
    with read(path, **options) as reading:
        return [row for chunk in reading.rows for row in chunk]


def refusal(path: Path, **changes: Any) -> str:
    """The code with which a file is refused; a file that is read fails the test."""
    try:
        rows_of(path, **changes)
    except FileRefused as refused:
        return refused.code
    raise AssertionError("the file was read")


def errors_of(row: Row) -> list[tuple[str | None, str]]:
    return [(error.column, error.code) for error in row.errors]


def package(path: Path, changes: dict[str, bytes | None], base: Path | None = None) -> Path:
    """A workbook with parts replaced, added or (None) left out."""
    source = io.BytesIO()
    if base is None:
        book = openpyxl.Workbook()
        book.worksheets[0].append(HEADINGS)
        book.worksheets[0].append(GOOD)
        book.save(source)
    else:
        source.write(base.read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return path


def sheet_xml(rows: str, *, tail: str = "", prefix: str = "") -> bytes:
    """A worksheet part around rows that the test spells out."""
    p = f"{prefix}:" if prefix else ""
    name = f":{prefix}" if prefix else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{p}worksheet xmlns{name}="{_MAIN}">'
        f"<{p}sheetData>{rows}</{p}sheetData>{tail}</{p}worksheet>"
    ).encode()


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def row_xml(number: int, values: tuple[Any, ...] = HEADINGS, attributes: str = "") -> str:
    cells = "".join(cell(f"{'ABCDEFGH'[i]}{number}", str(value)) for i, value in enumerate(values))
    return f'<row r="{number}"{attributes}>{cells}</row>'


def with_sheet(path: Path, rows: str, tail: str = "") -> Path:
    return package(path, {"xl/worksheets/sheet1.xml": sheet_xml(rows, tail=tail)})


def converted(path: Path, extension: str, folder: Path) -> Path:
    """The file opened and saved by LibreOffice, with a profile of its own."""
    folder.mkdir(exist_ok=True)
    # The rest of the csv filter: comma, double quote, UTF-8.
    target = {"csv": "csv:Text - txt - csv (StarCalc):44,34,76"}.get(extension, extension)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{_PROFILE.name}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / f"{path.stem}.{extension}"


def companies(count: int) -> list[dict[str, Any]]:
    return [company(number) for number in range(1, count + 1)]
