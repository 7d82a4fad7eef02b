"""查找重复企业 over a hundred thousand and a million records: the look, the writing down, the list."""

from __future__ import annotations

import time

from tests.bench.measure import Line, Table, act, median
from tests.bench.site import product
from tests.bench.stand import Stand

SIZES = (100_000, 1_000_000)
LIST = "/desk/enterprises/duplicates/list/"
OPERATOR = "operator"
OPENED = 15


def measure(stand: Stand, table: Table) -> None:
    for number in SIZES:
        name = f"same{number}"
        act("register", stand.fresh(name), number=str(number))
        took, over = act("compare", stand.env(name))
        said = (
            f"{took['pairs']:,} pairs, {over:.0f} MiB over idle, {took['keep']:.1f} s of it writing"
        )
        seconds = took["look"] + took["keep"]
        table.add(Line(f"duplicates among {number:,}", stand.name, f"{seconds:.1f} s", said))
        with product(stand, name, OPERATOR) as site:
            browser = site.signed_in()
            times = [browser.get(LIST).seconds for _ in range(OPENED)]
        table.add(
            Line(f"list of pairs at {number:,}", stand.name, f"{1000 * median(times):.0f} ms", "")
        )
        stand.drop(name)


def compare() -> dict[str, float]:
    """In the product's own process, as the job does it."""
    from app.core import clock
    from app.core.actor import system_actor
    from app.features.enterprises.services import finding
    from app.transaction import transaction

    begun = time.perf_counter()
    found = finding.look()
    looked = time.perf_counter()
    with transaction():
        scan = finding.keep(system_actor("system:bench"), found, now=clock.now())
        pairs = scan.pairs
    return {"look": looked - begun, "keep": time.perf_counter() - looked, "pairs": pairs}
