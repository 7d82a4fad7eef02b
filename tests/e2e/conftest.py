"""One server and one Chromium per worker; each test has its own watched browser contexts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.browser import ARGUMENTS, BOTH, BOTH_NAMES, PHONE, TIMEOUT, WIDE, Watch, listening
from tests.e2e.screens import Desk
from tests.e2e.server import Server, prepared
from tests.e2e.visitors import Visitor
from tests.support import sites
from tests.support.services import chromium

HERE = Path(__file__).parent
ACCOUNT = "/login?way=account&next=/desk/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its data are made once for the run: making them takes longer than all else before a test."""
    own = tmp_path_factory.mktemp("server")
    kept = prepared(
        os.environ.get("TEST_JOURNEYS", ""),
        lambda: sites.once(own, "demo", lambda folder: Server(folder).prepare()),
    )
    shutil.copytree(kept, own / "data")
    running = Server(own / "data").start()
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
        desk = Desk(listening(context.new_page()), language=language, phone=phone)
        if not username:
            return desk
        desk.page.goto("/desk/" if known else ACCOUNT)
        if desk.page.locator("body.login").count():
            if known:  # another test ended that session; what it left says in which language
                context.clear_cookies()
                desk.page.goto(ACCOUNT)
            desk.sign_in(username, go=False)
            cookies[username, language] = context.storage_state()
        desk.say = desk.words
        return desk

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def visit(server: Server, chrome: Browser) -> Iterator[Callable[..., Visitor]]:
    """``visit("en", phone=True)``: somebody who is not signed in, on the way to the sandbox and back.

    All tests come from one address: what it may ask for in an hour begins anew with each.
    """
    server.write("DELETE FROM phone_code")
    watch = Watch("http://127.0.0.1:")  # the ways lead to the sandbox's port and back
    watch.expect(400, 422, 429)
    contexts = []
    visitor = None

    def open_one(language: str = "zh", *, phone: bool = False) -> Visitor:
        nonlocal visitor
        size = PHONE if phone else WIDE
        context = chrome.new_context(viewport=size, base_url=server.address, locale="zh-CN")
        context.set_default_timeout(TIMEOUT)
        watch.follow(context)
        contexts.append(context)
        visitor = Visitor(listening(context.new_page()), server, language)
        return visitor

    yield open_one
    if visitor is not None:
        visitor.switch(**dict.fromkeys(("aliyun", "tencent", "wechat", "haiyiban"), ""))
    for context in contexts:
        context.close()
    assert not watch.found, "\n".join(watch.found)


@pytest.fixture(params=BOTH, ids=BOTH_NAMES)
def visitor(request: Any, visit: Callable[..., Visitor]) -> Visitor:
    """Each journey at both widths and in both languages."""
    language, phone = request.param
    return visit(language, phone=phone)


@pytest.fixture
def zh_wide(visit: Callable[..., Visitor]) -> Visitor:
    """Where width and language change nothing."""
    return visit()
