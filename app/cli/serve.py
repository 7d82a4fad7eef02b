"""``flask serve`` (``make run``): deploy, demo data, web server and job worker as one process tree.

The application is built once and shared by fork: a second start costs little more than importing
Flask-AppBuilder. Ctrl-C or SIGTERM ends everything; a child that dies ends the rest.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app
from gunicorn.app.base import BaseApplication

from app.cli import demo, doctor
from app.cli.deploy import deploy
from app.cli.worker import run_worker
from app.extensions import db

STOP = (signal.SIGINT, signal.SIGTERM)
END_WITHIN = 30.0
PR_SET_PDEATHSIG = 1


def init(app: Flask) -> None:
    app.cli.add_command(serve_command)


@click.command("serve")
def serve_command() -> None:
    """Serve the platform until Ctrl-C."""
    serve(current_app._get_current_object())  # type: ignore[attr-defined]


def main() -> None:
    """``python app.py``."""
    from app import create_app  # noqa: PLC0415

    try:
        app = create_app()
    except ValueError as error:  # a setting or the secret key: said in words, not as a traceback
        sys.exit(f"ParkDesk: {error}")
    gc.freeze()  # no process looks through what was built just now again, or copies it by doing so
    gc.enable()
    with app.app_context():
        try:
            serve(app)
        except click.ClickException as refusal:
            refusal.show()
            sys.exit(refusal.exit_code)


def serve(app: Flask) -> None:
    """Bring the data up to date, start both children, wait, end them together."""
    host, port = app.config["HOST"], app.config["PORT"]
    doctor.require_pinned(app)
    _require_free(host, port)
    app.config["WORKER_EXPECTED"] = True
    click.echo("deploy: " + ", ".join(deploy()))
    if app.config["DEMO"] and demo.seed(app.config["DEMO_ENTERPRISES"]):
        click.echo("demo data written")
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()  # a connection must not be shared over a fork
    sandbox = _sandbox(app)
    children = {_fork(lambda: _web(app, f"{host}:{port}")): "web server"}
    if sandbox:
        children[_fork(sandbox)] = "sandbox"
    _wait_until_answering(host, port)  # people come first: jobs wait for their worker anyway
    children[_fork(lambda: run_worker(app))] = "job worker"
    _announce(app, f"http://{host}:{port}")
    sys.exit(_supervise(children))


def _require_free(host: str, port: int) -> None:
    """Say what is wrong when something answers at the address already."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = (
                f"{host}:{port} is in use ({error.strerror}). Is ParkDesk running already? "
                f"Stop it, or choose another port: PORT={port + 10} make run"
            )
            raise click.ClickException(msg) from error


def _sandbox(app: Flask) -> Callable[[], None] | None:
    """The sandbox of the outside services, bound before the fork; only in the demo."""
    port = app.config["SANDBOX_PORT"]
    if not app.config["DEMO"] or not port:
        return None
    from sandbox import create_sandbox, serving  # noqa: PLC0415 - production may not have it at all

    try:
        server = serving.make(create_sandbox(app.config), port)
    except serving.Taken:
        click.echo(
            f"sandbox: 127.0.0.1:{port} is in use; what answers there stands for the outside "
            f"services. Choose another port: SANDBOX_PORT={port + 10} make run"
        )
        return None
    click.echo(f"sandbox of the outside services: http://127.0.0.1:{port}")
    return server.serve_forever


class WebServer(BaseApplication):
    """gunicorn over the application that is built already."""

    def __init__(self, app: Flask, address: str) -> None:
        self._app = app
        self._address = address
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self._address,
            "workers": self._app.config["WEB_WORKERS"],
            "threads": self._app.config["WEB_THREADS"],
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 5,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 8190,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _web(app: Flask, address: str) -> None:
    gc.freeze()  # and what the deployment left
    WebServer(app, address).run()


def _fork(run: Callable[[], Any]) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _die_with(parent)
        run()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """Linux: end when the supervisor is killed, so that no half of the tree stays behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _wait_until_answering(host: str, port: int) -> None:
    """Until the web server accepts; its own death is told by ``_supervise``."""
    end = time.monotonic() + END_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.02)


def _announce(app: Flask, address: str) -> None:
    click.echo(f"\nParkDesk: {address}   (Ctrl-C ends it)")
    if app.config["DEMO"]:
        click.echo(f"demo accounts (password {demo.PASSWORD}): {', '.join(demo.PEOPLE)}\n")
    sys.stdout.flush()


def _supervise(children: dict[int, str]) -> int:
    """Wait; on a signal or the first death end all. Returns the exit code."""
    asked: list[int] = []
    for number in STOP:
        signal.signal(number, lambda got, _frame: asked.append(got))
    code = 0
    while not asked:
        gone, status = os.waitpid(-1, os.WNOHANG)
        if gone in children:
            name = children.pop(gone)
            click.echo(f"the {name} ended unexpectedly", err=True)
            code = os.waitstatus_to_exitcode(status) or 1
            break
        time.sleep(0.1)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    _reap(children)
    return code


def _reap(children: dict[int, str]) -> None:
    end = time.monotonic() + END_WITHIN
    while children:
        gone, _status = os.waitpid(-1, os.WNOHANG)
        children.pop(gone, None)
        if gone == 0:
            if time.monotonic() > end:
                for child in children:
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.05)
