"""Rows of a file beside what the register holds: new, changed, unchanged, or with errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.values import replace
from app.engines import sheets
from app.engines.sheets.model import CellError, Row
from app.engines.sheets.values import revive
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models import Enterprise, EnterpriseImport
from app.features.enterprises.queries import duplicates
from app.features.enterprises.queries.certified import NOTHING, certified_of
from app.features.enterprises.rules import BY_NAME, TABLE
from app.features.enterprises.services.proven import WINS, by_certified
from app.features.enterprises.services.staged import revived, turned


@dataclass(frozen=True)
class Ground:
    """What rows are compared with: the park, the year, today's words.

    ``sealed``: credit code -> version, as a prefilled template of ours left the house.
    """

    park_id: int
    year: int
    present: tuple[str, ...]
    retired: Mapping[str, frozenset[str]]
    sees_all: bool
    absent_required: tuple[str, ...] = field(default=())
    sealed: Mapping[str, str] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()  # codes that no new record may carry any more


#: Warnings of rows that must not be written unless a person ticks them one by one: writing them
#: would undo what somebody did after the template was saved.
SINCE_TEMPLATE = frozenset({"changed_since_template", "gone_since_template"})
#: With them: what would make a record anew that was found to be another one.
ONE_BY_ONE = SINCE_TEMPLATE | {"code_merged"}
#: Warnings that each comparison finds anew.
SAID_ANEW = frozenset({"code_in_bin", "other_park"}) | ONE_BY_ONE | WINS


def ground_of(actor: Actor, found: EnterpriseImport) -> Ground:
    """What the rows of an import are compared with now."""
    required = (column.name for column in TABLE.columns if column.required)
    return Ground(
        park_id=found.park_id,
        year=found.year,
        present=tuple(found.present),
        retired=queries.retired_words(clock.today()),
        sees_all=actor.sees_all,
        absent_required=tuple(name for name in required if name not in found.present),
        sealed=found.sealed or {},
        revoked=queries.revoked_codes(),
    )


class Known(Struct, frozen=True):
    """What the register holds under a code; ``values`` in the wire form, in the order of the plan's
    columns."""

    id: int
    version: int
    origins: str
    moved: bool  # to another park: nothing writes it any more
    values: Sequence[Any]


def classify(rows: Sequence[Row], ground: Ground) -> list[dict[str, Any]]:
    """Staged rows of a chunk: two or three statements for the chunk, whatever its size.

    The rows hold wire values (``Reading.wire_rows``, ``wire_row_in``).
    """
    codes = [str(row.values["uscc"]) for row in rows if row.values.get("uscc")]
    known = _known(codes, ground)
    unknown = [code for code in codes if code not in known]
    binned = queries.codes_in_bin(ground.park_id, unknown) if unknown else set()
    merged = duplicates.codes_merged(ground.park_id, unknown) if unknown else {}
    elsewhere = queries.codes_elsewhere(ground.park_id, codes) if ground.sees_all else {}
    notes = _Notes(binned, merged, elsewhere)
    proven = certified_of(codes)
    taken = [
        by_certified(row, proven.get(str(row.values.get("uscc")), NOTHING), ground.present)
        for row in rows
    ]
    return [_staged(row, known, [*notes.of(row), *kept], ground) for row, kept in taken]


class _Notes(Struct, frozen=True):
    """What the register says of codes beside the park's own living records."""

    binned: set[str]
    merged: Mapping[str, Enterprise]
    elsewhere: Mapping[str, str]

    def of(self, row: Row) -> list[CellError]:
        code = str(row.values.get("uscc"))
        notes = [CellError("uscc", "code_in_bin")] if code in self.binned else []
        if code in self.merged:
            notes.append(CellError("uscc", "code_merged", {"name": self.merged[code].name}))
        if code in self.elsewhere:
            notes.append(CellError("uscc", "other_park", {"parks": self.elsewhere[code]}))
        return notes


def _known(codes: Sequence[str], ground: Ground) -> dict[str, Known]:
    turns = turned(ground.present)
    found = queries.known_rows(ground.park_id, codes, ground.year, ground.present)
    known = {}
    for key, version, uscc, letters, moved, *values in found:
        for place, turn in turns:
            values[place] = turn(values[place])
        known[uscc] = Known(key, version, letters, moved is not None, values)
    return known


