"""Restoring several deleted records: each by itself, with what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import recycling
from app.features.desk.views.bin_words import NAMELESS, name_of, said
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.redirects import safe_target

BASE = "/desk/bin"


class SeveralPart(RegisterView):
    """The bulk act of the bin, and 撤销 of a deletion of several."""

    _gone: Callable[[], Any]

    @expose("/undo-several/<string:kind>/<pk:at>", methods=["POST"])
    @guarded("restore")
    def undo_several(self, kind: str, at: int) -> Any:
        """撤销 of what this person deleted at one instant; ``at``: its microseconds."""
        ids = recycling.deleted_at_once(current_actor(), kind, clock.from_microseconds(at))
        if not ids:
            return self._gone()
        told = self._restore_each(ids)
        if any(one["state"] != "success" for one in told):
            return self._results(told, f"{BASE}/list/")
        flash(_("已恢复 %(n)s 条记录。", n=len(told)), "success")
        return self.go(safe_target(request.form.get("next"), f"{BASE}/list/"))

    def bulk_restore(self, ids: Sequence[int]) -> Any:
        """Each by itself: one refusal stops no other; the answer says what became of each."""
        back = safe_target(request.form.get("next"), f"{BASE}/list/")
        return self._results(self._restore_each(ids), back)

    def _restore_each(self, ids: Sequence[int]) -> list[Mapping[str, Any]]:
        names = recycling.names_of(ids)
        return [self._restored(pk, names.get(pk)) for pk in ids]

    def _results(self, told: list[Mapping[str, Any]], back: str) -> Any:
        """What became of each, those first that somebody has to look at."""
        done = sum(1 for one in told if one["state"] == "success")
        told.sort(key=lambda one: one["state"] == "success")
        shown = {"results": told, "done": done, "left": len(told) - done, "back": back}
        return self.render("desk/bin_results.html", **shown)

    def _restored(self, pk: int, known: tuple[str, str] | None) -> Mapping[str, Any]:
        gone = {"name": NAMELESS, "kind": "", "state": "muted", "url": "", "live": ""}
        gone["words"] = _("已不在回收站：他人已恢复或彻底删除")
        if known is None:
            return gone
        kind, name = known
        of = recycling.kind(kind)
        told = {**gone, "name": name_of(name), "kind": recycling.KIND_WORDS.get(kind, kind)}
        page = of.record if of is not None else None
        try:
            with transaction():
                held = recycling.restore(current_actor(), pk)
                subject = held.subject_id
        except Refusal as refusal:
            live = refusal.params.get("live")
            there = page(live) if page is not None and live is not None else ""
            url = f"{BASE}/show/{pk}"
            words = said(kind, refusal)
            return {**told, "state": "danger", "words": words, "url": url, "live": there}
        except (NotFound, Stale):
            return told
        except Forbidden:
            return {**told, "state": "danger", "words": _("没有恢复该记录的权限")}
        url = page(subject) if page is not None else ""
        return {**told, "state": "success", "words": _("已恢复"), "url": url}
