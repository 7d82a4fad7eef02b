"""How many files one web process reads at once for people who wait for the page."""

from __future__ import annotations

import threading
from typing import Final

from app.engines.sheets.model import TakesTooLongError

# A reader is two processes at full speed, and the thread that waits for it answers nobody else.
AT_ONCE: Final = 2
_WAIT: Final = 2.0  # seconds in which most small files are read

_free = threading.BoundedSemaphore(AT_ONCE)


class Turn:
    """A place among those that read now. Raises ``TakesTooLongError`` when none comes free soon."""

    def __init__(self) -> None:
        if not _free.acquire(timeout=_WAIT):
            raise TakesTooLongError
        self._taken = True

    def over(self) -> None:
        """Give the place back; a second time does nothing."""
        if self._taken:
            self._taken = False
            _free.release()
