"""The sandbox served on a free port, and the real clients set to it as the demo sets them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

import config
from sandbox import create_sandbox
from sandbox.serving import running

PHONE = "13800138000"


def settings(port: int = 8081, **others: Any) -> dict[str, Any]:
    """Settings of a demo whose sandbox answers at ``port``."""
    return config.settings({}, APP_MODE="demo", SANDBOX_PORT=str(port), **others)


@contextlib.contextmanager
def logged() -> Iterator[list[Any]]:
    """Every line of the log, whatever level another test's application has set."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    try:
        with structlog.testing.capture_logs() as lines:
            yield lines
    finally:
        structlog.configure(**before)


class Sandbox(SimpleNamespace):
    """What a test may turn and look at."""

    def switch(self, **faults: str) -> None:
        self.state.faults.update(faults)

    @property
    def texts(self) -> list[str]:
        return [one.text for one in reversed(self.state.messages)]


@pytest.fixture
def sandbox() -> Any:
    app = create_sandbox(settings())
    with running(app) as port:
        yield Sandbox(
            app=app,
            port=port,
            url=f"http://127.0.0.1:{port}",
            state=app.extensions["sandbox"],
            settings=lambda **others: settings(port, **others),
            browser=app.test_client(),
        )
