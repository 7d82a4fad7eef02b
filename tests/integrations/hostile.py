"""Endpoints that misbehave, on plain sockets: what no framework would let a server do."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

Talk = Callable[[socket.socket, threading.Event], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CERTIFICATE = Path(__file__).with_name("self_signed.pem")


@contextlib.contextmanager
def listening(talk: Talk, *, tls: bool = False, heads: list[bytes] | None = None) -> Iterator[str]:
    """A server that reads a request's head (into ``heads``) and lets ``talk`` say what it likes."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE)
                connection = context.wrap_socket(connection, server_side=True)
            heard = b""
            while b"\r\n\r\n" not in heard:
                if not (part := connection.recv(65536)):
                    return
                heard += part
            if heads is not None:
                heads.append(heard)
            talk(connection, over)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        over.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        listener.close()
        thread.join()


def saying(body: bytes, head: bytes = HEAD) -> Talk:
    """A whole answer, and the end."""

    def talk(connection: socket.socket, _over: threading.Event) -> None:
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        connection.sendall(head + length + body)

    return talk


def status(line: bytes, *headers: bytes) -> bytes:
    """A head with another first line."""
    return b"\r\n".join((b"HTTP/1.1 " + line, *headers, b""))


def silent(_connection: socket.socket, over: threading.Event) -> None:
    """Takes the request and never says a word."""
    over.wait(30)


def dripping_body(connection: socket.socket, over: threading.Event) -> None:
    """One byte of the body after the other, for ever."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n{")
    while not over.wait(0.1):
        connection.sendall(b" ")


def dripping_head(connection: socket.socket, over: threading.Event) -> None:
    """One byte of the head after the other, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not over.wait(0.1):
        connection.sendall(b"x")


def endless(connection: socket.socket, over: threading.Event) -> None:
    """A body without a length and without an end."""
    connection.sendall(HEAD + b'\r\n{"a":"')
    while not over.is_set():
        connection.sendall(b"x" * 65536)


def hanging_up(_connection: socket.socket, _over: threading.Event) -> None:
    """Takes the request and closes."""


def closed_port() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
