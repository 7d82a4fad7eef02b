"""Whoever waits for a page waits a short while, few at once; and nobody reads for a dead process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from app.engines.sheets import FileRefused, Limits, TakesTooLongError, read, turns
from app.engines.sheets.reading import Child
from app.engines.sheets.wire import Request
from tests.engines.sheets.books import GOOD, csv_lines, refusal, rows_of, text_file, workbook
from tests.engines.sheets.samples import REGISTER, TODAY
from tests.engines.sheets.test_gatekeeper import _members

IN_A_PAGE = Limits(patience=20)
# Both processes are in a search without end, which lets no other thread of theirs run.
BUSY = """
import re
from app.engines.sheets import gatekeeper, sources
search = lambda *_: re.fullmatch("(a+)+", "a" * 99 + "b")
gatekeeper.inspect = sources._Workbook.read_ahead = search
from app.engines.sheets.child import main
main()
"""
ASKS = """
import subprocess, sys, time
from pathlib import Path
from tests.engines.sheets import test_waiting as told
command = [sys.executable, "-c", told.BUSY]
child = subprocess.Popen(
    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
)
child.stdin.write(told.asked(Path(sys.argv[1])).dump())
child.stdin.flush()
print(child.pid, flush=True)
time.sleep(600)
"""


def asked(path, limits=Limits()) -> Request:  # noqa: B008 - frozen
    return Request("read", str(path), path.name, limits, REGISTER, TODAY)


@pytest.fixture
def slow(tmp_path):
    """A file that two processes are at for many seconds."""
    return workbook(tmp_path / "a.xlsx", *[GOOD] * 30_000)


def test_who_has_no_patience_left_is_told_that_it_is_work_for_a_job(slow):
    begun = time.monotonic()
    with pytest.raises(TakesTooLongError):
        rows_of(slow, limits=Limits(patience=0.3))
    assert time.monotonic() - begun < 2
    assert refusal(slow, limits=Limits(patience=20, seconds=0)) == "too_slow"


def test_with_patience_enough_a_file_is_read_as_ever(tmp_path):
    assert len(rows_of(text_file(tmp_path / "a.csv", csv_lines(GOOD)), limits=IN_A_PAGE)) == 1


def test_so_many_read_at_once_for_a_page_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_WAIT", 0.1)
    path = text_file(tmp_path / "a.csv", csv_lines(GOOD))
    children = [Child(asked(path, IN_A_PAGE)) for _ in range(turns.AT_ONCE)]
    try:
        with pytest.raises(TakesTooLongError):
            Child(asked(path, IN_A_PAGE))
        assert len(rows_of(path)) == 1  # a job does not wait for them
        children[0].kill()
        children[0].kill()
        assert len(rows_of(path, limits=IN_A_PAGE)) == 1
        with (
            read(path, path.name, REGISTER, IN_A_PAGE, today=TODAY),
            pytest.raises(TakesTooLongError),
        ):
            Child(asked(path, IN_A_PAGE))  # given back twice, it was one place all the same
    finally:
        for child in children:
            child.kill()


def test_a_place_is_given_back_however_the_reading_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_WAIT", 0.1)
    bad = text_file(tmp_path / "bad.csv", "x\n")
    monkeypatch.setattr(Child, "_start", _no_process)
    for _ in range(3):
        with pytest.raises(OSError, match="no process"):
            Child(asked(bad, IN_A_PAGE))
    monkeypatch.undo()
    for _ in range(3):
        with pytest.raises(FileRefused):
            rows_of(bad, limits=IN_A_PAGE)


def _no_process(*_):
    raise OSError("no process")


def test_nothing_reads_on_when_the_process_that_asked_was_killed(slow):
    """Neither the reader nor the gate beside it."""
    parent = subprocess.Popen([sys.executable, "-c", ASKS, str(slow)], stdout=subprocess.PIPE)
    group = int(parent.stdout.readline())
    end = time.monotonic() + 10
    while not _members(group, 2) and time.monotonic() < end:
        time.sleep(0.002)
    assert _members(group, 2)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 1
    while _members(group, 1) and time.monotonic() < end:
        time.sleep(0.01)
    left = _members(group, 1)
    if left:
        os.killpg(group, signal.SIGKILL)
    assert not left


def test_a_reader_whose_asker_is_gone_before_it_looks_does_not_begin(slow):
    process = subprocess.Popen(
        [sys.executable, "-m", "app.engines.sheets.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
    said, _ = process.communicate(asked(slow).dump(), timeout=20)
    assert (process.returncode, said) == (-signal.SIGKILL, b"")
