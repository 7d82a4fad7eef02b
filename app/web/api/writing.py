"""Upserts: what came of one is said alike, and a dry run writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from msgspec import Struct

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
BLANK: tuple[Any, ...] = (None, "", [], (), False)
NAMES = {"type": "array", "items": {"type": "string"}}
OUTCOMES = ("added", "changed", "unchanged")


class Outcome(Struct, frozen=True):
    """The answer of an upsert of one kind: its key, what was changed, and the record for a token
    that may read it. ``keys``: members of the record that name it."""

    name: str
    thing: str
    record: Shape
    keys: tuple[str, ...]
    more: tuple[Field, ...] = ()

    def shape(self) -> Shape:
        members = {one.name: one for one in self.record.fields}
        words = _l("写入后的记录；令牌没有读取范围时不返回")
        return Shape(
            self.name,
            (
                Field("result", one_of(OUTCOMES), _l("新增、变更或无变化"), example="added"),
                Field("dry_run", FLAG, _l("只校验，没有写入"), example=False),
                *(members[key] for key in self.keys),
                Field("changed", NAMES, _l("写入了新值的字段")),
                *self.more,
                Field(self.thing, self.record, words, always=False),
            ),
        )

    def answer(
        self,
        call: Call,
        result: str,
        data: Mapping[str, Any],
        *,
        changed: Collection[str],
        untold: Collection[str] = (),
        **more: Any,
    ) -> Answer:
        """201 for what is new, else 200; with the ETag of what is there now.

        A dry run leaves no trace, so it does not tell that a value was guessed right: of what the
        token may not read (``untold`` of a record that it reads) all that was sent counts as changed.
        """
        guessed = set()
        if call.dry_run:
            guessed = {one for one in call.body if one in untold or not call.reads} - {"submit"}
        told = {
            "result": "changed" if guessed and result == "unchanged" else result,
            "dry_run": call.dry_run,
            **{key: data[key] for key in self.keys},
            "changed": sorted({*changed, *guessed}),
            **more,
            **({self.thing: data} if call.reads else {}),
        }
        made = result == "added" and not call.dry_run
        return Answer(told, status=201 if made else 200, tag="" if call.dry_run else tag_of(data))


def differing(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Fields that hold something else than before; of what is new those that hold anything."""
    if before is None:
        return [name for name, value in after.items() if value not in BLANK]
    return [name for name, value in after.items() if value != before.get(name)]


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
