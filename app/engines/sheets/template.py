"""The import template: a workbook that helps people to fill it in so that it reads back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from app.engines.sheets.guide import allowed, example_of, format_of, guide_rows
from app.engines.sheets.meta import META_SHEET, make_meta, write_meta
from app.engines.sheets.model import Column, Kind, Table
from app.engines.sheets.rows import EXAMPLE
from app.engines.sheets.tabular import TYPED, cell_of, width_of

DATA_SHEET: Final = "数据"
GUIDE_SHEET: Final = "填写说明"
LISTS_SHEET: Final = "字典"
_LAST_ROW: Final = 1_048_576
_FORMATS: Final = {
    Kind.decimal: "0.00",
    Kind.number: "General",
    Kind.integer: "0",
    Kind.date: "yyyy\\-mm\\-dd",
}
_HEAD: Final = PatternFill("solid", fgColor="FFEFF3F8")
_EXAMPLE: Final = Font(italic=True, color="FF667085")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def write_template(  # noqa: PLR0913 - the contract names them all
    fp: IO[bytes],
    table: Table,
    *,
    year: int,
    rows: Iterable[Mapping[str, Any]] = (),
    scope: str = "",
    secret: bytes,
    row_keys: Mapping[str, str | int] | None = None,
) -> None:
    """Write the template, filled with ``rows`` when given.

    ``row_keys`` tells for each key the version of the row at this moment, so that an import can
    see what somebody else changed meanwhile.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    data = book.create_sheet(DATA_SHEET)
    _write_headings(data, table)
    _write_rows(data, table, rows)
    _write_guide(book.create_sheet(GUIDE_SHEET), table)
    _write_lists(book, table)
    _write_validations(data, table)
    meta = make_meta(table, year=year, scope=scope, row_keys=row_keys or {}, secret=secret)
    write_meta(book.create_sheet(META_SHEET), meta)
    book.save(fp)


def _write_headings(sheet: Any, table: Table) -> None:
    for index, column in enumerate(table.columns, 1):
        cell = sheet.cell(1, index, column.heading + ("*" if column.required else ""))
        cell.font = Font(bold=True, color="FFB42318" if column.required else "FF101828")
        cell.fill = _HEAD
        cell.comment = Comment(_hint(column), "ParkDesk", width=320, height=120)
        across = sheet.column_dimensions[get_column_letter(index)]
        across.width = width_of(column)
        across.number_format = _FORMATS.get(column.kind, "@")
    sheet.freeze_panes = "B2"


def _hint(column: Column) -> str:
    must = "必填" if column.required else "选填"
    return "\n".join(filter(None, (f"{must}。{format_of(column)}", allowed(column), column.note)))


def _write_rows(sheet: Any, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    for index, column in enumerate(table.columns, 1):
        text = example_of(column)
        if column.name == table.key:
            text = f"{EXAMPLE} {text}"
        cell = sheet.cell(2, index, text)
        cell.font, cell.data_type, cell.number_format = _EXAMPLE, "s", "@"
    for number, row in enumerate(rows, 3):
        for index, column in enumerate(table.columns, 1):
            value = cell_of(column, row.get(column.name))
            if value is None or value == "":
                continue
            cell = sheet.cell(number, index, value)
            cell.number_format = _FORMATS.get(column.kind, "@")
            if column.kind not in TYPED:
                cell.data_type = "s"  # what begins with = stays a text


def _write_guide(sheet: Any, table: Table) -> None:
    for row in guide_rows(table):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment, cell.data_type, cell.number_format = _WRAPPED, "s", "@"
    for letter, width in zip("ABCDEFG", (20, 30, 8, 36, 40, 26, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _write_lists(book: Workbook, table: Table) -> None:
    """Entries of choices in columns of a hidden sheet, each under a name of its own."""
    sheet = book.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    index = 0
    for column in table.columns:
        options = _listed(column)
        if not options:
            continue
        index += 1
        sheet.cell(1, index, column.heading)
        for number, option in enumerate(options, 2):
            cell = sheet.cell(number, index, option)
            cell.data_type, cell.number_format = "s", "@"
        letter = get_column_letter(index)
        area = f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(options) + 1}"
        book.defined_names[_list_name(column)] = DefinedName(_list_name(column), attr_text=area)


def _listed(column: Column) -> tuple[str, ...]:
    return ("是", "否") if column.kind is Kind.boolean else column.options


def _list_name(column: Column) -> str:
    return f"list_{column.name}"


def _write_validations(sheet: Any, table: Table) -> None:
    """Lists and prompts over whole columns: rows that are added later are helped as well."""
    for index, column in enumerate(table.columns, 1):
        validation = _validation(column)
        if validation is None:
            continue
        letter = get_column_letter(index)
        validation.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(validation)


def _validation(column: Column) -> DataValidation | None:
    if column.kind in (Kind.choice, Kind.boolean):
        rule = DataValidation(
            type="list", formula1=f"={_list_name(column)}", allow_blank=not column.required
        )
        rule.showErrorMessage = True
        rule.errorTitle, rule.error = column.heading[:32], "请从列表中选择"
        return rule
    if column.kind in (Kind.multi_choice, Kind.date, Kind.uscc, Kind.phone):
        # A strict list would refuse several choices in one cell; here a prompt must do.
        rule = DataValidation(allow_blank=True)
        rule.showInputMessage = True
        rule.promptTitle = column.heading[:32]
        rule.prompt = "\n".join(filter(None, (format_of(column), allowed(column))))[:255]
        return rule
    return None
