"""Roles: who holds which (安全管理员), and the roles that the zone added itself."""

from __future__ import annotations

from collections.abc import Collection

from flask_appbuilder.security.sqla.models import Role as RoleRow

from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, Stale, refuse_if
from app.engines import trail
from app.extensions import db
from app.features.accounts import policy, queries
from app.features.accounts.queries import RoleFacts
from app.features.accounts.rules import ALL_ROLES, PARK_ROLES, Role, fingerprint, zone_and_park
from app.features.accounts.services.people import ref

NAME_MAX = 30


def set_roles(
    actor: Actor, user_id: int, *, roles: Collection[str], version: int
) -> queries.Account:
    """Give a person exactly these roles, as edited on ``version`` (of the roles they had)."""
    queries.lock_keepers()
    user = queries.locked(user_id)
    before = queries.roles_of_many([user_id]).get(user_id, ())
    if fingerprint(before) != version:
        raise Stale(user)
    wanted = frozenset(roles)
    rows = queries.roles_named(wanted)
    if {row.name for row in rows} != wanted:
        raise Refusal("unknown_role", fields={"roles": "unknown_role"})
    refuse_if(policy.granting(actor, user_id, wanted, queries.lone_roles(user_id)))
    if wanted != frozenset(before):
        db.session.refresh(user, ["roles"])
        user.roles = rows
        db.session.flush()
        after = [row.name for row in rows]
        trail.record(
            actor, "user.roles_changed", ref(user), changes={"roles": [list(before), after]}
        )
    return queries.account(user_id)


def follow_parks(actor: Actor, user_id: int, wanted: Collection[Role]) -> None:
    """A person has the roles that go with what they are in parks, and none of those without it.

    Where a zone role stands in the way nothing is given: both are never held together.
    """
    user = queries.locked(user_id)
    before = queries.roles_of_many([user_id]).get(user_id, ())
    kept = frozenset(before) - PARK_ROLES
    after = kept | {str(role) for role in wanted}
    if zone_and_park(after):
        after = kept
    if after == frozenset(before):
        return
    db.session.refresh(user, ["roles"])
    user.roles = queries.roles_named(after)
    db.session.flush()
    changes = {"roles": [list(before), sorted(after)]}
    trail.record(actor, "user.roles_changed", ref(user), changes=changes)


def add_role(
    actor: Actor, *, name: str, pairs: Collection[str], taken: Collection[str] = ()
) -> RoleFacts:
    """An added role; ``taken`` are words that already mean another role."""
    name = _checked(name, taken)
    granted = _granted(pairs)
    row = RoleRow(name=name)
    row.permissions = queries.permission_views(granted)
    db.session.add(row)
    db.session.flush()
    changes = {"name": [None, name], "permissions": [None, sorted(granted)]}
    trail.record(actor, "role.added", _ref(row), changes=changes)
    return queries.role(row.id)


def change_role(
    actor: Actor,
    role_id: int,
    *,
    name: str,
    pairs: Collection[str],
    version: int,
    taken: Collection[str] = (),
) -> RoleFacts:
    """Save an added role; declared ones are the code's and are written again by each deploy."""
    facts = _own(role_id)
    if facts.version != version:
        raise Stale(facts)
    name = _checked(name, taken, facts)
    granted = _granted(pairs)
    changes: dict[str, list[object]] = {}
    if name != facts.name:
        changes["name"] = [facts.name, name]
    if granted != facts.pairs:
        changes["permissions"] = [sorted(facts.pairs - granted), sorted(granted - facts.pairs)]
    if changes:
        (row,) = queries.roles_named([facts.name])
        db.session.refresh(row, ["permissions"])
        row.name = name
        row.permissions = queries.permission_views(granted)
        db.session.flush()
        trail.record(actor, "role.changed", _ref(row), changes=changes)
    return queries.role(role_id)


def delete_role(actor: Actor, role_id: int) -> RoleFacts:
    """Delete an added role that nobody holds. Rights do not wait in the recycle bin to be given
    again: the trail keeps what it was."""
    facts = _own(role_id)
    if facts.users:
        raise Refusal("role_in_use", number=facts.users)
    (row,) = queries.roles_named([facts.name])
    changes = {"name": [facts.name, None], "permissions": [sorted(facts.pairs), None]}
    trail.record(actor, "role.deleted", _ref(row), changes=changes)
    db.session.refresh(row, ["permissions"])
    row.permissions = []
    db.session.delete(row)
    db.session.flush()
    return facts


def _own(role_id: int) -> RoleFacts:
    facts = queries.role(role_id, lock=True)
    if facts.declared:
        raise NotFound("declared roles belong to the code")
    return facts


def _granted(pairs: Collection[str]) -> frozenset[str]:
    granted = frozenset(pairs)
    if granted - queries.grantable_pairs():
        raise Refusal("not_grantable", fields={"permissions": "not_grantable"})
    return granted | queries.basic_pairs()


def _checked(name: str, taken: Collection[str], facts: RoleFacts | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refusal("required", fields={"name": "required"})
    if len(name) > NAME_MAX or any(ord(sign) < 32 for sign in name):
        raise Refusal("name_long", fields={"name": "name_long"})
    words = {str(word).casefold() for word in (*taken, *ALL_ROLES)}
    others = {one.casefold() for one in queries.role_names() if facts is None or one != facts.name}
    if name.casefold() in words | others:
        raise Refusal("role_taken", fields={"name": "role_taken"})
    return name


def _ref(row: RoleRow) -> trail.Ref:
    return trail.Ref("role", row.id, label=row.name)
