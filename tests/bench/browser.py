"""A browser reduced to what is measured: one kept connection, cookies, gzip, the time of an answer."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
STATIC = re.compile(r'(?:href|src)="(/[^"#]*static/[^"#]+)')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    first: float
    seconds: float

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Browser:
    """Signed in after ``sign_in``."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._open = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def get(self, path: str, etag: str = "") -> Answer:
        """``etag``: of the answer that is there already."""
        return self.ask("GET", path, etag=etag)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.ask("POST", path, urlencode(fields))

    def ask(self, method: str, path: str, body: str | None = None, etag: str = "") -> Answer:
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}
        headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self._cookies.items())
        if etag:
            headers["If-None-Match"] = etag
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self._port}/"
        begun = time.perf_counter()
        try:
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # an idle connection was closed
            self._open.close()
            begun = time.perf_counter()
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
        piece = answer.read1(65536)
        first = time.perf_counter() - begun
        pieces = [piece]
        while piece := answer.read(1 << 20):
            pieces.append(piece)
        seconds = time.perf_counter() - begun
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        kept = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, kept, b"".join(pieces), first, seconds)

    def sign_in(self, path: str, name: str, password: str) -> None:
        token = TOKEN.search(self.get(path).text)
        fields = {"username": name, "password": password}
        if token:
            fields["csrf_token"] = token[1]
        answer = self.post(path, fields)
        assert answer.status in (302, 303), (answer.status, answer.text[:500])

    def token(self, path: str) -> str:
        found = TOKEN.search(self.get(path).text)
        assert found is not None
        return found[1]

    def second_page(self, path: str) -> tuple[int, int]:
        """Static files a page names, and how many of them a browser asks for again."""
        named = set(STATIC.findall(self.get(path).text.replace("&amp;", "&")))
        again = [one for one in named if not _kept(self.get(one))]
        return len(named), len(again)


def _kept(answer: Answer) -> bool:
    """Whether a browser keeps the file without asking."""
    control = answer.headers.get("cache-control", "")
    return answer.status == 200 and ("immutable" in control or "max-age=31536000" in control)
