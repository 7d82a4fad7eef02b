"""认证为准 in an import: where a file says something else than what is certified, its cell is told
and not taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.core.values import replace
from app.engines.sheets.model import CellError, Row
from app.features.enterprises import queries
from app.features.enterprises.models import ImportRow
from app.features.enterprises.queries.certified import NOTHING, Certified, certified, certified_of
from app.features.enterprises.rules.origins import PROVEN, Origin

#: Warnings of such cells: who certified it.
SAID_BY = {Origin.haiyiban: "haiyiban_wins", Origin.licence: "licence_wins"}
WINS = frozenset(SAID_BY.values())
ROWS_AT_ONCE = 500


def by_certified(row: Row, now: Certified, present: Collection[str]) -> tuple[Row, list[CellError]]:
    """The row with what is certified in the place of what the file says, and a warning for each
    cell that says something else. What the file said is kept in the warning: a row that is compared
    again starts from it. A column that the file lacks is filled too; one read with an error is not.
    """
    told = {one.column: one.raw or None for one in row.warnings if one.code in WINS}
    if not now.values and not told:
        return row, []
    values = {**row.values, **{str(name): raw for name, raw in told.items()}}
    for name in PROVEN:
        if name not in present:
            values.pop(name, None)
    warnings = []
    for name, value in now.values.items():
        if name not in present:
            values[name] = value
        elif name in values and values[name] != value:
            typed = values[name] or ""
            code = SAID_BY[now.origin]
            warnings.append(CellError(name, code, {"typed": typed or "—"}, typed))
            values[name] = value
    return replace(row, values=values), warnings


def outdone(uscc: str, values: Mapping[str, Any]) -> list[CellError]:
    """What was said of a company otherwise than it is certified, and so was not taken."""
    now = certified(uscc)
    return [
        CellError(name, SAID_BY[now.origin], {"typed": values[name] or "—"}, values[name] or "")
        for name, value in now.values.items()
        if name in values and values[name] != value
    ]


def stale_ids(import_id: int) -> Iterator[int]:
    """Keys of ticked rows of a plan whose company was certified since, otherwise, or is no more."""
    last = -1
    while rows := queries.rows_of_certified(import_id, WINS, after=last, limit=ROWS_AT_ONCE):
        last = rows[-1].number
        found = certified_of({str(row.uscc) for row in rows})
        for row in rows:
            if not _as_planned(row, found.get(str(row.uscc), NOTHING)):
                yield row.id


def _as_planned(row: ImportRow, now: Certified) -> bool:
    new = row.new or {}
    told = {one["column"] for one in row.warnings or () if one["code"] in WINS}
    missing = row.kind == "new"
    return told <= now.values.keys() and all(
        new[name] == value if name in new else not missing for name, value in now.values.items()
    )
