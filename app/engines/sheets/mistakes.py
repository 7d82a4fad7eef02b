"""The workbook of errors: what was wrong, at the place where it stands, ready to be corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from flask_babel import gettext as _

from app.engines.sheets.headings import ERROR_HEADING, NUMBER_HEADING
from app.engines.sheets.labels import message
from app.engines.sheets.model import FileRefused, Limits, Row, Table, TakesTooLongError
from app.engines.sheets.reading import Child
from app.engines.sheets.stream import ColumnOut, Marked, SheetOut, stream_xlsx
from app.engines.sheets.tabular import width_of
from app.engines.sheets.wire import Request
from app.extensions.phrases import labelled

MARKED_ROWS: Final = 5_000
# openpyxl keeps some 50 times the file in memory; larger files get the fresh workbook.
_MARKED_BYTES: Final = 20 << 20
_MARKING: Final = Limits(memory_bytes=2 << 30, seconds=60, max_rows=MARKED_ROWS, patience=30)


def write_error_workbook(
    fp: IO[bytes],
    table: Table,
    source_path: str | Path | None,
    filename: str,
    rows_with_errors: Sequence[Row],
) -> None:
    """The uploaded workbook itself with marks, or a fresh one of the bad rows.

    Up to 5,000 rows of xlsx come back as they were, each bad cell marked and 错误说明 at the end of
    its row; anything else becomes a new workbook of the bad rows with their original numbers.
    """
    path = Path(source_path) if source_path else None
    if path and filename.lower().endswith(".xlsx") and path.stat().st_size <= _MARKED_BYTES:
        marked = _marked_copy(path, filename, table, rows_with_errors)
        if marked:
            fp.write(marked)
            return
    for block in stream_xlsx([_fresh(table, rows_with_errors)]):
        fp.write(block)


def explanation(table: Table, row: Row) -> str:
    """All that is wrong with a row, one sentence each, with the heading it is about."""
    columns = table.by_name()
    words = []
    for error in row.errors:
        column = columns.get(error.column or "")
        words.append(labelled(column.heading, message(error)) if column else message(error))
    return f"{str(_('；')).strip()}\n".join(words)


def _marked_copy(path: Path, filename: str, table: Table, rows: Sequence[Row]) -> bytes:
    """Made in the reading child, because openpyxl must not open a stranger's file in here."""
    errors = tuple(
        (
            row.number,
            {error.column: message(error) for error in row.errors if error.column},
            explanation(table, row),
        )
        for row in rows
    )
    request = Request("mark", str(path.resolve()), filename, _MARKING, table=table, errors=errors)
    try:
        return _answered(request)
    except (FileRefused, TakesTooLongError, ValueError):
        return b""


def _answered(request: Request) -> bytes:
    child = Child(request)
    try:
        return b"".join(bytes.fromhex(frame[1]) for frame in child.frames())
    finally:
        child.kill()


def _fresh(table: Table, rows: Sequence[Row]) -> SheetOut:
    present = {name for row in rows for name in row.raw}
    columns = [column for column in table.columns if column.name in present]

    def cells() -> Iterator[list[Any]]:
        for row in rows:
            bad = {error.column for error in row.errors}
            line: list[Any] = [row.number]
            for column in columns:
                text = row.raw.get(column.name, "")
                line.append(Marked(text) if column.name in bad and text else text)
            line.append(Marked(explanation(table, row)))
            yield line

    heads = [ColumnOut(NUMBER_HEADING, 10)]
    heads += [ColumnOut(column.heading, width_of(column), text=True) for column in columns]
    heads.append(ColumnOut(ERROR_HEADING, 60, text=True))
    return SheetOut("数据", heads, cells())
