"""OpenAPI 3.1, written from the declarations that validate: there is no second copy of anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response, jsonify
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web import site
from app.web.access import public_endpoint
from app.web.api import problems
from app.web.api.dispatch import operations
from app.web.api.operation import BASE, Operation, Parameter
from app.web.api.schema import TEXT, Field, Many, Shape, text

VERSION = "1.0.0"
PATH = f"{BASE}/openapi.json"
TAGS = {
    "enterprises": _l("企业"),
    "parks": _l("园区/基地"),
    "news": _l("新闻资讯"),
    "rounds": _l("考核"),
    "rankings": _l("考核排名"),
}
FAULT = Shape(
    "Fault",
    (
        Field("pointer", TEXT, _l("正文中的位置（RFC 6901）"), always=False, example="/settled_on"),
        Field("parameter", TEXT, _l("查询参数名"), always=False),
        Field("code", TEXT, _l("代码，不随语言变化"), example="required"),
        Field("detail", TEXT, _l("说明，按 Accept-Language")),
    ),
)
PROBLEM = Shape(
    "Problem",
    (
        Field("type", TEXT, example="/api/v1/docs#problem-invalid"),
        Field("title", TEXT),
        Field("status", {"type": "integer"}, example=422),
        Field("detail", TEXT),
        Field("code", {"enum": list(problems.KINDS)}, _l("代码，不随语言变化"), example="invalid"),
        Field("request_id", TEXT, _l("请求编号，联系我们时告知")),
        Field("errors", Many(FAULT), always=False),
    ),
)
ENDS = {"date_range": {"type": "string", "format": "date"}, "number_range": {"type": "string"}}


def init(app: Flask) -> None:
    """After the operations."""
    app.add_url_rule(PATH, "api_document", _answer)
    public_endpoint("api_document")


def _answer() -> Response:
    response = jsonify(document())
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language"
    response.add_etag()
    return response


def document() -> dict[str, Any]:
    """The whole API in the language of the moment."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations():
        paths.setdefault(BASE + one.path, {})[one.method.lower()] = _operation(one)
    shapes = {
        shape.name: shape.schema()
        for one in operations()
        for root in (one.answers, one.body, PROBLEM)
        if root is not None
        for shape in root.inside()
    }
    bearer = {"type": "http", "scheme": "bearer", "description": _("在“我的 - 接口令牌”中新建")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("%(zone)s 开放接口", zone=site.zone_name()),
            "version": VERSION,
            "description": _("金额、面积、得分均为字符串形式的精确小数；时间为带时区的 ISO 8601。"),
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": str(words)} for name, words in TAGS.items()],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": shapes, "securitySchemes": {"token": bearer}},
    }


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": str(one.summary),
        "description": _scopes(one),
        "tags": [one.tag],
        "x-scope": one.scope.name,
        "parameters": [_parameter(given) for given in (*every_parameter(one), *_headers(one))],
        "responses": _responses(one),
    }
    if one.body is not None:
        content = {"application/json": {"schema": _ref(one.body), "example": one.body.example()}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _scopes(one: Operation) -> str:
    if one.reads is None:
        return str(_("须有范围 %(scope)s", scope=one.scope.name))
    names = {"scope": one.scope.name, "more": one.reads.name}
    return str(_("须有范围 %(scope)s；返回中的记录须另有范围 %(more)s", **names))


def every_parameter(one: Operation) -> tuple[Parameter, ...]:
    """Those declared, and those that the screen's filters, search and order take."""
    return (*one.parameters, *_of_list(one))


def _of_list(one: Operation) -> Iterator[Parameter]:
    if not one.is_list:
        return
    if str(one.searches):
        yield Parameter("q", text(100), _("搜索：%(words)s", words=one.searches))
    orders = [sign + name for name in one.sorts for sign in ("", "-")]
    yield Parameter("sort", {"enum": orders}, _("排序；前加 - 为降序"))
    for given in one.filters:
        if given.kind in ENDS:
            ends = ((f"{given.name}.from", _("从")), (f"{given.name}.to", _("到")))
            for name, end in ends:
                yield Parameter(name, ENDS[given.kind], f"{given.label} {end}")
            continue
        options = [] if callable(given.options) else [str(value) for value, _x in given.options]
        known = ["1", "0"] if type(given).__name__ == "BoolFilter" else options
        schema: Mapping[str, Any] = {"enum": known} if known else text(100)
        yield Parameter(given.name, schema, given.label, many=given.kind == "multi")


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": dict(one.schema)} if one.many else dict(one.schema)
    told: dict[str, Any] = {"name": one.name, "in": one.place, "schema": schema}
    if str(one.words):
        told["description"] = str(one.words)
    if one.place == "path":
        told["required"] = True
    if one.example:
        told["example"] = one.example
    return told


def _headers(one: Operation) -> tuple[Parameter, ...]:
    if one.is_list or one.method == "GET":
        return ()
    return (
        Parameter("If-Match", TEXT, _l("读取时的 ETag；现在的内容不同即 412"), "header"),
        Parameter("If-None-Match", {"enum": ["*"]}, _l("只新增：已存在即 412"), "header"),
    )


def codes_of(one: Operation) -> tuple[str, ...]:
    """Problems that an operation can answer."""
    reads = ("bad_query", "unauthorized", "scope_missing", "not_found", "too_many", "busy")
    if one.body is None:
        return reads
    return (*reads, "conflict", "changed", "too_large", "media_type", "invalid")


def _responses(one: Operation) -> dict[str, Any]:
    tag = {"ETag": {"schema": {"type": "string"}}}
    good = {"description": _("成功"), "headers": tag}
    good["content"] = {"application/json": {"schema": _ref(one.answers)}}
    told = {"200": good}
    if one.makes:
        told["201"] = {**good, "description": _("已新增")}
    if one.method == "GET" and not one.is_list:
        told["304"] = {"description": _("没有变化")}
    for code in codes_of(one):
        status, title, _advice = problems.KINDS[code]
        content = {problems.TYPE: {"schema": _ref(PROBLEM)}}
        told[str(status)] = {"description": str(title), "content": content}
    return told


def _ref(shape: Shape) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.name}"}


