"""Reading a file from the outside: a child does it, this side watches the clock and the memory."""

from __future__ import annotations

import datetime as dt
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from app.engines.sheets.model import (
    CellError,
    FileRefused,
    Kind,
    Limits,
    Row,
    Table,
    TakesTooLongError,
)
from app.engines.sheets.turns import Turn
from app.engines.sheets.values import SEPARATOR
from app.engines.sheets.wire import (
    LENGTH_BYTES,
    MAX_FRAME,
    Request,
    decode,
    kinds_to_revive,
    row_from_wire,
    wire_row,
)

_ROOT: Final = Path(__file__).resolve().parents[3]
_BLOCK: Final = 1 << 16
# What handling a frame may raise when a hostile file has taken over the child.
_NONSENSE: Final = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class Child:
    """The reading process and its frames. Its time is counted only while we wait for it."""

    def __init__(self, request: Request) -> None:
        self._seconds_left = float(request.limits.seconds)
        self._buffer = bytearray()
        patience = request.limits.patience
        self._turn = None if patience is None else Turn()
        self._deadline = None if patience is None else time.monotonic() + patience
        try:
            self._start(request)
        except BaseException:
            self._give_turn()
            raise

    def _start(self, request: Request) -> None:
        environment = {
            key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "TMPDIR")
        }
        environment |= {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.engines.sheets.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=_ROOT,
            process_group=0,  # with the gate's own process, as long as there is one
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._out = self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.write(request.dump())
            self._process.stdin.flush()  # and stays open: see ``lifeline``

    @property
    def pid(self) -> int:
        """Number of the process, for those who measure it."""
        return self._process.pid

    def frames(self) -> Iterator[list[Any]]:
        """Frames to the end; a child that dies, hangs or talks nonsense is a file refused."""
        while True:
            frame = self._frame()
            if frame[0] == "end":
                return
            if frame[0] == "refused":
                raise _refusal(frame)
            yield frame

    def kill(self) -> None:
        """End the process, whatever it is doing, and give everything back."""
        # Not ``poll``: a reader that died of the file is not taken away yet, so that the number of
        # its group is still its own, and the gate may be at work in it.
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._give_turn()
        self._out.close()
        if self._process.stdin and not self._process.stdin.closed:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def _give_turn(self) -> None:
        if self._turn is not None:
            self._turn.over()

    def _frame(self) -> list[Any]:
        length = int.from_bytes(self._take(LENGTH_BYTES), "big")
        if length > MAX_FRAME:
            raise FileRefused("unreadable")
        try:
            frame = decode(self._take(length))
        except ValueError as error:
            raise FileRefused("unreadable") from error
        if not isinstance(frame, list) or not frame:
            raise FileRefused("unreadable")
        return frame

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            block = self._more()
            if not block:
                raise FileRefused("unreadable")
            self._buffer += block
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self) -> bytes:
        begun = time.monotonic()
        patience = math.inf if self._deadline is None else self._deadline - begun
        wait = max(min(self._seconds_left, patience), 0)
        ready, _, _ = select.select([self._out], [], [], wait)
        self._seconds_left -= time.monotonic() - begun
        if not ready:
            raise TakesTooLongError if patience <= wait else FileRefused("too_slow")
        return os.read(self._out.fileno(), _BLOCK)


