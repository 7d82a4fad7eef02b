"""HEAD is GET without the body: asked of the application as GET, with nothing of what was sent along.

Views, tokens against forged requests, limits and the park of a page tell GET from POST. A HEAD that
carries a form is neither, and would slip through between them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_SENT = ("CONTENT_TYPE", "HTTP_TRANSFER_ENCODING", "wsgi.input_terminated")


class HeadAsGet:
    """In front of the application."""

    def __init__(self, inner: Wsgi) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return self._inner(environ, start_response)
        plain = {key: value for key, value in environ.items() if key not in _SENT}
        plain |= {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
        body = self._inner(plain, start_response)
        if (close := getattr(body, "close", None)) is not None:
            close()
        return []
