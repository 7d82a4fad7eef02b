"""Reading what was sent: small JSON objects, nothing that a database or a reader chokes on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.web.api.operation import Operation, Parameter
from app.web.api.problems import Fault, Problem
from app.web.api.schema import faults

MOST_BYTES = 1024 * 1024
DEEPEST = 16
LONGEST_NUMBER = 30
#: Inside a string a bracket opens nothing. One that nobody closes goes to the end of the text: looked
#: for its end from each of its quotes, a megabyte of them would take hours.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_LONG_NUMBER = re.compile(rf"[0-9.eE+-]{{{LONGEST_NUMBER},}}".encode())
_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)


def read(operation: Operation) -> Mapping[str, Any]:
    """The request's object, which its declaration fits; raises ``Problem``."""
    if operation.body is None:
        return {}
    if request.mimetype != "application/json":
        raise Problem("media_type")
    found = _parsed(request.get_data(cache=True))
    if not isinstance(found, dict):
        raise Problem("bad_json")
    if wrong := faults(operation.body, found):
        raise Problem("invalid", errors=wrong)
    return found


def _parsed(raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise Problem("too_large")
    bare = _STRINGS.sub(b"", raw)
    if _too_deep(bare) or _LONG_NUMBER.search(bare):
        raise Problem("bad_json")
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        # half a sign, written as \ud800, is no text; a zero byte is none to a database
        told = json.dumps(found, ensure_ascii=False)
        told.encode()
    except (ValueError, RecursionError) as error:
        raise Problem("bad_json") from error
    if "\\u0000" in told:
        raise Problem("bad_json")
    return found


def _too_deep(bare: bytes) -> bool:
    depth = 0
    for sign in bare:
        if sign in b"[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in b"]}":
            depth -= 1
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that stands there twice means two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a name twice"
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> Any:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


def query(operation: Operation, names: frozenset[str]) -> dict[str, Any]:
    """The declared parameters as values; ``names``: what a list's own reading takes besides."""
    declared = {one.name: one for one in operation.parameters if one.place == "query"}
    found: dict[str, Any] = {}
    for name in request.args:
        if name not in declared and name not in names:
            raise _bad(name, _("没有这个参数"))
        several = declared[name].many if name in declared else name in operation_lists(operation)
        if len(request.args.getlist(name)) > 1 and not several:
            raise _bad(name, _("只能给一次"))
        if name in declared:
            found[name] = _value(declared[name], request.args[name])
    return found


def operation_lists(operation: Operation) -> frozenset[str]:
    """Filters that take several words."""
    return frozenset(one.name for one in operation.filters if one.kind == "multi")


def _value(parameter: Parameter, text: str) -> Any:
    kind = parameter.schema.get("type")
    if kind == "boolean":
        if text not in ("true", "false"):
            raise _bad(parameter.name, _("应为 true 或 false"))
        return text == "true"
    if kind == "integer":
        low, high = parameter.schema.get("minimum", 0), parameter.schema.get("maximum", 10**9)
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise _bad(parameter.name, _("应为 %(low)s–%(high)s 的整数", low=low, high=high))
        return int(text)
    if len(text) > parameter.schema.get("maxLength", 200):
        raise _bad(parameter.name, _("取值不符"))
    return text


def _bad(name: str, words: str) -> Problem:
    return Problem("bad_query", errors=[Fault("bad_parameter", words, parameter=name)])
