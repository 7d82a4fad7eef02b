"""合并: one record is taken into another of the same park, whole or not at all.

The other record keeps all it held; it is only out of the lists. So that undoing is exact, a merge
notes each value that it wrote into the record that stays, before and after.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, refuse_if
from app.engines import trail
from app.extensions import db
from app.features.enterprises import policy
from app.features.enterprises.models import Enterprise
from app.features.enterprises.models.duplicates import MERGED, EnterpriseMerge
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules import PERSONAL, PLAIN, YEARLY
from app.features.enterprises.rules.origins import Origin, origin, relettered
from app.features.enterprises.rules.sameness import CERTIFIED
from app.features.enterprises.services import counts, locks
from app.features.enterprises.services.certified import put
from app.features.enterprises.services.locks import ALL_PARKS
from app.features.enterprises.services.pairs import reason_of
from app.features.enterprises.services.register import set_figures
from app.features.enterprises.services.staged import to_wire

YEARS = "years"  # among what moved: years that the staying record had no figures of


@dataclass(frozen=True)
class Merge:
    """``kept`` stays and takes the fields ``take`` of ``gone``; ``seen``: the versions of both that
    somebody chose upon. Yearly fields carry their year: ``annual_sales@2025``."""

    kept: int
    gone: int
    take: frozenset[str] = field(default=frozenset())
    seen: tuple[int, int] | None = None


def merge(actor: Actor, asked: Merge, *, reason: str, now: datetime) -> EnterpriseMerge:
    """Refused with words when one of the two is no longer what was seen."""
    kept, gone = _both(asked)
    said = reason_of(reason)
    certified = duplicates.certified((kept.uscc, gone.uscc))
    pair = duplicates.pair_of(kept.id, gone.id)
    refuse_if(policy.merging(kept, gone, certified, pair))
    if asked.seen is not None and asked.seen != (kept.version, gone.version):
        raise Refusal("merge_changed")
    sure = fixed(kept, gone).items()
    if any((side == "gone") is not (name in asked.take) for name, side in sure):
        raise Refusal("merge_certified_fixed")
    new = _new_values(kept, gone, asked.take)
    _put_away(actor, kept, gone, now)
    done = EnterpriseMerge(
        park_id=kept.park_id, kept_id=kept.id, gone_id=gone.id, kept_name=kept.name,
        gone_name=gone.name, reason=said, merged_at=now, merged_by=actor.user_id,
        written={}, moved=_moved(gone.id, kept.id),
    )  # fmt: skip
    if years := sorted(_years(new) - duplicates.all_figures(kept.id).keys()):
        done.moved = {**done.moved, YEARS: years}
    done.written, changes = write(actor, kept, new, now, _letters(gone, new))
    db.session.add(done)
    if pair is not None:
        pair.state, pair.decided_at, pair.decided_by = "merged", now, actor.user_id
        pair.reason = said
    db.session.flush()
    _tell(actor, done, kept, gone, changes)
    return done


def _both(asked: Merge) -> tuple[Enterprise, Enterprise]:
    """The two, with their park's register, read again and locked."""
    parks = {duplicates.any_state(pk).park_id for pk in (asked.kept, asked.gone)}
    locks.parks({ALL_PARKS, *parks})
    found = duplicates.locked_any((asked.kept, asked.gone))
    if any(one.deleted_at is not None or policy.changing(one) for one in found.values()):
        raise Refusal("merge_gone")
    if len(found) < len({asked.kept, asked.gone}):
        raise NotFound("a record went away")
    return found[asked.kept], found[asked.gone]


def fixed(kept: Enterprise, gone: Enterprise) -> dict[str, str]:
    """Field -> ``kept`` or ``gone``: whose value is certified, and so is not for choice.

    Only where one of the two codes is certified; two certified ones are two companies.
    """
    firms = duplicates.certified((kept.uscc, gone.uscc))
    if len(firms) != 1:
        return {}
    (firm,) = firms.values()
    sides = {"kept": kept, "gone": gone}
    found = {}
    for name in CERTIFIED:
        value = getattr(firm, name)
        holders = [side for side, item in sides.items() if value and getattr(item, name) == value]
        if len(holders) == 1:
            found[name] = holders[0]
    return found


