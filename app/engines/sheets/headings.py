"""Which row of a sheet holds the headings, and which column of the table each cell stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.engines.sheets.model import FileRefused, Table
from app.engines.sheets.nfkc import nfkc
from app.engines.sheets.values import as_typed, is_blank

HEADING_ROWS: Final = 20
ERROR_HEADING: Final = "错误说明"
NUMBER_HEADING: Final = "原行号"
# Our own error workbook comes back with these; nobody needs a warning about them.
_OURS: Final = frozenset({ERROR_HEADING, NUMBER_HEADING})
_NOISE: Final = re.compile(r"[\s*\u200b\ufeff]|\(必填\)|\[必填\]")


@dataclass(frozen=True)
class HeadingRow:
    """``columns`` gives, for each cell of the row, the field name or ``None``."""

    number: int
    columns: tuple[str | None, ...]
    ignored: tuple[str, ...]
    unnamed: tuple[int, ...]

    @property
    def present(self) -> tuple[str, ...]:
        """Field names that the file has, in its order."""
        return tuple(name for name in self.columns if name is not None)


def normalised(heading: str) -> str:
    """A heading without what people add to it: width, case, spaces, line breaks, ``*``, （必填）."""
    return _NOISE.sub("", nfkc(heading)).casefold()


def known_headings(table: Table) -> dict[str, str]:
    """Normalised heading, alias or field name to field name."""
    return {
        normalised(word): column.name
        for column in table.columns
        for word in (column.name, *column.aliases, column.heading)
    }


def find(rows: Sequence[tuple[int, Sequence[object]]], table: Table) -> HeadingRow | None:
    """The heading row among the first rows of a sheet: the one that names most columns.

    One name alone makes a heading row only when nothing else stands in the row: a page of
    explanations names columns too.
    """
    known = known_headings(table)
    best: HeadingRow | None = None
    for number, cells in rows:
        if number > HEADING_ROWS:
            break
        row = _as_headings(number, cells, known)
        named = len(set(row.present))
        enough = named > 1 or (named == 1 and not row.ignored)
        if enough and (best is None or named > len(set(best.present))):
            best = row
    return best


def check(row: HeadingRow, table: Table) -> None:
    """Refuse a heading row that cannot be read in one way."""
    seen: set[str] = set()
    headings = {column.name: column.heading for column in table.columns}
    for name in row.present:
        if name in seen:
            raise FileRefused("heading_twice", heading=headings[name])
        seen.add(name)
    if table.key not in seen:
        raise FileRefused("no_key_column", heading=headings[table.key])


def _as_headings(number: int, cells: Sequence[object], known: dict[str, str]) -> HeadingRow:
    names: list[str | None] = []
    ignored: list[str] = []
    unnamed: list[int] = []
    for index, cell in enumerate(cells):
        text = "" if is_blank(cell) else as_typed(cell)
        name = known.get(normalised(text)) if text else None
        names.append(name)
        if not text:
            unnamed.append(index)
        elif name is None and text.strip() not in _OURS:
            ignored.append(" ".join(text.split())[:60])
    return HeadingRow(number, tuple(names), tuple(ignored), tuple(unnamed))
