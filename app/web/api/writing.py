"""Upserts: what came of one is said alike, and a dry run writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.web.api.operation import Answer, Call, tag_of
from app.web.api.schema import FLAG, Field, Shape, one_of

#: Of what goes to review: unsaid, nobody's draft is sent along with what is written now.
SUBMIT = Field(
    "submit",
    FLAG,
    _l(
        "true：提交审核，已有的草稿一并提交；false：只存为草稿。"
        "不给出：提交审核，但已有尚未提交的草稿时为 409"
    ),
)
OUTCOMES = ("added", "changed", "unchanged")


def outcome_shape(name: str, thing: str, shape: Shape) -> Shape:
    """The answer of an upsert."""
    return Shape(
        name,
        (
            Field("result", one_of(OUTCOMES), _l("新增、变更或无变化"), example="added"),
            Field("dry_run", FLAG, _l("只校验，没有写入"), example=False),
            Field(thing, shape),
        ),
    )


def written(call: Call, result: str, thing: str, data: Mapping[str, Any]) -> Answer:
    """201 for what is new, else 200; with the ETag of what is there now."""
    told = {"result": result, "dry_run": call.dry_run, thing: data}
    made = result == "added" and not call.dry_run
    return Answer(told, status=201 if made else 200, tag="" if call.dry_run else tag_of(data))


@contextmanager
def dry(call: Call) -> Iterator[None]:
    """Within ``transaction()``: a dry run does all of it and takes it back, so that it finds what
    the real one would."""
    if not call.dry_run:
        yield
        return
    session = db.session()
    undone = session.begin_nested()
    try:
        yield
    finally:
        if undone.is_active:
            undone.rollback()
        session.expire_all()
        session.info["after_commit"] = []
