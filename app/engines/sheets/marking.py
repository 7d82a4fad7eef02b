"""Marks in the uploaded workbook itself, made with openpyxl inside the limited child."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from app.engines.sheets.headings import ERROR_HEADING, HeadingRow
from app.engines.sheets.model import FileRefused
from app.engines.sheets.outlet import Outlet
from app.engines.sheets.sources import open_source
from app.engines.sheets.wire import Request, send

_RED: Final = PatternFill("solid", fgColor="FFFDE7E5")
_WORDS: Final = Font(color="FFB42318")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_AUTHOR: Final = "ParkDesk"
_FRAME: Final = 1 << 20


def mark(request: Request, pipe: Outlet) -> None:
    """Send the marked workbook in frames of hexadecimal text."""
    path = Path(request.path)
    if request.table is None:
        raise ValueError("marking needs a table")
    source = open_source(path, request.filename, request.table, request.limits)
    if source.format != "xlsx":
        raise FileRefused("content_mismatch", extension=source.format)
    with path.open("rb") as file:  # of a path openpyxl wants an extension, which stored files lack
        book = openpyxl.load_workbook(file, keep_links=False)
    sheet = book[source.sheet]
    column = _error_column(sheet, source.headings)
    places = {name: index for index, name in enumerate(source.headings.columns) if name}
    for number, cells, words in request.errors:
        for name, sentence in cells.items():
            if name in places:
                _mark_cell(sheet.cell(number, places[name] + 1), sentence)
        cell = sheet.cell(number, column, words)
        cell.font, cell.alignment, cell.data_type = _WORDS, _WRAPPED, "s"
    sink = io.BytesIO()
    book.save(sink)
    data = sink.getvalue()
    for start in range(0, len(data), _FRAME):
        send(pipe, ["file", data[start : start + _FRAME].hex()])


def _error_column(sheet: Any, headings: HeadingRow) -> int:
    """The column of 错误说明: the one from last time, emptied, or the first after the headings."""
    column = 0
    for index in range(1, len(headings.columns) + 1):
        if sheet.cell(headings.number, index).value == ERROR_HEADING:
            column = index
    if column:
        for (cell,) in sheet.iter_rows(min_row=headings.number + 1, min_col=column, max_col=column):
            cell.value = None
    else:
        column = max(len(headings.columns), sheet.max_column) + 1
    head = sheet.cell(headings.number, column, ERROR_HEADING)
    head.font = Font(bold=True, color="FFB42318")
    sheet.column_dimensions[head.column_letter].width = 60
    return column


def _mark_cell(cell: Any, sentence: str) -> None:
    """Red ground and the sentence as a comment; a covered cell of a merge can carry neither."""
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _RED
    cell.comment = Comment(sentence, _AUTHOR)
