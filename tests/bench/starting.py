"""From the start of the process to the first answer: the product's second start, a stock one's."""

from __future__ import annotations

import sys
import time

from tests.bench.measure import Line, Table, median, running, wait_until
from tests.bench.site import STOCK, answers
from tests.bench.stand import Stand
from tests.support.postgres import free_port

PRODUCT = [sys.executable, "app.py"]
#: Code is compiled once and kept, as on a machine of users.
KEPT = {"PYTHONDONTWRITEBYTECODE": ""}
ROUNDS = 7  # a start is short: the median of a few is noise


def measure(stand: Stand, table: Table) -> None:
    ours, theirs = [], []
    for _ in range(ROUNDS + 1):
        ours.append(_start(PRODUCT, stand.env("full"), "/login", stand))
        theirs.append(_start(STOCK, {"STOCK_URL": stand.address("raw")}, "/login/", stand))
    del ours[0], theirs[0]  # the first of each fills caches
    table.add(
        Line(
            "second start to the first answer",
            stand.name,
            f"{median(ours):.2f} s (web server and worker)",
            f"stock {median(theirs):.2f} s",
            median([a / b for a, b in zip(ours, theirs, strict=True)]),
            1.5,
        )
    )


def _start(command: list[str], env: dict[str, str], path: str, stand: Stand) -> float:
    port = free_port()
    log = stand.folder / "start.log"
    begun = time.perf_counter()
    with running(command, {**env, **KEPT, "PORT": str(port)}, log) as process:
        wait_until(lambda: answers(port, path), process, log)
        return time.perf_counter() - begun
