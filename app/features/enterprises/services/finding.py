"""查找重复企业: pairs of records that may be one, over all parks, found by a job and kept.

Nobody compares a million records with one another: only those that share a code, a name's key or a
fact are put side by side, and of a value that very many share only neighbours in the order of names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, islice

from app.core.actor import Actor
from app.engines import trail
from app.extensions import db
from app.features.enterprises import queries
from app.features.enterprises.models.duplicates import EnterprisePair, EnterpriseScan
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules.sameness import Trait, reasons_of, score
from app.features.enterprises.services import locks

WHOLE = 40  # records with one value: up to so many each is compared with each
AHEAD = 10  # beyond: each with so many that follow it in the order of names
MOST = 20_000  # pairs that are kept; the strongest are found first

Progress = Callable[[int], None]
Key = tuple[int, int]


@dataclass
class Found:
    """Pairs and why; ``capped``: there were more."""

    pairs: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    capped: bool = False


def look(progress: Progress | None = None) -> Found:
    """Read the register once for each thing that records may share. Writes nothing."""
    found = Found()
    seen = 0
    for column in duplicates.SHARED:
        for block in duplicates.blocks(column):
            for one, other in _side_by_side(block):
                if not _note(found, one, other):
                    return found
            seen += len(block)
            if progress is not None:
                progress(seen)
    return found


def _side_by_side(block: Sequence[Trait]) -> Iterator[tuple[Trait, Trait]]:
    if len(block) <= WHOLE:
        yield from combinations(block, 2)
        return
    for number, one in enumerate(block):
        for other in islice(block, number + 1, number + 1 + AHEAD):
            yield one, other


def _note(found: Found, one: Trait, other: Trait) -> bool:
    """Keep a pair that has reasons; ``False`` when there is no room for another one."""
    key = (min(one.id, other.id), max(one.id, other.id))
    if key in found.pairs:
        return True
    reasons = reasons_of(one, other)
    if not reasons:
        return True
    if len(found.pairs) >= MOST:
        found.capped = True
        return False
    found.pairs[key] = reasons
    return True


def keep(actor: Actor, found: Found, *, now: datetime) -> EnterpriseScan:
    """Write down what was found: what somebody decided stays decided, what is over goes."""
    locks.park(locks.ALL_PARKS)
    known = duplicates.all_pairs()
    alive = duplicates.existing({one for key in found.pairs for one in key})
    pairs = {key: why for key, why in found.pairs.items() if alive.issuperset(key)}
    for key, pair in known.items():
        if key in pairs:
            pair.reasons, pair.score = pairs[key], score(pairs[key])
        elif pair.state == "open":
            db.session.delete(pair)
    db.session.add_all(
        EnterprisePair(
            first_id=key[0], second_id=key[1], reasons=why, score=score(why), found_at=now
        )
        for key, why in pairs.items()
        if key not in known
    )
    scan = EnterpriseScan(
        at=now,
        made_by=actor.user_id,
        records=sum(queries.status_counts().values()),
        pairs=len(pairs),
        capped=found.capped,
    )
    db.session.add(scan)
    db.session.flush()
    details = {"count": scan.records, "pairs": scan.pairs}
    trail.record(actor, "enterprises.compared", scan, details=details)
    return scan
