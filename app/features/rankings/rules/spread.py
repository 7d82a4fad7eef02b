"""How the totals of a publication lie: intervals, and the middle of each section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from msgspec import Struct

from app.features.rankings.rules.rows import Published

WIDTH = 10
#: More intervals than these are told without the empty ones: a scheme may have any total.
MOST_BANDS = 60
TENTH = Decimal("0.1")


class Band(Struct, frozen=True):
    """Totals from ``low`` (included) to ``low + WIDTH`` (not included); the lowest may be below 0."""

    low: int
    count: int

    @property
    def high(self) -> int:
        return self.low + WIDTH


def band_of(final: str | None) -> int | None:
    """The lower end of the interval in which a total lies; ``None`` without a total."""
    if final is None:
        return None
    return int((Decimal(final) / WIDTH).to_integral_value("ROUND_FLOOR")) * WIDTH


def bands(rows: Sequence[Published]) -> tuple[Band, ...]:
    """Every interval from the highest that is met to the lowest, empty ones between them too."""
    found = Counter(low for one in rows if (low := band_of(one.final)) is not None)
    if not found:
        return ()
    every = range(max(found), min(found) - 1, -WIDTH)
    lows = every if every[0] - every[-1] < WIDTH * MOST_BANDS else sorted(found, reverse=True)
    return tuple(Band(low, found[low]) for low in lows)


class Level(Struct, frozen=True):
    """Rates of a section in per cent of its most: the middle, the best and the own one."""

    code: str
    middle: Decimal
    best: Decimal
    own: Decimal | None


def levels(
    rows: Sequence[Published], most: Mapping[str, str], own: Published | None
) -> tuple[Level, ...]:
    """``most``: section -> its points. Only rows that were scored count; none: nothing to say."""
    scored = [one for one in rows if one.final is not None]
    if not scored:
        return ()
    mine = own if own is not None and own.final is not None else None
    found = []
    for code, points in most.items():
        gained = [Decimal(one.blocks[code]) for one in scored]
        middle, best = _rate(median(gained), points), _rate(max(gained), points)
        ours = _rate(Decimal(mine.blocks[code]), points) if mine else None
        found.append(Level(code, middle, best, ours))
    return tuple(found)


def _rate(points: Decimal, most: str) -> Decimal:
    whole = Decimal(most)
    rate = points * 100 / whole if whole else Decimal(0)
    return rate.quantize(TENTH, ROUND_HALF_UP)
