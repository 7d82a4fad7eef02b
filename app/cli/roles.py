"""Write the roles and permissions that the views declare into FAB's tables, exactly."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu

from app.extensions import db
from app.features.accounts.rules import ALL_ROLES, TENANT_ROLES

Grant = tuple[str, str]


class DeclarationError(RuntimeError):
    """A view and its declared access disagree: the deployment stops."""


def declared(builder: Any) -> dict[str, set[Grant]]:
    """Role -> (permission, view) pairs, from every view's ``access`` and the menu."""
    wanted: dict[str, set[Grant]] = {str(role): set() for role in ALL_ROLES}
    for view in builder.baseviews:
        _check(view)
        for permission, roles in view.access.items():
            for role in roles:
                wanted[str(role)].add((permission, view.class_permission_name))
    for item, parents in _menu_items(builder.menu.get_list()):
        view = item.baseview
        opening = f"can_{view.default_view}" if view is not None else None
        for role in view.access.get(opening, frozenset()) if view is not None else ():
            wanted[str(role)].update(("menu_access", name) for name in (item.name, *parents))
    return wanted


def _check(view: Any) -> None:
    name = type(view).__name__
    if getattr(view, "tenant", None) is None:
        raise DeclarationError(f"{name} declares no tenant rule")
    missing = set(view.base_permissions) - set(view.access)
    extra = set(view.access) - set(view.base_permissions)
    if missing or extra:
        raise DeclarationError(f"{name}: undeclared {sorted(missing)}, unknown {sorted(extra)}")


def _menu_items(
    items: list[Any], parents: tuple[str, ...] = ()
) -> list[tuple[Any, tuple[str, ...]]]:
    found = []
    for item in items:
        if item.childs:
            found += _menu_items(item.childs, (*parents, item.name))
        else:
            found.append((item, parents))
    return found


def sync_roles(builder: Any) -> bool:
    """Make the tables say what the code declares; returns whether anything changed.

    Declared roles are overwritten; roles that an administrator added stay (decisions.md 23), but
    keep only what an added role may hold, and get what everybody has.
    """
    wanted = declared(builder)
    pairs = _permission_views(set().union(*wanted.values()))
    changed = False
    roles = {role.name: role for role in db.session.scalars(sa.select(Role))}
    for name, grants in wanted.items():
        role = roles.get(name)
        if role is None:
            role = Role(name=name)
            db.session.add(role)
            changed = True
        target = {pairs[grant] for grant in grants}
        if set(role.permissions) != target:
            role.permissions = sorted(target, key=lambda pair: pair.id)
            changed = True
    basic = {pairs[grant] for grant in set.intersection(*wanted.values())}
    allowed = {pairs[grant] for role in TENANT_ROLES for grant in wanted[str(role)]}
    for role in (role for name, role in roles.items() if name not in wanted):
        target = (set(role.permissions) & allowed) | basic
        if set(role.permissions) != target:
            role.permissions = sorted(target, key=lambda pair: pair.id)
            changed = True
    db.session.flush()
    return changed


def _permission_views(grants: set[Grant]) -> dict[Grant, PermissionView]:
    names = _rows_by_name(Permission, {permission for permission, _ in grants})
    views = _rows_by_name(ViewMenu, {view for _, view in grants})
    known = {
        (pair.permission.name, pair.view_menu.name): pair
        for pair in db.session.scalars(sa.select(PermissionView))
    }
    for permission, view in sorted(grants - set(known)):
        pair = PermissionView(permission=names[permission], view_menu=views[view])
        db.session.add(pair)
        known[(permission, view)] = pair
    db.session.flush()
    return known


def _rows_by_name(model: Any, names: set[str]) -> dict[str, Any]:
    rows = {row.name: row for row in db.session.scalars(sa.select(model))}
    for name in sorted(names - set(rows)):
        rows[name] = model(name=name)
        db.session.add(rows[name])
    db.session.flush()
    return rows
