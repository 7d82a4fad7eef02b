"""Every call goes this way: who, within which scope, how often, what, and the answer.

No cookie is looked at, so nothing that a browser sends by itself can act here: there is no CSRF.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, request
from msgspec import Struct
from sqlalchemy.orm.exc import StaleDataError

from app.core import scope
from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.core.values import replace
from app.extensions import csrf
from app.web.api import body, problems, scopes
from app.web.api.listing import own_names
from app.web.api.operation import BASE, Answer, Call, Operation
from app.web.api.problems import Fault, Problem
from app.web.api.schema import pointer_of

LONGEST_HEADER = 300
LONGEST_NAME = 80  # of a part of an address


class Holder(Struct, frozen=True):
    """Whose token came: the actor that its person is now, in the token's park."""

    actor: Actor
    token_id: int
    scopes: frozenset[str]
    purpose: str
    mark: str  # how the token is called in lists and in the trail


#: ``(token) -> Holder``, or ``Problem``; ``(token id) -> seconds to wait, 0: go ahead``.
Authenticate = Callable[[str], Holder]
Spend = Callable[[int], int]
_parts: dict[str, Any] = {}
_operations: list[Operation] = []


def init(
    app: Flask,
    operations: Iterable[Operation],
    *,
    authenticate: Authenticate,
    spend: Spend,
    limit: Callable[[Any], Any],
) -> None:
    """``limit`` bounds what comes from one address, whoever asks."""
    _parts.update(authenticate=authenticate, spend=spend)
    _operations[:] = operations
    named = (scope for one in _operations for scope in (one.scope, *one.also))
    scopes.declare(dict.fromkeys(named))
    for one in _operations:
        app.add_url_rule(BASE + _rule(one), one.endpoint, methods=[one.method])
        view = _view(one)
        csrf.exempt(view)
        app.view_functions[one.endpoint] = limit(view)


def operations() -> tuple[Operation, ...]:
    return tuple(_operations)


def _rule(one: Operation) -> str:
    return one.path.replace("{", "<").replace("}", ">")


def _view(operation: Operation) -> Callable[..., Response]:
    def api_operation(**path: str) -> Response:
        try:
            return _answered(operation, path)
        except Problem as problem:
            return problems.answer(problem)
        except Refusal as refusal:
            return problems.answer(_refused(operation, refusal))
        except (Stale, StaleDataError):
            return problems.answer(Problem("conflict"))
        except NotFound:
            return problems.answer(Problem("not_found"))
        except Forbidden:
            return problems.answer(Problem("forbidden"))

    return api_operation


def _answered(operation: Operation, path: Mapping[str, str]) -> Response:
    holder = _enter()
    if operation.scope.name not in holder.scopes:
        raise problems.scope_missing(operation.scope.name)
    if not operation.rights & holder.actor.permissions:
        raise Problem("forbidden")
    if any(not one.isprintable() or len(one) > LONGEST_NAME for one in path.values()):
        raise Problem("not_found")
    given = body.query(operation, own_names(operation))
    call = Call(
        actor=holder.actor,
        path=path,
        query=given,
        args=request.args,
        body=body.read(operation),
        purpose=holder.purpose,
        dry_run=given.get("dry_run", False),
        match=_tags("If-Match"),
        only_new="*" in _tags("If-None-Match"),
        reads=operation.reads is None or _opens(holder, operation.reads),
    )
    return _sent(operation.run(call))


def _opens(holder: Holder, scope: scopes.Scope) -> bool:
    return scope.name in holder.scopes and bool(scope.rights & holder.actor.permissions)


def _enter() -> Holder:
    """The token's person is the actor of this request, with what the token's scopes leave."""
    kind, _blank, token = request.headers.get("Authorization", "")[:LONGEST_HEADER].partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Problem("unauthorized")
    holder = cast("Holder", _parts["authenticate"](token.strip()))
    if wait := _parts["spend"](holder.token_id):
        raise Problem("too_many", retry_after=wait)
    actor = replace(
        holder.actor,
        permissions=holder.actor.permissions & scopes.rights_of(holder.scopes),
        address=request.remote_addr or "",
        request_id=g.get("request_id", ""),
        via=holder.mark,
    )
    g.actor = actor
    g._granted = frozenset(tuple(one.split(" on ", 1)) for one in actor.permissions)
    scope.set_for(actor)
    structlog.contextvars.bind_contextvars(actor=actor.user_id, via=holder.mark)
    return replace(holder, actor=actor)


def _tags(header: str) -> frozenset[str]:
    text = request.headers.get(header, "")[:LONGEST_HEADER]
    tags = (one.strip().removeprefix("W/").strip('"') for one in text.split(","))
    # A compressed answer says so in its tag: it is the same representation to whoever writes.
    return frozenset(one.removesuffix(":gzip") for one in tags if one)


def _sent(answer: Answer) -> Response:
    text = json.dumps(answer.data, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, answer.status, mimetype="application/json")
    response.headers["Vary"] = "Authorization, Accept-Language"
    response.headers["Cache-Control"] = "private, no-cache" if answer.tag else "no-store"
    if answer.tag:
        response.set_etag(answer.tag)
        if request.method in ("GET", "HEAD") and answer.tag in _tags("If-None-Match"):
            response.status_code = 304
            response.set_data(b"")
    return response


def _refused(operation: Operation, refusal: Refusal) -> Problem:
    """A rule said no: of fields, or as a whole."""

    def words(code: str) -> Any:
        text = operation.words.get(code)
        if text is None or not refusal.params:
            return text
        return str(text) % refusal.params

    if not refusal.fields:
        return Problem("conflict", words(refusal.code))
    errors = [
        Fault(code, words(code) or problems.KINDS["invalid"][2], pointer_of([name]))
        for name, code in refusal.fields.items()
    ]
    return Problem("invalid", errors=errors)


def rate() -> int:
    """Calls per minute and token."""
    return int(current_app.config["API_TOKEN_RATE"])
