"""The process that touches the file: ``python -m app.engines.sheets.child``.

It has a memory and a time limit of its own, answers in frames on its standard output, and may die
at any moment: the parent takes that for a file that cannot be read.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from app.engines.sheets import lifeline
from app.engines.sheets.model import FileRefused, Limits
from app.engines.sheets.outlet import Outlet
from app.engines.sheets.rows import RowReader
from app.engines.sheets.sources import Source, open_beside, open_grid
from app.engines.sheets.values import Rules, as_typed
from app.engines.sheets.wire import LENGTH_BYTES, Request, send, send_rows


def main() -> None:
    """Serve the one request on standard input."""
    gc.disable()  # rows make no circles, and looking for some costs a third of the time
    size = int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES), "big")
    request = Request.load(sys.stdin.buffer.read(size))
    lifeline.hold(sys.stdin.fileno())
    pipe = Outlet(sys.stdout.fileno())
    _limit(request.limits)
    try:
        _serve(request, pipe)
        send(pipe, ["end"])
    except FileRefused as refused:
        send(pipe, ["refused", refused.code, refused.params])
    except MemoryError:
        send(pipe, ["refused", "memory", {}])
    pipe.drain()


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(request: Request, pipe: Outlet) -> None:
    path = Path(request.path)
    if request.task == "grid":
        for name, rows in open_grid(path, request.filename, request.limits):
            send(pipe, ["sheet", name])
            send_rows(pipe, (_plain(cells) for _, cells in rows))
    elif request.task == "mark":
        # Only this task needs openpyxl, which would cost every other one its start.
        marking = import_module("app.engines.sheets.marking")
        marking.mark(request, pipe)
    else:
        _read(request, path, pipe)


def _read(request: Request, path: Path, pipe: Outlet) -> None:
    table = request.table
    if table is None:
        raise ValueError("reading needs a table")
    source = open_beside(path, request.filename, table, request.limits)
    send(pipe, ["header", _header(source)])
    reader = RowReader(
        table,
        source.headings,
        rules=Rules(request.today, request.accepted_codes, from_csv=source.format == "csv"),
        marks=source.marks,
        max_rows=request.limits.max_rows,
    )
    send_rows(pipe, reader.read(source.rows))


def _header(source: Source) -> dict[str, Any]:
    return {
        "format": source.format,
        "encoding": source.encoding,
        "sheet": source.sheet,
        "heading_row": source.headings.number,
        "present": source.headings.present,
        "ignored": source.headings.ignored,
        "meta": source.meta,
        "other_sheets": source.other_sheets,
    }


def _plain(cells: Any) -> list[Any]:
    """Cells as JSON carries them; days become their text."""

    def each() -> Iterator[Any]:
        for cell in cells:
            if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
                yield int(cell)
            else:
                yield cell if isinstance(cell, str | int | float) else as_typed(cell)

    return list(each())


if __name__ == "__main__":
    main()
