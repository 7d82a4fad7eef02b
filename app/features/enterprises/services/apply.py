"""确定 and 撤销本次导入: one transaction each, all or nothing, one trail entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import files, trail
from app.engines.sheets.model import CellError
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import EnterpriseImport, ImportRow
from app.features.enterprises.queries import hanging
from app.features.enterprises.queries.certified import certified_of
from app.features.enterprises.rules import KEPT
from app.features.enterprises.services import bulk, counts, locks, proven
from app.features.enterprises.services.comparing import (
    CHUNK,
    ONE_BY_ONE,
    Ground,
    classify,
    error_out,
    ground_of,
    plan_changed,
    sliced,
    wire_row_in,
)

Progress = Callable[[int], None]
#: Rows of an import lost the personal values of an enterprise that was deleted for good.
REDACTED = "enterprises.rows_redacted"
#: What of this feature hangs on records, by the words for it in ``labels``.
OWN = (("moving", hanging.moving), ("merged", hanging.merged), ("linked", hanging.linked))


class Applied(Struct, frozen=True):
    """What 确定 did. ``conflicts`` > 0: nothing was written, those rows are planned anew."""

    added: int = 0
    changed: int = 0
    skipped: int = 0
    conflicts: int = 0


def apply(
    actor: Actor,
    import_id: int,
    *,
    mode: str,
    now: datetime,
    seen: int | None = None,
    progress: Progress | None = None,
) -> Applied:
    """Write the ticked rows of a plan. ``mode``: ``all`` (refused while a row has errors) or
    ``good``; ``seen``: as ``ready`` takes it. Rows that somebody edited since the plan are not written: they are planned again
    and listed."""
    found = queries.locked_import(import_id)
    tally = ready(found, mode, seen)
    locks.park(found.park_id)
    conflicts = _replan_conflicts(actor, found)
    if conflicts:
        found.result = {"conflicts": conflicts}
        plan_changed(found)
        return Applied(conflicts=conflicts)
    done = _write(actor, found, tally, progress)
    found.mode, found.state, found.applied_at = mode, "applied", now
    found.counts = queries.row_counts(import_id)
    found.result = {"added": done.added, "changed": done.changed, "skipped": done.skipped}
    found.digest = digest_of_rows(import_id)
    files.keep_until(found.file_key, now + policy.UNDO_FOR)
    db.session.flush()
    counts.recount(found.park_id)
    bulk.written(done.added + done.changed)
    trail.record(
        actor,
        "enterprises.imported",
        found,
        label=found.filename,
        details={**found.result, "year": found.year, "digest": found.digest, "file": found.sha256},
    )
    return done


def ready(found: EnterpriseImport, mode: str, seen: int | None = None) -> dict[str, int]:
    """The plan's counts, when it may be applied in this mode; else a ``Refusal`` that says why.

    ``seen``: the ``revision`` of the page that was confirmed, so that nobody confirms other rows
    than those they saw (a second tab, a colleague, a tick still under way); ``None`` = no page.
    """
    refuse_if(policy.applying(found))
    refuse_if(policy.mending(queries.unfinished_job(found)))
    tally = queries.row_counts(found.id)
    if seen is not None and seen != found.revision:
        raise Refusal("plan_changed")
    if mode != "good" and tally["error"]:
        raise Refusal("rows_with_errors", number=tally["error"])
    if not tally["ticked_new"] and not tally["ticked_changed"]:
        raise Refusal("nothing_to_import")
    return tally


def undo(
    actor: Actor, import_id: int, *, now: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """Reverse an import row by row; what was edited since or carries something else is kept, what
    is gone since is named."""
    found = queries.locked_import(import_id)
    refuse_if(policy.undoing(found, now))
    locks.park(found.park_id)
    tally = {"reversed": 0, "kept": 0, "could_not": 0}
    seen = 0
    for rows in _walk(import_id, ("new", "changed")):
        done = [row for row in rows if row.outcome in {"added", "changed"}]
        _undo_chunk(actor, found, done, tally)
        seen += len(rows)
        if progress is not None:
            progress(seen)
    found.state, found.undone_at = "undone", now
    found.result = {**(found.result or {}), **tally}
    db.session.flush()
    counts.recount(found.park_id)
    trail.record(actor, "enterprises.import_undone", found, label=found.filename, details=tally)
    return tally


def _undo_chunk(
    actor: Actor, found: EnterpriseImport, rows: Sequence[Any], tally: dict[str, int]
) -> None:
    versions = queries.versions([int(row.enterprise_id or 0) for row in rows])
    buckets: dict[str, list[Any]] = {"added": [], "changed": [], "kept": [], "could_not": []}
    for row in rows:
        expected = 1 if row.outcome == "added" else (row.base_version or 0) + 1
        now_at = versions.get(int(row.enterprise_id or 0))
        if now_at is None:
            buckets["could_not"].append(row)
        elif now_at != expected:
            buckets["kept"].append(row)
        else:
            buckets[str(row.outcome)].append(row)
    buckets["added"], held = _free(buckets["added"])
    bulk.remove_added(found, buckets["added"])
    bulk.write_back(actor, found, buckets["changed"])
    bulk.set_outcomes([*buckets["added"], *buckets["changed"]], "reversed")
    for outcome, kept in {KEPT: buckets["kept"], **held}.items():
        bulk.set_outcomes(kept, outcome)
        tally["kept"] += len(kept)
    bulk.set_outcomes(buckets["could_not"], "could_not")
    tally["reversed"] += len(buckets["added"]) + len(buckets["changed"])
    tally["could_not"] += len(buckets["could_not"])


def _free(added: Sequence[Any]) -> tuple[list[Any], dict[str, list[Any]]]:
    """Rows whose enterprise may go, and the others by the outcome that says what hangs on it: what
    would be left of that names a record that is no more. One statement for each kind of thing."""
    free, held = list(added), {}
    for kind, of in (*OWN, *((one.kind, one.of) for one in policy.HANGING)):
        found = of([int(row.enterprise_id) for row in free]) if free else {}
        if found:
            held[f"{KEPT}_{kind}"] = [row for row in free if row.enterprise_id in found]
            free = [row for row in free if row.enterprise_id not in found]
    return free, held


def _write(
    actor: Actor, found: EnterpriseImport, tally: dict[str, int], progress: Progress | None
) -> Applied:
    ids = iter(bulk.reserve_ids(tally["ticked_new"]))
    added = changed = seen = 0
    for rows in _walk(found.id, ("new", "changed")):
        new = [row for row in rows if row.kind == "new" and row.ticked]
        old = [row for row in rows if row.kind == "changed" and row.ticked]
        certified = {code: one.origins for code, one in certified_of(_codes(rows)).items()}
        bulk.write_new(actor, found, new, ids, certified)
        bulk.write_changed(actor, found, old, certified)
        added, changed, seen = added + len(new), changed + len(old), seen + len(rows)
        if progress is not None:
            progress(seen)
    bulk.mark_changed(found)
    everything = sum(tally[kind] for kind in ("new", "changed", "error"))
    return Applied(added, changed, skipped=everything - added - changed)


def _codes(rows: Sequence[Any]) -> list[str]:
    return [str(row.uscc) for row in rows if row.ticked]


def _walk(import_id: int, kinds: Sequence[str]) -> Iterator[list[Any]]:
    """Rows of a plan in order, a chunk at a time."""
    last = -1
    while rows := queries.rows_after(import_id, last, CHUNK, kinds):
        last = rows[-1].number
        yield rows


def _replan_conflicts(actor: Actor, found: EnterpriseImport) -> int:
    """Plan again the rows whose enterprise changed since the plan; returns how many."""
    ground = ground_of(actor, found)
    stale = sorted({*queries.stale_ids(found.id), *proven.stale_ids(found.id)})
    for some in sliced(stale):
        replan(queries.rows_by_key(some), ground, warning="changed_meanwhile")
    return len(stale)


def replan(rows: Sequence[ImportRow], ground: Ground, warning: str = "") -> None:
    """Classify staged rows again and store the outcome in place."""
    if not rows:
        return
    for row, staged in zip(rows, classify([wire_row_in(row) for row in rows], ground), strict=True):
        if _asks_for_a_tick(staged) - _asks_for_a_tick({"warnings": row.warnings}):
            row.ticked = False
        for name, value in staged.items():
            if name not in {"ticked", "number"}:
                setattr(row, name, value)
        if warning:
            row.warnings = [*(row.warnings or []), error_out(CellError(None, warning))]
    db.session.flush()


def _asks_for_a_tick(staged: Mapping[str, Any]) -> set[str]:
    """Warnings for which a person ticks the row: one that nobody has seen yet takes the tick away."""
    return {one["code"] for one in staged["warnings"] or ()} & ONE_BY_ONE


def digest_of_rows(import_id: int) -> str:
    """SHA-256 over all rows of an import in order: what the trail entry holds."""
    digest = hashlib.sha256()
    for row in queries.stored_texts(import_id):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def changed_imports() -> list[int]:
    """Applied imports whose rows are no longer those that their trail entry names."""
    return [import_id for import_id in queries.applied_imports() if not verify_digest(import_id)]


def verify_digest(import_id: int) -> bool:
    """Whether the rows of an applied import are still those that its trail entry names: the newest
    one, since what was deleted for good takes its personal values along."""
    noted = [
        entry.details.get("digest")
        for entry in trail.history("enterprise_import", import_id)
        if entry.action in ("enterprises.imported", REDACTED)
    ]
    return noted[:1] == [digest_of_rows(import_id)]
