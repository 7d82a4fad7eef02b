"""Public pages for visitors, drawn once: kept until anything on the platform changes.

Every act stands in the trail, in its own transaction: the trail's last number is the mark of the
state a page was drawn from. A page also says the day, and articles come and go by the clock: a kept
page is good for its minute. Only pages that declare it (``keep``) are kept, and only answers that
set no cookie, to requests without a sign-in.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, g, request
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as Plain

MOST = 300
LARGEST = 512 * 1024
LONGEST_QUERY = 300
CHOICES = ("lang", "theme", "view")
#: Said of one request, not of the page.
OF_A_REQUEST = ("x-request-id", "x-ratelimit", "retry-after", "date", "x-statements")
Key = tuple[str, ...]


class _Kept(Struct, frozen=True):
    mark: str
    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def keep(answer: Any) -> Any:
    """Of a view: this answer is the same for every visitor (who chose the same looks)."""
    g.public_page = True
    return answer


def init(app: Flask, mark: Callable[[], str]) -> None:
    """``mark()``: changes whenever a page could."""
    app.after_request(_declare)
    if not app.config.get("TESTING") or app.config.get("PUBLIC_CACHE"):
        app.wsgi_app = PublicCache(app, mark)  # type: ignore[method-assign, assignment]


def _declare(response: Response) -> Response:
    signed_in = g.get("actor") is not None and g.actor.user_id is not None
    if g.get("public_page") and response.status_code == 200 and not signed_in:
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Cookie, Accept-Encoding"
        if request.method in ("GET", "HEAD"):
            response.add_etag()
            response.make_conditional(request)
    return response


class PublicCache:
    """In front of the application."""

    def __init__(self, app: Flask, mark: Callable[[], str]) -> None:
        self._app, self._inner, self._mark = app, app.wsgi_app, mark
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        self._mutex = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start)
        try:
            mark = self._mark()
        except SQLAlchemyError:
            return self._inner(environ, start)  # it says in full what is wrong
        found = self._pages.get(key)
        if found is None or found.mark != mark:
            return self._drawn(environ, start, key, mark)
        return _answer(found, environ, start)

    def _key(self, environ: dict[str, Any]) -> Key | None:
        """``None``: not a visitor's look at a page."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] != "GET" or len(query) > LONGEST_QUERY:
            return None
        if not (path in ("/", "/search") or path.startswith(("/news/", "/parks/", "/rankings/"))):
            return None
        cookies = parse_cookie(environ)  # as the application reads them: one look, one page
        if set(cookies) - set(CHOICES):
            return None
        looks = tuple(cookies.get(name, "") for name in CHOICES)
        packed = "gzip" if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else ""
        told = ("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")  # of a proxy, too
        host = "|".join(environ.get(name, "") for name in told)
        accept = "json" if "text/html" not in environ.get("HTTP_ACCEPT", "text/html") else ""
        return (environ["wsgi.url_scheme"], host, path, query, packed, accept, *looks)

    def _drawn(
        self, environ: dict[str, Any], start: Callable[..., Any], key: Key, mark: str
    ) -> Iterable[bytes]:
        """Let the application answer in full, and keep what it declares to be everybody's."""
        asked = {**environ}
        asked.pop("HTTP_IF_NONE_MATCH", None)
        answer = Plain.from_app(self._inner, asked, buffered=True)
        body = answer.get_data()
        public = answer.headers.get("Cache-Control") == "no-cache"
        good = answer.status_code == 200 and public and "Set-Cookie" not in answer.headers
        if not good:
            return answer(environ, start)
        headers = tuple(
            (name, value)
            for name, value in answer.headers
            if not name.lower().startswith(OF_A_REQUEST) and name.lower() != "etag"
        )
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        made = _Kept(mark, etag, headers, body)
        if len(body) <= LARGEST:
            with self._mutex:
                self._pages[key] = made
                self._pages.move_to_end(key)
                while len(self._pages) > MOST:
                    self._pages.popitem(last=False)
        return _answer(made, environ, start)


def _answer(kept: _Kept, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    headers = [*kept.headers, ("ETag", kept.etag)]
    if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        left_out = ("content-length", "content-type", "content-encoding")
        start("304 NOT MODIFIED", [one for one in headers if one[0].lower() not in left_out])
        return []
    start("200 OK", headers)
    return [kept.body]
