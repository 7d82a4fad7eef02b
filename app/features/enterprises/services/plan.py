"""Reading a file into a plan: every row staged as new, changed, unchanged or with its errors.

Nothing of the register changes here. Rows are staged in short transactions (the caller gives the
``unit`` that makes one), so that people go on working while a large file is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, refuse_if
from app.engines import sheets, trail
from app.engines.sheets.model import CellError, FileRefused, Limits, Row
from app.engines.sheets.values import revive
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import ROW_KINDS, EnterpriseImport
from app.features.enterprises.rules import BY_NAME, TABLE
from app.features.enterprises.services import bulk
from app.features.enterprises.services.staged import revived, wire_of

Unit = Callable[[], AbstractContextManager[Any]]
Progress = Callable[[int], None]
UNIT_ROWS = 2_000


class TooManyForThePage(Exception):
    """More rows than a page answers for."""


class NoLongerReadError(Exception):
    """The import was taken further or discarded meanwhile: its rows are not ours to write."""


@dataclass(frozen=True)
class Source:
    """The file and how it may be read.

    ``year``: chosen by a person; ``None`` = the template's own, else the import's default.
    ``scope_code``: code of the park; ``secret``: key of the proof in our own workbooks.
    """

    path: Path
    limits: Limits
    scope_code: str = ""
    secret: bytes = b""
    year: int | None = None


@dataclass(frozen=True)
class Ground:
    """What rows are compared with: the park, the year, today's words."""

    park_id: int
    year: int
    present: tuple[str, ...]
    retired: Mapping[str, frozenset[str]]
    sees_all: bool
    absent_required: tuple[str, ...] = field(default=())


def begin(
    actor: Actor, park_id: int, *, filename: str, file_key: str | None, sha256: str, year: int
) -> EnterpriseImport:
    """A new import of a park, still to be read."""
    if actor.scope_park_ids is not None and park_id not in actor.scope_park_ids:
        raise NotFound("park outside the scope")
    found = EnterpriseImport(
        park_id=park_id,
        filename=filename[:200],
        file_key=file_key,
        sha256=sha256,
        year=year,
        created_by=actor.user_id,
        actor_name=actor.name or actor.username,
    )
    db.session.add(found)
    db.session.flush()
    return found


def stage(
    actor: Actor,
    import_id: int,
    source: Source,
    *,
    unit: Unit,
    progress: Progress | None = None,
    at_most: int | None = None,
) -> None:
    """Read the file and stage its rows; a refused file leaves its reason and no rows.

    Raises ``TooManyForThePage`` after ``at_most`` rows, with nothing staged. Asked a second time,
    or overtaken by 取消, it leaves everything as it is.
    """
    with suppress(NoLongerReadError):
        _stage(actor, import_id, source, unit, progress, at_most)


def _stage(
    actor: Actor,
    import_id: int,
    source: Source,
    unit: Unit,
    progress: Progress | None,
    at_most: int | None,
) -> None:
    today = clock.today()
    with unit():
        found = _still_reading(import_id)
        filename = found.filename
        table = queries.table_for_reading()
        accepted = queries.accepted_codes()
        bulk.drop_rows(found)
    try:
        with sheets.read(
            source.path, filename, table, source.limits, today=today, accepted_codes=accepted
        ) as reading:
            with unit():
                found = _still_reading(import_id)
                _note_file(found, reading, source)
                ground = ground_of(actor, found)
            _stage_rows(import_id, reading, ground, unit, progress, at_most)
    except FileRefused as refused:
        with unit():
            _refuse(import_id, refused)
        return
    with unit():
        _finish(import_id)


def _still_reading(import_id: int) -> EnterpriseImport:
    found = queries.locked_import(import_id)
    if found.state != "reading":
        raise NoLongerReadError
    return found


def _note_file(found: EnterpriseImport, reading: Any, source: Source) -> None:
    """What the file says of itself: its columns, its year, whose template it is, seen before."""
    meta = reading.meta if reading.meta and sheets.verify_meta(reading.meta, source.secret) else {}
    warnings = list(reading.file_warnings)
    if meta.get("scope") not in (None, "", source.scope_code) and source.scope_code:
        warnings.append(CellError(None, "template_of_other_park", {"code": meta["scope"]}))
    theirs = int(meta["year"]) if str(meta.get("year", "")).isdigit() else None
    found.year = source.year or theirs or found.year
    if theirs not in (None, found.year):
        params = {"theirs": theirs, "ours": found.year}
        warnings.append(CellError(None, "template_of_other_year", params))
    before = queries.same_file_before(found.park_id, found.sha256, year=found.year, but=found.id)
    if before is not None and before.applied_at is not None:
        at = f"{before.applied_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        warnings.append(CellError(None, "same_file", {"number": before.id, "at": at}))
    found.present = list(reading.present)
    found.warnings = [error_out(warning) for warning in warnings]


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
    )


