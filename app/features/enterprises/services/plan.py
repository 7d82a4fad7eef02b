"""Reading a file into a plan: every row staged as new, changed, unchanged or with its errors.

Nothing of the register changes here. Rows are staged in short transactions (the caller gives the
``unit`` that makes one), so that people go on working while a large file is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, refuse_if
from app.engines import files, sheets, trail
from app.engines.sheets.model import CellError, FileRefused, Limits, Row
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import ROW_KINDS, EnterpriseImport
from app.features.enterprises.services import bulk
from app.features.enterprises.services.comparing import Ground, classify, error_out, ground_of

Unit = Callable[[], AbstractContextManager[Any]]
Progress = Callable[[int], None]
UNIT_ROWS = 2_000
SHOWN_NUMBERS = 20  # row numbers a warning of the whole file names


class TooManyForThePage(Exception):
    """More rows than a page answers for."""


class NoLongerReadError(Exception):
    """The import was taken further or discarded meanwhile: its rows are not ours to write."""


class Source(Struct, frozen=True):
    """The file and how it may be read.

    ``year``: chosen by a person; ``None`` = the template's own, else the import's default.
    ``scope_code``: code of the park; ``secret``: key of the proof in our own workbooks.
    """

    path: Path
    limits: Limits
    scope_code: str = ""
    secret: bytes = b""
    year: int | None = None


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
        accepted = queries.readable_codes()
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
    """What the file says of itself: its columns, its year, whose template it is, the versions of
    the records that a prefilled template was made from, seen before."""
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
    own = bool(source.scope_code) and meta.get("scope") == source.scope_code
    found.sealed = dict(meta.get("rows", {})) if own else None


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
    files.keep_until(found.file_key, clock.now())
    found.refusal = {"code": refused.code, "params": {k: str(v) for k, v in refused.params.items()}}
    found.counts = {}
    db.session.flush()


def _finish(import_id: int) -> None:
    found = _still_reading(import_id)
    found.counts = queries.row_counts(import_id)
    left = queries.unticked_numbers(import_id, SHOWN_NUMBERS)
    if left.number:
        params = {"count": left.number, "rows": ", ".join(map(str, left.first))}
        warning = CellError(None, "rows_since_template", params)
        found.warnings = [*found.warnings, error_out(warning)]
    found.state = "planned"
    db.session.flush()
    bulk.staged(sum(found.counts[kind] for kind in ROW_KINDS))


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
    found.state, found.result = "discarded", None  # a job may have noted there what to mend
    files.keep_until(found.file_key, clock.now())
    db.session.flush()
    trail.record(actor, "enterprises.import_discarded", found, label=found.filename)


def discard_abandoned(actor: Actor, now: datetime) -> int:
    """Forget plans that nobody confirmed in ``policy.KEEP_PLAN``: they hold personal data."""
    left = queries.abandoned_imports(now - policy.KEEP_PLAN)
    for import_id in left:
        discard(actor, import_id)
    return len(left)
