"""On the 工作台: objections to accept, and decisions that wait for a second person."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.actor import Actor
from app.features.objections import policy, queries
from app.web.board import Number, Todo

LIST = "/desk/objections/list/"


def objection_todos(actor: Actor) -> list[Todo]:
    """For who handles them."""
    if not (actor.sees_all and actor.can("can_handle", policy.VIEW)):
        return []
    counts = queries.state_counts()
    told = (
        ("filed", _("待受理的异议"), _("受理")),
        ("verifying", _("核实中的异议"), _("办理")),
        ("decided", _("待复核答复的异议"), _("答复")),
    )
    found = [
        Todo(
            _("异议"),
            words,
            act,
            f"{LIST}?state={state}",
            number=Number(counts[state], f"{LIST}?state={state}"),
        )
        for state, words, act in told
        if counts.get(state)
    ]
    waiting = queries.to_correct_count()
    if waiting:
        link = f"{LIST}?correction=pending"
        words, act = _("成立而待更正的异议"), _("更正")
        found.append(Todo(_("异议"), words, act, link, number=Number(waiting, link)))
    return found
