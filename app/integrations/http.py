"""The one way out: every call to a service outside goes through ``Outside``.

One deadline over name look-up, connection, answer and its last byte; a largest size; no redirect
is followed; certificates are checked; no proxy or password of the machine's environment is used;
JSON is asked for and nothing else is taken for it. What fails is one of the errors of
``app.core.outside``, and neither it nor the log ever holds a query string, a header or a body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import structlog
from msgspec import Struct

from app.core.outside import NotConfigured, OutsideError, Slow, Unreachable, WrongAnswer
from app.integrations.deadline import Deadline

if TYPE_CHECKING:
    import httpx

SECONDS = 5.0
MAX_BYTES = 256 * 1024
JSON = ("application/json",)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

log = structlog.get_logger("outside")


class Answer(Struct, frozen=True):
    """A whole JSON object and the status it came with."""

    status: int
    body: dict[str, Any]


class Request(Struct, frozen=True):
    """What is asked; ``path`` is appended to the service's base address."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] | None = None
    content: bytes = b""


class Limits(Struct, frozen=True):
    """How long and how large an answer may be, and whose certificates are believed."""

    seconds: float = SECONDS
    max_bytes: int = MAX_BYTES
    authorities: str = ""


class Outside:
    """The guarded client of one service."""

    def __init__(self, service: str, base: str, limits: Limits | None = None) -> None:
        require_safe(service, base)
        self.service = service
        self.base = base.rstrip("/")
        self.limits = limits or Limits()

    @property
    def host(self) -> str:
        """Host and port as the ``Host`` header says them."""
        return urlsplit(self.base).netloc

    @property
    def root(self) -> str:
        """The path of the base address, without a slash at its end."""
        return urlsplit(self.base).path

    def deadline(self) -> Deadline:
        """A new deadline; hand the same one to every call that must be over together."""
        return Deadline(self.limits.seconds)

    def json(
        self,
        request: Request,
        *,
        deadline: Deadline | None = None,
        types: tuple[str, ...] = JSON,
    ) -> Answer:
        """The JSON object that the service answers, whatever its status (but no redirect)."""
        deadline = deadline or self.deadline()
        try:
            answer = self._ask(request, deadline, types)
        except OutsideError as error:
            kind = type(error).__name__
            log.warning("outside", **self._line(request, deadline), failed=kind, why=error.reason)
            raise
        log.info("outside", **self._line(request, deadline), status=answer.status)
        return answer

    def _line(self, request: Request, deadline: Deadline) -> dict[str, Any]:
        ms = round(deadline.spent * 1000)
        return {"service": self.service, "path": request.path, "ms": ms}

    def _ask(self, request: Request, deadline: Deadline, types: tuple[str, ...]) -> Answer:
        import httpx  # noqa: PLC0415 - 0.2 s that only a call is worth

        from app.integrations.wire import DeadlineTransport  # noqa: PLC0415

        address = self.base + request.path + (f"?{request.query}" if request.query else "")
        headers = {"accept": "application/json", "accept-encoding": "identity",
                   "user-agent": "ParkDesk", **(request.headers or {})}  # fmt: skip
        secure = self.base.startswith("https:")
        transport = DeadlineTransport(deadline, self.limits.authorities, secure=secure)
        options: dict[str, Any] = {"headers": headers, "content": request.content or None}
        try:
            with (
                httpx.Client(transport=transport, trust_env=False) as client,
                client.stream(request.method, address, **options) as response,
            ):
                return self._read(response, types)
        except httpx.HTTPError as error:
            self._fail(error)

    def _fail(self, error: httpx.HTTPError) -> NoReturn:
        """Our word for httpx's error; its own text is not kept, it may hold the address."""
        import httpx  # noqa: PLC0415

        match error:
            case httpx.ConnectTimeout():
                raise Unreachable(self.service, "no connection in time", certain=True) from None
            case httpx.ConnectError():
                raise Unreachable(self.service, "no connection", certain=True) from None
            case httpx.TimeoutException():
                raise Slow(self.service, "no whole answer in time") from None
            case httpx.NetworkError():
                raise Unreachable(self.service, "the connection broke") from None
            case httpx.RemoteProtocolError():
                raise WrongAnswer(self.service, "no HTTP answer") from None
            case _:
                raise WrongAnswer(self.service, type(error).__name__) from None

    def _read(self, response: httpx.Response, types: tuple[str, ...]) -> Answer:
        if 300 <= response.status_code < 400:
            raise WrongAnswer(self.service, f"redirect (HTTP {response.status_code})")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in types:
            # What the service sends as a type is its own text: it is not repeated.
            raise WrongAnswer(self.service, f"no JSON (HTTP {response.status_code})")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise WrongAnswer(self.service, "packed although not asked for")
        whole = bytearray()
        for part in response.iter_raw():
            whole += part
            if len(whole) > self.limits.max_bytes:
                raise WrongAnswer(self.service, f"more than {self.limits.max_bytes} bytes")
        return Answer(response.status_code, self._object(bytes(whole)))

    def _object(self, whole: bytes) -> dict[str, Any]:
        try:
            found = json.loads(whole.decode(), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise WrongAnswer(self.service, "broken JSON") from None
        if not isinstance(found, dict):
            raise WrongAnswer(self.service, "JSON, but no object")
        return found


def _no_constant(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def require_safe(service: str, base: str) -> None:
    """An address must be https, or http on this machine (the sandbox), and carry no extras."""
    try:
        parts = urlsplit(base)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        raise NotConfigured(service, "the address cannot be read") from None
    near = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or near) or not parts.hostname or not port_is_number:
        raise NotConfigured(service, "the address must begin with https://")
    if parts.username or parts.query or parts.fragment:
        raise NotConfigured(service, "the address must be host and path alone")
