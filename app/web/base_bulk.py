"""Acts on many rows of a list: those that are ticked, or all that match what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.extensions.lists.source import ListSource
from app.web.access import guarded
from app.web.listing.page import BulkAct
from app.web.redirects import query_arguments

MAX_BULK = 10_000


class BulkRows:
    """The route of the bulk bar; an act ``x`` is the method ``bulk_x`` of the register."""

    bulk_permissions: ClassVar[dict[str, str]] = {}  # act -> permission
    source: ClassVar[ListSource]
    may: Callable[[str], bool]
    criteria: Callable[[Any], Any]
    _back: Callable[[], Any]

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        return ()

    @expose("/bulk/<string:name>", methods=["POST"])
    @guarded("list")
    def bulk(self, name: str) -> Any:
        """A bulk act on the ticked rows or on all that match; a foreign row refuses the whole."""
        permission = self.bulk_permissions.get(name)
        if permission is None:
            abort(404)
        if not self.may(permission):
            abort(403)
        ids = self.bulk_ids()
        if ids is None:
            flash(_("符合条件的记录在您打开列表后有变化，没有处理。请核对后重新选择。"), "warning")
            return self._back()
        if not ids:
            flash(_("请先勾选记录。"), "warning")
            return self._back()
        return getattr(self, f"bulk_{name}")(ids) or self._back()

    def bulk_ids(self) -> Sequence[int] | None:
        """Keys that a bulk form names; 404 when one of them is not this actor's.

        ``all=1`` means every row that matches the list's address, which the form carries together
        with the number of rows that the person saw: any other number gives ``None``.
        """
        if request.form.get("all") == "1":
            _path, _mark, query = request.form.get("next", "").partition("?")
            found = self.source.ids(self.criteria(query_arguments(query)), MAX_BULK + 1)
            if len(found) > MAX_BULK or str(len(found)) != request.form.get("count"):
                return None
            return found
        texts = request.form.getlist("pk")
        if any(not (text.isascii() and text.isdigit() and len(text) < 19) for text in texts):
            abort(400)
        ids = list(dict.fromkeys(int(text) for text in texts))
        if len(ids) > MAX_BULK:
            abort(413)
        if self.source.visible_ids(ids) != set(ids):
            abort(404)
        return ids
