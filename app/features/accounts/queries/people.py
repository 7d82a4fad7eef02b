"""Every SELECT on people, their roles and sign-in attempts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from flask_appbuilder.security.sqla.models import Role as RoleRow
from msgspec import Struct
from sqlalchemy.orm import lazyload

from app.core import addresses, clock
from app.core.errors import NotFound
from app.extensions import UtcDateTime, db
from app.features.accounts.models import SecondFactor, SignInAttempt, UserProfile
from app.features.accounts.rules import (
    ADDRESS_WINDOW,
    ALL_ROLES,
    FAILURES_BEFORE_LOCK,
    KEEPERS,
    LOCK_FOR,
    TENANT_ROLES,
    Attempts,
    Role,
    fingerprint,
)

#: ``user ids -> {user id: park names}``; parks register it (they know accounts, not the reverse).
PARKS_OF: list[Callable[[Collection[int]], Mapping[int, tuple[str, ...]]]] = []

FULL_NAME = User.last_name + User.first_name
LAST_LOGIN = sa.type_coerce(User.last_login, UtcDateTime)  # FAB's naive column holds UTC
ROLE_PAIRS = (
    sa.select(assoc_user_role.c.user_id, RoleRow.name)
    .select_from(assoc_user_role)
    .join(RoleRow, RoleRow.id == assoc_user_role.c.role_id)
)


class Account(Struct, frozen=True):
    """A person as the account pages show them; ``version`` counts saves of the account."""

    id: int
    username: str
    name: str
    active: bool
    state: str
    last_login: datetime | None
    login_count: int
    version: int
    must_change_password: bool
    has_password: bool
    second_factor: bool
    roles: tuple[str, ...]
    parks: tuple[str, ...]


def by_username(username: str) -> User | None:
    """The person with exactly this user name (case counts; e-mail is no name: U37)."""
    query = sa.select(User).where(User.username == username).options(lazyload("*"))
    return db.session.scalar(query)


def by_name_hash(key: str) -> User | None:
    """The account whose failures are counted under ``key``, whatever the case of the name."""
    mine = sa.select(UserProfile.user_id).where(UserProfile.name_hash == key)
    return db.session.scalar(sa.select(User).where(User.id.in_(mine)).options(lazyload("*")))


def old_hashes_left() -> bool:
    """Whether somebody's password is still kept as it was before argon2."""
    query = sa.select(User.id).where(User.password.is_not(None), User.password.not_like("$argon2%"))
    return db.session.scalar(query.limit(1)) is not None


def username_taken(username: str) -> bool:
    """Whether somebody has the name, whatever its case."""
    query = sa.select(User.id).where(sa.func.lower(User.username) == username.lower())
    return db.session.scalar(query) is not None


def by_id(user_id: int) -> User | None:
    return db.session.scalar(sa.select(User).where(User.id == user_id))


def locked(user_id: int) -> User:
    """The person, read again and locked until the transaction ends."""
    query = sa.select(User).where(User.id == user_id).options(lazyload("*"))
    user = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if user is None:
        raise NotFound(f"user {user_id}")
    return user


