"""Refused requests of signed-in people: told to whoever keeps the trail (injected by wiring)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask, Response, request
from flask_login import current_user

from app.core.actor import Actor
from app.web.access import PUBLIC_ENDPOINTS
from app.web.acting import current_actor

log = structlog.get_logger("access")
#: A missing row is told like a foreign one: only then are both answers equally long in coming.
REASONS = {403: "no_right", 404: "out_of_reach"}
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Denial:
    """``route`` is the address as declared: what was typed in its place is a key or left out."""

    route: str
    endpoint: str
    object_id: str
    reason: str


Note = Callable[[Actor, Denial], object]
_note: list[Note] = []


def init(app: Flask, note: Note) -> None:
    _note[:] = [note]
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """The request stays refused whether that could be written down or not."""
    reason = REASONS.get(response.status_code)
    rule, endpoint = request.url_rule, request.endpoint
    if reason is None or rule is None or endpoint is None or endpoint in PUBLIC_ENDPOINTS:
        return response
    try:
        if current_user.is_authenticated:
            _note[0](current_actor(), Denial(rule.rule, endpoint, _keys(), reason))
    except Exception:
        log.exception("denied_not_recorded", endpoint=endpoint)
    return response


def _keys() -> str:
    values = (request.view_args or {}).values()
    return "/".join(
        str(one) for one in values if isinstance(one, int) or _KEY.fullmatch(str(one))
    )  # fmt: skip
