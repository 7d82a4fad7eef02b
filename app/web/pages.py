"""Pages that are not CRUD: ``Page`` classes with their routes, roles and tenant rule."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import Response, redirect, render_template
from flask_appbuilder import BaseView

from app.web.access import Tenant


class OwnHistory:
    """FAB keeps full addresses of visited pages in the session (U8): we keep none."""

    def update_redirect(self) -> None:
        """Nothing to remember: every act returns to a fixed page."""

    def get_redirect(self) -> str:
        return "/"


class Page(OwnHistory, BaseView):
    """Base of a page. ``access``: permission (``can_x``) -> roles; ``tenant``: see ``Tenant``.

    A permission that maps to ``PUBLIC`` needs no role (its method is not ``guarded``).
    """

    access: ClassVar[dict[str, frozenset[str]]] = {}
    public_methods: ClassVar[frozenset[str]] = frozenset()
    roleless: ClassVar[frozenset[str]] = frozenset()  # of access: also who has no role at all yet
    tenant: ClassVar[Tenant]
    menu_label: ClassVar[Any] = ""
    default_view = "index"

    def render(self, template: str, **context: Any) -> str:
        """Render with the names FAB's templates expect."""
        return render_template(template, appbuilder=self.appbuilder, view=self, **context)

    def go(self, target: str) -> Response:
        """Redirect after a POST."""
        return see_other(target)


def see_other(target: str) -> Response:
    """303: the next request is a GET, whatever this one was."""
    return redirect(target, code=303)  # type: ignore[return-value]
