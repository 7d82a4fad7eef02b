"""A scan of an OpenDocument spreadsheet: reach of the cells, repeats, and cells without a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

from app.engines.sheets.marks import ERROR, FORMULA, Marks
from app.engines.sheets.model import FileRefused

_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CELL: Final = _TABLE + "table-cell"
_COVERED: Final = _TABLE + "covered-table-cell"
_CELLS: Final = (_CELL, _COVERED)
_MAX_ROW: Final = 1 << 20
_MAX_REPEAT: Final = 1 << 24


class OdsScan:
    """Findings by table name; rows and cells that stand for many are counted as many."""

    def __init__(self, max_columns: int) -> None:
        self._max_columns = max_columns
        self.tables: dict[str, Marks] = {}
        self._marks = Marks(max_columns)
        self._row = self._column = 0
        self._row_repeat = 1
        self._last = -1
        self._pending: list[tuple[int, str]] = []
        self._covered: list[tuple[int, int]] = []
        self._odd: tuple[int, int] | None = None
        self._hidden = False

    def run(self, chunks: Iterable[bytes]) -> dict[str, Marks]:
        """Read the content part to its end."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileRefused("damaged", part="content.xml") from error
        return self.tables

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._cell(name, attributes)
        elif name == _TEXT + "p":
            self._text_inside()
        elif name == _TABLE + "table-row":
            self._row_repeat = _repeat(attributes, "number-rows-repeated")
            self._hidden = attributes.get(_TABLE + "visibility", "visible") != "visible"
            self._column, self._last, self._pending, self._covered = 0, -1, [], []
        elif name == _TABLE + "table":
            self._marks = Marks(self._max_columns)
            self.tables[attributes.get(_TABLE + "name", "")] = self._marks
            self._row = 0

    def _cell(self, name: str, attributes: dict[str, str]) -> None:
        repeat = _repeat(attributes, "number-columns-repeated")
        first = self._column
        self._column += repeat
        self._odd = (first, repeat)
        if name == _COVERED:
            self._covered.append((first, self._column - 1))
            return
        if _OFFICE + "value-type" in attributes or _TABLE + "formula" in attributes:
            self._last = max(self._last, first + repeat - 1)
        if attributes.get(_CALC + "value-type") == "error":
            self._pending.append((first, ERROR))
        elif _TABLE + "formula" in attributes and _OFFICE + "value-type" not in attributes:
            self._pending.append((first, FORMULA))

    def _text_inside(self) -> None:
        """A paragraph makes a cell real even where its type is not told."""
        if self._odd is not None:
            self._last = max(self._last, self._odd[0] + self._odd[1] - 1)

    def _end(self, name: str) -> None:
        if name in _CELLS:
            self._odd = None
        elif name == _TABLE + "table-row":
            self._close_row()

    def _close_row(self) -> None:
        first = self._row + 1
        self._row += self._row_repeat
        if self._last < 0:
            return
        if self._row > _MAX_ROW:
            raise FileRefused("too_many_rows", limit=_MAX_ROW)
        if self._last >= self._max_columns and not self._marks.beyond:
            self._marks.beyond = f"{first}:{self._last + 1}"
        for row in range(first, self._row + 1):
            self._marks.content(row, self._last)
            if self._hidden:
                self._marks.hidden.add(row)
            for column, code in self._pending:
                self._marks.cell(row, column, code)
        for left, right in self._covered:
            self._marks.covered(first, left, self._row, right)


def _repeat(attributes: dict[str, str], name: str) -> int:
    try:
        count = int(attributes.get(_TABLE + name, "1"))
    except ValueError:
        raise FileRefused("damaged", part="content.xml") from None
    if not 1 <= count <= _MAX_REPEAT:
        raise FileRefused("damaged", part="content.xml")
    return count
