"""Tables as files: templates, reading row by row, streamed writing, workbooks of errors.

Declare a ``Table`` once; template, import, form and export follow from it. This module stays light:
the reading child imports it too, so whatever needs openpyxl, tablib or translations comes on demand.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.engines.sheets.model import (
    CellError,
    Column,
    FileRefused,
    Kind,
    Limits,
    Row,
    Table,
    TakesTooLongError,
    ValueRefused,
)
from app.engines.sheets.values import format_value, parse_value

if TYPE_CHECKING:
    from app.engines.sheets.exchange import register_tablib_formats
    from app.engines.sheets.labels import message
    from app.engines.sheets.meta import make_meta, verify_meta, write_meta
    from app.engines.sheets.mistakes import write_error_workbook
    from app.engines.sheets.reading import Reading, read, read_grid
    from app.engines.sheets.stream import (
        ColumnOut,
        Marked,
        SheetOut,
        info_sheet,
        small_file,
        stream_csv,
        stream_xlsx,
    )
    from app.engines.sheets.tabular import cell_of, columns_out, rows_out
    from app.engines.sheets.template import write_template

_ON_DEMAND = {
    "register_tablib_formats": "exchange",
    "message": "labels",
    "make_meta": "meta",
    "verify_meta": "meta",
    "write_meta": "meta",
    "write_error_workbook": "mistakes",
    "Reading": "reading",
    "read": "reading",
    "read_grid": "reading",
    "ColumnOut": "stream",
    "Marked": "stream",
    "SheetOut": "stream",
    "info_sheet": "stream",
    "small_file": "stream",
    "stream_csv": "stream",
    "stream_xlsx": "stream",
    "cell_of": "tabular",
    "columns_out": "tabular",
    "rows_out": "tabular",
    "write_template": "template",
}

__all__ = [
    "CellError",
    "Column",
    "ColumnOut",
    "FileRefused",
    "Kind",
    "Limits",
    "Marked",
    "Reading",
    "Row",
    "SheetOut",
    "Table",
    "TakesTooLongError",
    "ValueRefused",
    "cell_of",
    "columns_out",
    "format_value",
    "info_sheet",
    "make_meta",
    "message",
    "parse_value",
    "read",
    "read_grid",
    "register_tablib_formats",
    "rows_out",
    "small_file",
    "stream_csv",
    "stream_xlsx",
    "verify_meta",
    "write_error_workbook",
    "write_meta",
    "write_template",
]


def __getattr__(name: str) -> Any:
    """The rest of the public face, imported when first used."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
