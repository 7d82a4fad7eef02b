"""A page opened for one park and sent after the switch to another one, in a second tab perhaps.

Forms of the desk carry the park they were opened for. What does not fit is not saved into the park
the person acts for now: the answer says so and offers to go back and send the same words again.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, make_response, request, session
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import scope
from app.web.access import Tenant, wants_json
from app.web.acting import asked_view, current_actor, my_parks
from app.web.errors import error_page
from app.web.ui import render_alone

FIELD = "for_park"
BACK = "back_to_park"
NOT_AGAIN = frozenset({"csrf_token", FIELD, BACK})


def init(app: Flask) -> None:
    """After the check of the CSRF token: what changes the session must be meant."""
    app.before_request(_same_park)
    app.jinja_env.globals["for_park"] = for_park


def for_park() -> Markup:
    """The hidden input of a form: the park that this page was opened for, if it is one park's."""
    park_id = current_actor().acting_park_id
    if park_id is None or not _of_one_park():
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, park_id)


def _same_park() -> Response | None:
    if request.method != "POST" or not _of_one_park():
        return None
    given = request.form.get(FIELD)
    actor = current_actor()
    if given is None or actor.acting_park_id is None or given == str(actor.acting_park_id):
        return None
    meant = next((one for one in my_parks() if str(one.park_id) == given), None)
    if meant is not None and request.form.get(BACK) == given:
        _act_for(meant.park_id)
        return None
    return _answer(meant)


def _of_one_park() -> bool:
    """Whether the page belongs to the park one acts for: one's own password, for example, does not.

    What has no endpoint is no page, and nothing has looked at its CSRF token.
    """
    return getattr(asked_view(), "tenant", None) == Tenant.park


def _act_for(park_id: int) -> None:
    session["park_id"] = park_id
    g.pop("actor", None)
    scope.reset()
    scope.set_for(current_actor())


def _answer(meant: Any) -> Response:
    now = next(one for one in my_parks() if one.park_id == current_actor().acting_park_id)
    detail = _("这个页面属于您已不在的园区/基地，没有保存。")
    if meant is not None:
        detail = _(
            "这个页面是在“%(before)s”打开的，而您已切换到“%(now)s”。为避免写错园区，没有保存。",
            before=meant.park_name,
            now=now.park_name,
        )
    if wants_json():
        return error_page(409, detail=detail)
    chosen = any(file.filename for file in request.files.values())
    again = [
        (name, value)
        for name, values in request.form.lists()
        if name not in NOT_AGAIN
        for value in values
    ]
    page = render_alone(
        "errors/other_park.html",
        status=409,
        title=_("园区已切换"),
        advice=detail,
        meant=meant,
        now=now,
        again=again,
        files=chosen,
        action=request.full_path.rstrip("?"),
    )
    return make_response(page, 409)
