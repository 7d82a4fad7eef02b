"""The ranking page and its downloads with a thousand and with ten thousand parks."""

from __future__ import annotations

from tests.bench.browser import Browser
from tests.bench.measure import Line, Table, act, median
from tests.bench.site import product
from tests.bench.stand import Stand

FEW, MANY = 1_000, 10_000
#: Ten times the parks, the same two hundred rows on the page.
AIM = 2.0
BLOCK, BLOCKS = 3, 5
PAGE = "/desk/ranking/"
PAGES = (
    ("first page", PAGE),
    ("found by name", f"{PAGE}?q=Z0077"),
    ("by name, page 3", f"{PAGE}?sort=name&page=3"),
    ("charts", f"{PAGE}?view=charts"),
)


def measure(stand: Stand, table: Table) -> None:
    """Two servers with a database each, asked in turn: both meet the same minutes of the machine."""
    made = {}
    for number in (FEW, MANY):
        env = stand.fresh(f"ranking{number}")
        made[number], _over = act("ranking", env, number=str(number))
    with product(stand, f"ranking{FEW}") as few, product(stand, f"ranking{MANY}") as many:
        browsers = {FEW: few.signed_in(), MANY: many.signed_in()}
        for what, path in PAGES:
            _page(f"ranking {what}", path, browsers, stand.name, table)
        for number, told in made.items():
            answer = browsers[number].get(f"/desk/ranking-papers/{told['snapshot']:.0f}/xlsx")
            assert answer.status == 200, answer.status
            said = f"published in {told['published']:.1f} s, workbook {answer.seconds:.2f} s"
            table.add(Line(f"ranking of {number:,} parks", stand.name, said, ""))


def _page(what: str, path: str, browsers: dict[int, Browser], database: str, table: Table) -> None:
    seconds: dict[int, list[float]] = {number: [] for number in browsers}
    for block in range(BLOCKS + 1):
        for number, browser in browsers.items():
            answers = [browser.get(path) for _ in range(BLOCK)]
            assert all(one.status == 200 for one in answers), path
            if block:  # the first one warms up
                seconds[number] += [one.seconds for one in answers]
    few, many = (1000 * median(seconds[number]) for number in (FEW, MANY))
    said = (f"{MANY:,} parks {many:.0f} ms", f"{FEW:,} parks {few:.0f} ms")
    table.add(Line(what, database, *said, many / few, AIM))
