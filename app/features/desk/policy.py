"""Who may share a saved view, change one, or have its workbook every week."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.extensions.lists.models import SavedView
from app.features.accounts.rules import SYSTEM_ROLES

VIEWS = "SavedViewsView"
#: Lists whose views can be sent as a workbook; a test holds it against the registers.
WEEKLY = ("EnterpriseView", "ParkView", "ConsequenceView")


def may_share(actor: Actor) -> bool:
    """A park's administrator shares with the park, the zone's people with a role."""
    return actor.can("can_share", VIEWS)


def in_zone(actor: Actor) -> bool:
    """Works for all parks. Who acts for none because they left theirs does not."""
    return actor.acting_park_id is None and (actor.sees_all or bool(actor.roles & SYSTEM_ROLES))


def may_change(actor: Actor, view: SavedView) -> bool:
    """Take it back or delete it: its owner, and whoever looks after it."""
    return view.user_id == actor.user_id or _looks_after(actor, view)


def may_write(actor: Actor, view: SavedView) -> bool:
    """What others are shown under its name: an owner who left them, or may not share any more, says
    nothing to them."""
    own = view.user_id == actor.user_id and not view.shared
    return own or _looks_after(actor, view)


def _looks_after(actor: Actor, view: SavedView) -> bool:
    """Of a shared one whoever may share with the same people: an owner may leave."""
    here = view.park_id is not None and view.park_id == actor.acting_park_id
    return may_share(actor) and (here or (view.role is not None and in_zone(actor)))


def require_change(actor: Actor, view: SavedView) -> None:
    if not may_change(actor, view):
        raise Forbidden("saved view")


def require_write(actor: Actor, view: SavedView) -> None:
    if not may_write(actor, view):
        raise Forbidden("saved view")


def may_have_weekly(actor: Actor, list_name: str) -> bool:
    """What a workbook holds is asked for like the export that somebody makes by hand."""
    able = list_name in WEEKLY and actor.can("can_list", list_name)
    return able and actor.can("can_export", list_name)


def weekly(actor: Actor, list_name: str) -> Refusal | None:
    return None if may_have_weekly(actor, list_name) else Refusal("view_not_weekly")


def may_read_workbook(list_name: str, actor: Actor, file: object) -> bool:
    """Its person's alone, as long as they may export the list, in the park that it is of."""
    park_id = getattr(file, "park_id", None)
    parks = actor.scope_park_ids
    inside = actor.sees_all if park_id is None else parks is None or park_id in parks
    own = actor.user_id is not None and getattr(file, "created_by", None) == actor.user_id
    return own and inside and may_have_weekly(actor, list_name)
