"""The child's end of the pipe: everything in order, however slowly it is taken."""

import os
import threading
import time

import pytest

from app.engines.sheets import outlet
from app.engines.sheets.outlet import Outlet

MIB = 1 << 20


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, Outlet(writing)
    os.close(reading)
    os.close(writing)


def test_what_the_pipe_has_no_room_for_is_kept_in_order(pipe):
    reading, out = pipe
    pieces = [bytes([number]) * MIB for number in range(6)]
    for piece in pieces:
        out.write(piece)  # nobody reads: six times what a pipe holds, and no waiting
    taken = bytearray()

    def take() -> None:
        while len(taken) < 6 * MIB:
            taken.extend(os.read(reading, MIB))

    reader = threading.Thread(target=take)
    reader.start()
    out.drain()
    reader.join(10)
    assert bytes(taken) == b"".join(pieces)


def test_more_than_there_is_room_for_waits_until_somebody_reads(pipe, monkeypatch):
    monkeypatch.setattr(outlet, "_ROOM", 2 * MIB)
    reading, out = pipe
    written = []

    def write() -> None:
        for number in range(8):
            out.write(b"x" * MIB)
            written.append(number)
        out.drain()

    writer = threading.Thread(target=write)
    writer.start()
    end = time.monotonic() + 10
    while len(written) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(written) < 8  # at most the pipe and the room, whatever is still to come
    taken = 0
    while taken < 8 * MIB:
        taken += len(os.read(reading, MIB))
    writer.join(10)
    assert len(written) == 8


def test_who_reads_no_more_ends_the_writing(pipe):
    _reading, out = pipe
    other_reading, other_writing = os.pipe()
    gone = Outlet(other_writing)
    os.close(other_reading)
    with pytest.raises(BrokenPipeError):
        gone.write(b"x")
    os.close(other_writing)
    out.write(b"x")
    out.drain()
