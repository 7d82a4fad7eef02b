"""The one way out, against services that misbehave: a clear error, in time, without a secret."""

from __future__ import annotations

import logging
import socket
import time

import pytest

from app.core.outside import NotConfigured, OutsideError, Slow, Unreachable, WrongAnswer
from app.integrations import wire
from app.integrations.deadline import Deadline
from app.integrations.http import JSON, Limits, Outside, Request
from tests.integrations import hostile
from tests.integrations.conftest import logged

SECRET = "sEcReT-4711"
ASKED = Request("GET", "/path", f"secret={SECRET}", {"x-key": SECRET})


def ask(address, *, seconds=5, max_bytes=1000, types=JSON, authorities=""):
    limits = Limits(seconds, max_bytes, authorities)
    return Outside("test", address, limits).json(ASKED, types=types)


def failing(talk, kind, **options):
    """The error that a server brings about."""
    with hostile.listening(talk) as address, pytest.raises(kind) as caught:
        ask(address, **options)
    assert type(caught.value) is kind
    return caught.value


def test_a_json_object_is_handed_over_with_its_status():
    talk = hostile.saying(b'{"a": 1}', hostile.status(b"400 Bad", b"Content-Type: application/json; charset=utf-8"))  # fmt: skip
    with hostile.listening(talk) as address:
        answer = ask(address)
    assert (answer.status, answer.body) == (400, {"a": 1})


@pytest.mark.parametrize("talk", [hostile.silent, hostile.dripping_body, hostile.dripping_head])
def test_a_slow_service_is_given_up_at_the_deadline(talk):
    with hostile.listening(talk) as address:
        began = time.monotonic()
        with pytest.raises(Slow) as caught:
            ask(address, seconds=0.6)
        assert time.monotonic() - began < 1.5
    assert not caught.value.certain  # it may have done what it was asked


def test_an_answer_without_end_stops_at_the_largest_size():
    error = failing(hostile.endless, WrongAnswer)
    assert error.reason == "more than 1000 bytes"


def test_the_largest_size_itself_is_good():
    body = b'{"a":"' + b"x" * 992 + b'"}'
    assert len(body) == 1000
    with hostile.listening(hostile.saying(body)) as address:
        assert ask(address).status == 200


def test_a_redirect_is_not_followed():
    asked = []

    def elsewhere(connection, over):
        asked.append(1)
        hostile.saying(b"{}")(connection, over)

    with hostile.listening(elsewhere) as target:
        head = hostile.status(b"302 Found", f"Location: {target}/".encode(), b"Content-Type: application/json")  # fmt: skip
        error = failing(hostile.saying(b"{}", head), WrongAnswer)
    assert error.reason == "redirect (HTTP 302)"
    assert asked == []


@pytest.mark.parametrize("kind", [b"text/html", b"text/plain", b"application/jsonp", b"nonsense"])
def test_what_does_not_call_itself_json_is_not_read(kind):
    head = hostile.status(b"200 OK", b"Content-Type: " + kind)
    error = failing(hostile.saying(b'{"a": 1}', head), WrongAnswer)
    assert error.reason == "no JSON (HTTP 200)"


def test_an_answer_without_a_type_is_not_read():
    error = failing(hostile.saying(b"{}", hostile.status(b"200 OK")), WrongAnswer)
    assert error.reason == "no JSON (HTTP 200)"


def test_a_service_whose_json_calls_itself_text_is_named():
    head = hostile.status(b"200 OK", b"Content-Type: text/plain")
    with hostile.listening(hostile.saying(b'{"a": 1}', head)) as address:
        assert ask(address, types=("text/plain",)).body == {"a": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a": ', "broken JSON"),
        (b"<html>", "broken JSON"),
        (b"", "broken JSON"),
        (b"[1]", "JSON, but no object"),
        (b'"text"', "JSON, but no object"),
        (b'{"a": NaN}', "broken JSON"),
        (b'{"a": "\xff"}', "broken JSON"),
        (b'{"a": ' + b"[" * 90_000, "broken JSON"),
        (b'{"a": ' + b"9" * 90_000 + b"}", "broken JSON"),
    ],
)
def test_broken_json_is_a_wrong_answer(body, reason):
    assert failing(hostile.saying(body), WrongAnswer, max_bytes=10**6).reason == reason


