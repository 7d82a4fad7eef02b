"""The address of a record that was merged: the zone is led on, the park is told in words."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.extensions.phrases import labelled
from app.features.enterprises.labels.duplicates import PAIR_WORDS
from app.features.enterprises.models import Enterprise
from app.features.enterprises.queries import duplicates
from app.features.parks import queries as parks
from app.web import cells, viewing
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.page import Cell, Fact
from app.web.pages import see_other

HERE = "/desk/enterprises/show/"


class MergedPart(RegisterView):
    """For the register of enterprises: records that are no longer there by themselves."""

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> Any:
        """The record, or where it went."""
        kept = duplicates.stays(pk)
        if kept is None:
            return super().show(pk)
        merge = duplicates.merge_of(pk)
        if merge is None:
            raise NotFound(f"enterprise {pk}")
        alive = kept.deleted_at is None
        if current_actor().sees_all and alive:
            return see_other(f"{HERE}{kept.id}?merged={pk}")
        reason = viewing.VEIL if viewing.looking() else merge.reason
        at = cells.words(merge.merged_at)
        page = {"merge": merge, "kept": kept, "at": at, "reason": reason}
        url = f"{HERE}{kept.id}" if alive else ""
        return self.render("enterprises/merged.html", **page, url=url), 410


def led_here(item: Enterprise) -> str:
    """What a reader is told who asked for a record that was merged into this one."""
    key = request.args.get("merged", "")
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        return ""
    try:
        kept = duplicates.stays(int(key))
    except NotFound:
        return ""
    if kept is None or kept.id != item.id:
        return ""
    merge = duplicates.merge_of(int(key))
    return str(_("“%(name)s”已并入本企业。", name=merge.gone_name)) if merge is not None else ""


def linked_section(item: Enterprise) -> tuple[tuple[Any, tuple[Fact, ...]], ...]:
    """同一企业 in other parks: for who sees all parks, and nobody else."""
    if not current_actor().sees_all or viewing.looking():
        return ()
    found = duplicates.linked_with(item.id)
    facts = tuple(
        Fact(parks.by_id(one.park_id).name, Cell(one.name, url=f"{HERE}{one.id}")) for one in found
    )
    return ((labelled(PAIR_WORDS["linked"], _("其他园区的登记")), facts),) if facts else ()
