"""The gate beside the reader: what it says stands, whoever of the two dies first."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from app.engines.sheets.model import FileRefused, Limits
from app.engines.sheets.reading import Child
from app.engines.sheets.wire import Request
from tests.engines.sheets.books import GOOD, cell, package, row_xml, sheet_xml, workbook
from tests.engines.sheets.samples import REGISTER, TODAY


def serve(path, before: str, seconds: float = 20.0) -> list[list]:
    """The frames of a reading child that ran ``before`` in front of its work. Nothing of it is left
    behind."""
    request = Request("read", str(path), path.name, Limits(), REGISTER, TODAY)
    child = Child.__new__(Child)
    child._seconds_left = seconds
    child._buffer = bytearray()
    child._turn = child._deadline = None
    child._process = subprocess.Popen(
        [sys.executable, "-c", f"{before}\nfrom app.engines.sheets.child import main\nmain()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
    child._out = child._process.stdout
    child._process.stdin.write(request.dump())
    child._process.stdin.flush()
    try:
        return list(child.frames())
    finally:
        child.kill()
        end = time.monotonic() + 10
        while _members(child.pid, 1) and time.monotonic() < end:
            time.sleep(0.01)  # an orphan is taken away by the system
        assert not _members(child.pid, 1)


DIES_READING = """
import os
from app.engines.sheets import sources
sources._Workbook.read_ahead = lambda _book: os.kill(os.getpid(), 9)
"""
READS_FOR_EVER = """
import time
import zipfile
from app.engines.sheets import sources
sources._Workbook.read_ahead = lambda _book: time.sleep(600)
"""
DIES_LOOKING = """
import os
from app.engines.sheets import gatekeeper
gatekeeper.inspect = lambda *_: os.kill(os.getpid(), 9)
"""
REFUSES = """
import time
import zipfile
from app.engines.sheets import gatekeeper
from app.engines.sheets.model import FileRefused
def inspect(*_):
    time.sleep(0.3)
    raise FileRefused("ratio")
gatekeeper.inspect = inspect
"""
LOOKS_FOR_EVER = """
import time
import zipfile
from app.engines.sheets import gatekeeper
gatekeeper.inspect = lambda *_: time.sleep(600)
"""
NO_PROCESS = """
import os
def fork():
    raise BlockingIOError
os.fork = fork
"""
NO_MEMORY = """
from app.engines.sheets import gatekeeper
def inspect(*_):
    raise MemoryError
gatekeeper.inspect = inspect
"""


def test_both_agree_on_a_good_file(tmp_path):
    header, rows = serve(workbook(tmp_path / "a.xlsx", GOOD), "")
    assert header[0] == "header"
    assert [row[1]["uscc"] for row in rows[1]] == [GOOD[0]]


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (REFUSES, "ratio"),
        (REFUSES + READS_FOR_EVER, "ratio"),  # the reader is ended
        (REFUSES + DIES_READING, "ratio"),  # long dead when the gate speaks
        (NO_MEMORY, "memory"),
        (DIES_LOOKING, "unreadable"),  # nothing is used that no gate let pass
        (DIES_READING, "unreadable"),
    ],
)
def test_the_gate_has_the_last_word(tmp_path, before, code):
    begun = time.monotonic()
    with pytest.raises(FileRefused) as caught:
        serve(workbook(tmp_path / "a.xlsx", GOOD), before)
    assert caught.value.code == code
    assert time.monotonic() - begun < 15


def test_a_gate_whose_reader_died_does_not_go_on_alone(tmp_path):
    path = workbook(tmp_path / "a.xlsx", GOOD)
    with pytest.raises(FileRefused) as caught:
        serve(path, LOOKS_FOR_EVER + DIES_READING, seconds=0.5)
    assert caught.value.code == "too_slow"


def test_without_a_second_process_the_gate_comes_first(tmp_path):
    header, _rows = serve(workbook(tmp_path / "a.xlsx", GOOD), NO_PROCESS)
    assert header[0] == "header"


def test_giving_up_ends_both(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx", *[GOOD] * 4_000)
    child = Child(Request("read", str(path), path.name, Limits(), REGISTER, TODAY))
    end = time.monotonic() + 10
    while not _members(child.pid, 2) and time.monotonic() < end:
        time.sleep(0.002)
    child.kill()
    while _members(child.pid, 1) and time.monotonic() < end:
        time.sleep(0.01)  # an orphan is taken away by the system
    assert not _members(child.pid, 1)


def _members(group: int, number: int) -> bool:
    """Whether so many processes of a group are alive."""
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now
        found += int(fields[2]) == group and fields[0] != "Z"
    return found >= number


FAR = row_xml(1) + row_xml(2, GOOD) + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'


def test_a_chart_in_front_hides_no_far_cell(tmp_path):
    """The reader dies of such a sheet; the gate tells why."""
    base = tmp_path / "base.xlsx"
    book = openpyxl.Workbook()
    book.create_chartsheet("图", 0)
    book.save(base)
    changes = {"xl/worksheets/sheet1.xml": sheet_xml(FAR)}
    with pytest.raises(FileRefused) as caught:
        serve(package(tmp_path / "a.xlsx", changes, base), "")
    assert caught.value.code == "too_many_columns"


def test_a_workbook_whose_sheets_are_all_hidden_has_no_headings(tmp_path):
    plain = workbook(tmp_path / "base.xlsx", GOOD)
    with zipfile.ZipFile(plain) as archive:
        listed = archive.read("xl/workbook.xml")
    hidden = re.sub(rb'state="visible"|(?<=<sheet )(?!.*state)', b'state="hidden" ', listed)
    assert hidden.count(b'state="hidden"') == hidden.count(b"<sheet ")
    path = package(tmp_path / "a.xlsx", {"xl/workbook.xml": hidden}, plain)
    with pytest.raises(FileRefused) as caught:
        serve(path, "")
    assert caught.value.code == "no_heading_row"
