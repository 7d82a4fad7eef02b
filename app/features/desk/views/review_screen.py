"""One revision before its reviewer: the difference, the reason, the timeline, the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.engines import calendar, dictionaries, review
from app.engines.review import Act, Revision, State
from app.engines.review.labels import ACT_WORDS, REFUSALS, STATE_DOTS, STATE_WORDS
from app.engines.review.registry import STAGES
from app.extensions import db
from app.extensions.phrases import remarked
from app.features.accounts import queries as accounts
from app.features.desk.views.review_values import FieldRow, rows
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web import viewing
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView

MOST = 100
#: Button of the form -> act and the service that does it.
BUTTONS: Mapping[str, tuple[Act, Callable[..., Revision]]] = {
    "approve": (Act.approve, review.approve),
    "send_back": (Act.send_back, review.send_back),
    "refuse": (Act.refuse, review.refuse),
    "revoke": (Act.revoke, review.revoke),
}
PHRASES = "review_phrases"


@dataclass(frozen=True)
class Neighbours:
    """Where n and p lead: the items of 待办 around this one (keys of revisions)."""

    place: int
    number: int
    previous: int | None
    following: int | None


@dataclass(frozen=True)
class Screen:
    """All that the template prints."""

    revision: Revision
    kind: review.Kind
    park: str
    author: str
    waited: str
    rows: tuple[FieldRow, ...]
    changed: int
    everything: bool
    compared: tuple[tuple[str, Any, bool], ...]  # address, words, current
    compared_words: Any
    events: tuple[Any, ...]
    acts: frozenset[str]
    against: Any  # why nothing can be decided
    around: Neighbours
    phrases: tuple[str, ...]
    warnings: tuple[str, ...]
    with_query: str
    calendar_notice: Any
    reason: str = ""
    fields: frozenset[str] = frozenset()
    error: Any = ""

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
            return self._screen(pk, 400, error=words, reason=reason, fields=more.get("fields", ()))
        except Stale:
            words = _(
                "您打开后，它已有变化（可能已由他人处理或重新提交）。请核对现在的内容再决定。"
            )
            return self._screen(pk, 409, error=words, reason=reason, fields=more.get("fields", ()))
        flash(done_words(act, done), "success")
        on = None if act is Act.revoke else around.following or around.previous
        return self.go(f"{self.route_base}/show/{on or pk}")

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

    # -- several at once -----------------------------------------------------------------------
    @expose("/several", methods=["GET", "POST"])
    @guarded("decide")
    def several(self) -> Any:
        """Each item with its changes and a choice; decided one by one, a result per item."""
        if request.method == "GET":
            found = found_of(current_actor(), request.args.get("ids", ""))
            return self.render("desk/review_several.html", items=found, results=None)
        results = [self._one_of_several(pk) for pk in request.form.getlist("pk")[:MOST]]
        return self.render("desk/review_several.html", items=(), results=results)

    def _one_of_several(self, text: str) -> dict[str, Any]:
        pk = _key(text)
        name = request.form.get(f"act.{pk}", "")
        reason = request.form.get(f"reason.{pk}", "")
        actor = current_actor()
        title = ""
        try:
            title = review.get(actor, pk).title
            if name not in ("approve", "send_back", "refuse"):
                return {"title": title, "pk": pk, "words": _("未处理"), "kind": "muted"}
            act, verb = BUTTONS[name]
            seen = _key(request.form.get(f"seen.{pk}", ""))
            with transaction():
                done = verb(actor, pk, seen=seen, reason=reason)
        except Refusal as refusal:
            words = self.words_of(refusal.code, refusal.params)
            return {"title": title, "pk": pk, "words": words, "kind": "danger"}
        except Stale:
            words = _("已有变化，没有处理，请打开核对。")
            return {"title": title, "pk": pk, "words": words, "kind": "warning"}
        except NotFound:
            return {"title": title, "pk": pk, "words": _("已不存在"), "kind": "muted"}
        return {"title": title, "pk": pk, "words": done_words(act, done), "kind": "success"}


# -- what the template is given ------------------------------------------------------------------
def screen_of(
    actor: Actor, revision: Revision, *, error: Any = "", reason: str = "", fields: Any = ()
) -> Screen:
    """The screen as this person may see it."""
    kind = review.kind(revision.kind)
    new = review.shown_content(actor, revision)
    old, words, choices = _compared(revision)
    compared = rows(kind, old, new)
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
        rows=compared,
        changed=sum(one.changed for one in compared),
        everything=request.args.get("view") == "all",
        compared=choices,
        compared_words=words,
        events=tuple(reversed([_event(one) for one in review.events(revision)])),
        acts=acts,
        against=REFUSALS.get(against, "") if against and waiting else "",
        around=neighbours(actor, revision.id),
        phrases=dictionaries.options(PHRASES, clock.today()),
        warnings=() if viewing.looking() else tuple(kind.warnings(new)),
        with_query=f"&with={asked}" if (asked := request.args.get("with", "")).isalnum() else "",
        calendar_notice=missing_calendar(),
        reason=reason,
        fields=frozenset(fields),
        error=error,
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


def _compared(revision: Revision) -> tuple[Mapping[str, Any] | None, Any, tuple[Any, ...]]:
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


def _event(one: review.ReviewEvent) -> dict[str, Any]:
    return {
        "at": one.at,
        "actor": one.actor_name,
        "act": ACT_WORDS.get(one.act, one.act),
        "reason": viewing.VEIL if one.reason and viewing.looking() else one.reason,
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


def found_of(actor: Actor, text: str) -> tuple[dict[str, Any], ...]:
    """The items of a bulk decision with what changes in each."""
    found = []
    for part in text.split(",")[:MOST]:
        one = review.get(actor, _key(part))
        kind = review.kind(one.kind)
        before = review.compared_with(one)
        old = before.content if before else kind.origin(one)
        compared = rows(kind, old, review.shown_content(actor, one))
        against = review.refusal(Act.approve, review.standing(actor, one))
        found.append(
            {
                "revision": one,
                "kind": kind.title,
                "changes": [row for row in compared if row.changed],
                "state": STATE_WORDS[one.state],
                "dot": STATE_DOTS[one.state],
                "against": REFUSALS.get(against, "") if against else "",
            }
        )
    return tuple(found)


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
    return _key(request.form.get("seen", ""))


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(400)
    return int(text)
