"""Switches that make a service slow, dead or wrong, to see what the platform does then."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, request

from sandbox.context import state

SERVICES = {
    "aliyun": "阿里云短信",
    "tencent": "腾讯云短信",
    "wechat": "微信",
    "haiyiban": "海易办",
}
FAULTS = {
    "": "正常",
    "slow": "很慢：照办，30 秒后才回答",
    "drip": "滴流：每半秒一个字节",
    "down": "断开：不回答就断开连接",
    "busy": "出错：HTTP 503 网页",
    "html": "错答：HTTP 200 网页",
    "huge": "错答：5 MB 的 JSON",
    "redirect": "错答：跳转到别处",
    "badjson": "错答：半截 JSON",
    "refuse": "拒绝：密钥或账户有误",
    "limit": "限流：该号码发送过多（仅短信）",
}
SLOW_SECONDS = 30.0
HUGE = 5 * 1024 * 1024


def fault(service: str) -> str:
    """The fault that is switched on for a service, "" for none."""
    return state().faults.get(service, "")


def strike(blueprint: Blueprint, service: str) -> None:
    """Let the faults of ``service`` fall on every address of ``blueprint``."""

    def before() -> Response | None:
        answer = ANSWERS.get(fault(service))
        return answer() if answer else None

    def after(response: Response) -> Response:
        if fault(service) == "slow":
            state().ended.wait(SLOW_SECONDS)
        return response

    blueprint.before_request(before)
    blueprint.after_request(after)


def _down() -> Response:
    connection = request.environ.get("werkzeug.socket")
    if connection is None:
        abort(503)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=503)


def _drip() -> Response:
    ended = state().ended

    def bytes_one_by_one() -> Iterator[bytes]:
        yield b"{"
        while not ended.wait(0.5):
            yield b" "

    return Response(bytes_one_by_one(), mimetype="application/json")


def _huge() -> Response:
    return Response(b'{"Code":"' + b"x" * HUGE + b'"}', mimetype="application/json")


def _page(status: int) -> Response:
    return Response("<!doctype html><title>gateway</title><h1>gateway</h1>", status)


ANSWERS: dict[str, Callable[[], Response]] = {
    "down": _down,
    "drip": _drip,
    "huge": _huge,
    "busy": lambda: _page(503),
    "html": lambda: _page(200),
    "redirect": lambda: Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "badjson": lambda: Response('{"Code": "OK', mimetype="application/json"),
}
