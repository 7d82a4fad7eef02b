"""Kept public pages: one drawing until something changes, and nobody else's page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from app.web.public_cache import PublicCache


@pytest.fixture
def stand():
    """A page that counts its drawings; ``mark`` is the state of the platform."""
    state = SimpleNamespace(drawn=0, mark="1", cookie="", control="no-cache")

    def page(environ, start):
        state.drawn += 1
        answer = Response(f"page {state.drawn}")
        answer.headers["Cache-Control"] = state.control
        answer.headers["X-Request-Id"] = str(state.drawn)
        if state.cookie:
            answer.set_cookie("s", state.cookie)
        return answer(environ, start)

    state.client = Client(
        PublicCache(SimpleNamespace(wsgi_app=page), lambda: state.mark), use_cookies=False
    )
    return state


def test_drawn_once_until_the_mark_moves(stand):
    assert [stand.client.get("/").text for _ in range(3)] == ["page 1"] * 3
    stand.mark = "2"
    assert stand.client.get("/").text == "page 2"
    assert "X-Request-Id" not in stand.client.get("/").headers


def test_an_unchanged_page_is_304_and_a_changed_one_is_sent(stand):
    etag = {"If-None-Match": stand.client.get("/").headers["ETag"]}
    same = stand.client.get("/", headers=etag)
    assert (same.status_code, same.data) == (304, b"")
    stand.mark = "2"
    assert stand.client.get("/", headers=etag).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/?q=x"},
        {"headers": {"Host": "other.test"}},
        {"headers": {"Accept-Encoding": "gzip"}},
        {"headers": {"Cookie": "lang=en"}},
        {"headers": {"Cookie": "view=large"}},
    ],
)
def test_another_look_is_another_page(stand, other):
    stand.client.get("/")
    stand.client.get(**{"path": "/", **other})
    assert stand.drawn == 2


@pytest.mark.parametrize("headers", [{"Cookie": "s=somebody"}, {"Cookie": "x=1; lang=zh"}])
def test_who_carries_any_other_cookie_is_asked_for_in_full(stand, headers):
    for _ in range(2):
        stand.client.get("/", headers=headers)
    assert stand.drawn == 2
    stand.client.get("/")
    assert stand.drawn == 3


@pytest.mark.parametrize("kept", [{"cookie": "new"}, {"control": "no-store"}])
def test_what_is_for_one_person_is_not_kept(stand, kept):
    for name, value in kept.items():
        setattr(stand, name, value)
    for _ in range(2):
        stand.client.get("/")
    assert stand.drawn == 2


@pytest.mark.parametrize("path", ["/desk/", "/me/", "/login", "/pictures/x"])
def test_other_addresses_are_left_alone(stand, path):
    for _ in range(2):
        stand.client.get(path)
    assert stand.drawn == 2
