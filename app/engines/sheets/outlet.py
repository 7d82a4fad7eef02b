"""The child's end of the pipe: it reads on while the other side compares and writes."""

from __future__ import annotations

import fcntl
import os
import select
from collections import deque
from contextlib import suppress
from typing import Final

_PIPE: Final = 1 << 20  # bytes: the largest that Linux gives everybody
_ROOM: Final = 8 << 20  # bytes that wait here at most


class Outlet:
    """Takes what the pipe has no room for yet, up to 8 MiB; then it waits like any pipe."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._waiting: deque[memoryview] = deque()
        self._size = 0
        os.set_blocking(number, False)
        with suppress(OSError):  # somebody with many pipes gets smaller ones
            fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, _PIPE)

    def write(self, data: bytes) -> None:
        """Hand over ``data`` now or later, in order."""
        self._waiting.append(memoryview(data))
        self._size += len(data)
        self.push()
        self._until(_ROOM)

    def push(self) -> None:
        """Give the pipe what it takes without waiting."""
        while self._waiting:
            try:
                done = os.write(self._number, self._waiting[0])
            except BlockingIOError:
                return
            self._size -= done
            if done == len(self._waiting[0]):
                self._waiting.popleft()
            else:
                self._waiting[0] = self._waiting[0][done:]

    def drain(self) -> None:
        """Wait until everything is handed over."""
        self._until(0)

    def _until(self, size: int) -> None:
        while self._size > size:
            select.select([], [self._number], [])
            self.push()
