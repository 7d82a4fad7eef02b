"""批量审核: each item with its changes and a choice; a result for each."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale
from app.engines import review
from app.engines.review import Act
from app.engines.review.labels import REFUSALS
from app.features.desk.views.review_screen import (
    BUTTONS,
    ScreenPart,
    compared_of,
    done_words,
    key_of,
)
from app.features.desk.views.review_values import brief, rows
from app.transaction import transaction
from app.web import viewing
from app.web.access import guarded
from app.web.acting import current_actor

MOST = 100
CHOICES = ("approve", "send_back", "refuse")


class SeveralPart(ScreenPart):
    """Routes of 批量审核."""

    @expose("/several", methods=["GET", "POST"])
    @guarded("decide")
    def several(self) -> Any:
        """Decided one by one; what lacks its reason stays open, with what was chosen for it."""
        actor = current_actor()
        if request.method == "GET":
            keys = [key_of(part) for part in request.args.get("ids", "").split(",")[:MOST]]
            items = [item_of(actor, key) for key in keys]
            return self.render("desk/review_several.html", items=items, results=())
        told = [self._one_of_several(key_of(text)) for text in request.form.getlist("pk")[:MOST]]
        if any(one.get("again", {}).get("error") for one in told):
            items = [item_of(actor, one["pk"], **one["again"]) for one in told if "again" in one]
            results = [one for one in told if "again" not in one]
        else:
            items, results = [], told
        page = self.render("desk/review_several.html", items=items, results=results)
        return page, 400 if items else 200

    def _one_of_several(self, pk: int) -> dict[str, Any]:
        name = request.form.get(f"act.{pk}", "")
        reason = request.form.get(f"reason.{pk}", "")
        actor = current_actor()
        title = ""
        try:
            title = review.get(actor, pk).title
            if name not in CHOICES:
                left = {"title": title, "pk": pk, "words": _("未处理"), "kind": "muted"}
                return {**left, "again": {"reason": reason}}
            act, verb = BUTTONS[name]
            seen = key_of(request.form.get(f"seen.{pk}", ""))
            with transaction():
                done = verb(actor, pk, seen=seen, reason=reason)
        except Refusal as refusal:
            words = self.words_of(refusal.code, refusal.params)
            if "reason" in refusal.fields:
                return {"pk": pk, "again": {"act": name, "reason": reason, "error": words}}
            return {"title": title, "pk": pk, "words": words, "kind": "danger"}
        except Stale:
            words = _("已有变化，没有处理，请打开核对。")
            return {"title": title, "pk": pk, "words": words, "kind": "warning"}
        except NotFound:
            return {"title": title, "pk": pk, "words": _("已不存在"), "kind": "muted"}
        return {"title": title, "pk": pk, "words": done_words(act, done), "kind": "success"}


def item_of(
    actor: Actor, pk: int, *, act: str = "", reason: str = "", error: str = ""
) -> dict[str, Any]:
    """An item with what changes in it, as its own screen compares it but shortened."""
    one = review.get(actor, pk)
    kind = review.kind(one.kind)
    content = review.shown_content(actor, one)
    old, words, _links = compared_of(one)
    against = review.refusal(Act.approve, review.standing(actor, one))
    return {
        "revision": one,
        "kind": kind.title,
        "compared_words": words,
        "changes": [brief(row) for row in rows(kind, old, content) if row.changed],
        "warnings": () if viewing.looking() else tuple(kind.warnings(content)),
        "against": REFUSALS.get(against, "") if against else "",
        "act": act,
        "reason": reason,
        "error": error,
    }
