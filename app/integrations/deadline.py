"""A moment by which everything must be over, however many calls it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]


class Deadline:
    """``seconds`` from now, by a clock that no change of the date moves."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._end = self._began + seconds

    @property
    def left(self) -> float:
        """Seconds that remain, never below zero."""
        return max(self._end - self._clock(), 0.0)

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._began
