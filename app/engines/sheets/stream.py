"""Workbooks and text tables written while they are sent: nothing is kept, no seek is needed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from app.engines.sheets import xlsx_parts as parts
from app.engines.sheets.xlsx_scan import column_letters

MAX_ROWS: Final = 1_048_575  # below the heading
_MAX_SHEET_BYTES: Final = 1_900_000_000  # a zip entry without zip64 ends at 2 GiB
_ROWS_A_BLOCK: Final = 500
_LONGEST_TEXT: Final = 32_767
_EPOCH: Final = dt.date(1899, 12, 30).toordinal()
_FIRST_DAY: Final = dt.date(1900, 3, 1)
_ODD: Final = re.compile(
    "[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$|\n|\t"
)
_BANNED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE_LOOKALIKE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_GUARDED: Final = ("'", "=", "+", "-", "@", "\t", "\r", *"＝＋－＠")
_AS_THEY_ARE: Final = frozenset({dt.date, int, type(None)})  # csv.writer writes what we would
_AMOUNT: Final = "{:f}".format
_GUARD: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


class Marked(str):
    """A text that stands out in red: a cell with an error."""

    __slots__ = ()


@dataclass(frozen=True)
class ColumnOut:
    """A column of a sheet to be written. ``text`` keeps a spreadsheet from reading numbers in it."""

    heading: str
    width: int = 14
    text: bool = False


@dataclass(frozen=True)
class SheetOut:
    """A sheet to be written; ``rows`` is walked once, while the file is on its way."""

    title: str
    columns: Sequence[ColumnOut]
    rows: Iterable[Sequence[Any]]
    filtered: bool = True


def info_sheet(pairs: Iterable[tuple[str, str]], title: str = "说明") -> SheetOut:
    """The first page of an export: what it holds, for whom, of when."""
    columns = (ColumnOut("项目", 18, text=True), ColumnOut("内容", 60, text=True))
    return SheetOut(title, columns, list(pairs), filtered=False)


def stream_xlsx(sheets: Iterable[SheetOut]) -> Iterator[bytes]:
    """The workbook in pieces; the first comes before the first row is asked for."""
    sink = _Sink()
    titles: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("_rels/.rels", parts.ROOT_RELATIONS)
        archive.writestr("xl/styles.xml", parts.STYLES)
        yield sink.take()
        for sheet in sheets:
            rows = iter(sheet.rows)
            while True:
                titles.append(_title(sheet.title, titles))
                name = f"xl/worksheets/sheet{len(titles)}.xml"
                page = _Page(sheet, rows)
                with archive.open(name, "w") as part:
                    for block in page.blocks():
                        part.write(block)
                        if sink.size:
                            yield sink.take()
                if page.next_row is None:
                    break
                rows = chain([page.next_row], rows)
        archive.writestr("xl/workbook.xml", parts.workbook(titles))
        archive.writestr("xl/_rels/workbook.xml.rels", parts.workbook_relations(len(titles)))
        archive.writestr("[Content_Types].xml", parts.content_types(len(titles)))
    yield sink.take()


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with BOM; a text that a spreadsheet would take for a formula gets an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([_csv_cell(cell) for cell in header])
    yield buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    for number, row in enumerate(rows, 1):
        writer.writerow(
            [
                # Most cells are texts that look like nothing else, or what the writer knows.
                cell
                if (kind := type(cell)) in _AS_THEY_ARE
                or (kind is str and cell[:1] not in _GUARDED)
                else (_AMOUNT if kind is Decimal else _csv_cell)(cell)
                for cell in row
            ]
        )
        if number % _ROWS_A_BLOCK == 0:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


class _Sink(io.RawIOBase):
    """What the archive writes, until somebody takes it. It cannot seek, so nothing is patched."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._blocks.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        """Everything written since the last time."""
        taken = b"".join(self._blocks)
        self._blocks.clear()
        self.size = 0
        return taken


class _Page:
    """One worksheet part; ``next_row`` is the row that no longer fitted."""

    def __init__(self, sheet: SheetOut, rows: Iterator[Sequence[Any]]) -> None:
        self._sheet = sheet
        self._rows = rows
        self._count = 0
        self._letters = [column_letters(index) for index in range(len(sheet.columns))]
        self._cells = [
            (
                letter,
                f'<c r="{letter}',
                f'" s="{_style(column)}" t="inlineStr"><is><t>',
                _style(column),
            )
            for letter, column in zip(self._letters, sheet.columns, strict=True)
        ]
        self.next_row: Sequence[Any] | None = None

    def blocks(self) -> Iterator[bytes]:
        yield parts.sheet_start([(c.width, c.text) for c in self._sheet.columns]).encode()
        heading = zip(self._letters, (c.heading for c in self._sheet.columns), strict=True)
        cells = "".join(_text_cell(letter, "1", text, parts.HEAD) for letter, text in heading)
        yield f'<row r="1">{cells}</row>'.encode()
        size = 0
        block: list[str] = []
        for row in self._rows:
            if self._count >= MAX_ROWS or size > _MAX_SHEET_BYTES:
                self.next_row = row
                break
            self._count += 1
            block.append(self._row_xml(row))
            if len(block) >= _ROWS_A_BLOCK:
                data = "".join(block).encode()
                size += len(data)
                block.clear()
                yield data
        yield "".join(block).encode()
        last = f"{self._letters[-1]}{self._count + 1}" if self._letters else ""
        yield parts.sheet_end(f"A1:{last}" if self._sheet.filtered and last else "").encode()

    def _row_xml(self, row: Sequence[Any]) -> str:
        number = str(self._count + 1)
        cells = [f'<row r="{number}">']
        add = cells.append
        for (letter, head, text, style), value in zip(self._cells, row, strict=False):
            if value is None or value == "":
                continue
            # Letters and digits alone need no second look: no call for those.
            if type(value) is str and value.isalnum() and len(value) <= _LONGEST_TEXT:
                add(f"{head}{number}{text}{value}</t></is></c>")
            else:
                add(_cell(letter, number, value, style))
        add("</row>")
        return "".join(cells)


def small_file(
    kind: str,
    title: str,
    columns: Sequence[ColumnOut],
    rows: Iterable[Sequence[Any]],
    facts: Iterable[tuple[str, str]],
) -> Iterator[bytes]:
    """One table as ``csv``, or as a workbook whose first page says what it holds."""
    if kind == "csv":
        return stream_csv([one.heading for one in columns], rows)
    return stream_xlsx([info_sheet(facts), SheetOut(title, columns, rows)])


def _style(column: ColumnOut) -> int:
    return parts.TEXT if column.text else parts.PLAIN


def _cell(letter: str, number: str, value: Any, plain: int) -> str:
    """A cell by the kind of its value, the usual kinds first."""
    kind = type(value)
    if kind is str:
        if _ODD.search(value) or len(value) > _LONGEST_TEXT:
            return _text_cell(letter, number, value, plain)
        return f'<c r="{letter}{number}" s="{plain}" t="inlineStr"><is><t>{value}</t></is></c>'
    if kind is Decimal:
        return f'<c r="{letter}{number}" s="{parts.MONEY}"><v>{value:f}</v></c>'
    if kind is dt.date and value >= _FIRST_DAY:
        return f'<c r="{letter}{number}" s="{parts.DAY}"><v>{value.toordinal() - _EPOCH}</v></c>'
    if kind is int and -(10**15) < value < 10**15:
        return f'<c r="{letter}{number}" s="{parts.PLAIN}"><v>{value}</v></c>'
    return _other_cell(letter, number, value, plain)


def _other_cell(letter: str, number: str, value: Any, plain: int) -> str:
    if isinstance(value, Marked):
        return _text_cell(letter, number, str(value), parts.RED)
    if isinstance(value, bool):
        return _text_cell(letter, number, "是" if value else "否", plain)
    if isinstance(value, float):
        return f'<c r="{letter}{number}"><v>{value!r}</v></c>'
    return _text_cell(letter, number, str(value), plain)


def _text_cell(letter: str, number: str, text: str, style: int) -> str:
    """An inline string: whatever it begins with, it never is a formula."""
    if _ODD.search(text):
        text = _ESCAPE_LOOKALIKE.sub("_x005F_", _BANNED.sub("", text))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace("\r", "_x000D_")
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    return (
        f'<c r="{letter}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{text}</t></is></c>'
    )


def _title(wanted: str, taken: list[str]) -> str:
    """A sheet name that spreadsheets accept and that is not there yet."""
    clean = re.sub(r"[\\/*?:\[\]\x00-\x1f]", "-", wanted).strip("'")[:31] or "Sheet"
    name, number = clean, 1
    while name.casefold() in {other.casefold() for other in taken}:
        number += 1
        name = f"{clean[:26]} ({number})"
    return name


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if _GUARD.match(value) else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value
