"""``python -m tests.bench [SIZE] [DATABASE ...]``: ``small``, ``10k``, ``100k`` or ``full`` (both);
``scoring``, ``public``, ``guessing``, ``ranking``, ``duplicates`` or ``1m`` measures the scoring of a
round, the public pages, wrong guesses at the door, the ranking of many parks, the search for duplicate
enterprises, or the register at a million rows, alone.

The ratio inside one run counts, not the seconds. Load goes to 127.0.0.1 only; everything made is
deleted at the end.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import (
    exporting,
    guessing,
    importing,
    meanwhile,
    million,
    paging,
    public,
    ranking,
    sameness,
    scoring,
    starting,
)
from tests.bench.measure import Table, say
from tests.bench.site import product, stock
from tests.bench.stand import Stand, stands

#: size -> (rows of the imports, rows of everything else, rounds)
SIZES = {
    "small": ((2_000,), 2_000, 2),
    "10k": ((10_000,), 10_000, 3),
    "100k": ((100_000,), 100_000, 2),
    "full": ((10_000, 100_000), 100_000, 2),
}
#: Measured on a database; each can be asked for by itself.
ON_DATABASES = {
    "public": public,
    "guessing": guessing,
    "ranking": ranking,
    "duplicates": sameness,
    "1m": million,
}
ALONE = ("scoring", *ON_DATABASES)
DATABASES = ("sqlite", "postgresql")
#: Parks of the scored round; it is in memory, so that no database matters.
PARKS = {"small": 1_000}
MOST_PARKS = 10_000


def main() -> None:
    words = [word.lower() for word in sys.argv[1:]] or [os.environ.get("SIZE") or "full"]
    size = next((word for word in words if word in SIZES), "full")
    wanted = tuple(word for word in words if word in DATABASES) or DATABASES
    alone = next((word for word in words if word in ALONE), "")
    unknown = set(words) - {*SIZES, *ALONE, *DATABASES}
    if unknown:
        sys.exit(f"unknown: {' '.join(sorted(unknown))}; sizes: {' '.join((*SIZES, *ALONE))}")
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="parkdesk-bench-"))
    table = Table()
    try:
        if alone in ("", "scoring"):
            say("scoring:")
            scoring.measure(PARKS.get(size, MOST_PARKS), SIZES[size][2], table)
        if alone != "scoring":
            with stands(folder, wanted) as found:
                for stand in found:
                    say(f"{stand.name}:")
                    if alone:
                        ON_DATABASES[alone].measure(stand, table)
                    else:
                        public.measure(stand, table)
                        _measure(stand, folder, size, table)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"\nmake bench SIZE={alone or size} ({(time.monotonic() - begun) / 60:.0f} minutes)\n")
    say(table.text())
    say(f"\nmissed: {len(table.missed)}")


def _measure(stand: Stand, folder: Path, size: str, table: Table) -> None:
    imports, count, rounds = SIZES[size]
    for number in imports:
        importing.measure(stand, folder, number, rounds, table)
    starting.measure(stand, table)
    guessing.measure(stand, table)
    with product(stand, "full") as ours, stock(stand, "raw") as theirs:
        paging.measure(ours, theirs, stand.name, count, table)
        exporting.measure(stand, ours, count, rounds, table)
    stand.fresh("busy", "full")
    with product(stand, "busy") as ours:
        book = str(folder / f"half-{count}.xlsx")
        meanwhile.measure(stand, ours, book, count, table)


if __name__ == "__main__":
    main()
