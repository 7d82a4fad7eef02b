"""Applications beside the shared one: production-like, or on a database where commits are real."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from app import create_app
from app.engines.files import services
from app.engines.jobs import delivery
from app.extensions import db, huey, sealing
from app.integrations.ports import ports, use
from app.web import health
from tests.support.client import PageClient


def empty_database(folder: Path, word: str) -> str:
    """The address of a new database: a file, or one on the test server."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return ""
    name = f"parkdesk_{word}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def site(folder: Path, database: str, **settings: Any) -> Iterator[Flask]:
    """An application that gives back, at the end, what the newest application owns."""
    before = (huey._huey, huey._arguments, list(delivery._runners), list(services._disks))
    ring, outside = list(sealing._ring), ports()
    checks = dict(health.CHECKS)
    base = {"DATA_DIR": str(folder), "DATABASE_URL": database, "LOG_LEVEL": "CRITICAL"}
    app = create_app(**{**base, **settings})
    app.test_client_class = PageClient
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if before[3]:  # else an application made meanwhile is the newest: it keeps what it opened
            huey._huey, huey._arguments, delivery._runners[:], services._disks[:] = before
            sealing._ring[:] = ring
            use(outside)
        health.CHECKS.clear()
        health.CHECKS.update(checks)
