"""Request limits per address. A password's own lock is counted in the database, over all workers;
these limits only blunt floods and live in Redis or in each process (security.md U1-U5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_limiter import Limiter


def init(app: Flask, limiter: Limiter, rates: Mapping[str, str]) -> None:
    """``rates``: endpoint -> name of the setting with its rate; POST only, counted by address."""
    for endpoint, setting in rates.items():
        limit: Any = limiter.limit(app.config[setting], methods=["POST"])
        app.view_functions[endpoint] = limit(app.view_functions[endpoint])
