"""One handler per kind of error; every answer in the dress of the site, nothing internal shown."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.errors import Forbidden, NotFound, Stale
from app.extensions import db
from app.web import site, why
from app.web.access import for_machines, wants_json
from app.web.api import problems
from app.web.ui import render_alone

log = structlog.get_logger("errors")

#: status -> (title, what to do next)
WORDS: dict[int, tuple[Any, Any]] = {
    400: (_l("请求有误"), _l("请返回上一页，检查后重试。")),
    401: (_l("需要登录"), _l("请登录后继续。")),
    403: (_l("没有权限"), _l("您的角色不能进行此操作。如需开通，请联系安全管理员。")),
    404: (_l("页面不存在"), _l("地址可能有误，或内容已被删除。")),
    405: (_l("不支持的操作"), _l("请从页面上的按钮进行此操作。")),
    409: (_l("内容已被他人修改"), _l("请重新打开页面，核对最新内容后再保存。")),
    413: (_l("文件过大"), _l("请减小文件后重新上传。")),
    429: (_l("操作过于频繁"), _l("请稍候片刻再试。")),
    500: (
        _l("系统出错"),
        _l("错误已记录。请稍后重试；如仍有问题，请按“帮助与联系”联系我们，并告知下面的编号。"),
    ),
    503: (_l("系统繁忙"), _l("请稍后重试，您的数据没有改动。")),
}

NO_ROLE = _l("您的账号还没有角色，不能进行此操作。请联系安全管理员授予角色。")

ONLY_LOOKS = _l(
    "您正以他人身份查看，只能看，不能操作、下载或导出。结束查看后，可用自己的账号操作。"
)


def init(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotFound, lambda _: error_page(404))
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(Stale, lambda _: error_page(409))
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(DBAPIError, _bug)
    app.register_error_handler(Exception, _bug)


def error_page(status: int, *, detail: Any = None, retry_after: int | None = None) -> Response:
    """The page (or problem JSON) of a status."""
    status = status if status in WORDS else (400 if status < 500 else 500)
    title, advice = WORDS[status]
    if status >= 500:
        site.remember()  # the database may be what is wrong
    if status == 403:
        advice = NO_ROLE if _without_role() else why.refused_page() or advice
    if for_machines(request.path):
        response = problems.of_status(status, detail)
    elif wants_json():
        body = jsonify(status=status, title=str(title), detail=str(detail or advice))
        response = make_response(body, status)
    else:
        page = render_alone(
            "errors/error.html",
            status=status,
            title=title,
            advice=detail or advice,
            error_id=g.get("error_id"),
        )
        response = make_response(page, status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _without_role() -> bool:
    actor = g.get("actor")
    return actor is not None and actor.user_id is not None and not actor.roles


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)  # abort(redirect(...))
    if isinstance(error, SecurityError):
        # A Host that is not ours: no address can be built for a page.
        return make_response(("Bad Request", 400, {"Content-Type": "text/plain"}))
    retry = 60 if error.code == 429 else None
    response = error_page(error.code or 500, retry_after=retry)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())  # type: ignore[attr-defined]
    return response


def _forbidden(error: Forbidden) -> Response:
    if error.code != "only_looks":
        return error_page(403)
    g.only_looks = True  # the trail tells it apart from a missing right
    return error_page(403, detail=ONLY_LOOKS)


def _csrf(_: CSRFError) -> Response:
    return error_page(400, detail=_l("页面已过期（安全校验未通过）。请返回上一页刷新后重新提交。"))


def _conflict(error: IntegrityError) -> Response:
    db.session.rollback()  # noqa: TID251 - the page is rendered with a clean session
    log.warning("integrity_error", reason=str(error.orig)[:200])
    return error_page(409, detail=_l("与已有数据冲突，本次没有保存。请刷新后核对。"))


def _busy(error: OperationalError) -> Response:
    db.session.rollback()  # noqa: TID251
    log.error("database_unavailable", kind=type(error.orig).__name__)
    return error_page(503, retry_after=5)


def _bug(error: Exception) -> Response:
    db.session.rollback()  # noqa: TID251
    g.error_id = secrets.token_hex(4)
    log.error("unhandled", error_id=g.error_id, kind=type(error).__name__, exc_info=error)
    return error_page(500)
