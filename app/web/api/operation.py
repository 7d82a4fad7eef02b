"""An operation as a feature declares it, and what it is handed and gives back."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from msgspec import Struct, field

from app.core.actor import Actor
from app.web.access import Tenant
from app.web.api.schema import FLAG, Schema, Shape
from app.web.api.scopes import Scope

BASE = "/api/v1"


class Parameter(Struct, frozen=True):
    """A part of the address (``place`` path) or of the query string."""

    name: str
    schema: Schema
    words: Any = ""
    place: str = "query"
    example: str = ""
    many: bool = False


DRY_RUN = Parameter("dry_run", FLAG, _l("只校验，不写入"))


class Call(Struct, frozen=True):
    """What an operation is asked."""

    actor: Actor
    path: Mapping[str, str]
    query: Mapping[str, Any]
    args: Any
    body: Mapping[str, Any]
    purpose: str = ""
    dry_run: bool = False
    match: frozenset[str] = frozenset()  # If-Match
    only_new: bool = False  # If-None-Match: *
    reads: bool = True  # whether the token may read the record that it writes

    def fits(self, *tags: str) -> bool:
        """Whether what is there now is what the caller has seen."""
        return not self.match or bool(self.match & {*tags, "*"})


class Answer(Struct, frozen=True):
    """``data`` becomes JSON; ``tag``: its ETag."""

    data: Mapping[str, Any]
    status: int = 200
    tag: str = ""


class Operation(Struct, frozen=True):
    """``rights``: one of them is needed, ``can_x on View``; of them only what ``scope`` opens counts.

    ``words``: code of a refusal -> sentence. ``filters``, ``sorts``: of a list, as its screen has them.
    """

    name: str
    method: str
    path: str
    summary: Any
    tag: str
    scope: Scope
    rights: frozenset[str]
    tenant: Tenant
    run: Callable[[Call], Answer]
    answers: Shape
    body: Shape | None = None
    parameters: tuple[Parameter, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    filters: tuple[Any, ...] = ()
    sorts: tuple[str, ...] = ()
    searches: Any = ""
    makes: bool = False  # may answer 201
    also: tuple[Scope, ...] = ()  # scopes that open more of the answer
    reads: Scope | None = None  # of a write: the scope without which the answer holds no record

    @property
    def endpoint(self) -> str:
        return f"api.{self.name}"

    @property
    def is_list(self) -> bool:
        return bool(self.sorts)


def tag_of(data: Mapping[str, Any]) -> str:
    """The ETag of a representation. With a key: who writes without reading gets it too, and must not
    find the record by trying what would give the same one."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = str(current_app.config["SECRET_KEY"]).encode() + b":etag"
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:32]
