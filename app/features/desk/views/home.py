"""工作台 of each role: what is to be done, until when, and one's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import jsonify, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.engines import calendar
from app.features.accounts.rules import ALL_ROLES
from app.features.desk.views import finding
from app.web import board
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.board import Todo
from app.web.pages import Page

#: Working days left from which on a deadline is shown in red, in amber.
URGENT, SOON = 1, 3


class Line(Struct, frozen=True):
    """A line of 待办 with its deadline in words."""

    todo: Todo
    left: int | None
    words: str
    tone: str


def lines(todos: Sequence[Todo]) -> list[Line]:
    """Overdue first, then what is due soonest, then what waits longest, then the rest."""
    made = [_line(todo) for todo in todos]
    return sorted(made, key=_urgency)


def _urgency(line: Line) -> tuple[bool, int, bool, float]:
    since = line.todo.since
    return (
        line.left is None,
        line.left or 0,
        since is None,
        since.timestamp() if since is not None else 0,
    )


def _line(todo: Todo) -> Line:
    if todo.due is None:
        if todo.since is None:
            return Line(todo, None, _("无期限"), "muted")
        waited = calendar.waited(todo.since)
        return Line(todo, None, _("已等 %(n)s 个工作日", n=waited), "muted")
    return Line(todo, *deadline(todo.due))


def deadline(due: date) -> tuple[int, str, str]:
    """Working days left, the same in words, and the tone in which it is shown."""
    left = calendar.left(due)
    tone = "danger" if left <= URGENT else "warning" if left <= SOON else "muted"
    if left < 0:
        return left, _("已超 %(n)s 个工作日", n=-left), tone
    return left, _("剩 %(n)s 个工作日", n=left) if left else _("今天到期"), tone


class DeskView(Page):
    """工作台."""

    route_base = "/desk"
    tenant = Tenant.own
    menu_label = _l("工作台")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/find/")
    @guarded("index")
    def find(self) -> Any:
        """For the palette: records of every list in reach whose search box finds ``?q=``."""
        return jsonify(groups=finding.groups(request.args.get("q", "")))

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        actor = current_actor()
        if not actor.roles:
            return self.render("desk/no_role.html")
        found = {
            "cards": board.gathered(board.CARDS, actor),
            "more_doors": board.gathered(board.DOORS, actor),
            "todos": lines(board.gathered(board.TODOS, actor)),
            "states": board.gathered(board.STATES, actor),
            "steps": board.gathered(board.STEPS, actor),
            "charts": board.gathered(board.CHARTS, actor),
        }
        works = bool(found["todos"] or found["charts"] or found["states"])
        return self.render("desk/desk.html", **found, works=works)
