"""企业管理 with a hundred thousand and with a million enterprises, beside a stock view of the million.

The rows lie in all parks of the demo and are looked at by who sees every park.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from tests.bench.browser import Browser
from tests.bench.measure import Line, Table, act, median, memory
from tests.bench.paging import LIST, STOCK_LIST
from tests.bench.rows import NAMES, RARE, typed_rows
from tests.bench.site import Site, product, stock
from tests.bench.stand import Stand

FEW, MANY = 100_000, 1_000_000
PIECE = 50_000
BLOCK, BLOCKS = 5, 6
CONNECTIONS, SECONDS = 16, 8.0
OPERATOR = "operator"
TURNED = re.compile(r'href="([^"]+)" rel="next"')
GONE, COMMON, ONE = quote("迁出"), quote("椰岛"), quote("椰")
#: what, path of ours, path of the stock view, what it is compared with and at most how many times it.
PAGES: tuple[tuple[str, str, str, str, float | None], ...] = (
    ("first page", LIST, STOCK_LIST, "few", 1.2),
    ("filtered", f"{LIST}?status={GONE}", f"{STOCK_LIST}?_flt_3_status={GONE}", "stock", 0.6),
    ("two signs, common", f"{LIST}?q={COMMON}", f"{STOCK_LIST}?_flt_2_name={COMMON}", "first", 1.5),
    ("two signs, rare", f"{LIST}?q={quote(RARE)}", f"{STOCK_LIST}?_flt_2_name={quote(RARE)}",
     "first", 1.5),
    ("one sign", f"{LIST}?q={ONE}", f"{STOCK_LIST}?_flt_2_name={ONE}", "", None),
    ("one sign, rare", f"{LIST}?q={quote(RARE[-1])}", f"{STOCK_LIST}?_flt_2_name={quote(RARE[-1])}",
     "", None),
    ("pinyin, rare", f"{LIST}?q=jianfeng", "", "", None),
    ("page 5,000", f"{LIST}?page=5000", f"{STOCK_LIST}?page_EnterpriseView=4999", "first", 1.3),
)  # fmt: skip


def pieces(count: int) -> Iterator[list[list[Any]]]:
    """``count`` rows, ``PIECE`` at a time; one in fifty thousand has a rare name."""
    name = NAMES.index("name")
    for first in range(0, count, PIECE):  # the code of an invented company has six digits
        rows = typed_rows(min(PIECE, count - first), first)
        rows[0][name] = rows[0][name].replace("有限公司", f"{RARE}有限公司")
        yield rows


def measure(stand: Stand, table: Table) -> None:
    """Two servers of the product with a database each and the stock one, asked in turn."""
    for number in (FEW, MANY):
        made, _over = act("register", stand.fresh(f"register{number}"), number=str(number))
        table.add(Line(f"{number:,} rows written", stand.name, f"{made['seconds']:.0f} s", ""))
    url = stand.plain("stock")
    act("stock-register", {}, url=url, number=str(MANY))
    with (
        product(stand, f"register{FEW}", OPERATOR) as few,
        product(stand, f"register{MANY}", OPERATOR) as many,
        stock(stand, "stock") as theirs,
    ):
        browsers = {"few": few.signed_in(), "many": many.signed_in(), "stock": theirs.signed_in()}
        browsers["first"] = browsers["many"]
        turned = TURNED.search(browsers["many"].get(f"{LIST}?page=4999").text)
        assert turned is not None
        last = ("page 5,000, turned to", turned[1].replace("&amp;", "&"), "", "first", 1.3)
        for page in (*PAGES, last):
            _tell(page, _page(page, browsers), stand.name, table)
        _load(many, theirs, stand.name, table)


def _page(page: tuple[Any, ...], browsers: dict[str, Browser]) -> dict[str, float]:
    """Median milliseconds of each server, and of our first page where it is what counts; in turn,
    so that all meet the same minutes."""
    paths = {"few": page[1], "many": page[1], "stock": page[2]}
    if page[3] == "first":
        paths["first"] = LIST
    seconds: dict[str, list[float]] = {name: [] for name, path in paths.items() if path}
    for block in range(BLOCKS + 1):
        for name, kept in seconds.items():
            answers = [browsers[name].get(paths[name]) for _ in range(BLOCK)]
            assert all(one.status == 200 for one in answers), (name, paths[name])
            if block:  # the first one warms up
                kept += [one.seconds for one in answers]
    return {name: 1000 * median(kept) for name, kept in seconds.items()}


def _tell(page: tuple[Any, ...], took: dict[str, float], database: str, table: Table) -> None:
    what, _ours, _stock, beside, aim = page
    against = took.get(beside)
    said = [f"{FEW:,} rows {took['few']:.1f} ms"]
    if "stock" in took:
        said.append(f"stock {took['stock']:.1f} ms ({took['many'] / took['stock']:.2f} x)")
    if beside == "first":
        said.append(f"own first page {took['first']:.1f} ms")
    table.add(
        Line(
            f"list at {MANY:,}: {what}",
            database,
            f"{took['many']:.1f} ms",
            ", ".join(said),
            took["many"] / against if against else None,
            aim,
        )
    )


def _load(many: Site, theirs: Site, database: str, table: Table) -> None:
    """Requests a second from sixteen connections, and what the workers' memory does meanwhile."""
    before = sum(memory(pid, "VmRSS") for pid in many.web_processes())
    ours = _per_second(many, LIST)
    after = sum(memory(pid, "VmRSS") for pid in many.web_processes())
    stocks = _per_second(theirs, STOCK_LIST)
    said = f"{ours:.0f} requests/s at {CONNECTIONS} connections", f"stock {stocks:.0f}"
    table.add(Line(f"list at {MANY:,}: load", database, *said, stocks / ours, 1 / 1.6))
    grown = f"{before:.0f} to {after:.0f} MiB", "both workers before and after"
    table.add(Line(f"list at {MANY:,}: memory", database, *grown, after - before, 40, "{:.0f} MiB"))