def _staged(
    row: Row, known: Mapping[str, Known], notes: Sequence[CellError], ground: Ground
) -> dict[str, Any]:
    values = row.values
    code = values.get("uscc")
    current = known.get(str(code))
    old = _differences(values, current, ground) if current is not None else {}
    errors = [*row.errors, *_rule_errors(row, current, old, ground)]
    kind = "new" if current is None else ("changed" if old else "unchanged")
    said = [one for one in row.warnings if one.code not in SAID_ANEW]
    warnings = [*said, *notes, *_since_template(kind, str(code), current, ground)]
    raw = dict(row.raw) if errors else None
    if errors and not raw:
        raw = {name: _typed(name, value) for name, value in values.items()}
    name = values.get("name") or row.raw.get("name") or _name_of(current, ground)
    return {
        "number": row.number,
        "kind": "error" if errors else kind,
        "uscc": str(code) if code else _shown(row.raw.get("uscc"), 64),
        "name": _shown(name, 200),
        "enterprise_id": current.id if current is not None else None,
        "base_version": current.version if current is not None else None,
        "origins": current.origins if current is not None else None,
        "new": values,
        "old": old or None,
        "raw": raw,
        "errors": [error_out(error) for error in errors] or None,
        "warnings": [error_out(warning) for warning in warnings] or None,
        "ticked": not any(one.code in ONE_BY_ONE for one in warnings),
    }


def without_others(stored: Sequence[Any], *, sees_all: bool) -> list[CellError]:
    """A row's warnings for this reader: other parks are told to the zone only (decisions.md 9),
    also when it was the zone that uploaded the file."""
    found = [error_in(one) for one in stored]
    return [one for one in found if sees_all or one.code != "other_park"]


def _since_template(kind: str, code: str, current: Known | None, ground: Ground) -> list[CellError]:
    """A prefilled row whose record somebody changed or removed since the template was saved."""
    if kind == "unchanged" or code not in ground.sealed:
        return []
    if current is None:
        return [CellError(None, "gone_since_template")]
    changed = str(current.version) != ground.sealed[code]
    return [CellError(None, "changed_since_template")] if changed else []


def _shown(text: str | None, length: int) -> str | None:
    """What stood in a cell, as far as the plan's list shows it; NUL is no text on PostgreSQL."""
    return text.replace("\0", "")[:length] or None if text else None


def _name_of(current: Known | None, ground: Ground) -> str | None:
    if current is None or "name" not in ground.present:
        return None
    name: str | None = current.values[ground.present.index("name")]
    return name


def _differences(mine: Mapping[str, Any], current: Known, ground: Ground) -> dict[str, Any]:
    """Column -> the register's value in wire form, where the file says something else."""
    return {
        name: value
        for name, value in zip(ground.present, current.values, strict=True)
        if name in mine and mine[name] != value and name != TABLE.key
    }


def _rule_errors(
    row: Row, current: Known | None, old: Mapping[str, Any], ground: Ground
) -> list[CellError]:
    """What a single cell cannot know: missing columns of a new row, words retired meanwhile."""
    errors = []
    if current is None and row.values.get("uscc"):
        if row.values["uscc"] in ground.revoked:
            errors.append(CellError("uscc", "uscc_check", raw=str(row.values["uscc"])))
        errors += [CellError(name, "column_absent") for name in ground.absent_required]
    if current is not None and current.moved and old:
        errors.append(CellError("uscc", "moved_away", raw=str(row.values["uscc"])))
    for name, words in ground.retired.items():
        value = row.values.get(name)
        if value in words and (current is None or name in old):
            errors.append(CellError(name, "retired", {"word": value}, raw=str(value)))
    return errors


def _typed(name: str, value: Any) -> str:
    column = BY_NAME[name]
    return sheets.format_value(column, revive(column.kind, value))


def error_out(error: CellError) -> dict[str, Any]:
    """An error in JSON's own types."""
    return {
        "column": error.column,
        "code": error.code,
        "params": {key: str(value) for key, value in error.params.items()},
        "raw": error.raw,
    }


def error_in(stored: Mapping[str, Any]) -> CellError:
    return CellError(stored["column"], stored["code"], dict(stored["params"]), stored["raw"])


def row_in(staged: Any) -> Row:
    """A staged row as a read one, with typed values (for the error workbook)."""
    return replace(wire_row_in(staged), values=revived(staged.new or {}))


def wire_row_in(staged: Any) -> Row:
    """A staged row as a read one, with wire values (to classify it again)."""
    values = dict(staged.new or {})
    return Row(
        staged.number,
        values,
        raw=dict(staged.raw or {}),
        errors=tuple(error_in(one) for one in staged.errors or ()),
        warnings=tuple(error_in(one) for one in staged.warnings or ()),
    )


CHUNK = 2_000  # rows compared at once: a statement takes so many codes


def sliced(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def plan_changed(found: EnterpriseImport) -> None:
    """Ticks, cells or kinds of rows are others now: whoever saw the plan before has to look again."""
    found.revision += 1
    found.counts = queries.row_counts(found.id)
    db.session.flush()
