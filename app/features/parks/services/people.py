"""People of a park, looked after by its own owner and administrators: what they are, who goes.

The park's row is locked first in every act, so two acts on the people of one park come one after
the other, and each asks again what the actor is there. Then come people, the trail's head last.
"""

from __future__ import annotations

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound, Refusal, Stale
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.accounts.rules import Role
from app.features.parks import queries
from app.features.parks.models import INVITED_ROLES, MANAGERS, Park, ParkMembership
from app.features.parks.services import closing

#: What somebody is in a park -> the role whose rights go with it.
RIGHTS_OF = {"owner": Role.park_admin, "admin": Role.park_admin, "clerk": Role.park_clerk}
PEOPLE = "/desk/people/"
CENTRE = "/me/"


def change_own_member(
    actor: Actor, membership_id: int, *, role: str, version: int
) -> ParkMembership:
    """Make an administrator of a clerk or a clerk of an administrator, in the actor's own park."""
    park, _ = managed(actor)
    found = member_of(park, membership_id)
    if found.version != version:
        raise Stale(found)
    if found.role == "owner":
        raise Refusal("owner_stays")
    if role not in INVITED_ROLES:
        raise Refusal("required", fields={"role": "required"})
    if role == found.role:
        return found
    if found.role in MANAGERS:
        not_the_last(park, found.user_id)
    return give_role(actor, found, park, role)


def give_role(actor: Actor, found: ParkMembership, park: Park, role: str) -> ParkMembership:
    """The person is ``role`` in the park from now on and has the rights that go with it."""
    accounts.locked(found.user_id)
    found.role = role
    changes = trail.changes_of(found, ["role"])
    if not changes:
        return found
    db.session.flush()
    cause = f"membership:{found.id}:{found.version}"
    told = {"park": park.name, "role": role}
    if found.user_id != actor.user_id:
        notices.tell([found.user_id], "park.role_changed", told, link=CENTRE, cause=cause)
    trail.record(actor, "membership.changed", found, label=label_of(found), changes=changes)
    if role not in MANAGERS:
        closing.end_with(actor, park, found.user_id, clock.now())
    follow(actor, found.user_id)
    return found


def remove_own_member(actor: Actor, membership_id: int) -> None:
    """Take somebody out of the actor's own park; it holds from their next request on."""
    park, _ = managed(actor)
    found = member_of(park, membership_id)
    if found.user_id == actor.user_id:
        raise Refusal("leave_yourself")
    if found.role == "owner":
        raise Refusal("owner_stays")
    if found.role in MANAGERS:
        not_the_last(park, found.user_id)
    end_membership(actor, found, park, "membership.removed")


def leave(actor: Actor, membership_id: int) -> Park:
    """退出: one's own membership ends."""
    with scope.unscoped():  # of any park of the person, whichever they act for
        row = queries.membership(membership_id)
        if row.user_id != actor.user_id:
            raise NotFound(f"membership {membership_id}")
        park = queries.locked(row.park_id)
        found = queries.locked_membership(membership_id)
        if found.role == "owner":
            raise Refusal("owner_leaves")
        if found.role in MANAGERS:
            not_the_last(park, found.user_id)
        end_membership(actor, found, park, "membership.left")
    return park


def end_membership(
    actor: Actor, found: ParkMembership, park: Park, act: str, *, reason: str = ""
) -> None:
    """The membership is gone, and with it the rights that nothing else gives."""
    accounts.locked(found.user_id)
    told = queries.membership(found.id)
    label = label_of(found)
    offer = queries.open_transfer(park.id)
    if offer is not None and found.user_id in (offer.from_user_id, offer.to_user_id):
        offer.state = "withdrawn"
    if found.user_id != actor.user_id:
        kind = "park.removed_reason" if reason else "park.removed"
        params = {"park": park.name, **({"reason": reason} if reason else {})}
        notices.tell([found.user_id], kind, params, cause=f"membership-ended:{found.id}")
    changes = {"username": [told.username, None], "role": [told.role, None]}
    details = {"reason": reason} if reason else {}
    trail.record(actor, act, found, label=label, changes=changes, details=details)
    db.session.delete(found)
    db.session.flush()
    closing.end_with(actor, park, told.user_id, clock.now())
    follow(actor, told.user_id)


# -- shared ------------------------------------------------------------------------------------
def managed(actor: Actor) -> tuple[Park, ParkMembership]:
    """The park that the actor acts for, locked, where they look after people now."""
    if actor.acting_park_id is None:
        raise NotFound("no park of one's own")
    park = queries.locked(actor.acting_park_id)
    mine = queries.membership_of(actor.user_id or 0, park.id)
    if mine is None or mine.role not in MANAGERS:  # removed or made a clerk meanwhile
        raise Forbidden
    return park, mine


def member_of(park: Park, membership_id: int) -> ParkMembership:
    """The membership, locked, if it is one of this park."""
    found = queries.locked_membership(membership_id)
    if found.park_id != park.id:
        raise NotFound(f"membership {membership_id}")
    return found


def not_the_last(park: Park, user_id: int) -> None:
    """Somebody must be left who can look after the people of the park."""
    if not queries.managers_of(park.id, but=user_id):
        raise Refusal("last_manager")


def follow(actor: Actor, user_id: int) -> None:
    """Rights follow what the person is in parks now."""
    wanted = {RIGHTS_OF[role] for role in queries.roles_in_parks(user_id)}
    account_services.follow_parks(actor, user_id, wanted)


def label_of(found: ParkMembership) -> str:
    with scope.unscoped():
        told = queries.membership(found.id)
    return f"{told.username} {told.park}"
