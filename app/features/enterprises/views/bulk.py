"""What one may do with the ticked rows, or with all that match: status, export, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock
from app.core.errors import Refusal
from app.core.values import replace
from app.engines import recycling
from app.extensions.lists.spec import KeysFilter
from app.extensions.phrases import clauses, labelled, remarked
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import DELETED_MANY, STATUS_WORDS
from app.features.enterprises.models import Enterprise
from app.features.enterprises.services import several
from app.features.enterprises.services.several import Outcome
from app.transaction import transaction
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import at
from app.web.listing.page import BulkAct
from app.web.redirects import query_arguments

BASE = "/desk/enterprises"
TOLD = 8  # lines of the dialog
NOT_CHANGED = _l("%(n)s 家企业未修改：%(names)s")
NOT_DELETED = _l("%(n)s 家企业未删除：%(names)s")


class BulkPart(RegisterView):
    """The bulk acts of the register; the view made of it brings the criteria."""

    bulk_permissions: ClassVar[dict[str, str]] = {
        "status": "edit",
        "export": "export",
        "delete": "delete",
        "hanging": "delete",
        "fixed": "edit",
    }

    def bulk_acts(self) -> tuple[BulkAct, ...]:
        acts = []
        if self.may("edit"):
            acts.append(
                BulkAct(
                    "status",
                    _("批量修改状态"),
                    f"{BASE}/bulk/status",
                    icon="pencil",
                    options=tuple(STATUS_WORDS.items()),
                    option_label=_("企业状态"),
                    more=f"{BASE}/bulk/fixed",
                )
            )
        if self.may("export"):
            url = f"{BASE}/bulk/export"
            acts.append(BulkAct("export", _("导出所选"), url, icon="download"))
        if self.may("delete"):
            acts.append(
                BulkAct(
                    "delete",
                    _("删除"),
                    f"{BASE}/bulk/delete",
                    icon="trash",
                    kind="danger",
                    confirm=_("确定删除所选的 {n} 家企业吗？删除后可在回收站恢复。"),
                    ask=_("删除原因（选填）"),
                    ask_optional=True,
                    more=f"{BASE}/bulk/hanging",
                )
            )
        return tuple(acts)

    def bulk_status(self, ids: Sequence[int]) -> None:
        actor, status = current_actor(), request.form.get("status.value", "")
        try:
            done = self.in_slices(ids, lambda some: several.set_status(actor, some, status))
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
            return
        if done.done:
            flash(_("已修改 %(n)s 家企业的状态。", n=done.done), "success")
        if done.same:
            flash(_("%(n)s 家企业原本就是该状态，没有修改。", n=done.same), "info")
        self.say_kept(done, NOT_CHANGED)

    def in_slices(self, ids: Sequence[int], act: Callable[[Sequence[int]], Outcome]) -> Outcome:
        """``act`` on all of ``ids``, a slice a commit; broken off, it says how far it came."""
        all_done = Outcome()
        try:
            for some in several.slices(ids):
                with transaction():
                    done = act(some)
                all_done.add(done)
        except Exception:
            if all_done.done:
                words = _("处理中断，已处理 %(n)s 家企业，其余没有处理，请重试。", n=all_done.done)
                flash(words, "danger")
            raise
        return all_done

    def say_kept(self, done: Outcome, words: Any) -> None:
        """Which were not touched, and why, in the ``words`` of the act."""
        if done.gone:
            flash(_("%(n)s 家企业已被他人删除，没有处理。", n=done.gone), "warning")
        names = [
            remarked(name, self.words_of(refusal.code, refusal.params))
            for name, refusal in done.refused[:10]
        ]
        if names:
            flash(words % {"n": len(done.refused), "names": clauses(names)}, "warning")

    def bulk_export(self, ids: Sequence[int]) -> Any:
        """The export's page for the ticked rows, or for all that match."""
        _path, _mark, query = request.form.get("next", "").partition("?")
        criteria = self.criteria(query_arguments(query))
        if request.form.get("all") != "1":
            criteria = replace(criteria, q="", values={"keys": tuple(ids[: KeysFilter.MOST])})
        return self.go(at(f"{BASE}/export", criteria, paging=False))

    def bulk_delete(self, ids: Sequence[int]) -> None:
        actor, now = current_actor(), clock.now()
        reason = request.form.get("reason", "").strip() or DELETED_MANY
        done = self.in_slices(
            ids, lambda some: several.discard(actor, some, reason=reason, now=now)
        )
        if done.done:
            told = ngettext(
                "已删除 %(num)s 家企业，可在回收站恢复。",
                "已删除 %(num)s 家企业，可在回收站恢复。",
                done.done,
            )
            flash(told, self.undo_several(now))
        self.say_kept(done, NOT_DELETED)

    def bulk_hanging(self, ids: Sequence[int]) -> Any:
        """For the question before deleting: which of the chosen records will be skipped, and what
        hangs on the others; the first by name."""
        kept = self.against(ids, policy.discarding)
        going = [key for key in ids if key not in kept]
        found = recycling.hanging(self.bin_kind, going)
        told = {key: lines for key, lines in found.items() if lines}
        names = queries.names_of(list(told)[:TOLD])
        lines = [str(labelled(name, clauses(told[key]))) for key, name in names.items()]
        if left := len(told) - len(lines):
            lines.append(str(_("另有 %(n)s 家也有关联内容。", n=left)))
        return {"lines": lines, **self.skipped(kept)}

    def bulk_fixed(self, ids: Sequence[int]) -> Any:
        """For the question which status to give: which of the chosen records will be skipped."""
        return self.skipped(self.against(ids, policy.changing))

    def against(
        self, ids: Sequence[int], no: Callable[[Enterprise], Refusal | None]
    ) -> dict[int, str]:
        """What the act will refuse of ``ids``: the record's name with the reason."""
        asked = (
            (item, no(item)) for some in several.slices(ids) for item in queries.alive_among(some)
        )
        return {
            item.id: str(labelled(item.name, self.words_of(refusal.code, refusal.params)))
            for item, refusal in asked
            if refusal is not None
        }

    @staticmethod
    def skipped(kept: Mapping[int, str]) -> dict[str, Any]:
        """What a question says of the records that its act leaves alone; the first by name."""
        lines = list(kept.values())[:TOLD]
        if left := len(kept) - len(lines):
            lines.append(str(_("另有 %(n)s 家也将跳过。", n=left)))
        title = _("其中 %(n)s 家将跳过，不作处理", n=f"{len(kept):,}") if kept else ""
        return {"skipped": lines, "skipped_title": title}
