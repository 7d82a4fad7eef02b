"""The sandbox served on a free port, and the real clients set to it as the demo sets them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import config
from sandbox import create_sandbox
from sandbox.serving import running

PHONE = "13800138000"


def settings(port: int = 8081, **others: Any) -> dict[str, Any]:
    """Settings of a demo whose sandbox answers at ``port``."""
    return config.settings({}, APP_MODE="demo", SANDBOX_PORT=str(port), **others)


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
