"""Accounts of staff: add, rename, deactivate. Nobody is ever deleted: the trail names them."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, Stale, refuse_if
from app.engines import trail
from app.extensions import db
from app.features.accounts import policy, queries
from app.features.accounts.models import UserProfile
from app.features.accounts.rules import generate_password, username_fault
from app.features.accounts.services.hashing import hashed
from app.features.accounts.services.sign_in import name_hash

NAME_MAX = 40


def create_user(*, username: str, name: str, password: str | None, roles: list[Any]) -> User:
    """Make an account; the address is synthetic since FAB wants one (fab.md 4)."""
    if queries.username_taken(username):
        raise Refusal("username_taken", fields={"username": "username_taken"})
    last_name, first_name = split(name)
    user = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=f"{username}@account.invalid",
        active=True,
        password=hashed(password) if password else None,
    )
    user.roles = roles
    db.session.add(user)
    db.session.flush()
    db.session.add(UserProfile(user_id=user.id, name_hash=name_hash(username)))
    db.session.flush()
    return user


def add_staff(actor: Actor, *, username: str, name: str) -> tuple[User, str]:
    """An account without roles, with a password that must be changed at the first sign-in."""
    username, name = username.strip().lower(), checked_name(name)
    if fault := username_fault(username):
        raise Refusal(fault, fields={"username": fault})
    password = generate_password()
    user = create_user(username=username, name=name, password=password, roles=[])
    profile_of(user).must_change_password = True
    trail.record(
        actor,
        "user.added",
        ref(user),
        changes={"username": [None, username], "name": [None, name], "active": [None, True]},
    )
    return user, password


def change(actor: Actor, user_id: int, *, name: str, active: bool, version: int) -> User:
    """Save name and state as edited on ``version``."""
    queries.lock_keepers()
    user = queries.locked(user_id)
    profile = profile_of(user)
    if profile.version != version:
        raise Stale(user)
    name = checked_name(name)
    changes: dict[str, list[Any]] = {}
    before = name_of(user)
    if name != before:
        user.last_name, user.first_name = split(name)
        changes["name"] = [before, name]
    if active != bool(user.active):
        changes["active"] = _switch(actor, user, active=active)
    return _saved(actor, user, profile, changes)


def set_active(actor: Actor, user_id: int, *, active: bool) -> User:
    """停用 or 启用; deactivating ends the person's sign-ins at once."""
    queries.lock_keepers()
    user = queries.locked(user_id)
    if active == bool(user.active):
        return user
    return _saved(actor, user, profile_of(user), {"active": _switch(actor, user, active=active)})


def _saved(actor: Actor, user: User, profile: UserProfile, changes: dict[str, list[Any]]) -> User:
    if changes:
        user.changed_by_fk = actor.user_id
        profile.changed_at = clock.now()
        db.session.flush()
        trail.record(actor, "user.changed", ref(user), changes=changes)
    return user


def _switch(actor: Actor, user: User, *, active: bool) -> list[Any]:
    from app.features.accounts.services.sessions import end_all  # noqa: PLC0415 - they need ref()

    if not active:
        refuse_if(policy.deactivating(actor, user.id, queries.lone_roles(user.id)))
        end_all(user.id)
    user.active = active
    return [not active, active]


def profile_of(user: User) -> UserProfile:
    """What we keep beside FAB's row; made when it is missing."""
    found = queries.profile(user.id)
    if found is None:
        found = UserProfile(user_id=user.id, name_hash=name_hash(user.username))
        db.session.add(found)
        db.session.flush()
    return found


def ref(user: User) -> trail.Ref:
    return trail.Ref("user", user.id, label=user.username)


def name_of(user: User) -> str:
    return f"{user.last_name}{user.first_name}"


def split(name: str) -> tuple[str, str]:
    """Family and given name as FAB's two columns; together they are the name again."""
    return (name[:1], name[1:]) if len(name) > 1 else ("", name)


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refusal("required", fields={"name": "required"})
    if len(name) > NAME_MAX or any(ord(sign) < 32 for sign in name):
        raise Refusal("name_long", fields={"name": "name_long"})
    return name
