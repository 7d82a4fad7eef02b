"""Language and colour scheme of the page: cookies, changed by POST only (security.md U9, U10)."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, redirect, request
from flask_babel import get_babel

from app.extensions import csrf
from app.web import words
from app.web.access import for_machines, public_endpoint
from app.web.redirects import safe_target

THEMES = ("light", "dark", "auto")
VIEWS = ("", "large", "contrast")
YEAR = 365 * 24 * 3600


def init(app: Flask) -> None:
    get_babel(app).locale_selector = current_language
    words.init(app)
    app.add_url_rule("/preferences", "preferences", _save, methods=["POST"])
    csrf.exempt(_save)
    public_endpoint("preferences")
    app.jinja_env.globals["current_language"] = current_language
    app.jinja_env.globals["current_theme"] = current_theme


def current_language() -> str:
    """``zh`` or ``en``: the cookie (of a call of the API, what it accepts), else Chinese."""
    if not request:
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    kept = vars(request).get("parkdesk_language")  # a page asks some twenty times
    if kept is None:
        kept = request.parkdesk_language = _asked_language()  # type: ignore[attr-defined]
    return str(kept)


def _asked_language() -> str:
    languages = current_app.config["LANGUAGES"]
    if for_machines(request.path):
        wanted = request.accept_languages.best_match(languages) or ""
    else:
        wanted = request.cookies.get("lang", "")
    return wanted if wanted in languages else str(current_app.config["BABEL_DEFAULT_LOCALE"])


def current_theme() -> str:
    wanted = request.cookies.get("theme", "")
    return wanted if wanted in THEMES else "light"


def _save() -> Response:
    _require_own_page()
    answer = redirect(safe_target(request.form.get("next"), "/"))
    lang, theme = request.form.get("lang"), request.form.get("theme")
    if lang in current_app.config["LANGUAGES"]:
        _cookie(answer, "lang", str(lang))
    if theme in THEMES:
        _cookie(answer, "theme", str(theme))
    if request.form.get("view") in VIEWS:
        _cookie(answer, "view", request.form["view"])
    return answer  # type: ignore[return-value]


def _require_own_page() -> None:
    """A form of ours sent it: public pages are kept for all visitors, so they carry no token.

    The choice touches nobody's data; a browser says where a form came from.
    """
    told = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    if told not in ("same-origin", "none") or (origin and origin != request.host_url.rstrip("/")):
        abort(400)


def _cookie(answer: object, name: str, value: str) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)  # type: ignore[attr-defined]
