"""ParkDesk. Nothing is imported here at module level: the import child of a workbook stays light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**overrides: Any) -> Flask:
    """Build the application; ``overrides`` win over the environment (see ``config.py``)."""
    from app.wiring import build

    return build(**overrides)
