"""The sockets below httpx: no name look-up, connection or read goes on past the deadline.

httpx limits each single read; a service that sends one byte a second would hold a page for ever.
Only ``app.integrations.http`` imports this module, at the first call: httpx is slow to load.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

from app.integrations.deadline import Deadline

#: So much of the deadline may go by until there is a connection: a second provider needs a share.
CONNECT_SECONDS = 2.0

# Both write whole addresses, in which WeChat wants the application's secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@cache
def tls(authorities: str) -> ssl.SSLContext:
    """Certificates are always checked; against ``authorities`` (a PEM file) when that is named."""
    if authorities:
        return ssl.create_default_context(cafile=authorities)
    return httpx.create_ssl_context(trust_env=False)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over sockets that keep a deadline; one connection, never used twice."""

    def __init__(self, deadline: Deadline, authorities: str, *, secure: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(authorities) if secure else None,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Backend(deadline),
        )


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = Deadline(min(self._deadline.left, CONNECT_SECONDS))
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in _addresses(host, port, until):
            if not until.left:
                break
            try:
                stream = super().connect_tcp(
                    address, port, until.left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection of which every step ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = min(self._left(httpcore.ConnectTimeout), CONNECT_SECONDS)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, over: type[httpcore.TimeoutException]) -> float:
        if not (left := self._deadline.left):
            raise over("the deadline is over")
        return left


def _addresses(host: str, port: int, until: Deadline) -> list[str]:
    """The addresses of a name. The system's resolver knows no limit, so it runs beside us."""
    found: list[str] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            failed.append(error)
        else:
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(until.left)
    if thread.is_alive():
        raise httpcore.ConnectTimeout("the name was not found in time")
    if failed:
        raise httpcore.ConnectError("the name is not known")
    return found
