"""On the 工作台: what follows from results and was not closed in time, and reports that wait."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.features.rankings import policy, queries
from app.web.board import Number, Todo

LATE = "/desk/consequences/list/?late=1"


REPORTED = "/desk/consequences/list/?report=sent"
UNREPORTED = "/desk/consequences/list/?report=wanted"


def consequence_todos(actor: Actor) -> list[Todo]:
    """For who closes them, and for the park that owes its report."""
    if actor.sees_all and actor.can("can_close", policy.CONSEQUENCES):
        late, sent = queries.consequence_overdue(clock.today()), queries.consequence_reported()
        return [
            *_todo(late, _("超期未办结的考核结果"), _("办结"), LATE),
            *_todo(sent, _("待核实的整改报告"), _("核实"), REPORTED),
        ]
    if not actor.sees_all and actor.can("can_report", policy.CONSEQUENCES):
        owed = queries.consequence_unreported()
        return _todo(owed, _("待提交的整改报告"), _("提交报告"), UNREPORTED)
    return []


def _todo(clause: Any, words: str, act: str, link: str) -> list[Todo]:
    number, first = queries.consequences_where(clause)
    if not number:
        return []
    return [Todo(_("考核结果处理"), words, act, link, number=Number(number, link), due=first)]
