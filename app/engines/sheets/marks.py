"""What a scan of a sheet finds beside its values: cells and rows that need a word."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

FORMULA: Final = "formula_no_value"
ERROR: Final = "error_value"
MERGED: Final = "merged"
_CODES: Final = (FORMULA, ERROR)
_ROW_SHIFT: Final = 20

Range = tuple[int, int, int, int]


@dataclass
class Marks:
    """Findings of one sheet; rows count from 1, columns from 0. Filled in any order, read in order.

    ``rows`` counts the rows that hold something, ``last_row`` and ``last_column`` bound them, and
    ``beyond`` names a cell that lies right of the columns allowed.
    """

    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    beyond: str = ""
    hidden: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)
    _cells: array[int] = field(default_factory=lambda: array("Q"))

    def cell(self, row: int, column: int, code: str) -> None:
        """Note a cell whose value must not be used."""
        self._cells.append(row << _ROW_SHIFT | column << 1 | _CODES.index(code))

    def content(self, row: int, last_column: int) -> None:
        """Note a row that holds something, up to ``last_column``."""
        self.rows += 1
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, last_column)

    def reader(self) -> MarkReader:
        """Hand out the findings row by row."""
        return MarkReader(self.hidden, self.merges, sorted(self._cells))


class MarkReader:
    """Findings by rising row number: one step a row instead of a table of all cells."""

    def __init__(self, hidden: set[int], merges: Sequence[Range], cells: Sequence[int]) -> None:
        self.hidden = hidden
        self._merges = sorted(merges, reverse=True)
        self._open: list[Range] = []
        self._cells = cells
        self._next = 0
        self.empty = not merges and not cells

    def at(self, row: int) -> dict[int, str]:
        """Column to code for ``row``; rows must be asked for in rising order."""
        found: dict[int, str] = {}
        while self._merges and self._merges[-1][0] <= row:
            self._open.append(self._merges.pop())
        if self._open:
            self._open = [merge for merge in self._open if merge[2] >= row]
        for top, left, _bottom, right in self._open:
            first = left + 1 if row == top else left
            found.update(dict.fromkeys(range(first, right + 1), MERGED))
        while self._next < len(self._cells) and self._cells[self._next] >> _ROW_SHIFT <= row:
            cell = self._cells[self._next]
            self._next += 1
            if cell >> _ROW_SHIFT == row:
                found[(cell & (1 << _ROW_SHIFT) - 1) >> 1] = _CODES[cell & 1]
        return found
