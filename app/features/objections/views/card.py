"""On the 工作台: objections to accept, and decisions that wait for a second person."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.actor import Actor
from app.features.objections import policy, queries, services
from app.features.objections.models import Objection
from app.features.objections.views.columns import MINE
from app.web.board import Number, Todo

LIST = "/desk/objections/list/"


def objection_todos(actor: Actor) -> list[Todo]:
    """For who handles them, as many as wait for this person; each line with the deadline that
    comes first."""
    if not (actor.sees_all and actor.can("can_handle", policy.VIEW)):
        return []
    waiting: dict[str, list[Objection]] = {}
    for one in services.waiting_for(actor):
        waiting.setdefault(one.state, []).append(one)
    told = (
        ("filed", _("待受理的异议"), _("受理")),
        ("accepted", _("已受理的异议"), _("办理")),
        ("verifying", _("核实中的异议"), _("办理")),
        ("decided", _("待复核答复的异议"), _("答复")),
    )
    found = [
        Todo(
            _("异议"),
            words,
            act,
            f"{LIST}?state={state}&{MINE}=1",
            number=Number(len(waiting[state]), f"{LIST}?state={state}&{MINE}=1"),
            due=waiting[state][0].due_on,
        )
        for state, words, act in told
        if state in waiting
    ]
    uncorrected = queries.to_correct_count()
    if uncorrected:
        link = f"{LIST}?correction=pending"
        words, act = _("成立而待更正的异议"), _("更正")
        number = Number(uncorrected, link)
        since = queries.to_correct_since()
        found.append(Todo(_("异议"), words, act, link, number=number, since=since))
    return found
