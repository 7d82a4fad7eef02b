"""What the zone does with a round as a whole: publish, recall, cancel, rehearse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Refusal, Stale
from app.extensions.phrases import remarked
from app.extensions.why import Why, stands_against
from app.features.assessments.labels import ROUND_WORDS
from app.features.assessments.queries import round_board
from app.features.assessments.rules.rounds import WORKFLOW, RoundAct, RoundState, refusal
from app.features.assessments.services import rehearsal, rounds
from app.transaction import transaction
from app.web import cells, why
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.page import Link


class RoundActs(RegisterView):
    """Buttons of a round's page and what they call; each asks once more and says what it does."""

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        """The likely next act stands last."""
        if not self.may("edit"):
            return ()
        state = RoundState(item.state)
        acts = [*self._rehearsal_acts(item)]
        if refusal(RoundAct.cancel, state) is None and item.rehearsal_of_id is None:
            acts.append(self._cancel(item))
        if refusal(RoundAct.recall, state) is None:
            words = _("确定收回“%(name)s”吗？收回后回到草稿，不会自动开始。", name=item.name)
            acts.append(self._post("recall", item, _("收回"), words))
        if refusal(RoundAct.change, state) is None:
            acts.append(Link(_("编辑"), self.url(f"edit/{item.id}"), icon="pencil"))
        if refusal(RoundAct.plan, state) is None:
            acts.append(self._publish(item))
        return tuple(acts)

    def whys(self, item: Any) -> tuple[Why, ...]:
        """What cannot be done to the round as it stands."""
        if not self.may("edit"):
            return why.by_role(_("办理"), "can_edit", self.class_permission_name)
        state = RoundState(item.state)
        mine = {
            RoundAct.change: _("编辑"),
            RoundAct.plan: _("发布"),
            RoundAct.recall: _("收回"),
            RoundAct.cancel: _("取消考核"),
        }
        if item.rehearsal_of_id is not None:
            del mine[RoundAct.cancel]
        return stands_against(
            mine,
            lambda act: refusal(act, state),
            {},
            now=ROUND_WORDS[item.state],
            fits=lambda act: (ROUND_WORDS[one] for one in RoundState if one in WORKFLOW[act][0]),
        )

    def _rehearsal_acts(self, item: Any) -> tuple[Link, ...]:
        if item.rehearsal_of_id is not None:
            words = _("确定删除演练“%(name)s”吗？其中的数据一并删除，不能恢复。", name=item.name)
            return (self._post("drop-rehearsal", item, _("删除演练"), words, kind="danger"),)
        if item.state in rehearsal.COPIED:
            words = _(
                "确定复制“%(name)s”及其现在的数据作为演练吗？园区看不到演练。", name=item.name
            )
            return (self._post("rehearse", item, _("演练"), words),)
        return ()

    def _post(self, path: str, item: Any, label: Any, words: Any, kind: str = "default") -> Link:
        url = self.url(f"{path}/{item.id}")
        return Link(label, url, kind=kind, post=True, confirm=words, confirm_label=label)

    def _cancel(self, item: Any) -> Link:
        return Link(
            _("取消考核"),
            self.url(f"cancel/{item.id}"),
            kind="danger",
            post=True,
            confirm=_("确定取消“%(name)s”吗？取消后园区不再看到它，也不能恢复。", name=item.name),
            confirm_label=_("取消考核"),
            ask=_("取消的原因"),
        )

    def _publish(self, item: Any) -> Link:
        number = round_board.progress([item.id]).get(item.id, (0, 0))[1]
        words = _(
            "确定发布“%(name)s”吗？%(opens)s 自动开始填报并通知 %(n)s 家园区/基地，%(fill)s 截止，"
            "%(late)s 前可以补填；所用的方案版本从此不能修改。",
            name=item.name,
            n=number,
            opens=cells.words(item.opens_on),
            fill=cells.words(item.fill_until),
            late=cells.words(item.late_until),
        )
        return self._post("plan", item, _("发布"), words, kind="primary")

    @expose("/plan/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def plan(self, pk: int) -> Any:
        """发布."""
        return self.done(
            pk, lambda: rounds.plan(current_actor(), pk, now=clock.now()), _("考核已发布。")
        )

    @expose("/recall/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def recall(self, pk: int) -> Any:
        """收回."""
        return self.done(
            pk, lambda: rounds.recall(current_actor(), pk), _("考核已收回，现在是草稿。")
        )

    @expose("/cancel/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def cancel(self, pk: int) -> Any:
        """取消考核, with the reason."""
        reason = request.form.get("reason", "")
        return self.done(pk, lambda: rounds.cancel(current_actor(), pk, reason), _("考核已取消。"))

    @expose("/rehearse/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def rehearse(self, pk: int) -> Any:
        """演练: a copy to try things with."""
        name = remarked(self.record(pk).name, _("演练"))
        try:
            with transaction():
                made = rehearsal.copy(current_actor(), pk, name=name, now=clock.now())
        except Refusal as against:
            flash(self.words_of(against.code, against.params), "danger")
            return self.go(self.url(f"show/{pk}"))
        flash(_("演练已建好，可以放心尝试。"), "success")
        return self.go(self.url(f"show/{made.id}"))

    @expose("/drop-rehearsal/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def drop_rehearsal(self, pk: int) -> Any:
        """删除演练."""
        self.record(pk)
        try:
            with transaction():
                rehearsal.delete(current_actor(), pk)
        except Refusal as against:
            flash(self.words_of(against.code, against.params), "danger")
            return self.go(self.url(f"show/{pk}"))
        flash(_("演练已删除。"), "success")
        return self.go(self.url("list/"))

    def done(self, pk: int, what: Callable[[], object], words: Any, page: str = "show") -> Any:
        """Do it, or say why not; back on the round's page."""
        self.record(pk)
        try:
            with transaction():
                what()
        except Refusal as against:
            code = next(iter(against.fields.values()), against.code)
            flash(self.words_of(code, against.params), "danger")
        except Stale:
            flash(self.words_of("round_changed", {}), "warning")
        else:
            flash(words, "success")
        return self.go(self.url(f"{page}/{pk}"))
