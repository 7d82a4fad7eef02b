"""Saved views: renaming, sharing, taking as default, the weekly workbook. What others see changes
with its entry in the trail; what is one's own alone is nobody else's business."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import SHANGHAI
from app.core.errors import NotFound, Refusal
from app.engines import notices, trail
from app.extensions import db
from app.extensions.lists import prefs
from app.extensions.lists.models import SavedView, ViewSubscription
from app.features.accounts import queries as accounts
from app.features.desk import policy

PARK = "park"
AT = time(8)  # on Mondays, Asia/Shanghai
MOST_WEEKLY = 10


def view_for(actor: Actor, view_id: int, *, lock: bool = False) -> SavedView:
    """A view that the person may see, of a list that they may open; else ``NotFound``."""
    view = prefs.view_for(actor, view_id, lock=lock)
    if not actor.can("can_list", view.view):
        raise NotFound("saved view")
    return view


def views_of(actor: Actor) -> list[SavedView]:
    return [one for one in prefs.all_views(actor) if actor.can("can_list", one.view)]


def update(
    actor: Actor,
    view_id: int,
    *,
    query: str,
    arranged: prefs.Arrangement,
    personal: Collection[str] = (),
) -> SavedView:
    """保存更改: the view shows from now on what the list shows. ``personal``: columns of the list
    whose values the trail keeps from who may not read them."""
    view = view_for(actor, view_id, lock=True)
    policy.require_write(actor, view)
    before = view.query
    prefs.fill(view, query=query, arranged=arranged)
    db.session.flush()
    if view.shared:
        secret = any(f"{name}." in text for name in personal for text in (before, query))
        hidden = ("query",) if secret else ()
        _note(actor, "view.changed", view, {"query": (before, query)}, hidden)
    return view


def rename(actor: Actor, view_id: int, *, name: str) -> SavedView:
    view = view_for(actor, view_id, lock=True)
    policy.require_write(actor, view)
    name, before = prefs.view_name(name), view.name
    if name == before:
        return view
    taken = sa.select(SavedView.id).where(
        SavedView.user_id == view.user_id, SavedView.view == view.view, SavedView.name == name
    )
    if db.session.scalar(taken) is not None:
        raise Refusal("view_name_taken")
    view.name = name
    db.session.flush()
    if view.shared:
        _note(actor, "view.changed", view, {"name": (before, name)})
    return view


def share(actor: Actor, view_id: int, *, wanted: str) -> SavedView:
    """``wanted``: "" = nobody else, ``PARK`` = the park acted for, else the name of a role."""
    view = view_for(actor, view_id, lock=True)
    policy.require_change(actor, view)
    park_id, role = _shared_with(actor, wanted)
    if (park_id, role) == (view.park_id, view.role):
        return view
    if (park_id or role) and not policy.may_share(actor):
        raise Refusal("view_not_shared")
    if not (park_id or role) and view.user_id != actor.user_id:
        raise Refusal("view_of_another")  # nobody would find it: it is deleted instead
    before = view.park_id, view.role
    view.park_id, view.role = park_id, role
    db.session.flush()
    changes = {"park_id": (before[0], park_id), "role": (before[1], role)}
    _note(actor, "view.shared", view, {k: v for k, v in changes.items() if v[0] != v[1]})
    return view


def _shared_with(actor: Actor, wanted: str) -> tuple[int | None, str | None]:
    if not wanted:
        return None, None
    in_park = actor.acting_park_id is not None
    with_a_role = policy.in_zone(actor) and wanted in accounts.role_names()
    if not (wanted == PARK if in_park else with_a_role):
        raise Refusal("view_not_shared")
    return (actor.acting_park_id, None) if in_park else (None, wanted)


def delete(actor: Actor, view_id: int) -> SavedView:
    """With what hangs on it: it is nobody's default any more and is sent to nobody."""
    view = view_for(actor, view_id, lock=True)
    policy.require_change(actor, view)
    shared = view.shared
    db.session.delete(view)
    db.session.flush()
    if shared:
        _note(actor, "view.deleted", view)
    return view


def make_default(actor: Actor, view_id: int, *, on: bool) -> None:
    """The list opens with it for this person; or with everything, if it did."""
    view = view_for(actor, view_id)
    user_id = int(actor.user_id or 0)
    kept = prefs.preference(user_id, view.view)
    now_default = kept is not None and kept.default_view_id == view.id
    if on is not now_default:
        prefs.make_default(user_id, view.view, view.id if on else None)


# -- the weekly workbook -----------------------------------------------------------------------
def subscription(user_id: int | None, view_id: int) -> ViewSubscription | None:
    query = sa.select(ViewSubscription).where(
        ViewSubscription.user_id == user_id, ViewSubscription.view_id == view_id
    )
    return db.session.scalar(query)


def subscribe(actor: Actor, view_id: int, *, on: bool, now: datetime) -> None:
    """The workbook of a view, every week, for the park that is acted for now."""
    view = view_for(actor, view_id)
    found = subscription(actor.user_id, view.id)
    if on is (found is not None):
        return
    if found is not None:
        db.session.delete(found)
    else:
        if (refusal := policy.weekly(actor, view.view)) is not None:
            raise refusal
        mine = sa.select(sa.func.count()).where(ViewSubscription.user_id == actor.user_id)
        if (db.session.scalar(mine) or 0) >= MOST_WEEKLY:
            raise Refusal("too_many_weekly", most=MOST_WEEKLY)
        db.session.add(
            ViewSubscription(
                user_id=int(actor.user_id or 0),
                view_id=view.id,
                park_id=actor.acting_park_id,
                created_at=now,
            )
        )
    db.session.flush()
    _note(actor, "view.weekly_on" if on else "view.weekly_off", view)


def monday_of(now: datetime) -> date | None:
    """The Monday whose workbooks are due; before eight o'clock of a Monday none is."""
    local = now.astimezone(SHANGHAI)
    monday = local.date() - timedelta(days=local.weekday())
    return monday if local >= datetime.combine(monday, AT, SHANGHAI) else None


def due(now: datetime) -> list[ViewSubscription]:
    """Subscriptions of before this Monday that this week has not been asked for yet."""
    monday = monday_of(now)
    if monday is None:
        return []
    begun = datetime.combine(monday, AT, SHANGHAI)
    query = sa.select(ViewSubscription).where(
        ViewSubscription.created_at < begun,
        sa.or_(ViewSubscription.sent_on.is_(None), ViewSubscription.sent_on < monday),
    )
    return list(db.session.scalars(query.order_by(ViewSubscription.id)))


def end(found: ViewSubscription, *, why: str, now: datetime) -> None:
    """The right is gone, or what was asked for: the person is told why nothing comes any more."""
    view = db.session.get(SavedView, found.view_id)
    notices.tell(
        [found.user_id],
        "view.weekly_ended",
        {"name": view.name if view else "—", "why": why},
        link="/desk/views/",
        cause=f"view-weekly-ended:{found.view_id}:{now.date()}",
    )
    db.session.delete(found)
    db.session.flush()


def _note(
    actor: Actor,
    action: str,
    view: SavedView,
    changes: Mapping[str, tuple[object, object]] | None = None,
    hidden: Collection[str] = (),
) -> None:
    ref = trail.Ref("saved_view", view.id, label=view.name, park_id=view.park_id)
    changed = {name: list(pair) for name, pair in (changes or {}).items()}
    details = {"list": view.view}
    trail.record(actor, action, ref, changes=changed or None, personal=hidden, details=details)
