"""Mending a plan in the page: one cell, or the same wrong value in all rows; ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import sheets
from app.engines.sheets.model import CellError, Row, ValueRefused
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.rules import BY_NAME, TABLE
from app.features.enterprises.services import bulk
from app.features.enterprises.services.plan import classify, ground_of, wire_row_in
from app.features.enterprises.services.staged import to_wire

#: What ``classify`` finds anew each time.
ASKED_AGAIN = frozenset({"column_absent", "retired"})


@dataclass(frozen=True)
class CellEdit:
    """What a person typed over a wrong cell."""

    column: str
    value: str


def _planned(import_id: int) -> EnterpriseImport:
    found = queries.locked_import(import_id)
    if found.state != "planned":
        raise Refusal("not_planned")
    refuse_if(policy.busy(queries.unfinished_job(found)))
    return found


def tick(import_id: int, numbers: Sequence[int] | None, *, on: bool) -> None:
    """Tick or untick rows of a plan; ``None`` = every row that can be imported."""
    found = _planned(import_id)
    bulk.tick(found, numbers, on=on)
    found.counts = queries.row_counts(import_id)
    db.session.flush()


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
    typed = (first.raw or {}).get(column, "")
    rows = [first]
    if same and column != TABLE.key:
        rows += [
            row
            for row in queries.error_rows(import_id)
            if row.number != number
            and (row.raw or {}).get(column, "") == typed
            and any(error["column"] == column for error in row.errors or ())
        ]
    ground = ground_of(actor, found)
    mended = [_mended(row, cell, import_id, today) for row in rows]
    for row, staged in zip(rows, classify(mended, ground), strict=True):
        for name, new in staged.items():
            setattr(row, name, new)
    db.session.flush()
    found.counts = queries.row_counts(import_id)
    db.session.flush()
    return sum(row.kind != "error" for row in rows)


def _mended(row: ImportRow, cell: CellEdit, import_id: int, today: date) -> Row:
    """The row as read, with one cell typed anew; other cells keep their errors."""
    column, value = cell.column, cell.value
    old = wire_row_in(row)
    values = {**old.values}
    errors = [one for one in old.errors if one.column != column and one.code not in ASKED_AGAIN]
    table = queries.table_for_reading().by_name()
    try:
        values[column] = to_wire(
            sheets.parse_value(
                table[column], value, today=today, accepted_codes=queries.accepted_codes()
            )
        )
    except ValueRefused as refused:
        values.pop(column, None)
        errors.append(CellError(column, refused.code, dict(refused.params), value))
    if column == TABLE.key and column in values:
        twin = queries.row_with_code(import_id, str(values[column]), but=row.number)
        if twin is not None:
            errors.append(CellError(column, "duplicate", {"first": twin}, value))
    raw = {**old.raw, column: value}
    warnings = tuple(one for one in old.warnings if one.code != "code_in_bin")
    return Row(row.number, values, raw=raw, errors=tuple(errors), warnings=warnings)
