"""One application per test process on the database named by TEST_DATABASE_URL (empty = SQLite);
every test runs inside a transaction that is rolled back."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.core import scope
from app.extensions import db
from app.features.desk.services import LEFT_OUT
from tests.support import sites, statements
from tests.support.cheap_hashes import make_passwords_cheap
from tests.support.client import PageClient

make_passwords_cheap()

#: Folders of tests that know no database: one run says it all.
WITHOUT_DATABASE = (
    *("engines/richtext", "engines/scoring", "engines/sheets", "core", "house", "integrations"),
)
#: Files that take long go first (the longest at the top), so that no worker has one left at the end.
LONG = (
    "e2e/test_crawl", "e2e/test_register", "e2e/test_user_centre", "e2e/test_list",
    "e2e/test_zone_scheme", "e2e/test_ranking", "e2e/test_upgrade", "e2e/test_clerk",
    "e2e/test_public_site", "e2e/test_filling", "e2e/test_jobs",
    "e2e/test_forms", "e2e/test_board", "e2e/test_editor",
    "house/test_routes", "web/floor/test_start", "features/desk/test_board", "house/test_words",
    "engines/review/test_workflow", "engines/trail/test_chain", "house/test_code",
    "features/accounts/test_attacks", "engines/sheets/test_reading", "web/floor/test_requests",
    "features/enterprises/test_masking", "features/enterprises/test_import_pages",
    "features/parks/test_upgrades_rush", "engines/sheets/test_refused_files",
    "web/test_templates", "house/test_tenants", "features/accounts/test_at_once",
    "house/test_reading", "engines/jobs/test_worker", "engines/sheets/test_writing",
    "features/accounts/test_view_as", "features/enterprises/test_list_pages",
    "features/accounts/test_two_steps", "engines/scoring/test_properties",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Note what is sent, when somebody will ask for it."""
    place = statements.folder()
    if place is not None and not os.environ.get("TEST_DATABASE_URL"):
        config.pluginmanager.register(statements.Recorder(place))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order of files, and what is left out."""
    place = {Path(__file__).parent / f"{name}.py": number for number, name in enumerate(LONG)}
    items.sort(key=lambda one: place.get(one.path, len(place)))
    _left_out(config, items)


def _left_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what meets a database is run again (left out, not skipped), and of that what
    sends something that no other test sends (``statements``).

    Not what says ``one_database("why")``: pages and rights whose statements other tests run there.
    """
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    here = Path(__file__).parent
    needless = statements.needless(items)
    left = [one for one in items if _pure(one, here) or one.nodeid in needless]
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


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    tmp = tmp_path_factory.mktemp("data")
    app = create_app(
        APP_MODE="demo",
        DATA_DIR=str(tmp),
        DATABASE_URL=sites.filled_database(tmp, "test", "demo"),
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        HUEY_IMMEDIATE=True,
        RATELIMIT_ENABLED=False,
        TRUSTED_HOSTS="localhost,127.0.0.1",
        LOG_LEVEL="CRITICAL",
    )
    app.test_client_class = PageClient
    sites.remember_templates(app, tmp)
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
