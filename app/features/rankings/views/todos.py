"""On the 工作台: what follows from results and was not closed in time."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.features.rankings import policy, queries
from app.web.board import Number, Todo

LATE = "/desk/consequences/list/?late=1"


def consequence_todos(actor: Actor) -> list[Todo]:
    """For who closes them."""
    if not (actor.sees_all and actor.can("can_close", policy.CONSEQUENCES)):
        return []
    number, first = queries.consequences_overdue(clock.today())
    if not number:
        return []
    kind, words = _("考核结果处理"), _("超期未办结的考核结果")
    return [Todo(kind, words, _("办结"), LATE, number=Number(number, LATE), due=first)]
