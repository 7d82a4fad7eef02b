"""One revision before its reviewer: the difference, the reason, the timeline, the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, Stale
from app.engines import calendar, dictionaries, review
from app.engines.review import Act, Revision, Side, State
from app.engines.review.labels import ACT_WORDS, REFUSALS, STATE_DOTS, STATE_WORDS
from app.engines.review.registry import STAGES
from app.extensions import db
from app.extensions.phrases import listed, remarked
from app.extensions.why import Why
from app.features.accounts import queries as accounts
from app.features.desk.views.home import deadline
from app.features.desk.views.review_values import FieldRow, rows
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import viewing
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView

#: Button of the form -> act and the service that does it.
BUTTONS: Mapping[str, tuple[Act, Callable[..., Revision]]] = {
    "approve": (Act.approve, review.approve),
    "send_back": (Act.send_back, review.send_back),
    "refuse": (Act.refuse, review.refuse),
    "revoke": (Act.revoke, review.revoke),
}
PHRASES = "review_phrases"


class Neighbours(Struct, frozen=True):
    """Where n and p lead: the items of 待办 around this one (keys of revisions)."""

    place: int
    number: int
    previous: int | None
    following: int | None


class Screen(Struct, frozen=True):
    """All that the template prints."""

    revision: Revision
    kind: review.Kind
    park: str
    author: str
    waited: str
    promised: date | None
    left: tuple[int, str, str] | None  # until then: working days, words, tone
    rows: tuple[FieldRow, ...]
    changed: int
    everything: bool
    compared: tuple[tuple[str, Any, bool], ...]  # address, words, current
    compared_words: Any
    events: tuple[Any, ...]
    acts: frozenset[str]
    against: Any  # why nothing can be decided
    whys: tuple[Why, ...]  # what stands against the other acts
    around: Neighbours
    phrases: tuple[str, ...]
    warnings: tuple[str, ...]
    with_query: str
    calendar_notice: Any
    reason: str = ""
    fields: frozenset[str] = frozenset()
    error: Any = ""
    reason_error: Any = ""  # what stands at the reason instead

    @property
    def state(self) -> str:
        return stage_words(self.revision.state, self.revision.stage, self.revision.stages)

    @property
    def dot(self) -> str:
        return STATE_DOTS[self.revision.state]


class ScreenPart(RegisterView):
    """Routes of the screen; the queue's view is made of it."""

    def record(self, pk: int) -> Any:
        return review.get(current_actor(), pk)

    @expose("/show/<pk:pk>")
    @guarded("show")
    def show(self, pk: int) -> Any:
        return self._screen(pk, 200)

    def _screen(self, pk: int, status: int, **typed: Any) -> Any:
        screen = screen_of(current_actor(), self.record(pk), **typed)
        return self.render("desk/review.html", page=screen), status

    @expose("/decision/<pk:pk>", methods=["POST"])
    @guarded("decide")
    def decision(self, pk: int) -> Any:
        """通过, 退回修改 or 不予通过; what was typed comes back with a refusal."""
        return self._act(pk, request.form.get("act", ""), {"approve", "send_back", "refuse"})

    @expose("/revocation/<pk:pk>", methods=["POST"])
    @guarded("revoke")
    def revocation(self, pk: int) -> Any:
        """撤销."""
        return self._act(pk, "revoke", {"revoke"})

    def _act(self, pk: int, name: str, open_ones: set[str]) -> Any:
        if name not in open_ones:
            abort(400)
        act, verb = BUTTONS[name]
        reason = request.form.get("reason", "")
        more: dict[str, Any] = {"reason": reason}
        if act is Act.send_back:
            more["fields"] = request.form.getlist("fields")
        around = neighbours(current_actor(), pk)
        try:
            with transaction():
                done = verb(current_actor(), pk, seen=version_asked(), **more)
        except Refusal as refusal:
            words = self.words_of(refusal.code, refusal.params)
            at = "reason_error" if "reason" in refusal.fields else "error"
            typed = {at: words, "reason": reason, "fields": more.get("fields", ())}
            return self._screen(pk, 400, **typed)
        except Stale:
            words = _(
                "您打开后，它已有变化（可能已由他人处理或重新提交）。请核对现在的内容再决定。"
            )
            return self._screen(pk, 409, error=words, reason=reason, fields=more.get("fields", ()))
        here = f"{self.route_base}/show/{pk}"
        if act is Act.revoke:
            flash(done_words(act, done), "success")
            return self.go(here)
        flash(done_words(act, done), f"success {here}")  # the way back: the page is the next one's
        on = around.following
        return self.go(f"{self.route_base}/show/{on}" if on else f"{self.route_base}/list/")

    @expose("/pick/<pk:pk>", methods=["POST"])
    @guarded("decide")
    def pick(self, pk: int) -> Any:
        """领取."""
        return self._simple(
            pk, review.pick, _("已领取。提交人暂不能撤回，其他审核员会看到您正在审核。")
        )

    @expose("/release/<pk:pk>", methods=["POST"])
    @guarded("decide")
    def release(self, pk: int) -> Any:
        """放回."""
        return self._simple(pk, review.release, _("已放回待办。"))

    def _simple(self, pk: int, verb: Callable[..., Revision], words: str) -> Any:
        try:
            with transaction():
                verb(current_actor(), pk)
        except Refusal as refusal:
            flash(self.words_of(refusal.code, refusal.params), "danger")
        else:
            flash(words, "success")
        return self.go(f"{self.route_base}/show/{pk}")


