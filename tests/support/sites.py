"""Applications beside the shared one: production-like, or on a database where commits are real."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import make_url

from app import create_app
from app.cli.deploy import deploy
from app.core import scope
from app.engines.files import services
from app.engines.jobs import delivery
from app.extensions import db, huey, sealing
from app.integrations.ports import ports, use
from app.web import health
from tests.support import people
from tests.support.client import PageClient

#: In a filled folder: the database on the server that it goes with ("" on SQLite).
NAMED = "database.name"


def empty_database(folder: Path, word: str, like: str = "template0") -> str:
    """The address of a new database: a file, or one on the test server (a copy of ``like``)."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return ""
    name = f"parkdesk_{word}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{like}" ENCODING \'UTF8\'')
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def filled_database(folder: Path, word: str, mode: str) -> str:
    """As ``empty_database``, but deployed and with everybody in it.

    The first that asks deploys; all workers copy what it made (half a second each otherwise).
    """

    def fill(kept: Path) -> None:
        database = empty_database(kept, f"filled_{mode}")
        _fill(kept, database, mode)
        (kept / NAMED).write_text(make_url(database).database or "" if database else "")

    kept = once(folder, f"filled-{mode}", fill)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return empty_database(folder, word, (folder / NAMED).read_text())


def once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one worker of a run fills and the others find filled. ``folder``: of the own."""
    kept = _common(folder) / name
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = kept.with_suffix(".done")
        if not done.exists():
            make(kept)
            done.touch()
    return kept


def _fill(folder: Path, database: str, mode: str) -> None:
    with site(folder, database, APP_MODE=mode) as app, app.app_context(), scope.unscoped():
        deploy()
        people.make_everybody()
        db.session.remove()


def _common(folder: Path) -> Path:
    """What the workers of one run have in common: the folder above each one's own."""
    own = folder.parent
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def remember_templates(app: Flask, folder: Path) -> None:
    """Compiled once for all applications and workers of a run (two seconds each otherwise)."""
    kept = _common(folder) / "templates"
    kept.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept))


@contextlib.contextmanager
def site(folder: Path, database: str, **settings: Any) -> Iterator[Flask]:
    """An application that gives back, at the end, what the newest application owns."""
    before = (huey._huey, huey._arguments, list(delivery._runners), list(services._disks))
    ring, outside = list(sealing._ring), ports()
    checks = dict(health.CHECKS)
    base = {"DATA_DIR": str(folder), "DATABASE_URL": database, "LOG_LEVEL": "CRITICAL"}
    app = create_app(**{**base, **settings})
    app.test_client_class = PageClient
    remember_templates(app, folder)
    opened = list(services._disks)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        # An application made meanwhile is the newest: it keeps what it opened.
        if before[3] and services._disks == opened:
            huey._huey, huey._arguments, delivery._runners[:], services._disks[:] = before
            sealing._ring[:] = ring
            use(outside)
        health.CHECKS.clear()
        health.CHECKS.update(checks)
