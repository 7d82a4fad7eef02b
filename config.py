"""Every setting, from the environment, on one page.

``make run`` without ``DATABASE_URL`` sets ``APP_MODE=demo``; everything else is production.
``flask doctor --deploy`` checks the values a real deployment must have. docs/settings.md is
written from this file (``flask doctor --settings``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent
MIB = 1024 * 1024

#: name -> (default, what it is for). The single list behind Settings, docs and doctor.
ENVIRONMENT: dict[str, tuple[str, str]] = {
    "APP_MODE": ("production", "demo or production; demo alone has seed data and demo accounts"),
    "HOST": ("127.0.0.1", "address the web server listens on"),
    "PORT": ("8080", "port the web server listens on"),
    "WEB_WORKERS": ("2", "web server processes"),
    "WEB_THREADS": ("4", "threads in each web server process"),
    "DATA_DIR": (str(BASE / "var"), "folder of the SQLite database, the queue, files and logs"),
    "DATABASE_URL": ("", "PostgreSQL address (postgresql+psycopg://…); empty = SQLite in DATA_DIR"),
    "FILES_URL": ("", "fsspec address of the file store; empty = a folder in DATA_DIR"),
    "SECRET_KEY_FILE": ("", "file with at least 32 random bytes; empty = made in DATA_DIR"),
    "SECRET_KEY_FALLBACKS_FILE": ("", "file with earlier secret keys, one a line, while rotating"),
    "DATA_KEYS_FILE": ("", "keys of sealed fields (bank account, phone); empty = made in DATA_DIR"),
    "TRUSTED_HOSTS": ("127.0.0.1,localhost", "host names this site answers to, with commas"),
    "PROXY_HOPS": ("0", "number of trusted proxies in front"),
    "REDIS_URL": ("", "optional Redis for request limits over several machines"),
    "ZONE_NAME": ("跨境电子商务综合试验区", "name of the zone in the header"),
    "ZONE_NAME_EN": ("Cross-border E-commerce Pilot Zone", "the same in English"),
    "HELP_PHONE": ("0898-8800 0000", "help line shown on every page"),
    "HELP_HOURS": ("工作日 8:30–17:30", "hours of the help line"),
    "SESSION_HOURS": ("8", "longest life of a sign-in"),
    "SESSION_IDLE_MINUTES": ("30", "a sign-in ends after so long without a request"),
    "VIEW_AS_MINUTES": ("15", "系统管理员 sees the site as somebody else for so long at most"),
    "IMPORT_MAX_MB": ("100", "largest import file"),
    "IMPORT_MAX_ROWS": ("200000", "most rows of an import"),
    "IMPORT_MAX_COLUMNS": ("200", "most columns of an import"),
    "IMPORT_MAX_UNPACKED_MB": ("600", "largest unpacked import file"),
    "IMPORT_PAGE_ROWS": (
        "2000",
        "imports up to so many rows answer in the page, more run as a job",
    ),
    "EXPORT_PAGE_ROWS": ("10000", "exports up to so many rows answer at once, more run as a job"),
    "UPLOAD_MAX_MB": ("20", "largest other upload"),
    "PICTURE_MAX_MB": ("10", "largest picture of a text"),
    "EVIDENCE_MAX_MB": ("20", "largest file of evidence of an assessment"),
    "SECOND_FACTOR_STAFF": (
        "",
        "1 = zone and 三员 roles sign in by two steps, 0 = not; empty = 1 in production, 0 in the demo",
    ),
    "SECOND_FACTOR_PARKS": ("0", "1 = park roles sign in by two steps too"),
    "API_TOKEN_RATE": (
        "300",
        "most calls of the REST API per minute and token, over all processes",
    ),
    "API_ADDRESS_RATE": ("900", "most calls of the REST API per minute from one address"),
    "LOGIN_RATE": ("30 per minute", "most sign-in attempts from one address"),
    "UPLOAD_RATE": ("30 per minute", "most uploads from one address"),
    "WORKER_EXPECTED": ("0", "1 = readiness fails while no job worker gives signs of life"),
    "DEMO_ENTERPRISES": ("3000", "about how many enterprises the demo data holds"),
    "SANDBOX_PORT": (
        "8081",
        "port of the sandbox of the outside services, in the demo alone; 0 = none",
    ),
    "OUTSIDE_SECONDS": (
        "4",
        "an outside service must have answered wholly within so long: the page about it comes within 5 seconds",
    ),
    "OUTSIDE_MAX_KB": ("256", "largest answer of an outside service"),
    "OUTSIDE_CA_FILE": ("", "PEM file of authorities to believe instead of the public ones"),
    "SMS_PROVIDERS": (
        "",
        "aliyun, tencent or both with a comma, the preferred first; empty = none",
    ),
    "SMS_SIGN_NAME": ("", "approved 短信签名, without 【】"),
    "SMS_ALIYUN_URL": ("https://dysmsapi.aliyuncs.com", "address of Aliyun 短信服务"),
    "SMS_ALIYUN_KEY_ID": ("", "AccessKey ID of a RAM user that may only send messages"),
    "SMS_ALIYUN_KEY_SECRET_FILE": ("", "file with its AccessKey Secret"),
    "SMS_ALIYUN_TEMPLATES": ("", "kind=template with commas, e.g. code=SMS_1,deadline=SMS_2"),
    "SMS_TENCENT_URL": ("https://sms.tencentcloudapi.com", "address of Tencent 短信"),
    "SMS_TENCENT_KEY_ID": ("", "SecretId of a sub-account that may only send messages"),
    "SMS_TENCENT_KEY_SECRET_FILE": ("", "file with its SecretKey"),
    "SMS_TENCENT_APP_ID": ("", "SmsSdkAppId of the SMS application"),
    "SMS_TENCENT_REGION": ("ap-guangzhou", "region of the SMS application"),
    "SMS_TENCENT_TEMPLATES": ("", "kind=template with commas, e.g. code=1001,deadline=1002"),
    "WECHAT_APP_ID": ("", "AppID of the 网站应用 at the WeChat open platform; empty = not offered"),
    "WECHAT_APP_SECRET_FILE": ("", "file with its AppSecret"),
    "WECHAT_PUSH_TOKEN_FILE": ("", "file with the Token of its 消息推送; empty = none is taken"),
    "WECHAT_PUSH_KEY_FILE": ("", "file with the EncodingAESKey that belongs to it"),
    "WECHAT_OPEN_URL": ("https://open.weixin.qq.com", "where the QR code page is"),
    "WECHAT_API_URL": ("https://api.weixin.qq.com", "where code and token are exchanged"),
    "HAIYIBAN_URL": ("", "address of 海易办's sign-in service; empty = not offered"),
    "HAIYIBAN_FLOW": ("oauth2", "oauth2 (a code comes back) or ticket (CAS)"),
    "HAIYIBAN_CLIENT_ID": ("", "what 海易办 calls this platform"),
    "HAIYIBAN_CLIENT_SECRET_FILE": ("", "file with the secret that belongs to it (oauth2)"),
    "HAIYIBAN_ISSUER": ("haiyiban", "name under which its identities are kept; never change it"),
    "HAIYIBAN_PATHS": ("", "paths other than the assumed ones, e.g. token=/a/token,logout=/a/out"),
    "HAIYIBAN_FIELDS": ("", "field names other than the assumed ones, e.g. uscc=corp_id"),
    "HAIYIBAN_LEVEL": ("2", "least level (LV) that an identity must have"),
    "LOG_LEVEL": ("INFO", "DEBUG, INFO, WARNING or ERROR"),
}

#: Settings that are read from the file that ``<name>_FILE`` names.
SECRETS = (
    "SMS_ALIYUN_KEY_SECRET",
    "SMS_TENCENT_KEY_SECRET",
    "WECHAT_APP_SECRET",
    "WECHAT_PUSH_TOKEN",
    "WECHAT_PUSH_KEY",
    "HAIYIBAN_CLIENT_SECRET",
)
#: The demo's outside services are the sandbox (docs/outside-services.md); what is set wins.
SANDBOX: dict[str, str] = {
    "SMS_PROVIDERS": "aliyun,tencent",
    "SMS_SIGN_NAME": "综试区",
    "SMS_ALIYUN_URL": "{sandbox}/sms/aliyun",
    "SMS_ALIYUN_KEY_ID": "sandbox-aliyun",
    "SMS_ALIYUN_KEY_SECRET": "sandbox-only",
    "SMS_ALIYUN_TEMPLATES": "code=SMS_1,deadline=SMS_2,review=SMS_3,invitation=SMS_4,"
    "security=SMS_5,notice=SMS_6,settlement=SMS_7",
    "SMS_TENCENT_URL": "{sandbox}/sms/tencent",
    "SMS_TENCENT_KEY_ID": "sandbox-tencent",
    "SMS_TENCENT_KEY_SECRET": "sandbox-only",
    "SMS_TENCENT_APP_ID": "1400000001",
    "SMS_TENCENT_TEMPLATES": "code=1,deadline=2,review=3,invitation=4,security=5,notice=6,"
    "settlement=7",
    "WECHAT_APP_ID": "wxsandbox",
    "WECHAT_APP_SECRET": "sandbox-only",
    "WECHAT_PUSH_TOKEN": "sandbox-only",
    "WECHAT_PUSH_KEY": "SandboxOnlySandboxOnlySandboxOnlySandboxOnl",
    "WECHAT_OPEN_URL": "{sandbox}/wechat",
    "WECHAT_API_URL": "{sandbox}/wechat",
    "HAIYIBAN_URL": "{sandbox}/haiyiban",
    "HAIYIBAN_CLIENT_ID": "sandbox-zone",
    "HAIYIBAN_CLIENT_SECRET": "sandbox-only",
}

WHOLE_NUMBERS = tuple(name for name, (default, _) in ENVIRONMENT.items() if default.isdigit())


class BadSetting(ValueError):
    """A value in the environment that cannot be meant; the text names it."""


def require_sense(value: Mapping[str, str]) -> None:
    """Refuse a misspelt mode or number instead of guessing."""
    if value["APP_MODE"] not in ("demo", "production"):
        raise BadSetting(f"APP_MODE must be demo or production, not {value['APP_MODE']!r}")
    if value["SECOND_FACTOR_STAFF"] not in ("", "0", "1"):
        raise BadSetting(
            f"SECOND_FACTOR_STAFF must be 0 or 1, not {value['SECOND_FACTOR_STAFF']!r}"
        )
    for name in WHOLE_NUMBERS:
        if not (value[name].isascii() and value[name].isdigit()):
            raise BadSetting(f"{name} must be a whole number, not {value[name]!r}")


def settings(env: Mapping[str, str] | None = None, **overrides: Any) -> dict[str, Any]:
    """Flask configuration from the environment; ``overrides`` win (tests use them)."""
    env = os.environ if env is None else env
    chosen = {name: str(text) for name, text in overrides.items() if name in ENVIRONMENT}
    chosen = {name: text for name in ENVIRONMENT if (text := env.get(name))} | chosen
    value = {name: default for name, (default, _) in ENVIRONMENT.items()} | chosen
    require_sense(value)
    demo = value["APP_MODE"] == "demo"
    data = Path(value["DATA_DIR"])
    hosts = [host.strip() for host in value["TRUSTED_HOSTS"].split(",") if host.strip()]
    config: dict[str, Any] = {
        **value,
        **{name: int(value[name]) for name in WHOLE_NUMBERS},
        **outside(value, chosen),
        "SECOND_FACTOR_STAFF": (value["SECOND_FACTOR_STAFF"] or ("0" if demo else "1")) == "1",
        "SECOND_FACTOR_PARKS": value["SECOND_FACTOR_PARKS"] != "0",
        "DEMO": demo,
        "DATA_DIR": data,
        "FILES_URL": value["FILES_URL"] or f"file://{data / 'files'}",
        "SQLALCHEMY_DATABASE_URI": value["DATABASE_URL"] or f"sqlite:///{data / 'parkdesk.db'}",
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(value["DATABASE_URL"]),
        "TRUSTED_HOSTS": hosts,
        "FAB_SAFE_REDIRECT_HOSTS": hosts,
        "RATELIMIT_STORAGE_URI": value["REDIS_URL"] or "memory://",
        "MAX_CONTENT_LENGTH": int(value["UPLOAD_MAX_MB"]) * MIB,
        "MAX_FORM_MEMORY_SIZE": MIB,
        "MAX_FORM_PARTS": 2000,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=int(value["SESSION_HOURS"])),
        "SESSION_COOKIE_NAME": "s" if demo else "__Host-s",
        "SESSION_COOKIE_SECURE": not demo,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        **FIXED,
    }
    config.update({name: val for name, val in overrides.items() if name not in ENVIRONMENT})
    return config


def outside(value: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Secrets of the outside services from their files; in the demo the sandbox stands for all."""
    found = {name: secret(name, value[f"{name}_FILE"]) for name in SECRETS}
    if value["APP_MODE"] != "demo" or not int(value["SANDBOX_PORT"]):
        return found
    address = f"http://127.0.0.1:{value['SANDBOX_PORT']}"
    for name, text in SANDBOX.items():
        if name not in chosen and not found.get(name):
            found[name] = text.replace("{sandbox}", address)
    return found


