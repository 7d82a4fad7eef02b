"""Workbooks as a clerk fills them: the downloaded template with openpyxl."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.support.enterprises import HEADINGS, row

FIRST = 3  # under the headings and the example row
DATA = "数据"


def headings(sheet: Any) -> list[str]:
    return [str(cell.value).rstrip("*") for cell in sheet[1]]


def fill(
    template: Path, target: Path, rows: list[dict[str, Any]], *, only: Sequence[str] = ()
) -> Path:
    """Write rows (heading -> value) under the example row; ``only``: the columns to keep."""
    book = openpyxl.load_workbook(template)
    sheet = book[DATA]
    for index, heading in reversed(list(enumerate(headings(sheet), 1))):
        if only and heading not in only:
            sheet.delete_cols(index)
    names = headings(sheet)
    for number, values in enumerate(rows, FIRST):
        for heading, value in values.items():
            if heading not in names:
                continue
            sheet.cell(number, names.index(heading) + 1, value)
    book.save(target)
    return target


def rows_of(file: Path, sheet: str = DATA) -> list[dict[str, Any]]:
    """What a template holds under its example row."""
    found = openpyxl.load_workbook(file)[sheet]
    names = headings(found)
    return [
        dict(zip(names, values, strict=True))
        for values in found.iter_rows(min_row=FIRST, values_only=True)
        if any(values)
    ]


def enterprise(serial: int, **changes: str) -> dict[str, Any]:
    """A complete new row under the headings of the template."""
    return {HEADINGS[name]: text for name, text in row(serial, **changes).items()}