def _stage_rows(
    import_id: int,
    reading: Any,
    ground: Ground,
    unit: Unit,
    progress: Progress | None,
    at_most: int | None,
) -> None:
    count = 0
    for chunk in _gathered(reading.wire_rows):
        count += len(chunk)
        if at_most is not None and count > at_most:
            with unit():
                bulk.drop_rows(_still_reading(import_id))
            raise TooManyForThePage
        with unit():
            found = _still_reading(import_id)
            bulk.stage(found, classify(chunk, ground))
        if progress is not None:
            progress(count)


def _gathered(chunks: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Chunks of about ``UNIT_ROWS`` rows: each is a commit, and a commit waits for the disk."""
    waiting: list[Row] = []
    for chunk in chunks:
        waiting += chunk
        if len(waiting) >= UNIT_ROWS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _refuse(import_id: int, refused: FileRefused) -> None:
    found = _still_reading(import_id)
    bulk.drop_rows(found)
    found.state = "refused"
    found.refusal = {"code": refused.code, "params": {k: str(v) for k, v in refused.params.items()}}
    found.counts = {}
    db.session.flush()


def _finish(import_id: int) -> None:
    found = _still_reading(import_id)
    found.counts = queries.row_counts(import_id)
    found.state = "planned"
    db.session.flush()
    bulk.staged(sum(found.counts[kind] for kind in ROW_KINDS))


@dataclass(frozen=True)
class Known:
    """What the register holds under a code; ``values`` in the wire form, as the plan's columns."""

    id: int
    version: int
    values: Mapping[str, Any]


def classify(rows: Sequence[Row], ground: Ground) -> list[dict[str, Any]]:
    """Staged rows of a chunk: two statements for the chunk, whatever its size.

    The rows hold wire values (``Reading.wire_rows``, ``wire_row_in``).
    """
    codes = [str(row.values["uscc"]) for row in rows if row.values.get("uscc")]
    known = _known(codes, ground)
    unknown = [code for code in codes if code not in known]
    binned = queries.codes_in_bin(ground.park_id, unknown) if unknown else set()
    return [_staged(row, known, binned, ground) for row in rows]


def _known(codes: Sequence[str], ground: Ground) -> dict[str, Known]:
    turns = [wire_of(BY_NAME[name].kind) for name in ground.present]
    return {
        uscc: Known(
            key,
            version,
            {
                name: turn(value)
                for name, turn, value in zip(ground.present, turns, values, strict=True)
            },
        )
        for key, version, uscc, *values in queries.known_rows(
            ground.park_id, codes, ground.year, ground.present
        )
    }


def _staged(
    row: Row, known: Mapping[str, Known], binned: set[str], ground: Ground
) -> dict[str, Any]:
    values = row.values
    code = values.get("uscc")
    current = known.get(str(code))
    old = _differences(values, current.values) if current is not None else {}
    errors = [*row.errors, *_rule_errors(row, current, old, ground)]
    warnings = list(row.warnings)
    if code in binned:
        warnings.append(CellError("uscc", "code_in_bin"))
    kind = "new" if current is None else ("changed" if old else "unchanged")
    raw = dict(row.raw) if errors else None
    if errors and not raw:
        raw = {name: _typed(name, value) for name, value in values.items()}
    name = values.get("name") or row.raw.get("name")
    return {
        "number": row.number,
        "kind": "error" if errors else kind,
        "uscc": str(code) if code else _shown(row.raw.get("uscc"), 64),
        "name": _shown(name or (current.values.get("name") if current else None), 200),
        "enterprise_id": current.id if current is not None else None,
        "base_version": current.version if current is not None else None,
        "new": values,
        "old": old or None,
        "raw": raw,
        "errors": [error_out(error) for error in errors] or None,
        "warnings": [error_out(warning) for warning in warnings] or None,
        "ticked": True,
    }


def _shown(text: str | None, length: int) -> str | None:
    """What stood in a cell, as far as the plan's list shows it; NUL is no text on PostgreSQL."""
    return text.replace("\0", "")[:length] or None if text else None


def _differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Column -> the register's value in wire form, where the file says something else."""
    return {
        name: value
        for name, value in theirs.items()
        if name in mine and mine[name] != value and name != TABLE.key
    }


def _rule_errors(
    row: Row, current: Known | None, old: Mapping[str, Any], ground: Ground
) -> list[CellError]:
    """What a single cell cannot know: missing columns of a new row, words retired meanwhile."""
    errors = []
    if current is None and row.values.get("uscc"):
        errors += [CellError(name, "column_absent") for name in ground.absent_required]
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


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def discard(actor: Actor, import_id: int) -> None:
    """Forget a plan that was never confirmed; an applied import is not touched."""
    found = queries.locked_import(import_id)
    if found.state not in {"reading", "planned", "refused"}:
        return
    refuse_if(policy.busy(queries.unfinished_job(found)))
    bulk.drop_rows(found)
    found.state = "discarded"
    db.session.flush()
    trail.record(actor, "enterprises.import_discarded", found, label=found.filename)
