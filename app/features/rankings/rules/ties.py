"""Parks with the same total: who shares a rank, who stands before whom by the scheme's order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from app.features.rankings.rules.rows import Published


class Tie(Struct, frozen=True):
    """Ranked parks with one total. ``shared``: the ranks that more than one of them has."""

    final: str
    names: tuple[str, ...]
    ranks: tuple[int, ...]
    shared: tuple[int, ...]

    @property
    def ordered(self) -> bool:
        """Whether the scheme's order parted at least some of them."""
        return len(set(self.ranks)) > 1


def ties(rows: Sequence[Published]) -> tuple[Tie, ...]:
    """In the order of the sheet."""
    groups: dict[Decimal, list[Published]] = {}
    for row in rows:
        if row.rank is not None and row.final is not None:
            groups.setdefault(Decimal(row.final), []).append(row)
    return tuple(_tie(group) for group in groups.values() if len(group) > 1)


def _tie(group: Sequence[Published]) -> Tie:
    ranks = tuple(one.rank for one in group if one.rank is not None)
    shared = sorted({one for one in ranks if ranks.count(one) > 1})
    assert group[0].final is not None
    return Tie(group[0].final, tuple(one.name for one in group), ranks, tuple(shared))
