"""Kept public pages: a crafted request leaves nobody else another page than the one they chose."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app.web.public_cache import PublicCache


@pytest.fixture
def visit():
    """A page in the visitor's language, kept as public pages are."""

    def page(environ, start):
        answer = Response(Request(environ).cookies.get("lang", "zh"))
        answer.headers["Cache-Control"] = "no-cache"
        return answer(environ, start)

    client = Client(PublicCache(SimpleNamespace(wsgi_app=page), lambda: "1"), use_cookies=False)
    return lambda cookie: client.get("/", headers={"Cookie": cookie} if cookie else {}).text


@pytest.mark.parametrize(
    ("crafted", "victim", "wanted"),
    [
        ("lang=en; lang=zh", "lang=zh", "zh"),
        ("lang=en; theme=a b", "", "zh"),
        ("=; lang=en", "", "zh"),
    ],
)
def test_odd_cookies_change_nobody_elses_page(visit, crafted, victim, wanted):
    visit(crafted)
    assert visit(victim) == wanted
