"""If the park reached X: where would a score have stood among last time's? Never whose they were."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def rank_range(scores: Sequence[Decimal], own: tuple[Decimal, Decimal]) -> tuple[int, int] | None:
    """The best and the worst place of a score between ``own[0]`` and ``own[1]`` among the others'
    ``scores``; equal scores share a place. ``None`` with nobody to compare with.

    ``own`` is a range, for what others decide is not known: without those points, and with all.
    """
    if not scores:
        return None
    low, high = min(own), max(own)
    best = 1 + sum(one > high for one in scores)
    worst = 1 + sum(one > low for one in scores)
    return best, worst
