"""Every write on parks, organisations and memberships (平台运营)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, Stale, refuse_if
from app.engines import notices, recycling, trail
from app.extensions import db
from app.extensions.phrases import listed
from app.features.accounts import queries as accounts
from app.features.parks import policy, queries
from app.features.parks.models import (
    MEMBER_ROLES,
    PARK_STATUSES,
    PARK_TYPES,
    Organisation,
    Park,
    ParkMembership,
)
from app.features.parks.rules import CODE, NAME_MAX, REASON_MAX
from app.features.parks.services.codes import code_stands
from app.features.parks.services.people import (
    CENTRE,
    end_membership,
    follow,
    give_role,
    label_of,
)
from app.features.parks.services.profiles import show_pictures
from app.features.parks.services.resting import tell_state

Told = dict[str, list[Any]]


def add_park(actor: Actor, *, code: str, name: str, kind: str, organisation: str) -> Park:
    """A new park or base; it begins active. ``organisation``: credit code of who runs it, or ""."""
    code, name = code.strip().upper(), _name(name)
    if not CODE.fullmatch(code):
        raise _no("code", "code_shape")
    if queries.code_taken(code):
        raise _no("code", "code_taken")
    if queries.name_taken(name):
        raise _no("name", "name_taken")
    owner = _owner(organisation)
    park = Park(
        code=code,
        name=name,
        kind=_one_of(kind, PARK_TYPES, "kind"),
        organisation_id=owner.id if owner else None,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    told = {"organisation_id": [None, owner and owner.uscc]}
    _added(actor, park, "park.added", ("code", "name", "kind", "organisation_id"), told)
    return park


def change_park(  # noqa: PLR0913 - the fields of the form and the version it was opened on
    actor: Actor,
    park_id: int,
    *,
    name: str,
    kind: str,
    status: str,
    organisation: str,
    reason: str,
    version: int,
) -> Park:
    """Save name, type, who runs it and state; suspending and resuming need a reason."""
    park = queries.locked(park_id)
    if park.version != version:
        raise Stale(park)
    name, reason = _name(name), reason.strip()[:REASON_MAX]
    if queries.name_taken(name, but=park.id):
        raise _no("name", "name_taken")
    before, owner = queries.owner_of(park), _owner(organisation)
    now = (park.name, park.kind, park.organisation_id)
    if now != (name, kind, owner.id if owner else None) and queries.profile_of(park.id) is not None:
        raise _no("name", "profile_rules")  # what review put in force is changed by review only
    park.name = name
    park.organisation_id = owner.id if owner else None
    park.kind = _one_of(kind, PARK_TYPES, "kind")
    if status != park.status:
        if not reason:
            raise _no("reason", "reason_missing")
        park.status = _one_of(status, PARK_STATUSES, "status")
    details = {"reason": reason} if reason else {}
    told = {"organisation_id": [before and before.uscc, owner and owner.uscc]}
    _changed(actor, park, "park.changed", details, told)
    show_pictures(park)
    return park


def delete_park(actor: Actor, park_id: int, *, reason: str = "") -> Park:
    """Delete a park that nothing refers to; the database itself says whether something does."""
    park = queries.locked(park_id)
    gone = recycling.Gone(
        Park.__tablename__,
        park.id,
        park.name,
        search=f"{park.name}|{park.code}".lower(),
        facts={"code": park.code, "kind": park.kind},
        payload=recycling.frozen(park),
    )
    return _deleted(actor, park, gone, "park_in_use", reason)


def restore_park(actor: Actor, item: recycling.BinItem) -> Park:
    """Take a park back, unless its code or name is in use again."""
    kept = item.payload or {}
    standing = queries.park_with(kept["code"], kept["name"])
    made: Park = recycling.unfrozen(actor, item, Park, "park.restored", standing)
    return made


def add_organisation(actor: Actor, *, uscc: str, name: str) -> Organisation:
    """A company or body, one per credit code."""
    found = Organisation(
        uscc=_uscc(uscc), name=_name(name), created_by=actor.user_id, updated_by=actor.user_id
    )
    _added(actor, found, "organisation.added", ("uscc", "name"))
    return found


def change_organisation(
    actor: Actor, organisation_id: int, *, uscc: str, name: str, version: int
) -> Organisation:
    """Save an edit made on ``version``."""
    found = queries.locked_organisation(organisation_id)
    if found.version != version:
        raise Stale(found)
    if found.certified_at is not None:
        raise Refusal("organisation_certified", fields={"name": "organisation_certified"})
    found.uscc, found.name = _uscc(uscc, but=found.id), _name(name)
    return _changed(actor, found, "organisation.changed", {})


def delete_organisation(actor: Actor, organisation_id: int, *, reason: str = "") -> Organisation:
    """Delete an organisation that nothing refers to."""
    found = queries.locked_organisation(organisation_id)
    gone = recycling.Gone(
        Organisation.__tablename__,
        found.id,
        found.name,
        search=f"{found.name}|{found.uscc}".lower(),
        facts={"uscc": found.uscc},
        payload=recycling.frozen(found),
    )
    return _deleted(actor, found, gone, "organisation_in_use", reason)


def restore_organisation(actor: Actor, item: recycling.BinItem) -> Organisation:
    """Take an organisation back, unless its code is in use again."""
    standing = queries.organisation_with_code((item.payload or {})["uscc"])
    made: Organisation = recycling.unfrozen(
        actor, item, Organisation, "organisation.restored", standing
    )
    return made


def add_member(actor: Actor, *, username: str, park_id: int | None, role: str) -> ParkMembership:
    """Let a person work for a park, with the rights that go with what they are there."""
    user = accounts.by_username(username.strip())
    if user is None:
        raise _no("username", "unknown_person")
    if not user.active:
        raise _no("username", "inactive_person")
    if park_id is None:
        raise _no("park_id", "unknown_park")
    accounts.locked(user.id)  # a role given at the same moment waits for this
    refuse_if(policy.joining(accounts.roles_of_many([user.id]).get(user.id, ())))
    park = queries.by_id(park_id)
    if queries.membership_of(user.id, park.id) is not None:
        raise _no("username", "member_already")
    made = ParkMembership(
        user_id=user.id, park_id=park.id, role=_one_of(role, MEMBER_ROLES, "role")
    )
    db.session.add(made)
    db.session.flush()
    told = {"park": park.name, "role": made.role}
    notices.tell([user.id], "park.joined", told, link=CENTRE, cause=f"membership-added:{made.id}")
    changes = {
        "username": [None, user.username],
        "park": [None, park.code],
        "role": [None, made.role],
    }
    trail.record(actor, "membership.added", made, label=label_of(made), changes=changes)
    follow(actor, user.id)
    return made


def change_member(actor: Actor, membership_id: int, *, role: str, version: int) -> ParkMembership:
    """Save what the person is in the park."""
    park = queries.locked(queries.membership(membership_id).park_id)
    found = queries.locked_membership(membership_id)
    if found.version != version:
        raise Stale(found)
    return give_role(actor, found, park, _one_of(role, MEMBER_ROLES, "role"))


def remove_member(actor: Actor, membership_id: int, *, reason: str) -> ParkMembership:
    """The zone takes a person out of a park and says why; also the last one who looks after it."""
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise Refusal("removal_reason_missing")
    park = queries.locked(queries.membership(membership_id).park_id)
    found = queries.locked_membership(membership_id)
    end_membership(actor, found, park, "membership.removed", reason=reason)
    return found


def guard_grant(user_id: int, roles: frozenset[str]) -> Refusal | None:
    """What parks have against a role: 三员 and zone roles belong to no park."""
    against = policy.joining(roles)
    if against is None or queries.membership_of(user_id) is None:
        return None
    if against.code == "zone_and_park":
        return Refusal("zone_and_park", fields={"roles": "zone_and_park"})
    return Refusal("member_of_park", fields={"roles": "member_of_park"})


def guard_cancel(user_id: int) -> Refusal | None:
    """What parks have against closing an account: somebody still counts on this person there."""
    found = queries.memberships_of(user_id)
    if not found:
        return None
    names = listed(row.park_name for row in found)
    if any(row.role == "owner" for row in found):
        return Refusal("cancel_owner", parks=names)
    return Refusal("cancel_member", parks=names)


# -- shared ------------------------------------------------------------------------------------
def _added(
    actor: Actor, item: Any, act: str, names: tuple[str, ...], told: Told | None = None
) -> None:
    db.session.add(item)
    changes = _in_words(trail.changes_of(item, names), told)
    db.session.flush()
    trail.record(actor, act, item, changes=changes)


def _changed(
    actor: Actor, item: Any, act: str, details: dict[str, str], told: Told | None = None
) -> Any:
    changes = _in_words(trail.changes_of(item), told)
    if not changes:
        return item
    item.updated_by, item.updated_at = actor.user_id, clock.now()
    db.session.flush()
    if "status" in changes:
        tell_state(actor, item, details["reason"])
    trail.record(actor, act, item, changes=changes, details=details)
    return item


def _in_words(changes: Told, told: Told | None) -> Told:
    """The changes with what people know in place of keys of rows, which may be deleted one day."""
    return {name: (told or {}).get(name, pair) for name, pair in changes.items()}


def _deleted(actor: Actor, item: Any, gone: recycling.Gone, code: str, reason: str) -> Any:
    try:
        with db.session.begin_nested():
            db.session.delete(item)
    except IntegrityError as error:
        raise Refusal(code) from error
    recycling.put(actor, [gone], reason=reason, now=clock.now())
    ref = trail.Ref(gone.kind, gone.id, label=gone.name)
    details = {"reason": reason} if reason else {}
    trail.record(actor, f"{gone.kind}.deleted", ref, details=details)
    return item


def _owner(code: str) -> Organisation | None:
    """The registered organisation with the credit code; "" = nobody runs the park yet."""
    code = code.strip().upper()
    if not code:
        return None
    found = queries.organisation_with_code(code)
    if found is None:
        raise _no("organisation", "unknown_organisation")
    return found


def _uscc(text: str, but: int | None = None) -> str:
    code = text.strip().upper()
    if not code_stands(code):
        raise _no("uscc", "bad_code")
    other = queries.organisation_with_code(code)
    if other is not None and other.id != but:
        raise Refusal("organisation_taken", fields={"uscc": "organisation_taken"}, name=other.name)
    return code


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise _no("name", "required")
    if len(name) > NAME_MAX:
        raise _no("name", "name_long")
    return name


def _one_of(value: str, allowed: tuple[str, ...], field: str) -> str:
    if value not in allowed:
        raise _no(field, "required")
    return value


def _no(field: str, code: str) -> Refusal:
    return Refusal(code, fields={field: code})
