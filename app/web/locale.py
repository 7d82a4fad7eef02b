"""Language and colour scheme of the page: cookies, changed by POST only (security.md U9, U10)."""

from __future__ import annotations

from flask import Flask, Response, current_app, redirect, request
from flask_babel import get_babel

from app.web import words
from app.web.access import public_endpoint
from app.web.redirects import safe_target

THEMES = ("light", "dark", "auto")
YEAR = 365 * 24 * 3600


def init(app: Flask) -> None:
    get_babel(app).locale_selector = current_language
    words.init(app)
    app.add_url_rule("/preferences", "preferences", _save, methods=["POST"])
    public_endpoint("preferences")
    app.jinja_env.globals["current_language"] = current_language
    app.jinja_env.globals["current_theme"] = current_theme


def current_language() -> str:
    """``zh`` or ``en``: the cookie, else Chinese (the house language, decisions.md)."""
    wanted = request.cookies.get("lang", "") if request else ""
    languages = current_app.config["LANGUAGES"]
    return wanted if wanted in languages else current_app.config["BABEL_DEFAULT_LOCALE"]


def current_theme() -> str:
    wanted = request.cookies.get("theme", "")
    return wanted if wanted in THEMES else "light"


def _save() -> Response:
    answer = redirect(safe_target(request.form.get("next"), "/"))
    lang, theme = request.form.get("lang"), request.form.get("theme")
    if lang in current_app.config["LANGUAGES"]:
        _cookie(answer, "lang", str(lang))
    if theme in THEMES:
        _cookie(answer, "theme", str(theme))
    return answer  # type: ignore[return-value]


def _cookie(answer: object, name: str, value: str) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)  # type: ignore[attr-defined]
