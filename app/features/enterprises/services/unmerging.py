"""撤销合并: for 30 days; exact where nobody wrote since, and honest where somebody did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, refuse_if
from app.engines import trail
from app.engines.sheets.values import revive
from app.extensions import db
from app.features.enterprises import policy, queries
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import EnterpriseMerge
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules import BY_NAME, PERSONAL, YEARLY
from app.features.enterprises.rules.origins import Origin
from app.features.enterprises.services import counts, locks
from app.features.enterprises.services.locks import ALL_PARKS
from app.features.enterprises.services.merging import YEARS, values_of, write
from app.features.enterprises.services.pairs import reason_of
from app.features.enterprises.services.staged import to_wire

#: Merges whose values one turn of the worker clears: each writes an entry of the trail.
AT_ONCE = 200


@dataclass
class Undone:
    """What came of it: fields given back, fields that somebody wrote since, what went back to the
    other record, what could not."""

    restored: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    returned: dict[str, int] = field(default_factory=dict)
    stayed: dict[str, int] = field(default_factory=dict)


def undo(actor: Actor, merge_id: int, *, reason: str, now: datetime) -> EnterpriseMerge:
    """Two records again."""
    locks.parks({ALL_PARKS, duplicates.merge(merge_id).park_id})
    found = duplicates.merge(merge_id, lock=True)
    refuse_if(policy.unmerging(found, now))
    said = reason_of(reason)
    kept, gone = _both(found)
    done, values, letters = _sorted(found, kept)
    _codes_are_free(kept, gone, values)
    _written, changes = write(actor, kept, values, now, letters)
    _drop_years(found.moved.get(YEARS, ()), kept)
    _bring_back(actor, gone, now)
    for mover in policy.MOVERS:
        if keys := found.moved.get(mover.kind):
            back = mover.back(keys, gone.id, kept.id)
            done.returned[mover.kind] = len(back)
            if len(back) < len(keys):
                done.stayed[mover.kind] = len(keys) - len(back)
    found.undone_at, found.undone_by, found.undo_reason = now, actor.user_id, said
    found.undo_result = vars(done)
    if (pair := duplicates.pair_of(kept.id, gone.id)) is not None and pair.state == "merged":
        pair.state, pair.reason = "open", ""
        pair.decided_at = pair.decided_by = None
    db.session.flush()
    _tell(actor, found, kept, gone, changes)
    return found


def forget(actor: Actor, now: datetime) -> int:
    """The values that a merge noted serve undoing it and hold contacts: they go when it cannot be
    undone any more. By the clock; how many merges were cleared."""
    found = duplicates.outlived(now - policy.UNDO_FOR, AT_ONCE)
    for one in found:
        kept = trail.Ref("enterprise", one.kept_id, label=one.kept_name, park_id=one.park_id)
        one.written = {}
        db.session.flush()
        trail.record(actor, "enterprise.merge_forgotten", kept, details={"number": one.id})
    return len(found)


def _both(found: EnterpriseMerge) -> tuple[Enterprise, Enterprise]:
    rows = duplicates.locked_any((found.kept_id, found.gone_id))
    if len(rows) < 2:
        raise NotFound("a record went away")
    kept, gone = rows[found.kept_id], rows[found.gone_id]
    if kept.merged_into is not None:
        raise Refusal("unmerge_merged_on", name=str(duplicates.stays(kept.id)))
    if kept.deleted_at is not None:
        raise Refusal("unmerge_kept_deleted", name=kept.name)
    if policy.changing(kept) is not None:
        raise Refusal("unmerge_moved_away", name=kept.name)
    return kept, gone


def _sorted(
    found: EnterpriseMerge, kept: Enterprise
) -> tuple[Undone, dict[str, Any], dict[str, Origin]]:
    """Which fields are as the merge left them, what they get back, and where that came from."""
    done, values = Undone(), {}
    now = {name: to_wire(value) for name, value in values_of(kept).items()}
    letters = {}
    for name, (before, after, *letter) in found.written.items():
        if now.get(name) == after:
            done.restored.append(name)
            values[name] = revive(BY_NAME[name.partition("@")[0]].kind, before)
            letters[name] = Origin(letter[0]) if letter else Origin.unknown
        else:
            done.kept.append(name)
    return done, values, letters


def _codes_are_free(kept: Enterprise, gone: Enterprise, values: dict[str, Any]) -> None:
    """No living record of the park may have the code that one of the two comes back with."""
    code = values.get("uscc", kept.uscc)
    if code == gone.uscc:
        raise Refusal("unmerge_code_taken", name=kept.name, uscc=code)
    for wanted in (code, gone.uscc):
        other = queries.alive_with_code(kept.park_id, wanted)
        if other is not None and other.id != kept.id:
            raise Refusal("unmerge_code_taken", name=other.name, uscc=wanted)


def _drop_years(years: Sequence[int], kept: Enterprise) -> None:
    """Years that the merge made, when nothing stands in them any more."""
    for year in years:
        row = queries.figures(kept.id, year)
        if row is not None and all(getattr(row, name) is None for name in YEARLY):
            db.session.delete(row)
    db.session.flush()


def _bring_back(actor: Actor, gone: Enterprise, now: datetime) -> None:
    gone.deleted_at = gone.deleted_by = gone.delete_reason = gone.merged_into = None
    gone.updated_at, gone.updated_by = now, actor.user_id
    db.session.flush()
    counts.move(gone.park_id, come=gone.status)


def _tell(
    actor: Actor, found: EnterpriseMerge, kept: Enterprise, gone: Enterprise, changes: Any
) -> None:
    details = {"reason": found.undo_reason, "number": found.id}
    trail.record(
        actor, "enterprise.unmerged", kept, changes=changes, personal=PERSONAL,
        details={**details, "other": f"{gone.name} {gone.uscc}"},
    )  # fmt: skip
    other = f"{kept.name} {kept.uscc}"
    trail.record(actor, "enterprise.unmerged", gone, details={**details, "other": other})
