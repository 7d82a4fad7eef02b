"""Row by row: from cells to values, errors and warnings, in the form that travels to the parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from app.core import uscc
from app.engines.sheets.headings import HeadingRow
from app.engines.sheets.marks import MarkReader
from app.engines.sheets.model import FileRefused, Kind, Table, ValueRefused
from app.engines.sheets.nfkc import nfkc
from app.engines.sheets.values import WHITE, Parser, Rules, Wire, as_typed, compiled, is_blank

EXAMPLE: Final = "示例"
_EXAMPLE_SIGNS: Final = 100
_LONGEST_RAW: Final = 32_767

# column, code, parameters, what stood in the cell
WireError = tuple[str | None, str, dict[str, Any], str]
# number, values, errors, warnings, all cells of a bad row
WireRow = tuple[int, dict[str, Wire], list[WireError], list[WireError], dict[str, str]]
Cells = Sequence[object]


class RowReader:
    """The rules of one file: compiled once, applied to every row below the headings."""

    def __init__(
        self,
        table: Table,
        headings: HeadingRow,
        *,
        rules: Rules,
        marks: MarkReader,
        max_rows: int,
    ) -> None:
        columns = table.by_name()
        self._headings = headings
        self._marks = marks
        self._width = len(headings.columns) if rules.from_csv else 0
        self._max_rows = max_rows
        self._first_seen: dict[str, int] = {}
        self._cells: list[tuple[int, str, Parser]] = [
            (
                index,
                name,
                compiled(columns[name], rules),
            )
            for index, name in enumerate(headings.columns)
            if name is not None
        ]
        self._key = table.key
        self._key_index = headings.columns.index(table.key)
        self._key_is_code = columns[table.key].kind is Kind.uscc
        self._customs = [c.name for c in table.columns if c.kind is Kind.customs_code]
        self.count = 0
        self.examples = 0

    def read(self, rows: Iterable[tuple[int, Cells]]) -> Iterator[WireRow]:
        """The rows that count: not blank ones, not examples."""
        for number, cells in rows:
            if number <= self._headings.number:
                continue
            marks = {} if self._marks.empty else self._marks.at(number)
            if self._is_blank(cells) and not any(code != "merged" for code in marks.values()):
                continue
            if self._is_example(cells):
                self.examples += 1
                continue
            self.count += 1
            if self.count > self._max_rows:
                raise FileRefused("too_many_rows", limit=self._max_rows)
            yield self._row(number, cells, marks)

    def _is_blank(self, cells: Cells) -> bool:
        if self._key_index < len(cells) and not is_blank(cells[self._key_index]):
            return False
        return all(is_blank(cell) for cell in cells)

    def _is_example(self, cells: Cells) -> bool:
        key = cells[self._key_index] if self._key_index < len(cells) else ""
        if isinstance(key, str) and EXAMPLE in key and _begins_as_example(key):
            return True
        named = len(self._headings.columns)
        if len(cells) <= named and not self._headings.unnamed:
            return False
        return any(
            isinstance(cells[index], str) and _begins_as_example(str(cells[index]))
            for index in (*self._headings.unnamed, *range(named, len(cells)))
            if index < len(cells)
        )

    def _row(self, number: int, cells: Cells, marks: dict[int, str]) -> WireRow:
        if self._width and len(cells) != self._width:
            params = {"expected": self._width, "found": len(cells)}
            wrong: WireError = (None, "cell_count", params, "")
            return number, {}, [wrong], [], self._as_typed(cells)
        values: dict[str, Wire] = {}
        errors: list[WireError] = []
        width = len(cells)
        for index, name, parse in self._cells:
            raw = cells[index] if index < width else None
            try:
                if index in marks:
                    errors.append((name, marks[index], {}, as_typed(raw)[:_LONGEST_RAW]))
                else:
                    values[name] = parse(raw)
            except ValueRefused as refused:
                typed = as_typed(raw)[:_LONGEST_RAW]
                errors.append((name, refused.code, refused.params, typed))
        warnings: list[WireError] = []
        self._look_at_key(number, values, errors, warnings)
        self._look_at_rest(number, values, warnings)
        return number, values, errors, warnings, self._as_typed(cells) if errors else {}

    def _look_at_key(
        self,
        number: int,
        values: dict[str, Wire],
        errors: list[WireError],
        warnings: list[WireError],
    ) -> None:
        code = values.get(self._key)
        if not isinstance(code, str):
            return
        first = self._first_seen.setdefault(code, number)
        if first != number:
            errors.append((self._key, "duplicate", {"first": first}, code))
        if self._key_is_code and uscc.organisation_fault(code):
            warnings.append((self._key, "organisation_code", {}, code))

    def _look_at_rest(
        self, number: int, values: dict[str, Wire], warnings: list[WireError]
    ) -> None:
        if number in self._marks.hidden:
            warnings.append((None, "hidden_row", {}, ""))
        for name in self._customs:
            code = values.get(name)
            if isinstance(code, str) and not code.isdigit():
                warnings.append((name, "customs_letters", {}, code))

    def _as_typed(self, cells: Cells) -> dict[str, str]:
        return {
            name: as_typed(cells[index])[:_LONGEST_RAW]
            for index, name, _ in self._cells
            if index < len(cells)
        }


def _begins_as_example(text: str) -> bool:
    return nfkc(text[:_EXAMPLE_SIGNS]).strip(WHITE).startswith(EXAMPLE)
