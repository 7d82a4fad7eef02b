"""Invented rows of the register and the files made of them."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.cli.demo.enterprises import csv_of
from app.engines.sheets import ColumnOut, SheetOut, stream_xlsx
from app.features.enterprises.rules import TABLE

HEADINGS = [column.heading for column in TABLE.columns]
NAMES = [column.name for column in TABLE.columns]
SEED = 20260101
#: Two signs that no invented name has.
RARE = "尖峰"
_MONEY = ("registered_capital", "annual_sales", "annual_import", "annual_export")
_DAYS = ("established_on", "settled_on")


def typed_rows(count: int, first: int = 1) -> list[list[Any]]:
    """``count`` rows as a spreadsheet holds them: amounts and days as numbers, the rest as text."""
    text = csv_of(count, first, random.Random(SEED)).decode()
    rows: list[list[Any]] = list(csv.reader(io.StringIO(text)))[1:]
    for row in rows:
        for name in _MONEY:
            row[NAMES.index(name)] = Decimal(row[NAMES.index(name)])
        for name in _DAYS:
            row[NAMES.index(name)] = date.fromisoformat(row[NAMES.index(name)])
        row[NAMES.index("staff_count")] = int(row[NAMES.index("staff_count")])
    return rows


def half_known(count: int) -> list[list[Any]]:
    """Every second row one of ``typed_rows(count)`` with three cells changed, the others new."""
    known, new = typed_rows(count), typed_rows(count, count + 1)
    for row in known:
        row[NAMES.index("annual_sales")] += Decimal("1.00")
        row[NAMES.index("staff_count")] += 1
        row[NAMES.index("remark")] = "本年复核"
    return [(known if number % 2 else new)[number] for number in range(count)]


def write_book(path: Path, rows: list[list[Any]]) -> None:
    columns = [ColumnOut(heading) for heading in HEADINGS]
    with path.open("wb") as file:
        for piece in stream_xlsx([SheetOut(TABLE.title, columns, rows)]):
            file.write(piece)
