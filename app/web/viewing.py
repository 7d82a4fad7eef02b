"""View-as: 系统管理员 sees the site as another person sees it and only looks (decisions.md 23).

``acting`` builds the actor of such a request; here is what the request may do. It writes nothing
(``transaction()`` refuses as well), nothing leaves the house as a file, and values are veiled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, current_app, flash, g, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actor import Actor
from app.core.errors import Forbidden
from app.core.values import replace
from app.transaction import transaction
from app.web.access import wants_json
from app.web.acting import current_actor
from app.web.errors import error_page
from app.web.listing.page import Cell, Fact, HistoryItem
from app.web.pages import see_other
from app.web.sessions import View, look_as

VEIL = "***"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What somebody who only looks may send: an end to it.
OPEN = frozenset({"AuthView.end_view", "AuthView.logout"})
#: What a page consists of; anything else is a file that would leave the house.
PAGES = frozenset({"text/html", "application/json"})
OVER = _l("以他人身份的查看已结束，现在是您自己的账号。")

ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])
Over = Callable[[Actor, int, str], object]
_over: list[Over] = []


def init(app: Flask, over: Over) -> None:
    """After ``acting``. ``over(actor, user_id, why)`` records that a view ended by itself."""
    _over[:] = [over]
    app.before_request(_only_looks)
    app.jinja_env.globals["view_until"] = _until


def not_while_looking(view: ViewFunction) -> ViewFunction:
    """A GET that begins or ends something, although it writes nothing here; or a page of its own
    form that shows business values and has no veil for them."""
    view._not_while_looking = True  # type: ignore[attr-defined]
    return view


def looking() -> bool:
    """Whether this request only looks as somebody else."""
    return current_actor().viewed_by is not None


def begin(view: View) -> None:
    """In the caller's transaction; a sign-in that was ended meanwhile begins nothing."""
    row_id = session.row_id  # type: ignore[attr-defined]
    if row_id is None or not look_as(row_id, view):
        raise Forbidden


def end() -> None:
    """In the caller's transaction (``while_looking``)."""
    look_as(session.row_id, None)  # type: ignore[attr-defined]


def _view() -> View | None:
    found: View | None = getattr(session, "view", None)
    return found


def _until() -> datetime | None:
    view = _view()
    return view.until if view is not None else None


def _only_looks() -> Response | None:
    if why := g.get("view_over"):
        return _ended(why)
    if request.endpoint in (None, "static") or not looking():
        return None
    function = current_app.view_functions[str(request.endpoint)]
    sends = request.method not in READS and request.endpoint not in OPEN
    if sends or getattr(function, "_not_while_looking", False):
        raise Forbidden("only_looks")
    return None


def _ended(why: str) -> Response | None:
    """The view ended by itself: noted now; what was sent from its page is not done as oneself."""
    view = _view()
    assert view is not None
    with transaction():
        end()
        _over[0](current_actor(), view.user_id, why)
    if request.endpoint in OPEN:
        return None
    if wants_json():
        return error_page(403, detail=OVER)
    flash(str(OVER), "warning")
    return see_other("/desk/")


def nothing_leaves(response: Response) -> Response:
    """After each request, before the refusals are told: no file is handed to who only looks."""
    if request.endpoint == "static" or "actor" not in g or not looking():
        return response
    page = response.mimetype in PAGES and "Content-Disposition" not in response.headers
    if page or response.status_code in (204, 304):
        return response
    response.close()
    g.only_looks = True
    return error_page(403, detail=_("您正以他人身份查看，不能下载文件。"))


# -- values ------------------------------------------------------------------------------------
def veiled(cell: Cell) -> Cell:
    """That there is a value, not which."""
    if cell.text in ("", None) and not cell.muted:
        return cell
    return replace(cell, text=VEIL, muted="", dot="", tag="", code=False)


def veiled_fact(fact: Fact) -> Fact:
    return replace(fact, value=veiled(fact.value), reveal_url="")


def veiled_history(items: Collection[HistoryItem]) -> tuple[HistoryItem, ...]:
    """Who did what and when; the values and the notes stay behind the veil."""
    return tuple(
        replace(
            item,
            changes=tuple((label, old and VEIL, new and VEIL) for label, old, new in item.changes),
            note=item.note and VEIL,
        )
        for item in items
    )


def veiled_values(values: Mapping[str, Any], plain: Collection[str] = ()) -> dict[str, Any]:
    """Values of a form by field name; ``plain`` fields stay."""
    return {
        name: value if name in plain or value in ("", None) else _veiled_value(value)
        for name, value in values.items()
    }


def _veiled_value(value: Any) -> Any:
    return [] if isinstance(value, list | tuple | set | frozenset) else VEIL
