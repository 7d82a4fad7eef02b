"""Refused requests of signed-in people: told to whoever keeps the trail (injected by wiring)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

import structlog
from flask import Flask, Response, g, request
from msgspec import Struct

from app.core.actor import Actor
from app.web.access import PUBLIC_ENDPOINTS
from app.web.acting import current_actor

log = structlog.get_logger("access")
#: A missing row is told like a foreign one: only then are both answers equally long in coming.
REASONS = {403: "no_right", 404: "out_of_reach"}
_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]{1,18}")
#: Fields of a form that hold a row's key: ``pk``, ``park_id``, …; so many keys are kept.
_KEY_FIELD = re.compile(r"pk|[a-z_]+_id")
MOST_KEYS = 50
#: A form is looked into only when it is small: a refused upload is not read for it.
SMALL_FORM = 65_536


class Denial(Struct, frozen=True):
    """``route`` is the address as declared: what was typed in its place is a key or left out."""

    route: str
    endpoint: str
    object_id: str
    reason: str
    posted: tuple[int, ...] = ()  # keys that the form named; never what was typed


Note = Callable[[Actor, Denial], object]
_note: list[Note] = []


def init(app: Flask, note: Note) -> None:
    _note[:] = [note]
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """The request stays refused whether that could be written down or not."""
    reason = "only_looks" if g.get("only_looks") else REASONS.get(response.status_code)
    rule, endpoint = request.url_rule, request.endpoint
    if reason is None or rule is None or endpoint is None or endpoint in PUBLIC_ENDPOINTS:
        return response
    try:
        if current_actor().user_id is not None:
            _note[0](current_actor(), Denial(rule.rule, endpoint, _keys(), reason, _posted()))
    except Exception:
        log.exception("denied_not_recorded", endpoint=endpoint)
    return response


def _keys() -> str:
    values = (request.view_args or {}).values()
    return "/".join(
        str(one) for one in values if isinstance(one, int) or _KEY.fullmatch(str(one))
    )  # fmt: skip


def _posted() -> tuple[int, ...]:
    small = (request.content_length or 0) <= SMALL_FORM
    if not small or request.mimetype != "application/x-www-form-urlencoded":
        return ()
    values = (
        value
        for name, value in request.form.items(multi=True)
        if _KEY_FIELD.fullmatch(name) and _NUMBER.fullmatch(value)
    )
    return tuple(int(value) for value in islice(values, MOST_KEYS))
