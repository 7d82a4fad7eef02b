"""导出: exactly the filtered and sorted rows, streamed; what left the house is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.clock import SHANGHAI
from app.core.errors import Refusal
from app.engines import sheets, trail
from app.engines.sheets.model import Column, Kind, Row
from app.extensions import db
from app.extensions.model import Scaled, decimal_text
from app.extensions.phrases import clauses, labelled
from app.features.enterprises import policy, queries
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.rules import BY_NAME, PERSONAL, TABLE
from app.features.enterprises.services.comparing import row_in

Progress = Callable[[int], None]
FORMATS = ("xlsx", "csv")
#: Not the name of the empty one: it holds whole telephone numbers.
PREFILLED_NAME = "企业导入模板-含现有企业.xlsx"
BATCH = 2_000
PREFILLED_FOR = "下载含现有企业的模板，用于批量更新"
WIDTHS = {"uscc": 22, "name": 32, "registered_address": 40, "business_address": 40, "remark": 40}
TEXT_KINDS = frozenset(
    {
        Kind.uscc,
        Kind.phone,
        Kind.customs_code,
        Kind.text,
        Kind.choice,
        Kind.multi_choice,
        Kind.email,
    }
)


class Export(Struct, frozen=True):
    """What is asked for: the columns in order, the format, and the words of the first sheet."""

    columns: tuple[Column, ...]
    format: str
    facts: tuple[tuple[str, str], ...]
    year: int
    scope: str = ""


def chosen_columns(actor: Actor, names: Sequence[str] | None = None) -> tuple[Column, ...]:
    """The named columns in register order, ``None`` = all; personal ones only with the right
    (decisions.md 8)."""
    wanted = set(BY_NAME if names is None else names)
    allowed = policy.personal(actor)
    return tuple(
        column
        for column in TABLE.columns
        if column.name in wanted and (allowed or not column.personal)
    )


def record(actor: Actor, export: Export, *, count: int, purpose: str) -> None:
    """Write the export into the trail; personal columns need a purpose."""
    if not export.columns:
        raise Refusal("columns_missing", fields={"columns": "columns_missing"})
    personal = [column.name for column in export.columns if column.name in PERSONAL]
    if personal and not purpose.strip():
        raise Refusal("purpose_missing", fields={"purpose": "purpose_missing"})
    trail.record(
        actor,
        "enterprises.exported",
        trail.Ref("enterprise", 0, label=export.format, park_id=actor.acting_park_id),
        details={
            "count": count,
            "personal": personal,
            "purpose": purpose.strip()[:200],
            "columns": len(export.columns),
            "facts": dict(export.facts),
        },
    )


class Prefilled(Struct, frozen=True):
    """Whose records a template is filled with, for which 数据年度, and the key of its seal."""

    park_id: int
    park_code: str
    year: int
    secret: bytes


def write_prefilled(actor: Actor, fp: IO[bytes], asked: Prefilled) -> None:
    """The template with a park's present records, and its entry in the trail: it takes as much out
    as an export does. Personal columns only with the right."""
    columns = chosen_columns(actor)
    found = queries.all_rows_of(asked.park_id, asked.year)
    sheets.write_template(
        fp,
        queries.table_for_writing(clock.today()),
        year=asked.year,
        rows=[{one.name: getattr(row, one.name) for one in columns} for row in found],
        scope=asked.park_code,
        secret=asked.secret,
        row_keys={row.uscc: row._version for row in found},
    )
    trail.record(
        actor,
        "enterprises.prefilled",
        trail.Ref("enterprise", 0, label=str(asked.year), park_id=asked.park_id),
        details={
            "count": len(found),
            "personal": [column.name for column in columns if column.name in PERSONAL],
            "columns": len(columns),
            "purpose": PREFILLED_FOR,
        },
    )


class ErrorRows(Sequence[Row]):
    """Rows of a plan with errors, read anew each time they are walked: never all at once."""

    def __init__(self, import_id: int, progress: Progress | None = None) -> None:
        self._import_id = import_id
        self._progress = progress
        self._number = queries.number_wrong(import_id)

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, place: Any) -> Any:
        found = queries.plan_rows(self._import_id, "error", limit=1, offset=place)
        return row_in(found[0])

    def __iter__(self) -> Iterator[Row]:
        last, seen = -1, 0
        while rows := queries.wrong_rows(self._import_id, after=last, limit=BATCH):
            last, seen = rows[-1].number, seen + len(rows)
            yield from map(row_in, rows)
            if self._progress is not None:
                self._progress(seen)


def write_errors(
    fp: IO[bytes], found: EnterpriseImport, path: Path, progress: Progress | None = None
) -> int:
    """The uploaded file with its errors marked, or a new workbook of them; how many rows there are."""
    from app.engines.sheets.mistakes import MARKED_ROWS  # noqa: PLC0415 - seldom needed, large

    rows = ErrorRows(found.id, progress)
    # Of so many the file is never marked: nobody has to put all of them together for it.
    source = path if len(rows) <= MARKED_ROWS else None
    sheets.write_error_workbook(fp, queries.table_for_reading(), source, found.filename, rows)
    return len(rows)


def errors_name(found: EnterpriseImport) -> str:
    return f"错误清单-{Path(found.filename).stem}.xlsx"


def record_errors(actor: Actor, found: EnterpriseImport, *, count: int) -> None:
    """Write an error workbook into the trail: it holds what the uploaded file held."""
    trail.record(
        actor, "enterprises.errors_saved", found, label=found.filename, details={"count": count}
    )


def filename(kind: str) -> str:
    """What an export is called, streamed by a page or made by a job."""
    return f"企业导出-{clock.today():%Y%m%d}.{kind}"


def stream(query: Any, export: Export, progress: Progress | None = None) -> Iterator[bytes]:
    """The file in pieces; the first one leaves before the first row is fetched.

    ``progress`` is told the number of rows written so far.
    """
    headings = [column.heading for column in export.columns]
    if export.format == "csv":
        query = _as_text(query)
    rows = _counted(_rows(query, export), progress) if progress else _rows(query, export)
    if export.format == "csv":
        yield from sheets.stream_csv(headings, rows)
        return
    data = sheets.SheetOut(
        TABLE.title,
        [
            sheets.ColumnOut(c.heading, WIDTHS.get(c.name, 14), text=c.kind in TEXT_KINDS)
            for c in export.columns
        ],
        rows,
    )
    yield from sheets.stream_xlsx([sheets.info_sheet(export.facts), data])


def _as_text(query: Any) -> Any:
    """Amounts and days as text files write them: no amount is negative, and nothing counts with
    either on the way. PostgreSQL gives days all the same, which are written alike."""
    columns = []
    for one in query.selected_columns:
        made = getattr(one, "element", one)  # under its label
        if isinstance(one.type, Scaled):
            made = decimal_text(made)
        elif isinstance(one.type, sa.Date):
            made = sa.type_coerce(made, sa.String)
        columns.append(made.label(one.name))
    return query.with_only_columns(*columns)


def _counted(rows: Iterator[list[Any]], progress: Progress) -> Iterator[list[Any]]:
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % BATCH == 0:
            progress(number)
    progress(number)


def _rows(query: Any, export: Export) -> Iterator[list[Any]]:
    """Rows as the writers take them; ``query`` selects more, then the export's columns in order."""
    width = len(export.columns)
    worded = [
        (place, _WORDED[column.kind])
        for place, column in enumerate(export.columns)
        if column.kind in _WORDED
    ]
    for row in db.session.execute(query.execution_options(yield_per=BATCH)):
        cells = list(row[-width:])
        for place, words in worded:
            cells[place] = words(cells[place])
        yield cells


@lru_cache(maxsize=4096)
def _list(words: tuple[str, ...] | None) -> str | None:
    return "、".join(words) if words else None


def _yes_no(value: bool | None) -> str | None:  # noqa: FBT001 - a cell
    return None if value is None else ("是" if value else "否")


_WORDED: dict[Kind, Callable[[Any], str | None]] = {
    Kind.multi_choice: _list,
    Kind.boolean: _yes_no,
}


def facts(
    *,
    filters: Sequence[tuple[str, str]],
    year: int,
    count: str,
    actor: Actor,
    at: datetime,
    park: str,
) -> tuple[tuple[str, str], ...]:
    """The first sheet: filter, year, count, time and user, in the language of the moment."""
    said = [labelled(label, value) if value else label for label, value in filters]
    return (
        (_("名称"), _("企业管理")),
        (_("园区/基地"), park or _("全部园区/基地")),
        (_("筛选条件"), clauses(said) or _("无（全部）")),
        (_("数据年度"), str(year)),
        (_("行数"), count),
        (_("导出时间"), f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
        (_("导出人"), actor.name or actor.username),
    )
