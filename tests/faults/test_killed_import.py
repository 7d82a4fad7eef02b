"""kill -9 of the worker or of the whole server while 5,000 rows are applied: all or nothing."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, APIResponse, sync_playwright

from tests.e2e.server import Server
from tests.support.enterprises import csv_bytes, row
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROWS = 5000
FIRST = 600_000
POINTS = 10
WITHIN = 120.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token(page: APIResponse) -> str:
    found = TOKEN.search(page.text())
    assert found, page.text()[:400]
    return found.group(1)


@contextlib.contextmanager
def clerk(server: Server) -> Iterator[APIRequestContext]:
    """The clerk of P01, signed in through the form; no browser is needed for this."""
    with sync_playwright() as playwright:
        client = playwright.request.new_context(base_url=server.address, timeout=60_000)
        words = {"username": "clerk1", "password": PASSWORD}
        client.post("/login", form={"csrf_token": token(client.get("/login")), **words})
        yield client
        client.dispose()


def running(folder: Path) -> Server:
    return Server(folder, DEMO_ENTERPRISES="130").start()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, float]:
    """A data folder with a plan of 5,000 new rows; the import's number; how long applying takes."""
    folder = tmp_path_factory.mktemp("planned")
    server = running(folder / "data")
    with clerk(server) as client:
        content = csv_bytes([row(FIRST + number) for number in range(ROWS)])
        answer = client.post(
            "/desk/enterprises/imports/new",
            multipart={
                "csrf_token": token(client.get("/desk/enterprises/imports/new")),
                "file": {"name": "名录.csv", "mimeType": "text/csv", "buffer": content},
            },
        )
        number = int(answer.url.rsplit("/", 1)[1])
        wait(lambda: state(server, number) == "planned")
    server.stop()
    shutil.copytree(folder / "data", folder / "whole")
    server = running(folder / "whole")
    began = confirm(server, number)
    wait(lambda: state(server, number) == "applied")
    took = time.monotonic() - began
    server.stop()
    return folder / "data", number, took


def confirm(server: Server, number: int) -> float:
    """确定; returns when it was pressed."""
    with clerk(server) as client:
        page = client.get(f"/desk/enterprises/imports/{number}")
        seen = re.search(r'name="seen" value="(\d+)"', page.text())[1]
        form = {"csrf_token": token(page), "mode": "all", "seen": seen}
        began = time.monotonic()
        client.post(f"/desk/enterprises/imports/{number}/apply", form=form)
    return began


def wait(until) -> None:
    end = time.monotonic() + WITHIN
    while not until():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.05)


def state(server: Server, number: int) -> str:
    return server.rows("SELECT state FROM enterprise_import WHERE id = ?", number)[0][0]


def present(server: Server) -> int:
    return server.rows(
        "SELECT count(*) FROM enterprise WHERE deleted_at IS NULL AND name LIKE '三亚测试%'"
    )[0][0]


def job(server: Server) -> str:
    return server.rows("SELECT state FROM job WHERE kind = 'enterprise_apply'")[0][0]


@pytest.mark.parametrize("point", range(POINTS))
def test_all_or_nothing(planned, tmp_path, point):
    source, number, took = planned
    chance = random.Random(point)
    folder = tmp_path / "data"
    shutil.copytree(source, folder)
    server = running(folder)
    began = confirm(server, number)
    moment = began + took * chance.uniform(0.0, 1.1)
    time.sleep(max(0.0, moment - time.monotonic()))
    if point % 2:
        os.kill(server.worker(), signal.SIGKILL)
        server.process.wait(60)  # a child that dies ends the rest
    else:
        server.kill()
    after = present(server)
    assert after in (0, ROWS), after
    assert server.rows("PRAGMA integrity_check") == [("ok",)]

    server.start()
    wait(
        lambda: job(server) in ("done", "failed", "cancelled") or state(server, number) == "planned"
    )
    wait(lambda: job(server) in ("done", "failed", "cancelled"))
    if job(server) == "done":
        assert (state(server, number), present(server)) == ("applied", ROWS)
    else:
        assert (state(server, number), present(server)) == ("planned", 0)
        with clerk(server) as client:
            assert "确定" in client.get(f"/desk/enterprises/imports/{number}").text()
    assert server.rows("PRAGMA integrity_check") == [("ok",)]
    server.stop()
    verified = server.flask("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