def secret(name: str, file: str) -> str:
    """The text in ``file``, without the line's end; "" when no file is named."""
    if not file:
        return ""
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{name}_FILE cannot be read ({type(error).__name__})") from error


def engine_options(url: str) -> dict[str, Any]:
    """Pool and time limits: a lock or a slow statement ends with 503, never hangs the site."""
    if not url.startswith("postgresql"):
        return {"hide_parameters": True, "connect_args": {"check_same_thread": False}}
    limits = "-c lock_timeout=5000 -c statement_timeout=60000 -c timezone=UTC"
    return {
        "hide_parameters": True,  # an error is logged with its statement, not with its values
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 10,
        "connect_args": {"options": limits},
    }


#: What is never a matter of the environment (security.md 2.3; asserted by flask doctor --deploy).
FIXED: dict[str, Any] = {
    "LANGUAGES": {
        "zh": {"flag": "cn", "name": "简体中文"},
        "en": {"flag": "gb", "name": "English"},
    },
    "BABEL_DEFAULT_LOCALE": "zh",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "BABEL_TRANSLATION_DIRECTORIES": str(BASE / "translations"),
    "WTF_CSRF_TIME_LIMIT": None,  # bound to the session, which itself ends
    "WTF_CSRF_CHECK_DEFAULT": True,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_ADD_SECURITY_VIEWS": True,
    "FAB_ADD_MENU_API": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_API_SHOW_STACKTRACE": False,
    "FAB_API_MAX_PAGE_SIZE": 100,
    "FAB_API_ALLOW_JSON_QS": False,
    "FAB_ALLOW_GET_UNSAFE_MUTATIONS": False,
    "FAB_API_KEY_ENABLED": False,
    "AUTH_TYPE": 1,
    "AUTH_USER_REGISTRATION": False,
    "RATELIMIT_ENABLED": True,
    "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
    "RATELIMIT_HEADERS_ENABLED": True,
    "COMPRESS_ALGORITHM": ["gzip"],
    "COMPRESS_ALGORITHM_STREAMING": [],
    "COMPRESS_LEVEL": 6,
    "COMPRESS_MIN_SIZE": 1024,
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "application/javascript",
        "text/javascript",
        "application/json",
        "image/svg+xml",
    ],
}