def _year(name: str) -> int:
    return int(name.partition("@")[2] or 0)


def _years(values: Collection[str]) -> set[int]:
    """The years that fields are of."""
    return {_year(name) for name in values} - {0}


def _new_values(kept: Enterprise, gone: Enterprise, take: Collection[str]) -> dict[str, Any]:
    """What the staying record gets: the chosen fields that differ."""
    mine, theirs = values_of(kept), values_of(gone)
    if unknown := set(take) - {*PLAIN, *mine, *theirs}:
        raise NotFound(f"no field {min(unknown)}")
    return {name: theirs.get(name) for name in take if theirs.get(name) != mine.get(name)}


def values_of(item: Enterprise) -> dict[str, Any]:
    """Every field of a record and, as ``name@year``, of its years."""
    found = {name: getattr(item, name) for name in PLAIN}
    for year, row in duplicates.all_figures(item.id).items():
        found |= {f"{name}@{year}": getattr(row, name) for name in YEARLY}
    return found


def _put_away(actor: Actor, kept: Enterprise, gone: Enterprise, now: datetime) -> None:
    """First: the staying record may take its code, which two living ones may not have."""
    gone.deleted_at, gone.deleted_by, gone.delete_reason = now, actor.user_id, MERGED
    gone.merged_into = kept.id
    db.session.flush()
    counts.move(gone.park_id, gone=gone.status)


def _letters(item: Enterprise, names: Collection[str]) -> dict[str, Origin]:
    """Where a record's values of these fields came from: the source goes along with the value."""
    years = duplicates.all_figures(item.id)
    found = {}
    for name in names:
        plain = name.partition("@")[0]
        row = years.get(_year(name)) if _year(name) else item
        found[name] = origin(row.origins, plain) if row is not None else Origin.unknown
    return found


def write(
    actor: Actor,
    item: Enterprise,
    new: Mapping[str, Any],
    now: datetime,
    letters: Mapping[str, Origin],
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """New values into a record and its years: [before, after, letter before] of each in the wire
    form, and what the trail tells. Always a new version: no older plan or form fits the record any
    more. ``letters``: where the new ones came from."""
    before, status, had = values_of(item), item.status, _letters(item, new)
    plain = {name: value for name, value in new.items() if "@" not in name}
    put(item, plain, Origin.unknown, letters)
    item.updated_at, item.updated_by = now, actor.user_id
    changes = trail.changes_of(item, plain)
    db.session.flush()
    counts.move(item.park_id, gone=status, come=item.status)
    for year in sorted(_years(new)):
        some = {name.partition("@")[0]: one for name, one in new.items() if _year(name) == year}
        changes |= set_figures(item, year, some, Origin.unknown)
        _mark_year(item.id, year, some, letters)
    written = {
        name: [to_wire(before.get(name)), to_wire(value), had[name].value]
        for name, value in new.items()
    }
    return written, changes


def _mark_year(
    item_id: int, year: int, names: Collection[str], letters: Mapping[str, Origin]
) -> None:
    row = duplicates.all_figures(item_id).get(year)
    for name in names:
        if row is not None and (letter := letters.get(f"{name}@{year}")) is not None:
            row.origins = relettered(row.origins, (name,), letter)
    db.session.flush()


def _moved(gone: int, kept: int) -> dict[str, list[int]]:
    found = {mover.kind: mover.move(gone, kept) for mover in policy.MOVERS}
    return {kind: keys for kind, keys in found.items() if keys}


def _tell(
    actor: Actor, done: EnterpriseMerge, kept: Enterprise, gone: Enterprise, changes: Any
) -> None:
    """On both; the one that stays tells what was written into it."""
    details = {"reason": done.reason, "number": done.id}
    trail.record(
        actor, "enterprise.merged", kept, changes=changes, personal=PERSONAL,
        details={**details, "other": f"{gone.name} {gone.uscc}"},
    )  # fmt: skip
    other = f"{kept.name} {kept.uscc}"
    trail.record(actor, "enterprise.merged_away", gone, details={**details, "other": other})
