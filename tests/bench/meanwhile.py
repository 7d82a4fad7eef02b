"""The list page while a large import runs in the worker."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench.browser import Browser
from tests.bench.measure import Line, Table, act, percentile
from tests.bench.paging import LIST
from tests.bench.site import Site
from tests.bench.stand import Stand

PAUSE = 0.01
WRITE_EVERY = 0.5


def measure(stand: Stand, site: Site, book: str, count: int, table: Table) -> None:
    """The site's product is imported into while one person reads and another one saves."""
    reader, writer = site.signed_in(), site.signed_in()
    idle = _read(reader, until=time.monotonic() + 8)
    ended = threading.Event()
    writes: list[tuple[int, float]] = []
    with ThreadPoolExecutor(2) as pool:
        asides = [
            pool.submit(_import, stand, book, ended),
            pool.submit(_write, writer, ended, writes),
        ]
        busy = _read(reader, ended=ended)
        for aside in asides:
            aside.result()
    _tell(table, stand, count, (idle, busy), writes)


def _import(stand: Stand, book: str, ended: threading.Event) -> None:
    try:
        act("enqueue", stand.env("busy"), path=book)
    finally:
        ended.set()


def _read(
    browser: Browser, *, until: float = 0, ended: threading.Event | None = None
) -> list[tuple[int, float]]:
    found = []
    while not (ended.is_set() if ended else time.monotonic() > until):
        answer = browser.get(LIST)
        found.append((answer.status, answer.seconds))
        time.sleep(PAUSE)
    return found


def _write(browser: Browser, ended: threading.Event, found: list[tuple[int, float]]) -> None:
    """A person who changes the look of the list again and again."""
    token = browser.token(LIST)
    while not ended.wait(WRITE_EVERY):
        answer = browser.post(
            "/desk/enterprises/columns",
            {"csrf_token": token, "columns": "name,uscc,status", "density": "compact"},
        )
        found.append((answer.status, answer.seconds))


def _tell(
    table: Table,
    stand: Stand,
    count: int,
    reads: tuple[list[tuple[int, float]], list[tuple[int, float]]],
    writes: list[tuple[int, float]],
) -> None:
    idle, busy = ([1000 * seconds for _, seconds in each] for each in reads)
    halves = [(percentile(each, 0.5), percentile(each, 0.99)) for each in (idle, busy)]
    what = f"list page while {count:,} rows are imported"
    table.add(
        Line(
            f"{what}, p99",
            stand.name,
            f"p50 {halves[1][0]:.0f}, p99 {halves[1][1]:.0f} ms ({len(busy)} pages)",
            f"idle p50 {halves[0][0]:.0f}, p99 {halves[0][1]:.0f} ms",
            halves[1][1] / halves[0][1],
            3.0,
        )
    )
    failed = sum(status >= 500 for status, _ in [*reads[1], *writes])
    locked = (stand.folder / "product.log").read_text(errors="replace").count("is locked")
    longest = max((seconds for _, seconds in writes), default=0.0)
    table.add(
        Line(
            f'{what}: answers 5xx, "database is locked"',
            stand.name,
            f"{len(writes)} small saves, the longest {longest:.1f} s",
            "",
            failed + locked,
            0,
            "{:.0f}",
        )
    )
