"""Public pages, unchanged, beside the same bytes from a bare WSGI application."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.bench.browser import Answer, Browser
from tests.bench.measure import Line, Table, act, median
from tests.bench.site import Site, bare, product
from tests.bench.stand import Stand

AIM = 3.0
BLOCK, BLOCKS = 25, 12


@dataclass(frozen=True)
class Page:
    what: str
    name: str  # of the file that the bare application gives out
    path: str


def measure(stand: Stand, table: Table) -> None:
    """News and a park's page are made in a database of their own."""
    env = stand.fresh("public")
    act("public", env)
    folder = stand.folder / "pages"
    folder.mkdir()
    with product(stand, "public") as ours:
        visitor = Browser(ours.port)
        pages = (
            Page("home", "home", "/"),
            Page("news list", "list", "/news/"),
            Page("article", "article", _first(visitor, "/news/", r"/news/\d+")),
            Page("park page", "park", _first(visitor, "/parks/", r"/parks/[\w-]+")),
        )
        for page in pages:
            (folder / page.name).write_bytes(_block(visitor, page.path, 1)[0].body)
        with bare(stand, folder) as theirs:
            for page in pages:
                _page(page, ours, theirs, stand.name, table)


def _first(visitor: Browser, path: str, pattern: str) -> str:
    """The address of the first thing that a list names."""
    found = re.search(f'href="({pattern})"', visitor.get(path).text)
    assert found, path
    return found[1]


def _page(page: Page, ours: Site, theirs: Site, database: str, table: Table) -> None:
    mine, bares = Browser(ours.port), Browser(theirs.port)
    sides = ((mine, page.path), (bares, f"/{page.name}"))
    for what, again in (("kept", False), ("unchanged, 304", True)):
        found: list[list[Answer]] = [[], []]
        for _ in range(BLOCKS):
            for number, (browser, path) in enumerate(sides):
                etag = browser.get(path).headers["etag"] if again else ""
                found[number] += _block(browser, path, BLOCK, etag)
        table.add(_line(f"public {page.what}: {what}", database, found, AIM))
    drawn = [mine.get(f"{page.path}?drawn={number}") for number in range(BLOCK)]
    said = f"{1000 * median(one.seconds for one in drawn):.1f} ms"
    table.add(Line(f"public {page.what}: drawn anew", database, said, ""))


def _block(browser: Browser, path: str, number: int, etag: str = "") -> list[Answer]:
    answers = [browser.get(path, etag) for _ in range(number)]
    wanted = 304 if etag else 200
    assert all(one.status == wanted for one in answers), (path, [one.status for one in answers])
    return answers


def _line(what: str, database: str, found: list[list[Answer]], aim: float) -> Line:
    ours, theirs = (1000 * median(one.seconds for one in each) for each in found)
    size = len(found[1][-1].body) / 1024
    return Line(what, database, f"{ours:.2f} ms", f"bare {theirs:.2f} ms, {size:.1f} KiB",
                ours / theirs, aim)  # fmt: skip
