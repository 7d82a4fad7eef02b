"""What the worker does for the desk: 催办 of reviewers, and the weekly workbooks of views."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.engines import calendar, files, jobs, notices, review
from app.engines.review import Revision
from app.extensions import db
from app.extensions.lists.models import SavedView, ViewSubscription
from app.features.accounts import queries as accounts
from app.features.accounts.rules import Role
from app.features.accounts.services import own
from app.features.desk import policy
from app.features.desk.services import views
from app.features.desk.site import remind_after
from app.web.acting import act_as, person

LINK = "/desk/reviews/list/"
KIND = "review.waiting"


def remind_reviewers() -> int:
    """How many people were told. Asked every hour; a day's second time finds it done."""
    today = clock.today()
    if not calendar.is_working(today):
        return 0
    after = remind_after()
    told = 0
    for user_id in accounts.holding_any([str(Role.reviewer), str(Role.operator)]):
        user = accounts.by_id(user_id)
        if user is None or not user.active:
            continue
        late = _late(person(user), after)
        if late and notices.tell(
            [user_id],
            KIND,
            {"number": len(late), "days": after},
            link=LINK,
            cause=f"review-waiting:{today.isoformat()}",
        ):
            told += 1
            _text(user_id, late)
    return told


def _late(actor: Actor, after: int) -> Sequence[Revision]:
    """What this person could decide and has waited more than ``after`` working days."""
    if not review.may_decide(actor):
        return ()
    query = sa.select(Revision).where(review.waiting_for(actor))
    found = db.session.scalars(query.order_by(Revision.submitted_at))
    return [one for one in found if one.submitted_at and calendar.waited(one.submitted_at) > after]


def _text(user_id: int, late: Sequence[Revision]) -> None:
    """A text message besides, where the kind says that its deadline is worth one."""
    urgent = next((one for one in late if _worth_a_text(one.kind)), None)
    phone = accounts.phone_of(user_id)
    if urgent is None or phone is None:
        return
    day = review.promised(urgent) or clock.today()
    params = {"title": urgent.title[:20], "deadline": day.isoformat()}
    notices.queue(own.phone_number(phone), notices.SmsKind.deadline, params)


def _worth_a_text(name: str) -> bool:
    return any(one.name == name and one.deadline_sms for one in review.kinds())


# -- the weekly workbook of a view -------------------------------------------------------------
WEEKLY = "view_weekly"
KEEP_WORKBOOK = timedelta(days=14)
MIB = 1024 * 1024
jobs.titles({WEEKLY: _l("每周工作簿 %(name)s")})
jobs.page(WEEKLY, lambda job: f"/files/{job.result['file']}" if job.result else "/desk/views/")
for _list in policy.WEEKLY:
    files.kind(f"weekly_{_list}", partial(policy.may_read_workbook, _list))


def send_weekly(now: datetime) -> int:
    """How many workbooks were asked for; each once a week, whatever how often this is asked."""
    monday = views.monday_of(now)
    asked = 0
    for one in views.due(now):
        one.sent_on = monday
        actor = _subscriber(one)
        view = db.session.get(SavedView, one.view_id)
        if actor is None or view is None:
            views.end(one, why="person", now=now)
            continue
        jobs.enqueue(
            actor,
            WEEKLY,
            {"view": one.view_id},
            title={"name": view.name},
            effect_key=f"view-weekly:{one.user_id}:{one.view_id}:{monday}",
            park_id=one.park_id,
        )
        asked += 1
    return asked


def _subscriber(found: ViewSubscription) -> Actor | None:
    """The person as they are now; ``None`` for who is gone, or not of that park any more."""
    user = accounts.by_id(found.user_id)
    if user is None or not user.active:
        return None
    actor = person(user, acting_park_id=found.park_id)
    return actor if actor.acting_park_id == found.park_id else None


@jobs.handler(WEEKLY)
def write_weekly(ctx: Any) -> None:
    """With the rights that the person has now: who lost one gets no file, and no other one."""
    act_as(ctx.actor)  # the list's search and columns ask for rights as they do in a page
    with ctx.transaction():
        found = views.subscription(ctx.actor.user_id, int(ctx.params["view"]))
        if found is None:
            ctx.finish()  # ended meanwhile
            return
        view, criteria, why = _asked_by(ctx.actor, found)
        if why:
            views.end(found, why=why, now=clock.now())
            ctx.finish("view_weekly_ended")
            return
    _write(ctx, view, criteria)


def _asked_by(actor: Actor, found: ViewSubscription) -> tuple[Any, Any, str]:
    """The view and its criteria, or why there is no workbook."""
    try:
        view = views.view_for(actor, found.view_id)
    except NotFound:
        return None, None, "view"
    if policy.weekly(actor, view.view) is not None:
        return None, None, "export"
    criteria = register_of(view.view).asked_by(view)
    return view, criteria, "" if criteria is not None else "conditions"


def _write(ctx: Any, view: SavedView, criteria: Any) -> None:
    user_id, name, list_name = ctx.actor.user_id, view.name, view.view
    columns = view.columns or []
    with tempfile.TemporaryFile() as file, force_locale("zh"):
        made = register_of(list_name).workbook(criteria, columns)
        for piece in made.pieces:
            file.write(piece)
        file.seek(0)
        with ctx.transaction():
            stored = files.store(
                ctx.actor,
                file,
                made.name,
                kind=f"weekly_{list_name}",
                allowed=frozenset({"xlsx"}),
                max_bytes=500 * MIB,
                park_id=ctx.actor.acting_park_id,
                expires_at=clock.now() + KEEP_WORKBOOK,
            )
            key = str(stored.key)
            notices.tell(
                [user_id],
                "view.weekly",
                {"name": name, "count": f"{made.count:,}"},
                link=f"/files/{key}",
                cause=f"view-weekly:{key}",
            )
            made.note()
            ctx.finish(result={"file": key})


def register_of(list_name: str) -> Any:
    """The register of a list: it knows filters, columns and order."""
    builder = current_app.appbuilder  # type: ignore[attr-defined]
    return next(one for one in builder.baseviews if one.class_permission_name == list_name)