# -- what the template is given ------------------------------------------------------------------
def screen_of(actor: Actor, revision: Revision, *, fields: Any = (), **typed: Any) -> Screen:
    """The screen as this person may see it."""
    kind = review.kind(revision.kind)
    new = review.shown_content(actor, revision)
    old, words, choices = compared_of(revision)
    compared = rows(kind, old, new)
    promised = review.promised(revision)
    standing = review.standing(actor, revision)
    acts = frozenset(str(act) for act in review.allowed(standing))
    against = review.refusal(Act.approve, standing) if review.may_decide(actor) else None
    waiting = revision.state in (State.submitted, State.picked)
    return Screen(
        revision=revision,
        kind=kind,
        park=parks.by_id(revision.park_id).name if revision.park_id else "",
        author=accounts.account(revision.submitted_by).name if revision.submitted_by else "",
        waited=_waited(revision),
        promised=promised,
        left=deadline(promised) if promised else None,
        rows=compared,
        changed=sum(one.changed for one in compared),
        everything=request.args.get("view") == "all",
        compared=choices,
        compared_words=words,
        events=tuple(reversed([_event(kind, one) for one in review.events(revision)])),
        acts=acts,
        against=REFUSALS.get(against, "") if against and waiting else "",
        whys=review.whys(standing, (Side.reviewer, Side.zone)),
        around=neighbours(actor, revision.id),
        phrases=dictionaries.options(PHRASES, clock.today()),
        warnings=() if viewing.looking() else tuple(kind.warnings(new)),
        with_query=f"&with={asked}" if (asked := request.args.get("with", "")).isalnum() else "",
        calendar_notice=missing_calendar(),
        fields=frozenset(fields),
        **typed,
    )


def stage_words(state: State, stage: int, stages: int) -> str:
    """待审核, and at which of several stages."""
    words = str(STATE_WORDS[state])
    waiting = state in (State.submitted, State.picked)
    return remarked(words, STAGES[stage - 1]) if waiting and stages > 1 else words


def missing_calendar() -> Any:
    """What pages that count working days say when a year's 调休 is not entered."""
    gone = calendar.missing_years((clock.today().year,))
    if not gone:
        return ""
    return _("%(year)s 年的调休安排尚未登记，工作日按周一至周五计算。", year=gone[0])


def _waited(revision: Revision) -> str:
    if revision.submitted_at is None:
        return ""
    days = calendar.waited(revision.submitted_at, revision.decided_at)
    return str(_("%(n)s 个工作日", n=days))


def compared_of(revision: Revision) -> tuple[Mapping[str, Any] | None, Any, tuple[Any, ...]]:
    """What the new values are compared with: what a reviewer judged last, or the one asked for.

    A submission that was taken back was judged by nobody: what came with it is still to be read.
    """
    choices: list[tuple[str, Any, Mapping[str, Any]]] = []
    for one in review.versions(revision):
        if one.number < revision.number:
            words = _("第 %(n)s 版", n=one.number)
            choices.append((f"v{one.id}", words, one.content))
    begun = review.kind(revision.kind).origin(revision)
    if begun is not None:
        choices.append(("origin", _("最初内容"), begun))
    default = choices[0][0] if choices else ""
    sent = review.submissions(revision)
    backs = [event.id for event in review.events(revision) if event.act == Act.send_back]
    for number, event in enumerate(sent[:-1], 1):
        words = _("第 %(n)s 次提交", n=number)
        choices.append((f"s{event.id}", words, event.content or {}))
        if backs and event.id < backs[-1]:
            default = f"s{event.id}"
    asked = request.args.get("with", "")
    wanted = asked if any(key == asked for key, _w, _c in choices) else default
    found = next(((words, content) for key, words, content in choices if key == wanted), None)
    links = tuple((f"?with={key}", words, key == wanted) for key, words, _content in choices)
    return (None, "", links) if found is None else (found[1], found[0], links)


def _headings(kind: review.Kind, names: Sequence[str]) -> str:
    """What a return asked to be mended, as the form calls it."""
    return listed(one.heading for one in kind.fields if one.name in names)


def _event(kind: review.Kind, one: review.ReviewEvent) -> dict[str, Any]:
    return {
        "at": one.at,
        "actor": one.actor_name,
        "act": ACT_WORDS.get(one.act, one.act),
        "reason": viewing.VEIL if one.reason and viewing.looking() else one.reason,
        "fields": _headings(kind, one.fields or ()),
        "stage": one.stage,
    }


def neighbours(actor: Actor, pk: int) -> Neighbours:
    """This item's place in the person's 待办."""
    if not review.may_decide(actor):
        return Neighbours(0, 0, None, None)
    query = sa.select(Revision.id).where(review.waiting_for(actor))
    keys = list(db.session.scalars(query.order_by(Revision.submitted_at, Revision.id).limit(500)))
    if pk not in keys:
        return Neighbours(0, len(keys), None, keys[0] if keys else None)
    at = keys.index(pk)
    before = keys[at - 1] if at else None
    return Neighbours(at + 1, len(keys), before, keys[at + 1] if at + 1 < len(keys) else None)


def done_words(act: Act, done: Revision) -> str:
    """One sentence on what a decision did."""
    name = done.title
    if act is Act.approve and done.state is not State.passed:
        return str(_("“%(name)s”本环节已通过，进入下一环节。", name=name))
    sentences = {
        Act.approve: _("“%(name)s”已通过，即时生效。", name=name),
        Act.send_back: _("“%(name)s”已退回修改，提交人会收到通知。", name=name),
        Act.refuse: _("“%(name)s”不予通过，提交人会收到通知。", name=name),
        Act.revoke: _("“%(name)s”已撤销，不再生效。", name=name),
    }
    return str(sentences[act])


def version_asked() -> int:
    return key_of(request.form.get("seen", ""))


def key_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(400)
    return int(text)
