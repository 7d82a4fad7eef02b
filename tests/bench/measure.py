"""Watching processes, medians, and the lines of the table."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024.0  # /proc counts in KiB


@dataclass(frozen=True)
class Line:
    """A row of the table. ``value`` is compared with ``aim``; both in the unit that ``form`` says."""

    what: str
    database: str
    ours: str
    beside: str
    value: float | None = None
    aim: float | None = None
    form: str = "{:.2f} x"
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.aim is None or self.value is None:
            return ""
        return "ok" if self.value <= self.aim else "MISSED"

    def cells(self) -> tuple[str, ...]:
        value = "" if self.value is None else self.form.format(self.value)
        aim = "" if self.aim is None else "<= " + self.form.format(self.aim)
        return self.what, self.database, self.ours, self.beside, value, aim, self.verdict, self.note


@dataclass
class Table:
    """The lines of a run, printed as they come and once more as a whole."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        say("  " + " | ".join(cell for cell in line.cells() if cell))

    def text(self) -> str:
        head = ("what", "database", "product", "beside", "measured", "aim", "", "note")
        rows = [head, tuple("---" for _ in head), *(line.cells() for line in self.lines)]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)

    @property
    def missed(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == "MISSED"]


def say(text: str) -> None:
    print(text, flush=True)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Watch:
    """Highest memory of a process and its children together while the block runs, in MiB.

    ``over``: above what they had when it began.
    """

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._idle = self._peak = 0.0

    def __enter__(self) -> Self:
        for pid in self._pids:  # VmHWM begins anew here
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._idle = self._peak = sum(memory(pid, "VmRSS") for pid in self._pids)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    @property
    def over(self) -> float:
        return max(0.0, self._peak - self._idle)

    def _look(self) -> None:
        while not self._end.wait(0.02):
            together = 0.0
            for pid in self._pids:
                together += memory(pid, "VmHWM")
                together += sum(memory(child, "VmHWM") for child in family_of(pid))
            self._peak = max(self._peak, together)


def children_of(pid: int) -> list[int]:
    """The processes that ``pid`` started, also from its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def family_of(pid: int) -> list[int]:
    """Its children, theirs, and so on."""
    found = children_of(pid)
    return found + [one for child in found for one in family_of(child)]


def memory(pid: int, what: str) -> float:
    """``VmRSS`` or ``VmHWM`` of a process in MiB."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) / MIB
    return 0.0


def act(name: str, env: dict[str, str], **given: str) -> tuple[dict[str, Any], float]:
    """Run an act of ``tests.bench.work``; its result, and its peak over idle in MiB."""
    command = [sys.executable, "-m", "tests.bench.work", name]
    command += [f"{key}={value}" for key, value in given.items()]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **env},
        cwd=ROOT,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    over, last = 0.0, ""
    try:
        line = process.stdout.readline()
        if line.strip() == "ready":
            with Watch([process.pid]) as watch:
                process.stdin.write("go\n")
                process.stdin.flush()
                last = process.stdout.read()
            over = watch.over
        else:
            last = line + process.stdout.read()
    finally:
        if process.wait(timeout=900) != 0:
            msg = f"{name} failed: {last[-500:]}"
            raise RuntimeError(msg)
    return json.loads(last.strip().splitlines()[-1]), over


@contextlib.contextmanager
def running(command: Sequence[str], env: dict[str, str], log: Path) -> Any:
    """A server for a while; ended by SIGTERM, after 30 s by force."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **env}, cwd=ROOT, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(answer: Any, process: Any, log: Path, seconds: float = 60) -> None:
    """Poll until ``answer()`` is true."""
    end = time.monotonic() + seconds
    while not answer():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text()[-2000:])
        time.sleep(0.005)
