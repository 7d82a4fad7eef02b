"""The workbook of a filing, written: a sheet for each section. Only this loads openpyxl."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from app.engines.sheets import write_meta
from app.features.assessments.rules.workbook import HEADINGS, NO, YES
from app.features.assessments.sheets.lines import (
    BEFORE,
    KEY,
    NAME,
    PAPERS,
    PART,
    REASON,
    RULE,
    SOURCE,
    UNIT,
    VALUE,
    Line,
)

_WIDTHS: Final = (2, 30, 22, 8, 20, 36, 18, 34, 46, 30)
_HEAD: Final = PatternFill("solid", fgColor="FFEFF3F8")
_LOCKED: Final = PatternFill("solid", fgColor="FFF2F4F7")
_OPEN: Final = PatternFill("solid", fgColor="FFFFFBEB")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_DIGITS: Final = 15
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write(
    out: IO[bytes],
    parts: Iterable[tuple[str, list[Line]]],
    notes: Iterable[tuple[str, str]],
    meta: Mapping[str, Any],
) -> None:
    """Sections with their lines, a sheet of notes, and the hidden proof."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in parts:
        _sheet(book.create_sheet(_title(title)), lines)
    _notes(book.create_sheet("填写说明"), notes)
    write_meta(book.create_sheet("_meta"), meta)
    book.save(out)


def _title(text: str) -> str:
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in text)[:31]


def _sheet(sheet: Any, lines: list[Line]) -> None:
    for index, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True), 1):
        cell = sheet.cell(1, index, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "C2"
    for number, line in enumerate(lines, 2):
        _line(sheet, number, line)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _line(sheet: Any, number: int, line: Line) -> None:
    texts = {KEY: line.key, NAME: line.name, PART: line.part, UNIT: line.unit,
             BEFORE: line.before, SOURCE: line.source, RULE: line.rule, PAPERS: line.papers,
             REASON: line.reason}  # fmt: skip
    for column, text in texts.items():
        cell = sheet.cell(number, column, text or None)
        cell.data_type, cell.number_format, cell.alignment = "s" if text else "n", "@", _WRAPPED
    cell = sheet.cell(number, VALUE)
    _put(cell, line)
    cell.fill = _OPEN if line.open else _LOCKED
    cell.protection = Protection(locked=not line.open)
    if line.open and line.first:
        sheet.cell(number, REASON).protection = Protection(locked=False)
    rule = _validation(line) if line.open else None
    if rule is not None:
        rule.add(cell.coordinate)
        sheet.add_data_validation(rule)


def _put(cell: Any, line: Line) -> None:
    """A number stays a number as long as a spreadsheet keeps all its digits."""
    digits = sum(sign.isdigit() for sign in line.value)
    cell.alignment = _WRAPPED
    if line.kind == "number" and digits <= _DIGITS and _NUMBER.fullmatch(line.value):
        cell.value = Decimal(line.value)
        cell.number_format = "General"
        return
    cell.value = line.value or None
    cell.number_format = "General" if line.kind == "number" else "@"
    if line.value:
        cell.data_type = "s"


def _validation(line: Line) -> DataValidation | None:
    options = (YES, NO) if line.kind == "yes" else line.options
    if line.kind in ("yes", "choice") and sum(map(len, options)) + len(options) < 250:
        rule = DataValidation(type="list", formula1=f'"{",".join(options)}"', allow_blank=True)
        rule.error = "请从列表中选择"
    elif line.kind == "number" and line.least is not None:
        between = line.most is not None
        rule = DataValidation(
            type="decimal",
            operator="between" if between else "greaterThanOrEqual",
            formula1=f"{line.least:f}",
            formula2=f"{line.most:f}" if line.most is not None else None,
            allow_blank=True,
        )
        rule.error = (
            f"{line.least:f} - {line.most:f}" if line.most is not None else f">= {line.least:f}"
        )
    else:
        return None
    rule.showErrorMessage, rule.errorTitle = True, line.name[:32]
    return rule


def _notes(sheet: Any, notes: Iterable[tuple[str, str]]) -> None:
    for number, (label, text) in enumerate(notes, 1):
        head, body = sheet.cell(number, 1, label), sheet.cell(number, 2, text)
        head.font, body.alignment = Font(bold=True), _WRAPPED
        head.data_type = body.data_type = "s"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100
    sheet.protection.sheet = True
