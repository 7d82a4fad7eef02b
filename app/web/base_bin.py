"""What a register says before and after deleting a record, and that it goes into the recycle bin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext as _

from app.web.acting import current_actor
from app.web.listing.page import Link

BIN, VIEW = "/desk/bin", "BinView"  # the page itself gathers from all features: it is above us


class BinPart:
    """Set ``bin_kind`` and the register deletes into the bin."""

    bin_kind: ClassVar[str] = ""  # what its records are called in the bin; "": gone for good

    may: Callable[[str], bool]
    url: Callable[..., str]

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        """The button to delete a record; of what goes into the bin it says what hangs on it, asks
        why, and promises the bin."""
        link = Link(
            _("删除"),
            self.url(f"delete/{pk}"),
            kind=kind,
            post=True,
            confirm=_("确定删除“%(name)s”吗？删除后不能恢复。", name=name),
            confirm_label=_("删除"),
        )
        if not self.bin_kind:
            return link
        return replace(
            link,
            confirm=_("确定删除“%(name)s”吗？删除后可在回收站恢复。", name=name),
            ask=_("删除原因（选填）"),
            ask_optional=True,
            more=f"{BIN}/hanging/{self.bin_kind}/{pk}",
        )

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
        undo = f"undo {BIN}/undo/{self.bin_kind}/{pk}"
        may = current_actor().can("can_restore", VIEW)
        flash(_("“%(name)s”已删除，可在回收站恢复。", name=name), undo if may else "success")
