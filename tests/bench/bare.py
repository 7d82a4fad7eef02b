"""Pages that are there already, behind the production server: what no application can be faster than.

``python -m tests.bench.bare`` with ``PAGES`` (a folder of files) and ``PORT``; gunicorn as the
product sets it. ``/name`` answers with the file's bytes and an ETag, or 304.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

Pages = dict[str, tuple[str, bytes]]


def read(folder: Path) -> Pages:
    """Address -> ETag and bytes."""
    found = {}
    for file in folder.iterdir():
        body = file.read_bytes()
        found[f"/{file.name}"] = (f'"{hashlib.sha256(body).hexdigest()[:24]}"', body)
    return found


def application(pages: Pages) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        etag, body = pages[environ["PATH_INFO"]]
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start("304 NOT MODIFIED", [("ETag", etag)])
            return []
        kind = ("Content-Type", "text/html; charset=utf-8")
        packed = ("Content-Encoding", "gzip")
        start("200 OK", [kind, packed, ("Content-Length", str(len(body))), ("ETag", etag)])
        return [body]

    return answer


class Server(BaseApplication):
    """gunicorn with the settings of ``app/cli/serve.py``."""

    def load_config(self) -> None:
        settings = {
            "bind": f"127.0.0.1:{os.environ['PORT']}",
            "workers": 2,
            "threads": 4,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 120,
            "keepalive": 5,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return application(read(Path(os.environ["PAGES"])))


if __name__ == "__main__":
    Server().run()
