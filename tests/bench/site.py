"""The product and the stock application as running servers."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.demo.people import PASSWORD
from tests.bench.browser import Browser
from tests.bench.measure import children_of, running, wait_until
from tests.bench.stand import Stand
from tests.support.postgres import free_port

PRODUCT = [sys.executable, "-m", "tests.bench.server"]
BARE = [sys.executable, "-m", "tests.bench.bare"]
STOCK_PASSWORD = "Bench-2026"
STOCK = [sys.executable, "-m", "tests.bench.stock_app"]


@dataclass(frozen=True)
class Site:
    """A running server. ``login``: path, user name, password."""

    port: int
    process: Any
    login: tuple[str, str, str]

    def signed_in(self) -> Browser:
        browser = Browser(self.port)
        browser.sign_in(*self.login)
        return browser

    def web_processes(self) -> list[int]:
        """gunicorn's workers: the children of its master, which in the product is a child."""
        mine = children_of(self.process.pid)
        families = [children_of(child) for child in mine]
        return next((family for family in families if family), mine)


def processor(pids: list[int]) -> float:
    """Processor seconds that processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def answers(port: int, path: str = "/login") -> bool:
    with contextlib.suppress(OSError):
        return Browser(port).get(path).status < 500
    return False


@contextlib.contextmanager
def product(stand: Stand, name: str, who: str = "park1") -> Iterator[Site]:
    port = free_port()
    log = stand.folder / "product.log"
    with running(PRODUCT, {**stand.env(name), "PORT": str(port)}, log) as process:
        wait_until(lambda: answers(port), process, log)
        yield Site(port, process, ("/login", who, PASSWORD))


@contextlib.contextmanager
def stock(stand: Stand, name: str) -> Iterator[Site]:
    port = free_port()
    log: Path = stand.folder / "stock.log"
    env = {"STOCK_URL": stand.address(name), "PORT": str(port)}
    with running(STOCK, env, log) as process:
        wait_until(lambda: answers(port, "/login/"), process, log)
        yield Site(port, process, ("/login/", "admin", STOCK_PASSWORD))


@contextlib.contextmanager
def bare(stand: Stand, pages: Path) -> Iterator[Site]:
    """The files of a folder as pages of a bare WSGI application."""
    port = free_port()
    log: Path = stand.folder / "bare.log"
    first = next(pages.iterdir()).name
    with running(BARE, {"PAGES": str(pages), "PORT": str(port)}, log) as process:
        wait_until(lambda: answers(port, f"/{first}"), process, log)
        yield Site(port, process, ("", "", ""))
