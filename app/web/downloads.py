"""A stored file as an answer: saved, never shown, so that nothing in it runs in our origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Response

CHUNK = 64 * 1024


def sent(stream: IO[bytes], *, name: str, size: int, media_type: str) -> Response:
    """The bytes as a download under the person's name for them."""
    response = Response(_chunks(stream), mimetype=media_type)
    response.call_on_close(stream.close)
    response.headers.update(
        {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Length": str(size),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        }
    )
    return response


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
