"""Pages of the register over the production server beside a stock view of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from tests.bench.browser import Answer, Browser
from tests.bench.measure import Line, Table, median
from tests.bench.site import Site, processor

LIST = "/desk/enterprises/list/"
STOCK_LIST = "/enterpriseview/list/"
WIRE = 10.0
BLOCK = 10


@dataclass(frozen=True)
class Page:
    what: str
    ours: str
    stock: str
    aim: float | None = None


def pages(count: int) -> tuple[Page, ...]:
    deep = min(400, count // 25)
    gone, part = quote("迁出"), quote("椰岛")
    return (
        Page("first page", LIST, STOCK_LIST, 0.6),
        Page("filtered", f"{LIST}?status={gone}", f"{STOCK_LIST}?_flt_3_status={gone}"),
        Page("substring", f"{LIST}?q={part}", f"{STOCK_LIST}?_flt_2_name={part}"),
        Page(f"page {deep}", f"{LIST}?page={deep}", f"{STOCK_LIST}?page_EnterpriseView={deep - 1}"),
        Page("edit form", "/desk/enterprises/edit/{id}", "/enterpriseview/edit/{id}"),
    )


def measure(site: Site, stock: Site, database: str, count: int, table: Table) -> None:
    """Blocks of requests in turn, so that both meet the same minutes of the machine."""
    ours, theirs = site.signed_in(), stock.signed_in()
    blocks = 12 if count > 10_000 else 5
    for page in pages(count):
        mine, stocks = page.ours.format(id=count // 2), page.stock.format(id=count // 2)
        _block(ours, mine), _block(theirs, stocks)  # once without the clock
        found: list[list[Answer]] = [[], []]
        used = [0.0, 0.0]
        for _ in range(blocks):
            for number, (where, browser, path) in enumerate(
                ((site, ours, mine), (stock, theirs, stocks))
            ):
                before = processor(where.web_processes())
                found[number] += _block(browser, path)
                used[number] += processor(where.web_processes()) - before
        table.add(_line(page, database, count, found, used))
    _weigh(table, database, ours, theirs)


def _block(browser: Browser, path: str) -> list[Answer]:
    answers = [browser.get(path) for _ in range(BLOCK)]
    assert all(one.status == 200 for one in answers), (path, [one.status for one in answers])
    return answers


def _line(
    page: Page, database: str, count: int, found: list[list[Answer]], used: list[float]
) -> Line:
    ours, theirs = (1000 * median([one.seconds for one in each]) for each in found)
    said = [
        f"{time:.1f} ms, {each[-1].headers['x-statements']} statements, "
        f"{len(each[-1].body) / 1024:.1f} KiB"
        for time, each in zip((ours, theirs), found, strict=True)
    ]
    what = f"list at {count:,}: {page.what}"
    note = f"processor {used[0] / used[1]:.2f} x"
    return Line(what, database, said[0], f"stock {said[1]}", ours / theirs, page.aim, note=note)


def _weigh(table: Table, database: str, ours: Browser, theirs: Browser) -> None:
    weight = len(ours.get(LIST).body) / 1024
    stocks = len(theirs.get(STOCK_LIST).body) / 1024
    table.add(
        Line(
            "first page on the wire",
            database,
            "gzip",
            f"stock {stocks:.1f} KiB",
            weight,
            WIRE,
            "{:.1f} KiB",
        )
    )
    named, again = ours.second_page(LIST)
    stock_named, stock_again = theirs.second_page(STOCK_LIST)
    table.add(
        Line(
            "static requests on the second page",
            database,
            f"of {named} files",
            f"stock {stock_again} of {stock_named}",
            again,
            0,
            "{:.0f}",
        )
    )
