"""Where the cells come from: the data sheet of a workbook, or the records of a text file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import python_calamine

from app.engines.sheets import csv_text
from app.engines.sheets.gate import Scanned, inspect, require_room
from app.engines.sheets.gatekeeper import Gatekeeper, is_xlsx
from app.engines.sheets.headings import HEADING_ROWS, HeadingRow, check, find
from app.engines.sheets.marks import MarkReader, Marks
from app.engines.sheets.meta import META_SHEET
from app.engines.sheets.model import FileRefused, Limits, Table
from app.engines.sheets.values import as_typed

Rows = Iterator[tuple[int, Sequence[object]]]


class _Sheet(Protocol):
    @property
    def start(self) -> tuple[int, int] | None:
        """Row and column, from 0, of the first cell that holds anything."""

    def iter_rows(self) -> Iterator[list[Any]]:
        """Rows from the first of the sheet, cells from the first column that holds anything."""


@dataclass
class Source:
    """The table of a file: its headings, its rows from the first, and what was noticed."""

    format: str
    sheet: str
    headings: HeadingRow
    rows: Rows
    marks: MarkReader
    encoding: str = ""
    meta: dict[str, Any] | None = None
    other_sheets: list[str] = field(default_factory=list)


def open_source(path: Path, filename: str, table: Table, limits: Limits) -> Source:
    """Pass the gate and find the table; refuses the file when there is none."""
    scanned = inspect(path, filename, limits)
    if scanned.format == "csv":
        return _text_source(path, table, limits)
    return _Workbook(path, limits).source(table, scanned)


def open_beside(path: Path, filename: str, table: Table, limits: Limits) -> Source:
    """``open_source`` for the reading child: a workbook is read while the gate scans it. A refusal
    may end the process, and is told by the gate then."""
    if not is_xlsx(path, filename):
        return open_source(path, filename, table, limits)
    try:
        keeper = Gatekeeper(path, filename, limits)
    except OSError:  # no room for one process more: one after the other, then
        return open_source(path, filename, table, limits)
    try:
        book = _Workbook(path, limits)
        book.read_ahead()
    except (FileRefused, MemoryError):
        keeper.scanned()  # what the gate has to say of the file comes first
        raise
    return book.source(table, keeper.scanned())


def open_grid(path: Path, filename: str, limits: Limits) -> Iterator[tuple[str, Rows]]:
    """All visible sheets as they are, for reading without a declared table."""
    scanned = inspect(path, filename, limits)
    if scanned.format == "csv":
        encoding = csv_text.encoding_of(path)
        separator = csv_text.separator_of(path, encoding, None)
        csv_text.count(path, encoding, separator, limits)
        yield "", enumerate(csv_text.records(path, encoding, separator), 1)
        return
    workbook = _Workbook(path, limits)
    for name in workbook.visible():
        yield name, workbook.rows(workbook.sheet(name, scanned))


def _text_source(path: Path, table: Table, limits: Limits) -> Source:
    encoding = csv_text.encoding_of(path)
    separator = csv_text.separator_of(path, encoding, table)
    csv_text.count(path, encoding, separator, limits)
    first = list(islice(csv_text.records(path, encoding, separator), HEADING_ROWS))
    headings = find(list(enumerate(first, 1)), table)
    if headings is None:
        raise FileRefused("no_heading_row", rows=HEADING_ROWS)
    check(headings, table)
    rows: Rows = enumerate(csv_text.records(path, encoding, separator), 1)
    return Source("csv", "", headings, rows, Marks(0).reader(), encoding)


class _Workbook:
    """A workbook; nothing of a sheet is used before the gate's scan of it says that it may be."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._ahead: dict[str, _Sheet] = {}
        try:
            self._book = python_calamine.load_workbook(str(path))
        except python_calamine.PasswordError as error:
            raise FileRefused("encrypted") from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise FileRefused("damaged", part="") from error

    def read_ahead(self) -> None:
        """Read the first visible sheet, for ``sheet`` to hand out once the gate has been passed."""
        for name in self.visible()[:1]:
            self._ahead[name] = self._read(name)

    def source(self, table: Table, scanned: Scanned) -> Source:
        """The first visible sheet with a heading row; later ones are only named."""
        chosen: tuple[str, HeadingRow, _Sheet] | None = None
        others: list[str] = []
        for name in self.visible():
            sheet = self.sheet(name, scanned)
            headings = find(list(islice(self.rows(sheet), HEADING_ROWS)), table)
            if headings is None:
                continue
            if chosen is None:
                chosen = name, headings, sheet
            else:
                others.append(name)
        if chosen is None:
            raise FileRefused("no_heading_row", rows=HEADING_ROWS)
        name, headings, sheet = chosen
        check(headings, table)
        marks = scanned.sheets.get(name, Marks(0))
        return Source(
            scanned.format,
            name,
            headings,
            self.rows(sheet),
            marks.reader(),
            meta=self._meta(scanned),
            other_sheets=others,
        )

    def visible(self) -> list[str]:
        """Names of the visible worksheets, in order."""
        return [
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]

    def sheet(self, name: str, scanned: Scanned) -> _Sheet:
        """Hand a sheet to the reader, unless it would not fit."""
        require_room(scanned, name, self._limits)
        return self._ahead.pop(name, None) or self._read(name)

    def _read(self, name: str) -> _Sheet:
        try:
            return self._book.get_sheet_by_name(name)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise FileRefused("damaged", part=name) from error

    def rows(self, sheet: _Sheet) -> Rows:
        """Rows as the spreadsheet numbers them, cells from column A."""
        left = [""] * sheet.start[1] if sheet.start else []
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, left + cells if left else cells

    def _meta(self, scanned: Scanned) -> dict[str, Any] | None:
        """The rows of our own hidden sheet: key and value, or ``row``, key and version."""
        if META_SHEET not in self._book.sheet_names:
            return None
        meta: dict[str, Any] = {"rows": {}}
        for _, cells in self.rows(self.sheet(META_SHEET, scanned)):
            words = [as_typed(cell) for cell in cells]
            if len(words) > 2 and words[0] == "row":
                meta["rows"][words[1]] = words[2]
            elif len(words) > 1 and words[0] and words[0] != "rows":
                meta[words[0]] = words[1]
        return meta
