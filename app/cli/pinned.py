"""Values a production set-up must have (security.md 2.3): told by doctor, required at the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.secrets_file import MIN_BYTES

#: Exact values. One that is missing counts as wrong.
EXACT: dict[str, Any] = {
    "APP_MODE": "production",
    "DEBUG": False,
    "TESTING": False,
    "SESSION_COOKIE_NAME": "__Host-s",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_CHECK_DEFAULT": True,
    "RATELIMIT_ENABLED": True,
    "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
    "AUTH_USER_REGISTRATION": False,
    "FAB_API_SHOW_STACKTRACE": False,
    "FAB_API_MAX_PAGE_SIZE": 100,
    "FAB_API_ALLOW_JSON_QS": False,
    "FAB_ALLOW_GET_UNSAFE_MUTATIONS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_API_KEY_ENABLED": False,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
}
#: A stricter value is good too.
AT_MOST: dict[str, Any] = {
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=8),
    "SESSION_IDLE_MINUTES": 30,
    "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
    "MAX_FORM_PARTS": 2000,
}
#: Addresses of outside services: the sandbox has no place in production.
OUTSIDE = (
    *("SMS_ALIYUN_URL", "SMS_TENCENT_URL"),
    *("WECHAT_OPEN_URL", "WECHAT_API_URL", "HAIYIBAN_URL"),
)
ABSENT = "(absent)"


def faults(app: Flask) -> list[str]:
    """One sentence per value that a production set-up must not have."""
    return [*_exact(app.config), *_at_most(app.config), *_derived(app), *_outside(app.config)]


def _exact(config: Any) -> Iterator[str]:
    for name, wanted in EXACT.items():
        found = config.get(name, ABSENT)
        if found != wanted or isinstance(found, bool) != isinstance(wanted, bool):
            yield f"{name} is {found!r}, must be {wanted!r}"


def _at_most(config: Any) -> Iterator[str]:
    for name, most in AT_MOST.items():
        found = config.get(name)
        if found is None or found > most:
            yield f"{name} is {found}, must be at most {most}"


def _outside(config: Any) -> Iterator[str]:
    for name in OUTSIDE:
        if config.get(name) and not str(config[name]).startswith("https://"):
            yield f"{name} must begin with https://"


def _derived(app: Flask) -> Iterator[str]:
    config = app.config
    if len(str(config.get("SECRET_KEY") or "").encode()) < MIN_BYTES:
        yield f"SECRET_KEY must have at least {MIN_BYTES} bytes, from a file"
    hosts = config.get("TRUSTED_HOSTS") or []
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        yield "TRUSTED_HOSTS must name the hosts of this site one by one"
    if config.get("FAB_SAFE_REDIRECT_HOSTS") != hosts:
        yield "FAB_SAFE_REDIRECT_HOSTS must be TRUSTED_HOSTS"
    if not config.get("MAX_CONTENT_LENGTH"):
        yield "MAX_CONTENT_LENGTH must be set"
    if not config.get("RATELIMIT_STORAGE_URI"):
        yield "RATELIMIT_STORAGE_URI must be set"
    if config.get("WTF_CSRF_ENABLED", True) is not True:
        yield "WTF_CSRF_ENABLED must not be off"
    yield from _proxy(app)
    if not config["SQLALCHEMY_ENGINE_OPTIONS"].get("hide_parameters"):
        yield "hide_parameters must be on: values of people would be in the logs"
    postgresql = str(config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")
    if postgresql and not config["SQLALCHEMY_ENGINE_OPTIONS"].get("pool_pre_ping"):
        yield "pool_pre_ping must be on for PostgreSQL"


def _proxy(app: Flask) -> Iterator[str]:
    hops = app.config["PROXY_HOPS"]
    outer: Any = app.wsgi_app
    trusted = (outer.x_for, outer.x_proto, outer.x_host) if isinstance(outer, ProxyFix) else (0,)
    if set(trusted) != {hops}:
        yield f"PROXY_HOPS is {hops}, but {trusted} proxies are trusted"
