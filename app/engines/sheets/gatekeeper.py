"""The gate beside the reader: a process of its own scans a workbook while this one already reads it.

A hundred thousand rows take either of them a second. Nothing that was read is used before the gate
has said yes; its no ends the reader, whatever it is doing, and is told in its stead: the reader may
be dying of the very file.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Final, NoReturn

from app.engines.sheets.gate import Scanned, inspect, require_room
from app.engines.sheets.model import FileRefused, Limits
from app.engines.sheets.outlet import Outlet
from app.engines.sheets.wire import send

_ZIP: Final = b"PK"


def is_xlsx(path: Path, filename: str) -> bool:
    """Whether the file says so of itself: the format that large tables come in."""
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP and filename.lower().endswith(".xlsx")


class Gatekeeper:
    """Scans from now on. Only for the reading child: a file refused ends the process.

    Raises ``OSError`` where no second process can be had.
    """

    def __init__(self, path: Path, filename: str, limits: Limits) -> None:
        reader = os.getpid()
        self._verdict, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._verdict)
            _scan(path, filename, limits, writing, reader)
        os.close(writing)

    def scanned(self) -> Scanned:
        """What the gate found; waits for it."""
        with os.fdopen(self._verdict, "rb") as pipe:
            verdict = pipe.read()
        os.waitpid(self._process, 0)
        if not verdict:
            raise FileRefused("unreadable")
        # From our own half of the same process, which has seen no more of the file than we have.
        found: Scanned = pickle.loads(verdict)  # noqa: S301
        return found


def _scan(path: Path, filename: str, limits: Limits, writing: int, reader: int) -> NoReturn:
    try:
        try:
            scanned = inspect(path, filename, limits)
            if scanned.first:
                require_room(scanned, scanned.first, limits)
        except FileRefused as refused:
            _refuse(reader, refused.code, refused.params)
        except MemoryError:
            _refuse(reader, "memory", {})
        else:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(pickle.dumps(scanned))
    finally:
        os._exit(0)


def _refuse(reader: int, code: str, params: dict[str, object]) -> None:
    if os.getppid() == reader:  # it may be gone already, and its number somebody else's
        os.kill(reader, signal.SIGKILL)
    pipe = Outlet(sys.stdout.fileno())
    send(pipe, ["refused", code, params])
    pipe.drain()
