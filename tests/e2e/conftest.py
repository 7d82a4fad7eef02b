"""One server and one Chromium per worker; each test has its own watched browser contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.browser import ARGUMENTS, PHONE, TIMEOUT, WIDE, Watch
from tests.e2e.screens import Desk
from tests.e2e.server import Server
from tests.support.services import chromium

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server") / "data").start()
    try:
        running.write(
            "INSERT INTO park_membership (user_id, park_id, role, since) "
            "SELECT u.id, p.id, 'admin', '2026-01-01 00:00:00' FROM ab_user u, park p "
            "WHERE u.username = 'base1' AND p.code = 'B02'"
        )
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    """What went wrong; asserted at the end of the test."""
    watched = Watch(server.address)
    yield watched
    assert not watched.found, "\n".join(watched.found)


@pytest.fixture(scope="session")
def cookies() -> dict[tuple[str, str], Any]:
    """Who signed in through the form once keeps the cookies: scrypt takes its time."""
    return {}


@pytest.fixture
def open_desk(
    server: Server, chrome: Browser, watch: Watch, cookies: dict[tuple[str, str], Any]
) -> Iterator[Callable[..., Desk]]:
    """``open_desk("clerk1", language="en", phone=True)``: signed in, on the desk."""
    contexts = []

    def open_one(username: str = "", *, language: str = "zh", phone: bool = False) -> Desk:
        options: dict[str, Any] = {"viewport": PHONE if phone else WIDE, "base_url": server.address}
        known = cookies.get((username, language))
        context = chrome.new_context(
            accept_downloads=True, locale="zh-CN", storage_state=known, **options
        )
        context.set_default_timeout(TIMEOUT)
        watch.follow(context)
        contexts.append(context)
        desk = Desk(context.new_page(), language=language, phone=phone)
        if not username:
            return desk
        desk.page.goto("/desk/")
        if desk.page.locator("body.login").count():
            desk.sign_in(username, go=False)
            cookies[username, language] = context.storage_state()
        desk.say = desk.words
        return desk

    yield open_one
    for context in contexts:
        context.close()
