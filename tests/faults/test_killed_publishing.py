"""kill -9 of the whole server while a ranking is published: the whole version or nothing."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Error, sync_playwright

from tests.e2e.server import ROOT, Server
from tests.faults.test_killed_import import token
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

POINTS = 5
#: Enough rows that a kill falls into the middle of them.
PARKS = 200


@contextlib.contextmanager
def operator(server: Server) -> Iterator[APIRequestContext]:
    with sync_playwright() as playwright:
        client = playwright.request.new_context(base_url=server.address, timeout=60_000)
        words = {"username": "operator", "password": PASSWORD}
        client.post("/login", form={"csrf_token": token(client.get("/login")), **words})
        yield client
        client.dispose()


def running(folder: Path) -> Server:
    return Server(folder, DEMO_ENTERPRISES="130").start()


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int, float]:
    """A data folder with a scored round of many parks; its keys; how long publishing takes."""
    folder = tmp_path_factory.mktemp("scored")
    server = running(folder / "data")
    command = [sys.executable, "-m", "tests.support.seed_many_parks", str(PARKS)]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=True
    )
    round_id, run_id = (int(one) for one in done.stdout.split()[-2:])
    server.stop()
    shutil.copytree(folder / "data", folder / "whole")
    server = running(folder / "whole")
    with operator(server) as client:
        took = published(client, round_id, run_id)
    assert versions(server, round_id) == [(1, PARKS)]
    server.stop()
    return folder / "data", round_id, run_id, took


def published(
    client: APIRequestContext, round_id: int, run_id: int, killer: threading.Timer | None = None
) -> float:
    """公示; how long it took. Whoever's server is killed gets no answer."""
    page = client.get(f"/desk/publications/{round_id}")
    form = {"csrf_token": token(page), "run": str(run_id)}
    if killer is not None:
        killer.start()
    began = time.monotonic()
    with contextlib.suppress(Error):
        client.post(f"/desk/publications/{round_id}/publish", form=form)
    return time.monotonic() - began


def versions(server: Server, round_id: int) -> list[tuple[int, int]]:
    """Version -> how many rows it has."""
    query = (
        "SELECT s.number, count(r.id) FROM ranking_snapshot s "
        "LEFT JOIN ranking_row r ON r.snapshot_id = s.id WHERE s.round_id = ? GROUP BY s.id"
    )
    return server.rows(query, round_id)


def state(server: Server, round_id: int) -> str:
    return server.rows("SELECT state FROM assessment_round WHERE id = ?", round_id)[0][0]


def told(server: Server) -> int:
    """Messages of this round's publication; the demo's own are older."""
    query = "SELECT count(*) FROM inbox_message WHERE kind = 'ranking.published' AND link LIKE ?"
    return server.rows(query, f"%round={round_of(server)}%")[0][0]


def round_of(server: Server) -> int:
    return server.rows("SELECT max(id) FROM assessment_round")[0][0]


@pytest.mark.parametrize("point", range(POINTS))
def test_the_whole_version_or_nothing(scored, tmp_path, point):
    source, round_id, run_id, took = scored
    moment = took * random.Random(point).uniform(0.05, 1.0)
    folder = tmp_path / "data"
    shutil.copytree(source, folder)
    server = running(folder)
    with operator(server) as client:
        killer = threading.Timer(moment, server.kill)
        published(client, round_id, run_id, killer)
        killer.join()
    after = versions(server, round_id)
    assert after in ([], [(1, PARKS)]), after
    assert state(server, round_id) == ("publicized" if after else "provisional")
    assert bool(told(server)) is bool(after)
    assert server.rows("PRAGMA integrity_check") == [("ok",)]

    server.start()
    if not after:
        with operator(server) as client:
            published(client, round_id, run_id)
        assert versions(server, round_id) == [(1, PARKS)]
    server.stop()
    verified = server.flask("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
