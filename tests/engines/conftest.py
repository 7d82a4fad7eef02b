"""An application on a database of its own, where commits are real: for threads and processes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app import create_app
from app.cli.deploy import deploy
from app.core import scope
from app.engines.files import services
from app.engines.jobs import delivery
from app.extensions import db, huey
from tests.support import people
from tests.support.client import PageClient


def _empty_database(tmp: Path, word: str) -> str:
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return f"sqlite:///{tmp / 'own.db'}"
    name = f"parkdesk_{word}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application of one test module; its queue is a real one (nothing runs by itself)."""
    tmp = tmp_path_factory.mktemp("own")
    before = (huey._huey, huey._arguments, list(delivery._runners), list(services._disks))
    word = request.module.__name__.rpartition(".")[2]
    app = create_app(
        APP_MODE="demo",
        DATA_DIR=str(tmp),
        DATABASE_URL=_empty_database(tmp, word),
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        RATELIMIT_ENABLED=False,
        TRUSTED_HOSTS="localhost,127.0.0.1",
        LOG_LEVEL="CRITICAL",
    )
    app.test_client_class = PageClient
    with app.app_context(), scope.unscoped():
        deploy()
        people.make_everybody()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    # The newest application owns the queue and the file store; give them back.
    huey._huey, huey._arguments, delivery._runners[:], services._disks[:] = before


@pytest.fixture
def owned(own: Any) -> Any:
    """A context of ``own`` that sees every park."""
    with own.app_context(), scope.unscoped():
        yield own
        db.session.remove()
