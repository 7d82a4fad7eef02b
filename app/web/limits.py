"""What a request may cost: its size by route and kind of body, and how often per address.

A password's own lock is counted in the database, over all workers; the rates here only blunt
floods and live in Redis or in each process (security.md U1-U5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Request, current_app
from flask_limiter import Limiter

from app.web.access import for_machines

MIB = 1024 * 1024


class SizedRequest(Request):
    """Knows its limit before anything reads the body: the CSRF check parses the form first."""

    @property  # type: ignore[misc]
    def max_content_length(self) -> int | None:  # type: ignore[override]
        """Form text is short (Werkzeug bounds it in multipart bodies only); a file may be large."""
        config = current_app.config
        if self.mimetype == "application/x-www-form-urlencoded" or for_machines(self.path):
            return int(config["MAX_FORM_MEMORY_SIZE"])
        setting = config["ROUTE_MAX_MB"].get(self.endpoint)
        return (config[setting] + 1) * MIB if setting else config["MAX_CONTENT_LENGTH"]


def init(
    app: Flask, limiter: Limiter, *, rates: Mapping[str, str], sizes: Mapping[str, str]
) -> None:
    """``rates``: endpoint -> setting with its rate (of POST, where it takes one); ``sizes``: -> MB."""
    app.request_class = SizedRequest
    app.config["ROUTE_MAX_MB"] = dict(sizes)
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    for endpoint, setting in rates.items():
        counted = ["POST"] if endpoint in posted else None
        limit: Any = limiter.limit(app.config[setting], methods=counted)
        app.view_functions[endpoint] = limit(app.view_functions[endpoint])
