"""Which tests PostgreSQL needs: so many that it meets every statement, not every test (ADR 15).

The run on SQLite notes what each test makes the application send: the statement, who sent it, of
what kinds its parameters are, and what the database refused. The run on PostgreSQL that follows takes
the fewest tests that send all of that again. What cannot be noted (threads with databases of their
own, other processes) runs on both, and so does every test when nothing was noted.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import sqlalchemy as sa

FOLDER = "TEST_STATEMENTS"  # where the runs of one ``make test`` meet
APP = str(Path(__file__).parents[2] / "app") + os.sep
FEATURES = APP + "features" + os.sep
LISTS = re.compile(r"\(\?(?:, \?)+\)")  # IN (?, ?, ?) with however many
LONG_TEXT, BIG_NUMBER = 255, 2**31

Sent = dict[str, tuple[float, list[str]]]  # test -> seconds, marks of what it sent


def folder() -> Path | None:
    """Where it is noted; ``None``: nobody asked for it."""
    name = os.environ.get(FOLDER)
    return Path(name) if name else None


class Recorder:
    """Plugin of the run that notes; one file per worker."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.sent: Sent = {}
        self.now: set[tuple[str, ...]] = set()
        self.heard = {"before_cursor_execute": self._statement, "handle_error": self._error}
        for name, hears in self.heard.items():
            sa.event.listen(sa.Engine, name, hears)

    def close(self) -> None:
        for name, hears in self.heard.items():
            sa.event.remove(sa.Engine, name, hears)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.now = set()
        began = time.perf_counter()
        answer = yield
        marks = sorted({_mark(one) for one in self.now})
        self.sent[item.nodeid] = (time.perf_counter() - began, marks)
        return answer

    def pytest_sessionfinish(self) -> None:
        name = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        (self.target / f"{name}.json").write_text(json.dumps(self.sent))

    def _statement(self, _c: Any, _cursor: Any, statement: str, params: Any, *_more: Any) -> None:
        who = _sender()
        if who is None:
            return
        self.now.add((who, statement))
        first = params[0] if isinstance(params, list) and params else params
        for place, value in enumerate(first if isinstance(first, tuple) else ()):
            self.now.add((who, statement, str(place), _kind(value)))

    def _error(self, context: Any) -> None:
        who = _sender()
        self.now.add((who or "", "refused", type(context.original_exception).__name__))


def _sender() -> str | None:
    """The innermost function of the application, and of a feature, that sends; ``None``: a test."""
    frame: FrameType | None = sys._getframe(2)
    inner = ""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(APP):
            inner = inner or f"{code.co_filename}:{code.co_qualname}"
            if code.co_filename.startswith(FEATURES):
                return f"{inner} {code.co_filename}:{code.co_qualname}"
        frame = frame.f_back
    return inner or None


def _kind(value: Any) -> str:
    """What of a parameter one database may take and another not."""
    if isinstance(value, str):
        odd = "\0" in value or not value.isprintable()
        return f"text{'' if value else ' none'}{' long' if len(value) > LONG_TEXT else ''}{' odd' * odd}"
    if isinstance(value, int) and not isinstance(value, bool):
        return "big" if abs(value) >= BIG_NUMBER else "number"
    return type(value).__name__


def _mark(sent: tuple[str, ...]) -> str:
    who, statement, *rest = sent
    text = "\n".join([who, LISTS.sub("(?)", statement), *rest])
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def needless(items: Sequence[pytest.Item]) -> set[str]:
    """Node ids of the tests that send nothing that the others do not send as well."""
    place = folder()
    noted = _noted(place) if place is not None and place.is_dir() else {}
    names = [one.nodeid for one in items if "app" in getattr(one, "fixturenames", [])]
    known = {name: noted[name] for name in names if name in noted}
    return known.keys() - _fewest(known)


def _noted(place: Path) -> Sent:
    found: Sent = {}
    for one in sorted(place.glob("*.json")):
        found |= {
            name: (took, marks) for name, (took, marks) in json.loads(one.read_text()).items()
        }
    return found


def _fewest(sent: Sent) -> set[str]:
    """Tests that send everything together: first who alone sends something, then by what a second
    brings (the fewest exactly is a hard problem; this comes near)."""
    senders: dict[str, list[str]] = {}
    for name, (_took, marks) in sent.items():
        for mark in marks:
            senders.setdefault(mark, []).append(name)
    taken = {names[0] for names in senders.values() if len(names) == 1}
    met = {mark for name in taken for mark in sent[name][1]}
    left = {name: set(marks) - met for name, (_took, marks) in sent.items() if name not in taken}
    while True:
        left = {name: marks - met for name, marks in left.items() if marks - met}
        if not left:
            return taken
        best = max(left, key=lambda name: (len(left[name]) / max(sent[name][0], 0.01), name))
        taken.add(best)
        met |= left.pop(best)
