"""What an upheld objection opens again while the round stays published. Plain Python, no database.

Whoever answers objections says what was upheld; here stands what may be judged again for it, and by
whom: never by who had judged it before the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct


class Correction(Struct, frozen=True):
    """Upheld, and not in any published version yet. ``codes``: the values concerned, ``None`` for
    all of the park's; ``since``: when it was answered; ``reason``, ``answer``: what was said."""

    park_id: int
    codes: frozenset[str] | None
    since: datetime
    number: str = ""
    reason: str = ""
    answer: str = ""

    def covers(self, park_id: int, code: str) -> bool:
        return park_id == self.park_id and (self.codes is None or code in self.codes)


def of_park(known: Iterable[Correction], park_id: int) -> tuple[Correction, ...]:
    return tuple(one for one in known if one.park_id == park_id)


def since(known: Iterable[Correction], park_id: int, code: str) -> datetime | None:
    """Since when a value may be judged again; ``None``: no objection to it was upheld."""
    return min((one.since for one in known if one.covers(park_id, code)), default=None)


def whole(known: Iterable[Correction], park_id: int) -> bool:
    """Whether the park's result as such is concerned (total, rank, grade), not single values."""
    return any(one.codes is None for one in of_park(known, park_id))


def named(known: Iterable[Correction], park_id: int) -> frozenset[str]:
    """The values that objections name."""
    found: set[str] = set()
    for one in of_park(known, park_id):
        found |= one.codes or frozenset()
    return frozenset(found)
