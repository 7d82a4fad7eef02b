"""On the 工作台: objections to accept, and decisions that wait for a second person."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.actor import Actor
from app.features.objections import policy, queries
from app.web.board import Number, Todo

LIST = "/desk/objections/list/"


def objection_todos(actor: Actor) -> list[Todo]:
    """For who handles them; each line with the deadline that comes first."""
    if not (actor.sees_all and actor.can("can_handle", policy.VIEW)):
        return []
    waiting = queries.open_states()
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
            f"{LIST}?state={state}",
            number=Number(waiting[state][0], f"{LIST}?state={state}"),
            due=waiting[state][1],
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
