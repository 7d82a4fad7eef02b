"""The sandbox as one small Flask application, and what may start it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, abort, request

from sandbox import faces, haiyiban, haiyiban_api, sms, wechat
from sandbox import registration as _pages_of_haiyiban  # noqa: F401 - they hang on its blueprint
from sandbox.context import Keys
from sandbox.state import State

HOST = "127.0.0.1"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    # After 允许 the browser goes on to the platform, which a form may otherwise not do.
    "form-action 'self' http://127.0.0.1:* http://localhost:*"
)


def create_sandbox(settings: Mapping[str, Any]) -> Flask:
    """The application; ``settings`` as ``config.settings`` makes them. Refuses production."""
    if settings["APP_MODE"] != "demo":
        raise RuntimeError("the sandbox is for the demo and for tests: APP_MODE must be demo")
    app = Flask("sandbox", root_path=str(__file__).rpartition("/")[0])
    app.config.update(
        KEYS=Keys.of(settings),
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_NAME="sandbox",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1024 * 1024,
        TRUSTED_HOSTS=[HOST, "localhost"],
    )
    app.extensions["sandbox"] = State()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _register(app)
    app.before_request(_own_forms_only)
    app.after_request(_headers)
    return app


def _register(app: Flask) -> None:
    blueprints = (sms.aliyun, sms.tencent, wechat.api, wechat.pages, haiyiban_api.api)
    for blueprint in (*blueprints, haiyiban.site, faces.pages):
        app.register_blueprint(blueprint)


def _own_forms_only() -> None:
    """Another site's page may not press buttons here."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method == "POST" and site not in ("same-origin", "none"):
        abort(403)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
