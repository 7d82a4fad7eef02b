"""Fixtures: an application on a database of its own, where commits are real (threads, processes).

A conftest that needs them imports both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.core import scope
from app.extensions import db
from tests.support.sites import filled_database, site


@pytest.fixture(scope="module")
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application of one test module; its queue is a real one (nothing runs by itself)."""
    folder = tmp_path_factory.mktemp("own")
    word = request.module.__name__.rpartition(".")[2]
    settings = {"RATELIMIT_ENABLED": False, "TRUSTED_HOSTS": "localhost,127.0.0.1"}
    with site(
        folder,
        filled_database(folder, word, "demo"),
        APP_MODE="demo",
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        **settings,
    ) as app:
        yield app


@pytest.fixture
def owned(own: Any) -> Any:
    """A context of ``own`` that sees every park."""
    with own.app_context(), scope.unscoped():
        yield own
        db.session.remove()


def at_once(app: Any, *calls: Callable[[], object]) -> list[BaseException | None]:
    """Run each call in a thread and connection of its own; what each raised."""
    raised: list[BaseException | None] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        with app.app_context(), scope.unscoped():
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - handed to the test
                raised[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return raised
