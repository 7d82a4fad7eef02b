"""Structured JSON logs: one line a request, with an id and without personal data."""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from app.core.phones import redacted

log = structlog.get_logger("request")
_HIDDEN = frozenset({"password", "token", "cookie", "phone", "email", "form", "body", "contact"})
_OURS = frozenset({"request_id", "timestamp"})  # random and time: digits of nobody


def init(app: Flask) -> None:
    level = getattr(logging, str(app.config["LOG_LEVEL"]).upper(), logging.INFO)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    app.before_request(_begin)
    app.after_request(_end)


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop fields that carry personal data; mask numbers and addresses of persons anywhere else."""
    for key, value in list(event.items()):
        event[key] = _redacted(key, value)
    return event


def _redacted(key: str, value: Any) -> Any:
    if key.lower() in _HIDDEN:
        return "***"
    if isinstance(value, dict):
        return {name: _redacted(str(name), part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", part) for part in value]
    return redacted(value) if isinstance(value, str) and key not in _OURS else value


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static" and "began" in g:
        log.info(
            "request",
            method=request.method,
            path=request.path,  # never the query string: searches are names and phones
            status=response.status_code,
            ms=round((time.monotonic() - g.began) * 1000, 1),
            user=getattr(g.get("user"), "id", None),
        )
    return response
