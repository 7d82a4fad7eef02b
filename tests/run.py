"""``make test``: everything on SQLite, everything on PostgreSQL, journeys in Chromium.

``python -m tests.run [PATH…]`` runs only those paths (on both databases; browser tests on SQLite).
The last line is ``N passed, N failed``; the exit code is 0 only when nothing failed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.support import services, statements
from tests.support.postgres import server

ROOT = Path(__file__).resolve().parents[1]
#: One more than the cores: some tests wait for locks, other processes or a slow site.
WORKERS = str(max(3, min(8, (os.cpu_count() or 2) + 1)))
#: A file's tests share what is slow to make, and what they saw already; in the order of conftest.py.
BY_FILE = ("-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder")
NOTHING_COLLECTED = 5
ROOM = 4 * 2**30  # bytes; what is really used: docs/architecture.md
BROWSER_TESTS = "tests/e2e"
JOURNEYS = "TEST_JOURNEYS"  # the folder in which the data of the browser tests lie ready
FAULTS = "tests/faults"  # minutes of killing and starting again: ``make faults``


@dataclass(frozen=True)
class Outcome:
    """What one run of pytest gave."""

    name: str
    passed: int
    failed: int
    ok: bool


def main(paths: list[str]) -> int:
    """Run the parts one after the other (two cores: each part fills both)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ended from outside: stop the server
    os.chdir(ROOT)
    services.ensure()
    in_memory()
    compile_catalogues()
    with tempfile.TemporaryDirectory(prefix="parkdesk-journeys-") as data:
        with (
            tempfile.TemporaryDirectory(prefix="parkdesk-statements-") as noted,
            server() as address,
        ):
            also = {} if paths or os.environ.get("EVERY") == "1" else {statements.FOLDER: noted}
            outcomes = [pytest("SQLite", [*_spread(paths), *_coverage(paths)], paths, **also)]
            also["TEST_DATABASE_URL"] = address
            with journeys_prepared(Path(data), paths):
                outcomes.append(pytest("PostgreSQL", _spread(paths), paths, **also))
        options = ["-m", "e2e", *BY_FILE]
        outcomes.append(pytest("browser", options, paths or [BROWSER_TESTS], **{JOURNEYS: data}))
    for one in outcomes:
        word = "ok" if one.ok else "FAILED"
        print(f"{one.name}: {one.passed} passed, {one.failed} failed ({word})")
    good = all(one.ok for one in outcomes) and sum(one.passed for one in outcomes) > 0
    failed = sum(one.failed for one in outcomes)
    if not good:
        failed = max(failed, 1)
    print(f"{sum(one.passed for one in outcomes)} passed, {failed} failed")
    return 0 if good else 1


@contextlib.contextmanager
def journeys_prepared(folder: Path, paths: list[str]) -> Iterator[None]:
    """What every journey begins with is made meanwhile: all browsers would wait for it otherwise."""
    if paths:
        yield
        return
    making = subprocess.Popen([sys.executable, "-m", "tests.e2e.server", folder], env=_clean())
    try:
        yield
    finally:
        making.wait()  # has it failed, the first journey makes it anew and says why


def in_memory(folder: Path = Path("/dev/shm")) -> None:
    """Work in a folder in memory where there is one of that size: hundreds of databases are made,
    written and thrown away, and nobody needs them to outlast the machine."""
    if os.environ.get("TMPDIR") or not os.access(folder, os.W_OK):
        return
    known = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(known.get("MemAvailable", "0").split()[0]) * 1024
    if min(available / 2, shutil.disk_usage(folder).free) >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def compile_catalogues() -> None:
    """What ``make`` does first; called bare, texts would stay Chinese in the tests of English."""
    for catalogue in (ROOT / "translations").glob("*/LC_MESSAGES/*.po"):
        made = catalogue.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < catalogue.stat().st_mtime:
            with catalogue.open("rb") as source, made.open("wb") as target:
                write_mo(target, read_po(source))


def _spread(paths: list[str]) -> list[str]:
    """Browser tests have their own part."""
    without = [] if paths else ["--ignore", FAULTS, "--ignore", BROWSER_TESTS]
    return [*BY_FILE, "-m", "not e2e", *without]


def _coverage(paths: list[str]) -> list[str]:
    """Only when asked (``make coverage``): on Python 3.11 tracing nearly doubles the run."""
    wanted = os.environ.get("COVERAGE") == "1" and not paths
    return ["--cov", "--cov-report=term:skip-covered"] if wanted else []


def pytest(name: str, options: list[str], paths: list[str], **environment: str) -> Outcome:
    """One run in a process of its own; counts come from its own report, not from its text."""
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="parkdesk-tests-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *options, *paths]
        code = subprocess.run(
            [*command, f"--basetemp={folder}/work"], env={**_clean(), **environment}, check=False
        ).returncode
        counts = _counts(report)
        if not paths:
            print(f"{name}, longest files: {', '.join(_longest(report))}", flush=True)
    if code < 0:
        print(f"{name}: pytest was ended by signal {-code}", flush=True)
    if code == NOTHING_COLLECTED and paths:
        return Outcome(name, 0, 0, ok=True)
    bad = counts["failures"] + counts["errors"] + counts["skipped"]
    passed = counts["tests"] - bad
    return Outcome(name, passed, bad, ok=code == 0 and not bad)


def _clean() -> dict[str, str]:
    return {key: text for key, text in os.environ.items() if not _is_setting(key)}


def _is_setting(name: str) -> bool:
    """A setting of the application that happens to be in the environment must not reach a test.

    Nor that Python may keep no compiled files: each worker and each process that a test starts would
    compile everything anew, a tenth of the whole.
    """
    from config import ENVIRONMENT

    others = ("FLASK_", "TEST_DATABASE_URL", "PG", "PYTHONDONTWRITEBYTECODE")
    return name in ENVIRONMENT or name.startswith(others)


def _counts(report: Path) -> dict[str, int]:
    names = ("tests", "failures", "errors", "skipped")
    if not report.exists():
        return dict.fromkeys(names, 0)
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    return {name: int(suite.get(name, "0")) for name in names}


def _longest(report: Path, number: int = 12) -> list[str]:
    """Files with the seconds of their tests together: those that ``LONG`` in conftest.py puts first."""
    seconds: Counter[str] = Counter()
    for one in ET.parse(report).iter("testcase") if report.exists() else ():
        seconds[one.get("classname", "").removeprefix("tests.")] += float(one.get("time", "0"))
    return [f"{file} {took:.0f} s" for file, took in seconds.most_common(number)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
