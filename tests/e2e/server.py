"""The real server as a process tree of its own: ``python app.py`` on a free port and a new folder."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from config import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 120.0
SETTINGS = {
    "APP_MODE": "demo",
    "WEB_WORKERS": "1",
    "DEMO_ENTERPRISES": "700",
    "IMPORT_PAGE_ROWS": "300",
    "LOGIN_RATE": "1000 per minute",
    "UPLOAD_RATE": "1000 per minute",
    "LOG_LEVEL": "ERROR",
}


#: In a folder that was prepared: the data, and a sign that they are whole.
DATA, READY = "data", "ready"
#: What ``app.py`` does before it serves.
PREPARE = """
import sys
from app import create_app
from app.cli import demo
from app.cli.deploy import deploy
with create_app().app_context():
    deploy()
    demo.seed(int(sys.argv[1]))
"""


class Server:
    """Start, ask, look into the database, kill."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        self.settings = {**SETTINGS, **settings}
        self.port, self.sandbox_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """The settings of the test and nothing that stands in the environment by chance."""
        plain = {key: text for key, text in os.environ.items() if key not in ENVIRONMENT}
        ports = {"PORT": str(self.port), "SANDBOX_PORT": str(self.sandbox_port)}
        # Less than half of the five seconds in which a person must have an answer, so that a busy
        # machine that draws the page slowly fails no journey; test_attacks.py holds what is shipped.
        ports["OUTSIDE_SECONDS"] = "2"
        return {**plain, **ports, **self.settings, "DATA_DIR": str(self.folder)}

    def start(self) -> Server:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509 - no other thread holds a lock here
            )
        self._wait_until_ready()
        return self

    def prepare(self) -> None:
        """Deployed and with the demo's data, without being served."""
        told = subprocess.run(
            [sys.executable, "-c", PREPARE, self.settings["DEMO_ENTERPRISES"]],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        end = time.monotonic() + START_WITHIN
        while time.monotonic() < end:
            assert self.process.poll() is None, f"{self.process.returncode} {self.said()}"
            with contextlib.suppress(OSError):
                answer = urllib.request.urlopen(f"{self.address}/health/ready", timeout=5)
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(self.said())

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        """As Ctrl-C does; whoever does not leave is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """kill -9 of the whole tree at once."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def worker(self) -> int:
        """The job worker's process: the child that wrote its number into ``workers``. It starts once
        the web server answers."""
        assert self.process is not None
        end = time.monotonic() + 10
        while time.monotonic() < end:
            told = " ".join(path.name for path in self.folder.glob("workers/*"))
            for child in children_of(self.process.pid):
                if f"-{child}-" in told:
                    return child
            time.sleep(0.05)
        raise AssertionError("no worker")

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database behind the server's back; committed at the end."""
        connection = sqlite3.connect(self.folder / "parkdesk.db", timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def write(self, query: str, *values: Any) -> int:
        with self.database() as connection:
            return connection.execute(query, values).rowcount

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command line of the application on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def _end_with_the_tests() -> None:
    """Linux: a test run that is killed leaves no server behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def children_of(pid: int) -> list[int]:
    """Direct children of a process."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(text) for text in file.read_text().split()]
    except OSError:
        return []


def prepared(place: str, make: Callable[[], Path]) -> Path:
    """The data that ``python -m tests.e2e.server FOLDER`` left in ``place``, else what ``make`` gives."""
    return Path(place) / DATA if place and (Path(place) / READY).exists() else make()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    Server(Path(sys.argv[1]) / DATA).prepare()
    (Path(sys.argv[1]) / READY).touch()
