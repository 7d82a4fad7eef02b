"""One application per test process on the database named by TEST_DATABASE_URL (empty = SQLite);
every test runs inside a transaction that is rolled back."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app import create_app
from app.cli.deploy import deploy
from app.core import scope
from app.extensions import db
from app.features.desk.services import LEFT_OUT
from tests.support import people
from tests.support.cheap_hashes import make_passwords_cheap
from tests.support.client import PageClient

make_passwords_cheap()

#: Folders of tests that know no database: one run says it all.
WITHOUT_DATABASE = ("engines/scoring", "engines/sheets", "core", "house", "integrations")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what meets a database is run again (left out, not skipped).

    Not what says ``one_database("why")``: pages and rights whose statements other tests run there.
    """
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    here = Path(__file__).parent
    left = [one for one in items if _pure(one, here)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if one not in left]


def _pure(item: pytest.Item, here: Path) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    if once := item.get_closest_marker("one_database"):
        assert once.args, f"{item.nodeid}: say why one database is enough"
        return True
    folder = item.path.parent.relative_to(here).as_posix()
    return "app" not in fixtures and folder.startswith(WITHOUT_DATABASE)


def database_url(tmp: Path) -> str:
    """A database of this process alone, made empty."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return f"sqlite:///{tmp / 'test.db'}"
    name = f"parkdesk_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    tmp = tmp_path_factory.mktemp("data")
    app = create_app(
        APP_MODE="demo",
        DATA_DIR=str(tmp),
        DATABASE_URL=database_url(tmp),
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        HUEY_IMMEDIATE=True,
        RATELIMIT_ENABLED=False,
        TRUSTED_HOSTS="localhost,127.0.0.1",
        LOG_LEVEL="CRITICAL",
    )
    app.test_client_class = PageClient
    with app.app_context():
        deploy()
        with scope.unscoped():
            people.make_everybody()
        db.session.remove()
    gc.collect()
    gc.freeze()  # the application stays, no need to look through it again and again (5 % of the run)
    gc.set_threshold(50_000, 20, 50)
    return app


@pytest.fixture(autouse=True)
def _rolled_back(request: pytest.FixtureRequest) -> Any:
    """Wrap the test in one transaction (fab.md 10); tests marked otherwise use ``own_database``."""
    if "app" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("app")
    LEFT_OUT.clear()  # a process remembers it, and numbers of people come again
    with app.app_context():
        engine = db.engines[None]
        connection = engine.connect()
        outer = connection.begin()
        connection.name = engine.name  # FAB reads session.get_bind().name
        db.engines[None] = connection
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
    yield
    with app.app_context():
        db.session.remove()
        db.engines[None] = engine
    outer.rollback()
    connection.close()
    scope.reset()


@pytest.fixture
def context(app: Any) -> Any:
    """An application context that sees every park (for services and queries)."""
    with app.app_context(), scope.unscoped():
        yield app


@pytest.fixture
def client(app: Any) -> PageClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def as_(app: Any) -> Any:
    """``as_("park1")``: a browser in which that demo person is signed in."""

    def signed_in(username: str) -> PageClient:
        browser = app.test_client()
        browser.sign_in(username)
        return browser

    return signed_in
