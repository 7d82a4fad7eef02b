"""A download that leaves while it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context

from app.core import clock, scope
from app.core.actor import Actor

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def streamed(pieces: Iterable[bytes], actor: Actor, kind: str) -> Response:
    """The pieces as an attachment, asked for one after the other while they are sent."""
    response = Response(stream_with_context(_in_scope(pieces, actor)), mimetype=MEDIA[kind])
    name = f"enterprises-{clock.today():%Y%m%d}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _in_scope(pieces: Iterable[bytes], actor: Actor) -> Iterator[bytes]:
    """The server asks for the pieces when the request, and its row scope, have ended already."""
    with scope.acting_as(actor):
        yield from pieces
