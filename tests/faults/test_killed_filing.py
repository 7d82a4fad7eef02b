"""kill -9 of the whole server or of its worker while a park fills in, hands in, and while a round is
scored: what was acknowledged is there, and an act is whole or has not been."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import pytest
from playwright.sync_api import APIRequestContext, Error, sync_playwright

from tests.e2e.server import ROOT, Server
from tests.faults.test_killed_import import token
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WITHIN = 120.0
POINTS = 4
FINAL = ("done", "failed", "cancelled")


@contextlib.contextmanager
def person(server: Server, name: str) -> contextlib.AbstractContextManager[APIRequestContext]:
    """Signed in through the form; no browser is needed for this."""
    with sync_playwright() as playwright:
        client = playwright.request.new_context(base_url=server.address, timeout=60_000)
        words = {"username": name, "password": PASSWORD}
        client.post("/login", form={"csrf_token": token(client.get("/login")), **words})
        yield client
        client.dispose()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """The server, the key of a filing that could be handed in, and of a round that can be scored."""
    server = Server(tmp_path_factory.mktemp("filings") / "data", DEMO_ENTERPRISES="130").start()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed_filings"],
            cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        filing_id, round_id = (int(one) for one in done.stdout.split()[-2:])
        yield server, filing_id, round_id
    finally:
        server.stop()


def wait(until) -> None:
    end = time.monotonic() + WITHIN
    while not until():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.02)


def sound(server: Server) -> None:
    assert server.rows("PRAGMA integrity_check") == [("ok",)]
    verified = server.flask("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


@contextlib.contextmanager
def killed_after(server: Server, seconds: float):
    """Everything dies meanwhile; afterwards it runs again."""
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    try:
        yield
    finally:
        timer.join()
    server.start()


# -- autosave --------------------------------------------------------------------------------------
def kept(server: Server, filing_id: int) -> tuple[str, int, int]:
    """The value, its version, and how many lines its history has."""
    ((key, declared, version),) = server.rows(
        "SELECT id, declared, version FROM assessment_value "
        "WHERE filing_id = ? AND code = 'staff_fulltime'",
        filing_id,
    )
    ((lines,),) = server.rows(
        "SELECT count(*) FROM assessment_value_change WHERE value_id = ? AND act = 'declared'", key
    )
    return json.loads(declared), version, lines


def typing(client: APIRequestContext, filing_id: int, csrf: str, version: int) -> list[int]:
    """One number after the other until nobody answers; those that were acknowledged."""
    told: list[int] = []
    with contextlib.suppress(Error):
        for number in range(version * 10, version * 10 + 5000):
            answer = client.post(
                f"/desk/filings/{filing_id}/value",
                form={
                    "csrf_token": csrf, "code": "staff_fulltime", "n.staff_fulltime": str(version),
                    "h.staff_fulltime": "1", "v.staff_fulltime": str(number),
                },
                headers={"Accept": "application/json"},
            )  # fmt: skip
            if answer.status >= 500:  # the door is closed while the rest dies
                break
            assert answer.status == 200, answer.text()[:400]
            version = answer.json()["version"]
            told.append(number)
    return told


def test_every_value_that_was_acknowledged_is_there_after_a_kill(seeded):
    server, filing_id, _round = seeded
    chance = random.Random(1)
    acknowledged = 0
    for _point in range(POINTS):
        _value, version, lines = kept(server, filing_id)
        with person(server, "park1") as client:
            csrf = token(client.get(f"/desk/filings/{filing_id}?part=A"))
            with killed_after(server, chance.uniform(0.4, 1.5)):
                told = typing(client, filing_id, csrf, version)
        acknowledged += len(told)
        value, now, more = kept(server, filing_id)
        # the one whose answer never came may have been kept, and nothing was kept twice
        assert len(told) <= more - lines <= len(told) + 1
        assert now - version == more - lines
        assert not told or int(value) in (told[-1], told[-1] + 1)
        sound(server)
    assert acknowledged >= POINTS, "nothing was typed before the server died"


# -- handing in ------------------------------------------------------------------------------------
def handed_in(server: Server, filing_id: int) -> tuple[bool, int]:
    """Whether it is, whole; and how often it was by its trail."""
    ((state, number, at, first, by, digest),) = server.rows(
        "SELECT state, number, submitted_at, first_submitted_at, submitted_by, digest "
        "FROM assessment_filing WHERE id = ?",
        filing_id,
    )
    ((times,),) = server.rows(
        "SELECT count(*) FROM audit_entry WHERE action = 'assessment.filing_submit' "
        "AND object_id = ?",
        str(filing_id),
    )
    if state == "submitted":
        assert all((number, at, first, by, digest))
        return True, times
    assert (state, at, first, by) == ("draft", None, None, None)
    return False, times


def test_a_filing_is_handed_in_whole_or_not_at_all(seeded):
    server, filing_id, _round = seeded
    chance = random.Random(2)
    for _point in range(POINTS):
        _no, before = handed_in(server, filing_id)
        with person(server, "park1") as client:
            check = client.get(f"/desk/filings/{filing_id}/check")
            form = dict(re.findall(r'name="(version|digest)" value="([^"]+)"', check.text()))
            form["csrf_token"] = token(check)
            assert "digest" in form, check.text()[:400]
            with killed_after(server, chance.uniform(0.0, 0.3)), contextlib.suppress(Error):
                client.post(f"/desk/filings/{filing_id}/submit", form=form)
        whole, times = handed_in(server, filing_id)
        assert times - before == int(whole)
        sound(server)
        with person(server, "park1") as client:  # the same form again: the receipt, once
            check = client.get(f"/desk/filings/{filing_id}/receipt" if whole else
                               f"/desk/filings/{filing_id}/check")  # fmt: skip
            form["csrf_token"] = token(check)
            after = client.post(f"/desk/filings/{filing_id}/submit", form=form)
            assert after.url.endswith("/receipt"), after.text()[:400]
            assert handed_in(server, filing_id) == (True, before + 1)
            form = {"csrf_token": token(after)}
            form["version"] = re.search(r'name="version" value="(\d+)"', after.text())[1]
            client.post(f"/desk/filings/{filing_id}/withdraw", form=form)


# -- scoring ---------------------------------------------------------------------------------------
def runs(server: Server, round_id: int) -> list[tuple[str, str, int]]:
    """State, digests and number of results of every run."""
    return server.rows(
        "SELECT r.state, r.inputs_digest || r.results_digest, "
        "(SELECT count(*) FROM assessment_result WHERE run_id = r.id) "
        "FROM assessment_run r WHERE r.round_id = ? ORDER BY r.number",
        round_id,
    )


def ask(server: Server, round_id: int) -> int:
    """计分; the job's key."""
    with person(server, "operator") as client:
        page = client.get(f"/desk/scoring/round/{round_id}")
        client.post(f"/desk/scoring/start/{round_id}", form={"csrf_token": token(page)})
    return server.rows("SELECT max(id) FROM job WHERE kind = 'assessment_run'")[0][0]


def state(server: Server, job: int) -> str:
    return server.rows("SELECT state FROM job WHERE id = ?", job)[0][0]


def test_a_scoring_run_is_finished_once_with_the_same_digests(seeded):
    server, _filing, round_id = seeded
    job = ask(server, round_id)
    wait(lambda: state(server, job) in FINAL)
    ((first, digests, results),) = runs(server, round_id)
    assert (first, results) == ("done", 5)
    chance = random.Random(3)
    for point in range(POINTS):
        job = ask(server, round_id)
        if point % 2:
            wait(lambda job=job: state(server, job) != "queued")
            os.kill(server.worker(), signal.SIGKILL)
            server.process.wait(60)  # a child that dies ends the rest
        else:
            time.sleep(chance.uniform(0.0, 0.2))
            server.kill()
        assert {one[1] for one in runs(server, round_id)} == {digests}
        assert len(runs(server, round_id)) in (point + 1, point + 2)
        server.start()
        wait(lambda job=job: state(server, job) in FINAL)
        assert state(server, job) == "done"
        assert runs(server, round_id) == [("done", digests, 5)] * (point + 2)
        sound(server)