def type_words(schema: Any) -> str:
    """A schema in a few signs, for people."""
    if isinstance(schema, Many):
        return f"{schema.shape.name}[]"
    if isinstance(schema, Shape):
        return schema.name
    if "enum" in schema:
        return " | ".join("null" if one is None else str(one) for one in schema["enum"])
    if schema.get("items"):
        return f"[{type_words(schema['items'])}]"
    kinds = schema.get("type", "string")
    told = kinds if isinstance(kinds, str) else " | ".join(kinds)
    if "pattern" in schema and schema.get("pattern", "").startswith("^-?"):
        told = told.replace("string", "decimal")
    if one := schema.get("format"):
        told = told.replace("string", one)
    return f"{told} ≤ {schema['maxLength']}" if "maxLength" in schema else told


def curl(one: Operation, host: str) -> str:
    """A call that can be copied."""
    examples = {given.name: given.example for given in one.parameters if given.place == "path"}
    path = re.sub(r"{(\w+)}", lambda found: examples[found[1]], one.path)
    lines = [f'curl -H "Authorization: Bearer $TOKEN" {host}{BASE}{path}']
    if one.body is not None:
        few = dict(list(one.body.example().items())[:4])
        told = json.dumps(few, ensure_ascii=False)
        lines = [
            f'curl -X {one.method} -H "Authorization: Bearer $TOKEN" \\',
            f"  -H 'Content-Type: application/json' \\\n  -d '{told}' \\",
            f"  {host}{BASE}{path}",
        ]
    return "\n".join(lines)
