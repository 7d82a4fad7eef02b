"""What a register says before and after deleting a record, and that it goes into the recycle bin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from flask import flash, g, request
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.web.acting import current_actor
from app.web.listing.page import Link

BIN, VIEW = "/desk/bin", "BinView"  # the page itself gathers from all features: it is above us


class _Words(Struct, frozen=True):
    label: str
    question: str  # with a place for the name
    reason: str


def _words(*, binned: bool) -> _Words:
    """What a button to delete says: put together once per page, which has many."""
    kept: dict[bool, _Words] = g.setdefault("delete_words", {})
    if binned not in kept:
        for_good = _("确定删除“%(name)s”吗？删除后不能恢复。")
        question = _("确定删除“%(name)s”吗？删除后可在回收站恢复。") if binned else for_good
        kept[binned] = _Words(_("删除"), question, _("删除原因（选填）"))
    return kept[binned]


class BinPart:
    """Set ``bin_kind`` and the register deletes into the bin."""

    bin_kind: ClassVar[str] = ""  # what its records are called in the bin; "": gone for good

    may: Callable[[str], bool]
    url: Callable[..., str]

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        """The button to delete a record; of what goes into the bin it says what hangs on it, asks
        why, and promises the bin."""
        words = _words(binned=bool(self.bin_kind))
        return Link(
            words.label,
            self.url(f"delete/{pk}"),
            kind=kind,
            post=True,
            confirm=words.question % {"name": name},
            confirm_label=words.label,
            ask=words.reason if self.bin_kind else "",
            ask_optional=bool(self.bin_kind),
            more=f"{BIN}/hanging/{self.bin_kind}/{pk}" if self.bin_kind else "",
        )

    def row_ask(self) -> Link:
        """The button to delete a row, made once per page: {name} and {pk} stand for the row's."""
        kept: dict[type, Link] = g.setdefault("row_asks", {})
        if type(self) not in kept:
            kept[type(self)] = self.delete_link("{pk}", "{name}")
        return kept[type(self)]

    def row_delete_link(self, pk: Any, name: str) -> Link:
        """The button of one row."""
        said = self.row_ask()
        url = said.url.replace("{pk}", str(pk))
        return Link(said.label, url, kind=said.kind, post=True, named=name)

    def bin_link(self) -> tuple[Link, ...]:
        """To the recycle bin, opened at this register's kind."""
        if not self.bin_kind or not self.may("delete"):
            return ()
        if not current_actor().can("can_list", VIEW):
            return ()
        return (Link(_("回收站"), f"{BIN}/list/?kind={self.bin_kind}", icon="trash"),)

    def why_deleted(self) -> dict[str, str]:
        """What goes into the bin has a reason, though nobody has to give one."""
        return {"reason": request.form.get("reason", "").strip()} if self.bin_kind else {}

    def say_deleted(self, name: str, pk: int) -> None:
        """With 撤销 beside it for who may take it back."""
        if not self.bin_kind:
            flash(_("“%(name)s”已删除。", name=name), "success")
            return
        undo = _undo(f"undo/{self.bin_kind}/{pk}")
        flash(_("“%(name)s”已删除，可在回收站恢复。", name=name), undo)

    def undo_several(self, at: datetime) -> str:
        """The kind of message with 撤销 for all that this person deleted at one instant."""
        return _undo(f"undo-several/{self.bin_kind}/{clock.microseconds(at)}")


def _undo(path: str) -> str:
    """The kind of message for who may take it back, and for who may not."""
    return f"undo {BIN}/{path}" if current_actor().can("can_restore", VIEW) else "success"
