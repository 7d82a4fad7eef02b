"""The sandbox on a port of this machine alone."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.site import HOST, create_sandbox


class Taken(OSError):
    """Something else answers at the port."""


class QuietHandler(WSGIRequestHandler):
    """No line a request: addresses hold codes and secrets."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        return


def make(app: Flask, port: int) -> BaseWSGIServer:
    """A server of threads on the loopback address; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:  # werkzeug itself would print advice of its own and end the process
        listener.close()
        raise Taken(error.errno, f"{HOST}:{port} is in use") from error
    with listener:
        found = listener.getsockname()[1]
        options: dict[str, Any] = {"threaded": True, "request_handler": QuietHandler}
        listener.listen(128)
        return make_server(HOST, found, app, fd=listener.fileno(), **options)


def serve(settings: Mapping[str, Any]) -> None:
    """Until the process is ended."""
    app = create_sandbox(settings)
    make(app, int(settings["SANDBOX_PORT"])).serve_forever()


@contextlib.contextmanager
def running(app: Flask) -> Iterator[int]:
    """Served by a thread of this process on a free port: for tests."""
    server = make(app, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.port
    finally:
        app.extensions["sandbox"].ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
