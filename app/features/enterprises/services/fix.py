"""Mending a plan in the page: one cell, or the same wrong value in all rows; ticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import sheets
from app.engines.sheets.model import CellError, Row, ValueRefused
from app.engines.sheets.values import with_word
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.rules import BY_NAME, TABLE
from app.features.enterprises.services import bulk
from app.features.enterprises.services.comparing import (
    classify,
    ground_of,
    plan_changed,
    sliced,
    wire_row_in,
)
from app.features.enterprises.services.staged import to_wire

#: What ``classify`` finds anew each time.
ASKED_AGAIN = frozenset({"column_absent", "retired"})


class CellEdit(Struct, frozen=True):
    """What a person typed over a wrong cell, or over one wrong ``word`` of a cell of several."""

    column: str
    value: str
    word: str = ""

    def over(self, text: str) -> str:
        """The cell's text after the edit."""
        return with_word(text, self.word, self.value) if self.word else self.value

    def is_meant(self, row: ImportRow, typed: str) -> bool:
        """Whether another row has the same wrong word, or the same wrong text as ``typed``."""
        wrong = [error for error in row.errors or () if error["column"] == self.column]
        if self.word:
            return any(error["params"].get("part") == self.word for error in wrong)
        return bool(wrong) and (row.raw or {}).get(self.column, "") == typed


def _planned(import_id: int) -> EnterpriseImport:
    found = queries.locked_import(import_id)
    if found.state != "planned":
        raise Refusal("not_planned")
    refuse_if(policy.busy(queries.unfinished_job(found)))
    return found


def tick(import_id: int, numbers: Sequence[int] | None, *, on: bool) -> None:
    """Tick or untick rows of a plan; ``None`` = every row that can be imported.

    Rows that somebody changed since the template was saved are ticked one by one only.
    """
    found = _planned(import_id)
    bulk.tick(found, numbers, on=on)
    plan_changed(found)


def fix(
    actor: Actor, import_id: int, number: int, cell: CellEdit, *, same: bool, today: date
) -> int:
    """Replace what stands in a cell and check the row again; returns how many rows were mended.

    ``same``: also every other row where the same text stands in the same column with an error.
    A value that cannot be read either stays an error, with its own words. Never for the key: one
    code typed into many rows would only make duplicates of them.
    """
    column = cell.column
    if column not in BY_NAME:
        raise Refusal("not_planned")
    found = _planned(import_id)
    first = queries.plan_row(import_id, number)
    if not any(error["column"] == column for error in first.errors or ()):
        raise Refusal("cell_not_wrong")  # mended already, or never wrong: a plan is no form
    typed = (first.raw or {}).get(column, "")
    rows = [first]
    if same and column != TABLE.key:
        others = queries.error_rows(import_id)
        rows += [row for row in others if row.number != number and cell.is_meant(row, typed)]
    ground = ground_of(actor, found)
    table, accepted = queries.table_for_reading().by_name(), queries.readable_codes()

    def parsed(text: str) -> Any:
        return sheets.parse_value(table[column], text, today=today, accepted_codes=accepted)

    for some in sliced(rows):
        mended = [_mended(row, cell, import_id, parsed) for row in some]
        for row, staged in zip(some, classify(mended, ground), strict=True):
            for name, new in staged.items():
                setattr(row, name, new)
    db.session.flush()
    plan_changed(found)
    return sum(row.kind != "error" for row in rows)


def _mended(row: ImportRow, cell: CellEdit, import_id: int, parsed: Callable[[str], Any]) -> Row:
    """The row as read, with one cell typed anew; other cells keep their errors."""
    column = cell.column
    old = wire_row_in(row)
    value = cell.over(old.raw.get(column, ""))
    values = {**old.values}
    errors = [one for one in old.errors if one.column != column and one.code not in ASKED_AGAIN]
    try:
        values[column] = to_wire(parsed(value))
    except ValueRefused as refused:
        values.pop(column, None)
        errors.append(CellError(column, refused.code, dict(refused.params), value))
    if column == TABLE.key and column in values:
        twin = queries.row_with_code(import_id, str(values[column]), but=row.number)
        if twin is not None:
            errors.append(CellError(column, "duplicate", {"first": twin}, value))
    raw = {**old.raw, column: value}
    return Row(row.number, values, raw=raw, errors=tuple(errors), warnings=old.warnings)
