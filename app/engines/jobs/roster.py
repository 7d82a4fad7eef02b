"""Which processes that run jobs are alive: each holds a lock on a file of its own.

A POSIX record lock belongs to one process: children do not inherit it, and the kernel drops it
however the process ends. No clock is asked.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from pathlib import Path
from typing import IO


class Roster:
    """Lock files in a folder that the processes of one machine share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._name = ""
        self._pid = 0
        self._file: IO[str] | None = None

    def me(self) -> str:
        """Name of this process; takes its lock at the first call, and anew after a fork."""
        with self._mutex:
            if self._pid != os.getpid():
                self._enter()
            return self._name

    def _enter(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        host = socket.gethostname()[:60]
        self._pid = os.getpid()
        self._name = f"{host}-{self._pid}-{secrets.token_hex(4)}"
        # Opened under another name until it is locked: nobody may see it free.
        waiting = self._folder / f".{self._name}"
        self._file = waiting.open("w")
        fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        waiting.rename(self._folder / self._name)

    def is_dead(self, name: str) -> bool | None:
        """Whether the process is known to have ended; ``None``: not of this machine."""
        if name == self.me():
            return False  # opening and closing one's own file would drop the lock
        path = self._folder / name
        try:
            with path.open("r+") as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return False
        return True

    def forget(self, keep: set[str]) -> None:
        """Delete the files of dead processes, except of those that a row still names."""
        for path in self._folder.glob("*-*-*"):
            hidden = path.name.startswith(".")
            if not hidden and path.name not in keep and self.is_dead(path.name):
                path.unlink(missing_ok=True)
