"""Answers that say what went wrong (RFC 9457), in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

TYPE = "application/problem+json"
DOCS = "/api/v1/docs"

#: code -> (status, title, what to do). Every answer of 4xx and 5xx is one of these.
KINDS: dict[str, tuple[int, Any, Any]] = {
    "bad_request": (400, _l("请求有误"), _l("请按接口说明检查地址、参数和请求头。")),
    "bad_query": (400, _l("查询参数有误"), _l("请按接口说明检查参数名和取值。")),
    "bad_json": (400, _l("请求正文不是有效的 JSON"), _l("请发送 UTF-8 编码的 JSON 对象。")),
    "unauthorized": (
        401,
        _l("需要有效的令牌"),
        _l("请在 Authorization 请求头中发送有效的令牌；写错、过期或已吊销的不能使用。"),
    ),
    "token_ended": (401, _l("令牌已失效"), _l("请在“接口令牌”中新建令牌。")),
    "scope_missing": (403, _l("令牌没有这项范围"), _l("请新建带有这项范围的令牌。")),
    "forbidden": (403, _l("没有权限"), _l("令牌所属的人现在没有这项权限。")),
    "not_found": (404, _l("不存在"), _l("没有这条记录，或不在令牌的可见范围内。")),
    "method": (405, _l("不支持的操作"), _l("请按接口说明使用请求方法。")),
    "conflict": (409, _l("现在不能这样做"), _l("请先读取现在的内容，再决定如何处理。")),
    "changed": (412, _l("内容已被他人修改"), _l("请重新读取，用新的 ETag 再提交。")),
    "too_large": (413, _l("请求正文过大"), _l("请求正文最大 1 MiB。")),
    "media_type": (415, _l("请求正文须为 JSON"), _l("请用 Content-Type: application/json 发送。")),
    "invalid": (422, _l("内容有误"), _l("请按 errors 中的逐项说明修改。")),
    "too_many": (429, _l("请求过于频繁"), _l("请在 Retry-After 所示的秒数后重试。")),
    "bug": (500, _l("系统出错"), _l("错误已记录。请联系我们，并告知 request_id。")),
    "busy": (503, _l("系统繁忙"), _l("请稍后重试，您的数据没有改动。")),
}
#: What a status means where nobody said more.
OF_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method",
    409: "conflict",
    412: "changed",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    429: "too_many",
    503: "busy",
}


class Fault(Struct, frozen=True):
    """One thing that is wrong: where (a JSON pointer into the body, or a parameter), and why."""

    code: str
    detail: Any
    pointer: str | None = None
    parameter: str | None = None

    def told(self) -> dict[str, str]:
        place = {"pointer": self.pointer, "parameter": self.parameter}
        named = {name: value for name, value in place.items() if value is not None}
        return {**named, "code": self.code, "detail": str(self.detail)}


class Problem(Exception):
    """Raised by an operation: answered as it says."""

    def __init__(
        self, code: str, detail: Any = None, *, errors: Sequence[Fault] = (), retry_after: int = 0
    ) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail
        self.errors, self.retry_after = tuple(errors), retry_after


def scope_missing(name: str) -> Problem:
    """The token may not; which scope it would take stands in the answer."""
    return Problem("scope_missing", _("需要范围 %(scope)s，请新建带有它的令牌。", scope=name))


def answer(problem: Problem) -> Response:
    """The problem as it is sent."""
    status, title, advice = KINDS[problem.code]
    told: dict[str, Any] = {
        "type": f"{DOCS}#problem-{problem.code}",
        "title": str(title),
        "status": status,
        "detail": str(problem.detail or advice),
        "code": problem.code,
        "request_id": g.get("request_id", ""),
    }
    if problem.errors:
        told["errors"] = [one.told() for one in problem.errors]
    response = Response(json.dumps(told, ensure_ascii=False), status, mimetype=TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer realm="parkdesk", error="{problem.code}"'
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def of_status(status: int, detail: Any = None) -> Response:
    """For what happened outside an operation: an unknown address, a wrong method, a bug."""
    code = OF_STATUS.get(status, "bug" if status >= 500 else "bad_request")
    return answer(Problem(code, detail))