def _per_second(site: Site, path: str) -> float:
    browsers = [site.signed_in() for _ in range(CONNECTIONS)]
    for one in browsers:
        one.get(path)
    answered, end = [0] * CONNECTIONS, time.monotonic() + SECONDS

    def ask(at: int) -> None:
        while time.monotonic() < end:
            assert browsers[at].get(path).status == 200
            answered[at] += 1

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(CONNECTIONS)]
    begun = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(answered) / (time.monotonic() - begun)


def write(number: int) -> dict[str, float]:
    """In the product's own process: the rows as an import writes them, without its plan and trail."""
    import sqlalchemy as sa

    from app.core import clock
    from app.extensions import db
    from app.extensions.rows import insert_rows, refresh_statistics
    from app.features.enterprises.models import Enterprise, EnterpriseYear
    from app.features.enterprises.rules import PLAIN, YEARLY, name_key
    from app.features.enterprises.rules.sameness import same_key
    from app.features.enterprises.services.counts import recount
    from app.features.enterprises.services.search_index import added_together
    from app.features.parks.models import Park
    from app.transaction import transaction

    parks: Sequence[int] = db.session.scalars(sa.select(Park.id).order_by(Park.id)).all()
    tables = Enterprise.__table__, EnterpriseYear.__table__
    begun, key = time.perf_counter(), 0
    for rows in pieces(number):
        records, figures, found = [], [], []
        for row in rows:
            key += 1
            values = _stored(row)
            park = parks[key % len(parks)]
            own = name_key(values["name"])
            now = clock.now()
            same = same_key(values["name"])
            head = (key, park, own, same, "import", 1, now, now)
            records.append((*head, *(values[n] for n in PLAIN)))
            figures.append((key, park, 2025, *(values[n] for n in YEARLY)))
            found.append((key, own, values["contact_name"]))
        keys = ("id", "park_id", "name_key", "same_key")
        columns = (*keys, "source", "version", "created_at", "updated_at")
        with transaction():
            with added_together(found):
                insert_rows(tables[0], (*columns, *PLAIN), records)
            insert_rows(tables[1], ("enterprise_id", "park_id", "year", *YEARLY), figures)
    with transaction():
        for park in parks:
            recount(park)
    refresh_statistics(*tables)
    return {"seconds": time.perf_counter() - begun}


def _stored(row: list[Any]) -> dict[str, Any]:
    """A spreadsheet's row as the driver takes it."""
    from app.features.enterprises.rules import BY_NAME
    from app.features.enterprises.services.staged import native_of, to_wire

    found = {}
    for name, typed in zip(NAMES, row, strict=True):
        value = None if typed == "" else typed
        kind = BY_NAME[name].kind
        if value is not None and kind == "boolean":
            found[name] = value == "是"
        elif value is not None and kind == "multi_choice":
            found[name] = native_of(name)(value.split("、"))
        else:
            found[name] = native_of(name)(to_wire(value))
    return found
