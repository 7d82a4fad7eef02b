"""What a scan of a sheet finds beside its values: cells and rows that need a word."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import accumulate
from typing import Final

from app.engines.sheets.model import FileRefused

FORMULA: Final = "formula_no_value"
ERROR: Final = "error_value"
MERGED: Final = "merged"
_CODES: Final = (FORMULA, ERROR)
_ROW_SHIFT: Final = 20
# More of them stand in no table that people made, and each costs memory and time.
_MOST_COVERED: Final = 500_000
_MOST_CELLS: Final = 2_000_000

Range = tuple[int, int, int, int]


@dataclass
class Marks:
    """Findings of one sheet; rows count from 1, columns from 0. Filled in any order, read in order.

    ``rows`` counts the rows that hold something, ``last_row`` and ``last_column`` bound them, and
    ``beyond`` names a cell that lies right of the columns allowed, ``columns`` many.
    """

    columns: int
    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    beyond: str = ""
    hidden: set[int] = field(default_factory=set)
    _covered: list[Range] = field(default_factory=list)
    _cells: array[int] = field(default_factory=lambda: array("Q"))

    def cell(self, row: int, column: int, code: str) -> None:
        """Note a cell whose value must not be used."""
        if len(self._cells) >= _MOST_CELLS:
            raise FileRefused("too_many_marks")
        self._cells.append(row << _ROW_SHIFT | column << 1 | _CODES.index(code))

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note a merge: all of its cells but the first are covered."""
        self.covered(top, left + 1, top, right)
        self.covered(top + 1, left, bottom, right)

    def covered(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note cells that a merge covers; what lies right of all columns that are read is not."""
        right = min(right, self.columns - 1)
        if top > bottom or left > right:
            return
        if len(self._covered) >= _MOST_COVERED:
            raise FileRefused("too_many_marks")
        self._covered.append((top, left, bottom, right))

    def content(self, row: int, last_column: int) -> None:
        """Note a row that holds something, up to ``last_column``."""
        self.rows += 1
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, last_column)

    def reader(self) -> MarkReader:
        """Hand out the findings row by row."""
        return MarkReader(self.hidden, self._covered, sorted(self._cells))


class MarkReader:
    """Findings by rising row number: one step a row instead of a table of all cells."""

    def __init__(self, hidden: set[int], covered: Sequence[Range], cells: Sequence[int]) -> None:
        self.hidden = hidden
        self._waiting = sorted(covered, reverse=True)
        self._open: list[tuple[int, int, int]] = []  # by their last row
        # How many more ranges cover a column than the one left of it: what a merge costs does not
        # depend on how many others lie over it.
        self._steps = [0] * (max((right for *_, right in covered), default=-1) + 2)
        self._merged: dict[int, str] = {}
        self._cells = cells
        self._next = 0
        self.empty = not covered and not cells

    def at(self, row: int) -> dict[int, str]:
        """Column to code for ``row``, to be read only; rows are asked for in rising order."""
        if self._opened(row) | self._closed(row):
            depths = accumulate(self._steps)
            self._merged = {column: MERGED for column, depth in enumerate(depths) if depth}
        found: dict[int, str] = {}
        while self._next < len(self._cells) and self._cells[self._next] >> _ROW_SHIFT <= row:
            cell = self._cells[self._next]
            self._next += 1
            if cell >> _ROW_SHIFT == row:
                found[(cell & (1 << _ROW_SHIFT) - 1) >> 1] = _CODES[cell & 1]
        return self._merged | found if found else self._merged

    def _opened(self, row: int) -> bool:
        """Whether ranges begin at ``row``, or began since the row before it."""
        changed = False
        while self._waiting and self._waiting[-1][0] <= row:
            _top, left, bottom, right = self._waiting.pop()
            heappush(self._open, (bottom, left, right))
            self._steps[left] += 1
            self._steps[right + 1] -= 1
            changed = True
        return changed

    def _closed(self, row: int) -> bool:
        """Whether ranges ended since the row before ``row``."""
        changed = False
        while self._open and self._open[0][0] < row:
            _bottom, left, right = heappop(self._open)
            self._steps[left] -= 1
            self._steps[right + 1] += 1
            changed = True
        return changed