@dataclass
class Reading:
    """A file being read. A context manager: leaving it ends the child."""

    table: Table
    format: str
    encoding: str
    sheet: str
    heading_row: int
    present: tuple[str, ...]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]
    meta: dict[str, Any] | None
    file_warnings: tuple[CellError, ...]
    _child: Child = field(repr=False)
    _frames: Iterator[list[Any]] = field(repr=False)

    @property
    def missing_required(self) -> tuple[str, ...]:
        """Required columns that the file lacks: an error for each new row."""
        columns = self.table.by_name()
        return tuple(name for name in self.absent if columns[name].required)

    @property
    def rows(self) -> Iterator[list[Row]]:
        """The rows in chunks of at most 1,000; may still refuse the file as a whole."""
        return self._each(row_from_wire)

    @property
    def wire_rows(self) -> Iterator[list[Row]]:
        """The same with values in the wire form: for who stores them as JSON anyway."""
        return self._each(wire_row)

    def _each(self, row_of: Callable[[Any, dict[str, Kind]], Row]) -> Iterator[list[Row]]:
        kinds = kinds_to_revive(self.table)
        try:
            for frame in self._frames:
                yield [row_of(row, kinds) for row in frame[1]]
        except _NONSENSE as error:
            raise FileRefused("unreadable") from error

    @property
    def child_pid(self) -> int:
        """Number of the reading process, for those who measure it."""
        return self._child.pid

    def close(self) -> None:
        """End the child."""
        self._child.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read(
    path: str | Path,
    filename: str,
    table: Table,
    limits: Limits,
    *,
    today: dt.date,
    accepted_codes: frozenset[str] = frozenset(),
) -> Reading:
    """Open a file as ``table``; raises ``FileRefused`` when it cannot be read at all."""
    _check_options(table)
    _check_size(Path(path), limits)
    resolved = str(Path(path).resolve())
    child = Child(Request("read", resolved, filename, limits, table, today, accepted_codes))
    try:
        frames = child.frames()
        header = next(frames, None)
        if header is None or header[0] != "header":
            raise FileRefused("unreadable")  # noqa: TRY301 - ends the child like every refusal
        return _reading(table, header[1], child, frames)
    except _NONSENSE as error:
        child.kill()
        raise FileRefused("unreadable") from error
    except BaseException:
        child.kill()
        raise


def read_grid(path: str | Path, filename: str, limits: Limits) -> Iterator[tuple[str, list[Any]]]:
    """Sheet name and row for every row of every visible sheet, without a declared table."""
    _check_size(Path(path), limits)
    child = Child(Request("grid", str(Path(path).resolve()), filename, limits))
    try:
        sheet = ""
        for frame in child.frames():
            if frame[0] == "sheet":
                sheet = frame[1]
                continue
            for row in frame[1]:
                yield sheet, row
    finally:
        child.kill()


def _refusal(frame: list[Any]) -> FileRefused:
    try:
        return FileRefused(str(frame[1]), **frame[2])
    except (TypeError, LookupError):
        return FileRefused("unreadable")


def _reading(
    table: Table, header: dict[str, Any], child: Child, frames: Iterator[list[Any]]
) -> Reading:
    present = tuple(header["present"])
    ignored = tuple(header["ignored"])
    warnings: list[CellError] = []
    if ignored:
        warnings.append(CellError(None, "heading_unknown", {"headings": SEPARATOR.join(ignored)}))
    if header["other_sheets"]:
        names = SEPARATOR.join(header["other_sheets"])
        warnings.append(
            CellError(None, "second_sheet", {"sheet": header["sheet"], "others": names})
        )
    return Reading(
        table=table,
        format=header["format"],
        encoding=header["encoding"],
        sheet=header["sheet"],
        heading_row=header["heading_row"],
        present=present,
        absent=tuple(c.name for c in table.columns if c.name not in present),
        ignored=ignored,
        meta=header["meta"],
        file_warnings=tuple(warnings),
        _child=child,
        _frames=frames,
    )


def _check_size(path: Path, limits: Limits) -> None:
    if path.stat().st_size > limits.max_bytes:
        raise FileRefused("too_large", limit=limits.max_bytes >> 20)


def _check_options(table: Table) -> None:
    """A choice without its list is a mistake of ours, not of the file: say so before the child."""
    for column in table.columns:
        if column.kind in ("choice", "multi_choice") and not column.options:
            raise ValueError(f"column {column.name} has no options: use Table.with_options")
