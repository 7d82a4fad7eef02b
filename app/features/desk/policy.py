"""Who may share a saved view, change one, or have its workbook every week."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.extensions.lists.models import SavedView

VIEWS = "SavedViewsView"
#: Lists whose views can be sent as a workbook; a test holds it against the registers.
WEEKLY = ("EnterpriseView", "ParkView", "ConsequenceView")


def may_share(actor: Actor) -> bool:
    """A park's administrator shares with the park, the zone's people with a role."""
    return actor.can("can_share", VIEWS)


def may_change(actor: Actor, view: SavedView) -> bool:
    """Its owner; and of a shared one whoever may share with the same people: an owner may leave."""
    if view.user_id == actor.user_id:
        return True
    here = view.park_id is not None and view.park_id == actor.acting_park_id
    return may_share(actor) and (here or (view.role is not None and actor.acting_park_id is None))


def require_change(actor: Actor, view: SavedView) -> None:
    if not may_change(actor, view):
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
