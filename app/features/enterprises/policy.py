"""May this actor do this to this enterprise: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.features.enterprises.models import Enterprise, EnterpriseImport
from app.features.enterprises.models.duplicates import EnterpriseMerge, EnterprisePair
from app.features.enterprises.models.moves import EnterpriseMove
from app.features.enterprises.rules.moves import Side

VIEW = "EnterpriseView"
IMPORTS = "EnterpriseImportView"
CODES = "AcceptedCodeView"
DUPLICATES = "DuplicateView"
MERGES = "MergeView"
MOVES = "EnterpriseMoveView"
MENDING = "enterprise_fix"
WRITING = frozenset({"enterprise_apply", "enterprise_undo", MENDING})
UNDO_FOR = timedelta(days=30)
KEEP_PLAN = timedelta(days=30)  # an uploaded file that nobody confirms
#: What forbids moving an enterprise to the recycle bin.
GUARDS: list[Callable[[Enterprise], Refusal | None]] = []
#: What forbids that a record moves to another park.
MOVE_GUARDS: list[Callable[[Enterprise], Refusal | None]] = []


class Hanging(Struct, frozen=True):
    """What of another feature hangs on records, so that they cannot be taken away again.

    ``of`` takes keys of records and answers how much hangs on which of them; ``kind`` has ten
    letters at the most: it stands in the outcome of an import's row.
    """

    kind: str
    label: Any
    of: Callable[[Collection[int]], Mapping[int, int]]


HANGING: list[Hanging] = []


class Mover(Struct, frozen=True):
    """What of another feature hangs on a record and follows it into the one it is merged into.

    ``move`` takes (gone, kept) and returns the keys of what went along; ``back`` takes those keys
    and the same two, and returns the keys of what could go back.
    """

    kind: str
    label: Any
    move: Callable[[int, int], list[int]]
    back: Callable[[Collection[int], int, int], list[int]]


MOVERS: list[Mover] = []


def allowed(actor: Actor, action: str, view: str = VIEW) -> bool:
    """Whether this actor may: asked again by jobs and downloads, which come later than the click."""
    process = actor.user_id is None and actor.username.startswith("system")
    return process or actor.can(action, view)


def personal(actor: Actor) -> bool:
    """Whether this actor may see personal columns in full (decisions.md 8)."""
    return allowed(actor, "can_personal")


def require(actor: Actor, action: str, view: str = VIEW) -> None:
    """Raise ``Forbidden`` for an actor who may not (any more)."""
    if not allowed(actor, action, view):
        raise Forbidden(f"{action} on {view}")


def may_read_export(actor: Actor, file: Any) -> bool:
    """An export is its maker's, as long as they may make it: in that park, or in all of them."""
    inside = actor.sees_all if file.park_id is None else _reaches(actor, file.park_id)
    return actor.user_id == file.created_by and inside and allowed(actor, "can_export")


def may_read_personal_export(actor: Actor, file: Any) -> bool:
    return may_read_export(actor, file) and personal(actor)


def may_read_source(actor: Actor, file: Any) -> bool:
    """An uploaded file holds personal columns of its park."""
    inside = _reaches(actor, file.park_id)
    return inside and personal(actor) and allowed(actor, "can_show", IMPORTS)


def may_read_errors(actor: Actor, file: Any) -> bool:
    """An error workbook is its maker's and holds what the uploaded file held."""
    return actor.user_id == file.created_by and may_read_source(actor, file)


def may_read_evidence(actor: Actor, _file: Any) -> bool:
    """What a code was accepted upon: for those who accept."""
    return allowed(actor, "can_show", CODES)


def _reaches(actor: Actor, park_id: int | None) -> bool:
    parks = actor.scope_park_ids
    return parks is None or park_id in parks


def busy(job: Any) -> Refusal | None:
    """A plan stays as it was confirmed while a job writes it, and whole while one mends it."""
    return Refusal("import_busy") if job is not None and job.kind in WRITING else None


def mending(job: Any) -> Refusal | None:
    """What is still being mended cannot be confirmed: nobody has seen it yet."""
    return busy(job) if job is not None and job.kind == MENDING else None


def changing(enterprise: Enterprise) -> Refusal | None:
    """A record that has moved to another park is only read."""
    return Refusal("moved_away") if enterprise.moved_to is not None else None


def sides(actor: Actor, move: EnterpriseMove) -> frozenset[Side]:
    """On which sides of a move this person stands."""
    found = set()
    if actor.sees_all:
        if allowed(actor, "can_revoke", MOVES):
            found.add(Side.zone)
            if move.asked_by_park_id is None:
                found.add(Side.asker)
        return frozenset(found)
    own = actor.acting_park_id
    if own is not None and allowed(actor, "can_decide", MOVES):
        if own == move.asked_by_park_id:
            found.add(Side.asker)
        if (own == move.from_park_id and move.from_ok_at is None) or (
            own == move.to_park_id and move.to_ok_at is None
        ):
            found.add(Side.asked)
    return frozenset(found)


def discarding(enterprise: Enterprise) -> Refusal | None:
    if (moved := changing(enterprise)) is not None:
        return moved
    return next((no for guard in GUARDS if (no := guard(enterprise)) is not None), None)


def undoing(found: EnterpriseImport, now: datetime) -> Refusal | None:
    if found.state != "applied" or found.applied_at is None:
        return Refusal("undo_not_applied")
    if now - found.applied_at > UNDO_FOR:
        return Refusal("undo_too_late")
    return None


def applying(found: EnterpriseImport) -> Refusal | None:
    if found.state == "planned":
        return None
    return Refusal("already_applied" if found.state in {"applied", "applying"} else "not_planned")


# -- duplicates ----------------------------------------------------------------------------------
def deciding(pair: EnterprisePair, state: str, *, one_park: bool) -> Refusal | None:
    """Whether the zone may say ``state`` of a pair now."""
    if (pair.state == "open") is (state == "open"):
        return Refusal("pair_decided")
    if pair.state == "merged":
        return Refusal("pair_merged")
    if state == "linked" and one_park:
        return Refusal("pair_in_one_park")
    return None


def merging(
    kept: Enterprise,
    gone: Enterprise,
    certified: Collection[str],
    pair: EnterprisePair | None = None,
) -> Refusal | None:
    """One record per park and code: what lies in two parks is linked, or moves house."""
    if pair is not None and pair.state != "open":
        return Refusal("pair_decided")
    if kept.id == gone.id or kept.park_id != gone.park_id:
        return Refusal("merge_two_parks")
    if kept.uscc in certified and gone.uscc in certified:
        return Refusal("merge_both_certified")
    return None


def unmerging(merge: EnterpriseMerge, now: datetime) -> Refusal | None:
    if merge.undone_at is not None:
        return Refusal("unmerge_done")
    if now - merge.merged_at > UNDO_FOR:
        return Refusal("unmerge_too_late")
    return None