def profile(user_id: int) -> UserProfile | None:
    query = sa.select(UserProfile).where(UserProfile.user_id == user_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def failures_of_name(name_hash: str, now: datetime, device: str = "") -> Attempts:
    """Failures of a name within the lock window: of strangers, or of one known device."""
    query = sa.select(sa.func.count(), sa.func.max(SignInAttempt.at)).where(
        SignInAttempt.name_hash == name_hash,
        SignInAttempt.device_hash == device,
        SignInAttempt.at > now - LOCK_FOR,
    )
    count, last_at = db.session.execute(query).one()
    return Attempts(count, last_at)


def failures_of_address(address: str, now: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        SignInAttempt.address == addresses.source(address),
        SignInAttempt.at > now - ADDRESS_WINDOW,
    )
    return int(db.session.scalar(query) or 0)


# -- accounts as the pages show them -----------------------------------------------------------
def state() -> Any:
    """``disabled``, ``locked`` (too many failures just now) or ``active``."""
    refused = (
        sa.select(SignInAttempt.name_hash)
        .where(SignInAttempt.at > clock.now() - LOCK_FOR)
        .group_by(SignInAttempt.name_hash, SignInAttempt.device_hash)
        .having(sa.func.count() >= FAILURES_BEFORE_LOCK)
    )
    locked_ids = sa.select(UserProfile.user_id).where(UserProfile.name_hash.in_(refused))
    return sa.case(
        (User.active.is_not(sa.true()), "disabled"),
        (User.id.in_(locked_ids), "locked"),
        else_="active",
    )


def state_counts() -> dict[str, int]:
    column = state().label("state")
    inner = sa.select(column).select_from(User).subquery()
    query = sa.select(inner.c.state, sa.func.count()).group_by(inner.c.state)
    return {name: int(number) for name, number in db.session.execute(query)}


def account(user_id: int) -> Account:
    """One account, or ``NotFound``."""
    query = (
        sa.select(
            User.id,
            User.username,
            FULL_NAME.label("name"),
            User.active,
            state().label("state"),
            LAST_LOGIN.label("last_login"),
            User.login_count,
            sa.func.coalesce(UserProfile.version, 0).label("version"),
            sa.func.coalesce(UserProfile.must_change_password, sa.false()).label("must_change"),
            User.password.is_not(None).label("has_password"),
            sa.exists().where(SecondFactor.user_id == User.id).label("second_factor"),
        )
        .outerjoin(UserProfile, UserProfile.user_id == User.id)
        .where(User.id == user_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"user {user_id}")
    return Account(
        id=row.id,
        username=row.username,
        name=row.name,
        active=bool(row.active),
        state=row.state,
        last_login=row.last_login,
        login_count=row.login_count or 0,
        version=row.version,
        must_change_password=bool(row.must_change),
        has_password=bool(row.has_password),
        second_factor=bool(row.second_factor),
        roles=roles_of_many([user_id]).get(user_id, ()),
        parks=parks_of_many([user_id]).get(user_id, ()),
    )


def roles_of_many(user_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Role names of several people: one statement."""
    found: dict[int, tuple[str, ...]] = {}
    query = ROLE_PAIRS.where(assoc_user_role.c.user_id.in_(user_ids)).order_by(RoleRow.id)
    for user_id, name in db.session.execute(query):
        found[user_id] = (*found.get(user_id, ()), name)
    return found


def parks_of_many(user_ids: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    return PARKS_OF[0](user_ids) if PARKS_OF else {}


def holding_any(names: Collection[str]) -> dict[int, str]:
    """User names, by id, of everybody who holds one of the roles, active or not."""
    holders = ROLE_PAIRS.where(RoleRow.name.in_(names)).with_only_columns(assoc_user_role.c.user_id)
    query = sa.select(User.id, User.username).where(User.id.in_(holders)).order_by(User.username)
    return {row.id: row.username for row in db.session.execute(query)}


def with_rights(pairs: Iterable[str]) -> frozenset[int]:
    """Active people who hold every one of these rights, each through whatever role."""
    able: frozenset[int] | None = None
    for pair in pairs:
        action, _on, view = pair.partition(" on ")
        names = {
            name
            for *_pair, name in db.session.execute(
                _pairs().where(Permission.name == action, ViewMenu.name == view)
            )
        }
        holders = ROLE_PAIRS.where(RoleRow.name.in_(names)).with_only_columns(
            assoc_user_role.c.user_id
        )
        query = sa.select(User.id).where(User.id.in_(holders), User.active.is_(True))
        found = frozenset(db.session.scalars(query))
        able = found if able is None else able & found
    return able or frozenset()


def having_role(name: str) -> Any:
    """Condition: the person holds the role; an empty name = no role at all."""
    if not name:
        return User.id.not_in(sa.select(assoc_user_role.c.user_id))
    holders = ROLE_PAIRS.where(RoleRow.name == name).with_only_columns(assoc_user_role.c.user_id)
    return User.id.in_(holders)


def granted_counts() -> tuple[int, int]:
    """How many active accounts have a role, and how many have none."""
    some = sa.func.count(sa.distinct(assoc_user_role.c.user_id))
    query = (
        sa.select(sa.func.count(sa.distinct(User.id)), some)
        .select_from(User)
        .outerjoin(assoc_user_role, assoc_user_role.c.user_id == User.id)
    )
    everybody, granted = db.session.execute(query).one()
    return int(granted), int(everybody) - int(granted)


def role_counts() -> dict[str, int]:
    """Role -> how many accounts have it."""
    pairs = ROLE_PAIRS.subquery()
    query = sa.select(pairs.c.name, sa.func.count(sa.distinct(pairs.c.user_id)))
    return {name: int(number) for name, number in db.session.execute(query.group_by(pairs.c.name))}


# -- roles -------------------------------------------------------------------------------------
def lock_keepers() -> None:
    """Let nobody else take away or deactivate a 系统/安全管理员 meanwhile."""
    query = sa.select(RoleRow.id).where(RoleRow.name.in_(KEEPERS)).order_by(RoleRow.id)
    db.session.execute(query.with_for_update()).all()


def lone_roles(user_id: int) -> frozenset[str]:
    """Of the person's roles: those that no other active person holds."""
    mine = frozenset(roles_of_many([user_id]).get(user_id, ()))
    query = (
        sa.select(RoleRow.name)
        .select_from(assoc_user_role)
        .join(RoleRow, RoleRow.id == assoc_user_role.c.role_id)
        .join(User, User.id == assoc_user_role.c.user_id)
        .where(User.active.is_(True), User.id != user_id, RoleRow.name.in_(mine))
    )
    active = db.session.scalar(sa.select(User.active).where(User.id == user_id))
    return mine - frozenset(db.session.scalars(query)) if active else frozenset()


def roles_named(names: Iterable[str]) -> list[RoleRow]:
    query = sa.select(RoleRow).where(RoleRow.name.in_(list(names))).order_by(RoleRow.id)
    return list(db.session.scalars(query.options(lazyload("*"))))


def role_names() -> list[str]:
    """All roles, the declared ones first and in their order."""
    order = {str(role): place for place, role in enumerate(Role)}
    names = list(db.session.scalars(sa.select(RoleRow.name).order_by(RoleRow.id)))
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


class RoleFacts(Struct, frozen=True):
    """A role with its ``can_x on View`` pairs; ``version`` stands for what it holds."""

    id: int
    name: str
    pairs: frozenset[str]
    users: int

    @property
    def declared(self) -> bool:
        return self.name in ALL_ROLES

    @property
    def version(self) -> int:
        return fingerprint((self.name, *self.pairs))


def role(role_id: int, *, lock: bool = False) -> RoleFacts:
    """One role, or ``NotFound``."""
    query = sa.select(RoleRow.id, RoleRow.name).where(RoleRow.id == role_id)
    row = db.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"role {role_id}")
    holders = sa.select(sa.func.count()).where(assoc_user_role.c.role_id == role_id)
    return RoleFacts(row.id, row.name, pairs_of([row.name]), int(db.session.scalar(holders) or 0))


def pairs_of(names: Iterable[str]) -> frozenset[str]:
    """What any of the roles grants, as ``can_x on View``."""
    query = _pairs().where(RoleRow.name.in_([str(name) for name in names]))
    return frozenset(f"{action} on {view}" for action, view, _role in db.session.execute(query))


def basic_pairs() -> frozenset[str]:
    """What every declared role grants (工作台, own jobs, own password): each added role has it."""
    held: dict[str, set[str]] = {}
    for action, view, name in db.session.execute(_pairs().where(RoleRow.name.in_(ALL_ROLES))):
        held.setdefault(f"{action} on {view}", set()).add(name)
    return frozenset(pair for pair, names in held.items() if len(names) == len(ALL_ROLES))


def grantable_pairs() -> frozenset[str]:
    """What an added role may grant: at most what park and enterprise people have.

    So an added role never opens a page of the zone or of the three administrators.
    """
    return pairs_of(TENANT_ROLES)


def roles_holding(permission: str, view: str) -> list[str]:
    """Names of the roles that hold a right now, the added ones last."""
    query = _pairs().where(Permission.name == permission, ViewMenu.name == view)
    names = {name for _permission, _view, name in db.session.execute(query)}
    declared = [str(one) for one in Role if one in names]
    return declared + sorted(names - set(declared))


def permission_views(pairs: Collection[str]) -> list[PermissionView]:
    """The rows behind ``can_x on View`` texts."""
    wanted = {tuple(pair.split(" on ", 1)) for pair in pairs}
    found = db.session.scalars(sa.select(PermissionView)).unique()
    return [row for row in found if (row.permission.name, row.view_menu.name) in wanted]


def _pairs() -> Any:
    return (
        sa.select(Permission.name, ViewMenu.name, RoleRow.name)
        .select_from(assoc_permissionview_role)
        .join(RoleRow, RoleRow.id == assoc_permissionview_role.c.role_id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
