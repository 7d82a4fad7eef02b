"""The routes of the application as they are declared: who may call what, and which rows they see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.web.access import PUBLIC_ENDPOINTS, Tenant, guarded
from app.web.api.dispatch import operations

EVERYBODY = frozenset({"everybody"})
#: Who signs in and has no role yet.
WITHOUT_ROLE = "without-role"
GUARD = guarded("x")(lambda view: view).__code__


class Undeclared(AssertionError):
    """A route that says not who may call it."""


@dataclass(frozen=True)
class Route:
    """One rule of the address map; ``roles`` is ``EVERYBODY`` for a public one."""

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    arguments: tuple[str, ...]
    permission: str
    tenant: Tenant
    roles: frozenset[str]
    act: str = ""  # which bulk act this line is about

    @property
    def public(self) -> bool:
        return self.roles == EVERYBODY

    def open_to(self, role: str) -> bool:
        """Whether somebody with the role comes in; for everybody else the answer is 403, which
        tests/house/test_routes.py asks of every one: no need to ask it again."""
        return self.public or role in self.roles

    def line(self) -> str:
        """The route as the committed table says it."""
        who = " ".join(sorted(self.roles)) or "nobody"
        act = f" [{self.act}]" if self.act else ""
        return (
            f"{','.join(self.methods):8} {self.rule}{act}\n"
            f"         {self.permission or 'public'}; tenant {self.tenant}; {who}"
        )


API = "api."


def of_the_api(app: Flask) -> list[Route]:
    """Operations of the REST API: a token with the scope, of somebody who holds the right."""
    held: dict[str, frozenset[str]] = {}
    for view in app.appbuilder.baseviews:  # several views may share a name
        for permission, roles in view.access.items():
            right = f"{permission} on {view.class_permission_name}"
            held[right] = held.get(right, frozenset()) | _names(roles)
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    if odd := {name for name in rules if name.startswith(API)} - {o.endpoint for o in operations()}:
        raise Undeclared(f"{odd} are no operations")
    found = []
    for one in operations():
        if not one.rights & one.scope.rights:
            raise Undeclared(f"{one.name}: its scope opens none of its rights")
        rule, roles = rules[one.endpoint], frozenset().union(*map(held.get, one.rights))
        said = f"token {one.scope.name}, {' or '.join(sorted(one.rights))}"
        arguments = tuple(sorted(rule.arguments))
        found.append(
            Route(rule.rule, one.endpoint, (one.method,), arguments, said, one.tenant, roles)
        )
    return found


def declared(app: Flask) -> list[Route]:
    """Every rule of a page, by address; raises ``Undeclared``."""
    views = {view.endpoint: view for view in app.appbuilder.baseviews}
    found: list[Route] = []
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(API):
            found.extend(_of_rule(app, rule, views))
    return sorted(found, key=lambda one: (one.rule, one.methods, one.act))


def _of_rule(app: Flask, rule: Any, views: dict[str, Any]) -> Iterator[Route]:
    methods = tuple(sorted(rule.methods - {"HEAD", "OPTIONS"}))
    common = (rule.rule, rule.endpoint, methods, tuple(sorted(rule.arguments)))
    owner, _, name = rule.endpoint.partition(".")
    if not name:
        if rule.endpoint not in PUBLIC_ENDPOINTS:
            raise Undeclared(f"{rule.endpoint} is neither a view's nor declared public")
        yield Route(*common, "", PUBLIC_ENDPOINTS[rule.endpoint], EVERYBODY)
        return
    view = views.get(owner)
    permission = _permission(view, app.view_functions[rule.endpoint], rule.endpoint)
    if not permission:
        yield Route(*common, "", view.tenant, EVERYBODY)
        return
    roles = _names(view.access[permission]) | _of_roleless(view, permission)
    if name != "bulk":
        yield Route(*common, permission, view.tenant, roles)
        return
    for act, needed in view.bulk_permissions.items():
        both = roles & _names(view.access[f"can_{needed}"])
        yield Route(*common, f"{permission}+can_{needed}", view.tenant, both, act)


def _permission(view: Any, function: Any, endpoint: str) -> str:
    """The permission a view's route asks for; "" when it is declared public."""
    if view is None:
        raise Undeclared(f"{endpoint} is of no view we know")
    if not isinstance(getattr(view, "tenant", None), Tenant):
        raise Undeclared(f"{endpoint}: its view declares no tenant rule")
    permission = permission_of(function)
    public = endpoint.partition(".")[2] in view.public_methods
    if public == (permission is not None):
        raise Undeclared(f"{endpoint} must be either guarded or in public_methods")
    if permission is not None and permission not in view.access:
        raise Undeclared(f"{endpoint} asks for {permission}, which its view gives nobody")
    return permission or ""


def permission_of(function: Any) -> str | None:
    """The permission that ``guarded`` asks for around a view function; ``None`` = not guarded."""
    while function is not None:
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        if code is GUARD:
            return f"can_{function._permission_name}"
        function = getattr(function, "__wrapped__", None)
    return None


def _of_roleless(view: Any, permission: str) -> set[str]:
    if undeclared := view.roleless - view.access.keys():
        raise Undeclared(f"{view.endpoint} opens {undeclared} that it does not declare")
    return {WITHOUT_ROLE} if permission in view.roleless else set()


def _names(roles: Any) -> frozenset[str]:
    return frozenset(str(role) for role in roles)
