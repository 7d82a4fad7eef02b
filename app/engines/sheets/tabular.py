"""From a declared table to what the writers take: widths, formats, and cells in their own types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from app.engines.sheets.model import Column, Kind, Table
from app.engines.sheets.stream import ColumnOut
from app.engines.sheets.values import format_value

# Numbers and days keep their own type in a workbook; all else is text and must stay as typed.
TYPED: Final = frozenset({Kind.decimal, Kind.number, Kind.integer, Kind.date})
_WIDTHS: Final = {Kind.uscc: 22, Kind.phone: 16, Kind.email: 26, Kind.date: 12, Kind.boolean: 10}


def width_of(column: Column) -> int:
    """A width in which heading and usual contents can be read."""
    usual = _WIDTHS.get(column.kind, 14)
    if column.kind is Kind.text and (column.max_length or 0) >= 100:
        usual = 32
    return max(usual, 2 * len(column.heading) + 3)


def columns_out(table: Table) -> tuple[ColumnOut, ...]:
    """The table's columns for ``SheetOut``."""
    return tuple(
        ColumnOut(column.heading, width_of(column), text=column.kind not in TYPED)
        for column in table.columns
    )


def cell_of(column: Column, value: Any) -> Any:
    """A value as a workbook or text file holds it: number, day, text or nothing."""
    if value is None or column.kind in TYPED:
        return value
    return format_value(column, value)


def rows_out(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """Mappings of field name to value as rows of cells, in the order of the table."""
    columns = table.columns
    for row in rows:
        yield [cell_of(column, row.get(column.name)) for column in columns]