def test_a_packed_answer_is_not_unpacked():
    head = hostile.status(b"200 OK", b"Content-Type: application/json", b"Content-Encoding: gzip")
    assert failing(hostile.saying(b"\x1f\x8b", head), WrongAnswer).reason.startswith("packed")


def test_a_service_that_is_down_certainly_did_nothing():
    with pytest.raises(Unreachable) as caught:
        ask(hostile.closed_port())
    assert caught.value.certain


def test_a_name_that_nobody_knows_certainly_did_nothing():
    with pytest.raises(Unreachable) as caught:
        ask("https://parkdesk.invalid")
    assert caught.value.certain


def test_a_resolver_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: time.sleep(3) or [])
    began = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        ask("https://slow.example.com", seconds=0.4)
    assert caught.value.certain
    assert time.monotonic() - began < 1.5


def test_a_second_address_is_tried_when_the_first_is_dead(monkeypatch):
    with hostile.listening(hostile.saying(b"{}")) as address:
        port = int(address.rpartition(":")[2])
        both = [(2, 1, 6, "", ("127.0.0.2", port)), (2, 1, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(wire.socket, "getaddrinfo", lambda *_args, **_options: both)
        assert ask(f"http://localhost:{port}").status == 200


@pytest.mark.parametrize("talk", [hostile.hanging_up, hostile.saying(b"", b"rubbish\r\n")])
def test_a_connection_that_breaks_may_have_acted(talk):
    error = failing(talk, WrongAnswer)
    assert not error.certain


def test_a_certificate_that_nobody_vouches_for_is_refused():
    with (
        hostile.listening(hostile.saying(b"{}"), tls=True) as address,
        pytest.raises(Unreachable) as caught,
    ):
        ask(address)
    assert caught.value.certain


def test_an_authority_that_the_operator_names_is_believed():
    with hostile.listening(hostile.saying(b"{}"), tls=True) as address:
        assert ask(address, authorities=str(hostile.CERTIFICATE)).status == 200


def test_no_proxy_and_no_password_of_the_environment_is_used(monkeypatch, tmp_path):
    passwords = tmp_path / "netrc"
    passwords.write_text("machine 127.0.0.1 login root password toor\n")
    monkeypatch.setenv("NETRC", str(passwords))
    monkeypatch.setenv("HTTP_PROXY", hostile.closed_port())
    monkeypatch.setenv("ALL_PROXY", hostile.closed_port())
    heads = []
    with hostile.listening(hostile.saying(b"{}"), heads=heads) as address:
        assert ask(address).status == 200
    assert len(heads) == 1
    assert b"authorization" not in heads[0].lower()


@pytest.mark.parametrize(
    "base",
    [
        "http://example.com",
        "ftp://example.com",
        "https://",
        "",
        "https://user:pw@example.com",
        "https://example.com/?a=b",
        "https://example.com/#x",
        "https://example.com:99999",
        "https://[::1",
        "http://127.0.0.1.example.com",
    ],
)
def test_an_address_that_is_not_safe_is_refused_at_the_start(base):
    with pytest.raises(NotConfigured):
        Outside("test", base)


def test_neither_error_nor_log_holds_a_secret(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    errors = []
    with logged() as lines:
        for talk in (hostile.saying(b"{}"), hostile.hanging_up, hostile.silent):
            with hostile.listening(talk) as address:
                try:
                    ask(address, seconds=1)
                except OutsideError as error:
                    errors.append((str(error), repr(error), repr(error.__cause__), error.reason))
    assert [line["event"] for line in lines] == ["outside"] * 3
    assert len(errors) == 2
    out, err = capfd.readouterr()
    assert SECRET not in f"{errors} {lines} {caplog.text} {out} {err}"


def test_two_calls_share_one_deadline():
    with hostile.listening(hostile.silent) as address:
        outside = Outside("test", address, Limits(seconds=0.5))
        deadline = outside.deadline()
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(OutsideError):
                outside.json(ASKED, deadline=deadline)
    assert time.monotonic() - began < 1.2


def test_a_deadline_counts_by_its_own_clock():
    at = [100.0]
    deadline = Deadline(5, lambda: at[0])
    at[0] = 103.5
    assert (deadline.left, deadline.spent) == (1.5, 3.5)
    at[0] = 200
    assert deadline.left == 0
