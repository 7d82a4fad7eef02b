"""Mending a plan in the page: one cell, or the same wrong value in all rows; ticks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
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
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.rules import BY_NAME, TABLE
from app.features.enterprises.services import bulk
from app.features.enterprises.services.comparing import (
    CHUNK,
    Ground,
    classify,
    ground_of,
    plan_changed,
    wire_row_in,
)
from app.features.enterprises.services.staged import to_wire

#: What ``classify`` finds anew each time.
ASKED_AGAIN = frozenset({"column_absent", "retired"})
#: In ``EnterpriseImport.result``: what a job is mending.
NOTE = "mending"
Staged = tuple[int, Mapping[str, Any]]


class Work(Struct, frozen=True):
    """The job that mends: what makes a short transaction of its own, and whom it tells how far it is."""

    job_id: int
    unit: Callable[[], AbstractContextManager[Any]]
    progress: Callable[[int, int], None]
    today: date


class CellEdit(Struct, frozen=True):
    """What a person typed over a wrong cell, or over one wrong ``word`` of a cell of several."""

    column: str
    value: str
    word: str = ""

    def over(self, text: str) -> str:
        """The cell's text after the edit."""
        return with_word(text, self.word, self.value) if self.word else self.value

    def is_meant(self, row: Any, typed: str) -> bool:
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
    found = _planned(import_id)
    first = _wrong_row(import_id, number, cell.column)
    mender = _mender(actor, found, cell, (first.raw or {}).get(cell.column, ""), today)
    mended = mender.put(found, mender.checked([first]))
    if same and cell.column != TABLE.key:
        for rows in _chunks(import_id, cell.column):
            others = [row for row in rows if row.number != number]
            mended += mender.put(found, mender.checked(others, meant=True))
    plan_changed(found)
    return mended


def rows_to_look_at(import_id: int, column: str, *, more_than: int) -> int:
    """How many rows ``fix`` looks at for the same mistake; 0 as long as they are not ``more_than``."""
    if column == TABLE.key or queries.get_import(import_id).counts.get("error", 0) <= more_than:
        return 0
    number = queries.number_wrong(import_id, column)
    return number if number > more_than else 0


def _wrong_row(import_id: int, number: int, column: str) -> Any:
    if column not in BY_NAME:
        raise Refusal("not_planned")
    queries.plan_row(import_id, number)  # there is such a row at all
    found = queries.wrong_rows(import_id, after=-1, limit=1, number=number)
    if not found or not any(error["column"] == column for error in found[0].errors):
        raise Refusal("cell_not_wrong")  # mended already, or never wrong: a plan is no form
    return found[0]


def _chunks(import_id: int, column: str) -> Iterator[list[Any]]:
    """Rows with an error in the column, so many at a time: a plan may have 200,000 of them."""
    last = -1
    while rows := queries.wrong_rows(import_id, after=last, limit=CHUNK, column=column):
        last = rows[-1].number
        yield rows


class Mender(Struct, frozen=True):
    """What one edit makes of rows. ``typed``: what stood in the cell that was pointed at."""

    import_id: int
    cell: CellEdit
    typed: str
    ground: Ground
    parsed: Callable[[str], Any]

    def checked(self, rows: Sequence[Any], *, meant: bool = False) -> list[Staged]:
        """Rows as they are after the edit; ``meant``: only those with the same mistake."""
        if meant:
            rows = [row for row in rows if self.cell.is_meant(row, self.typed)]
        mended = [_mended(row, self.cell, self.import_id, self.parsed) for row in rows]
        made = classify(mended, self.ground) if mended else []
        return [(row.id, staged) for row, staged in zip(rows, made, strict=True)]

    def put(self, found: EnterpriseImport, rows: Sequence[Staged]) -> int:
        """Write them, with the plan's counts; how many are without an error now."""
        bulk.restage(found, rows)
        counts = Counter(found.counts)
        for _key, row in rows:
            counts["error"] -= 1
            counts[row["kind"]] += 1
            if row["ticked"] and row["kind"] in ("new", "changed"):
                counts[f"ticked_{row['kind']}"] += 1
        found.counts = dict(counts)
        return sum(row["kind"] != "error" for _key, row in rows)


def _mender(
    actor: Actor, found: EnterpriseImport, cell: CellEdit, typed: str, today: date
) -> Mender:
    table, accepted = queries.table_for_reading().by_name(), queries.readable_codes()

    def parsed(text: str) -> Any:
        return sheets.parse_value(table[cell.column], text, today=today, accepted_codes=accepted)

    return Mender(found.id, cell, typed, ground_of(actor, found), parsed)


# -- as a job -------------------------------------------------------------------------------------
def noted(import_id: int, number: int, cell: CellEdit) -> EnterpriseImport:
    """Note on the plan what a job is to mend in all rows: not among the job's parameters, which
    outlive the plan, since a cell may hold what is personal. Asked twice it is one job."""
    found = queries.locked_import(import_id)
    edit = {"number": number, **{name: getattr(cell, name) for name in cell.__struct_fields__}}
    job = queries.unfinished_job(found)
    if job is not None and job.kind == policy.MENDING:
        before = (found.result or {}).get(NOTE, {})
        if edit.items() <= before.items():
            return found
    _planned(import_id)
    first = _wrong_row(import_id, number, cell.column)
    edit |= {"typed": (first.raw or {}).get(cell.column, ""), "errors": found.counts["error"]}
    found.result = {**(found.result or {}), NOTE: edit}
    db.session.flush()
    return found


def mend_all(actor: Actor, import_id: int, work: Work) -> None:
    """Mend what is noted on the plan, in short transactions: people go on working meanwhile, and
    what a killed attempt did is done. Rows that are mended already are not found again."""
    with work.unit():
        found = _being_mended(import_id, work.job_id)
        edit = dict(found.result[NOTE])  # type: ignore[index]
        number, typed = edit["number"], edit["typed"]
        cell = CellEdit(edit["column"], edit["value"], edit["word"])
        mender = _mender(actor, found, cell, typed, work.today)
    done, total = 0, queries.number_wrong(import_id, cell.column)
    for rows in _chunks(import_id, cell.column):
        first = [row for row in rows if row.number == number]
        others = [row for row in rows if row.number != number]
        made = [*mender.checked(first), *mender.checked(others, meant=True)]
        with work.unit():
            found = _being_mended(import_id, work.job_id)
            mender.put(found, made)
            found.revision += 1
            db.session.flush()
        done += len(rows)
        work.progress(done, max(done, total))


def finished(import_id: int, job_id: int) -> int:
    """Forget the note and count once more; how many rows the whole work mended."""
    found = _being_mended(import_id, job_id)
    result = dict(found.result or {})
    before = result.pop(NOTE)["errors"]
    found.result = result or None
    plan_changed(found)
    return int(before) - found.counts["error"]


def _being_mended(import_id: int, job_id: int) -> EnterpriseImport:
    """The plan, as long as this job has it: 重试 of an earlier one comes too late."""
    found = queries.locked_import(import_id)
    if found.state != "planned" or found.job_id != job_id or NOTE not in (found.result or {}):
        raise Refusal("plan_changed")
    return found


def _mended(row: Any, cell: CellEdit, import_id: int, parsed: Callable[[str], Any]) -> Row:
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
