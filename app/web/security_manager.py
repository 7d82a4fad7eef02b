"""FAB's security manager reduced to what we use: roles, permissions and the login manager.

None of FAB's own account screens, password resets, registration or REST logins is registered
(security.md U2, U33-U47). Permissions of a request are one SELECT (fab.md 3).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Blueprint, Flask, current_app, g, has_request_context, request, session
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import AnonymousUserMixin, LoginManager, current_user
from sqlalchemy.orm import lazyload

from app.core import addresses
from app.extensions import db


class ParkDeskSecurityManager(SecurityManager):
    """Sign-in view and permission look-ups; account administration is ours."""

    auth_view_class: ClassVar[type[Any] | None] = None

    def register_views(self) -> None:
        """Register the sign-in view only (security.md, decision 1)."""
        if self.auth_view_class is not None:
            self.auth_view = self.auth_view_class()
            self.appbuilder.add_view_no_menu(self.auth_view)

    def create_login_manager(self, app: Flask) -> LoginManager:
        manager = LoginManager(app)
        manager.login_view = "AuthView.login"
        manager.session_protection = None  # the row decides; phones change their address
        manager.user_loader(self.load_user)
        return manager

    def create_jwt_manager(self, app: Flask) -> None:
        """No tokens of FAB's: they survive a password change (U45)."""

    def create_limiter(self, app: Flask) -> Limiter:
        """Limits that hold without Redis too (U1-U3, U5)."""
        limiter = Limiter(
            key_func=lambda: addresses.source(get_remote_address()),
            storage_uri=app.config["RATELIMIT_STORAGE_URI"],
            in_memory_fallback_enabled=True,
        )
        limiter.init_app(app)
        return limiter

    def load_user(self, pk: str) -> User | None:
        """The person behind a session row; ``None`` once deactivated."""
        if not pk.isdigit():
            return None
        user: User | None = getattr(session, "person", None)  # came with the session's row
        if user is None or user.id != int(pk):
            user = db.session.scalar(_BY_ID, {"user_id": int(pk)})
        return user if user is not None and user.active else None

    def granted(self) -> frozenset[tuple[str, str]]:
        """``(permission, view)`` pairs of the current person, loaded once per request."""
        if not has_request_context():
            return frozenset()
        if "_granted" not in g:
            user_id = current_user.id if current_user.is_authenticated else None
            g._granted = rights_of(user_id)[1] if user_id else frozenset()
        pairs: frozenset[tuple[str, str]] = g._granted
        return pairs

    def has_access(self, permission_name: str, view_name: str) -> bool:
        return (permission_name, view_name) in self.granted()

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> frozenset[str]:
        return _menus(self.granted())

    @staticmethod
    def before_request() -> None:
        """FAB reads ``g.user``; static files need nobody."""
        g.user = AnonymousUserMixin() if request.endpoint == "static" else current_user


class ParkDeskBuilder(AppBuilder):
    """FAB's builder without the views that we replace (GET /lang, /back, menu API, Swagger)."""

    def _add_global_static(self) -> None:
        """FAB's templates, without its Bootstrap 3, jQuery and Google Charts files (U49)."""
        current_app.register_blueprint(
            Blueprint("appbuilder", "flask_appbuilder.base", template_folder="templates")
        )

    def _add_admin_views(self) -> None:
        if self.indexview:
            self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()


PARK_ROLES = frozenset({"park_admin", "park_clerk"})
#: Every request of a signed-in person asks these: put together once.
_BY_ID = sa.select(User).where(User.id == sa.bindparam("user_id")).options(lazyload("*"))
_RIGHTS = (
    sa.select(Role.name, Permission.name, ViewMenu.name)
    .select_from(assoc_user_role)
    .join(Role, Role.id == assoc_user_role.c.role_id)
    .outerjoin(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
    .outerjoin(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
    .outerjoin(Permission, Permission.id == PermissionView.permission_id)
    .outerjoin(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    .where(assoc_user_role.c.user_id == sa.bindparam("user_id"))
)


def rights_of(
    user_id: int, *, not_here: frozenset[str] = frozenset()
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Names of a person's roles and the pairs these grant: one statement.

    ``not_here``: roles that count in another park only, where the person holds others as well.
    Who has no role yet has what the views declare for that (``roleless``) and nothing else.
    """
    rows = tuple(map(tuple, db.session.execute(_RIGHTS, {"user_id": user_id})))
    roles, pairs = _sorted_out(rows, not_here)
    return (roles, pairs) if roles else (roles, _roleless())


@lru_cache(maxsize=256)
def _menus(granted: frozenset[tuple[str, str]]) -> frozenset[str]:
    return frozenset(view for name, view in granted if name == "menu_access")


@lru_cache(maxsize=256)
def _sorted_out(
    rows: tuple[tuple[str, str | None, str | None], ...], not_here: frozenset[str]
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The same rows are read with every request: sorted out once."""
    if {role for role, _, _ in rows} & PARK_ROLES - not_here:
        rows = tuple(row for row in rows if row[0] not in not_here)
    roles = frozenset(role for role, _, _ in rows)
    return roles, frozenset((name, view) for _, name, view in rows if name and view)


def _roleless() -> frozenset[tuple[str, str]]:
    """``(permission, view)`` pairs of the views and of their menu entries."""
    builder: Any = current_app.appbuilder  # type: ignore[attr-defined]
    found = {
        (name, view.class_permission_name) for view in builder.baseviews for name in view.roleless
    }
    for item in builder.menu.get_list():
        for leaf in item.childs or [item]:
            view = leaf.baseview
            if view is not None and f"can_{view.default_view}" in view.roleless:
                found.update(("menu_access", name) for name in (item.name, leaf.name))
    return frozenset(found)
