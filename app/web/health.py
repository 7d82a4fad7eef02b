"""/health/live and /health/ready: no version, no path, no personal data."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.web.access import public_endpoint

#: name -> check that returns True when fine; engines and features add theirs.
CHECKS: dict[str, Callable[[], bool]] = {}


def init(app: Flask) -> None:
    app.add_url_rule("/health/live", "health_live", _live)
    app.add_url_rule("/health/ready", "health_ready", _ready)
    public_endpoint("health_live")
    public_endpoint("health_ready")
    CHECKS["database"] = _database
    CHECKS["disk"] = _disk


def _live() -> Response:
    return jsonify(status="ok")


def _ready() -> tuple[Response, int]:
    failed = sorted(name for name, check in CHECKS.items() if not _passes(check))
    return jsonify(status="unavailable" if failed else "ok", failed=failed), 503 if failed else 200


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, OSError):
        return False


def _database() -> bool:
    return bool(db.session.scalar(sa.text("SELECT 1")) == 1)


def _disk() -> bool:
    usage = shutil.disk_usage(current_app.config["DATA_DIR"])
    return usage.free > usage.total // 50
