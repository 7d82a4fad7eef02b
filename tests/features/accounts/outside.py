"""Fixtures: fake services in the place of the ports, a visitor's browser, and the steps of a sign-in."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from app.integrations.ports import Ports, use
from tests.support.outside import FakeHaiyiban, FakeSms, FakeWechat

PHONE = "13912345678"


@pytest.fixture
def outside() -> Any:
    fakes = SimpleNamespace(sms=FakeSms(), wechat=FakeWechat(), haiyiban=FakeHaiyiban())
    before = use(Ports(fakes.sms, fakes.wechat, fakes.haiyiban))
    yield fakes
    use(before)


@pytest.fixture
def visitor(app: Any, outside: Any) -> Any:
    """A browser that has opened the dialog (and so has its cookie)."""
    browser = app.test_client()
    browser.page("/login")
    return browser


def document_of(page: str) -> str:
    return re.search(r'name="document"[^>]*value="(\d+)"', page)[1]


def ask_code(browser: Any, phone: str = PHONE, **more: str) -> Any:
    return browser.post(
        "/login/code", data={"phone": phone, **more}, headers={"Accept": "application/json"}
    )


def enter(browser: Any, code: str, phone: str = PHONE, *, agree: bool = True, **more: str) -> Any:
    """登录 with a code; the statement in force is ticked."""
    data = {"phone": phone, "code": code, "document": document_of(browser.page("/login")), **more}
    if agree:
        data["agree"] = "y"
    return browser.post("/login/phone", data=data)
