"""角色管理: what each role may do. Declared roles are the code's; added ones are edited here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import (
    Role as RoleRow,
)
from flask_appbuilder.security.sqla.models import (
    assoc_user_role,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound
from app.core.values import replace
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.lists.spec import ChoiceFilter
from app.extensions.phrases import items, listed
from app.features.accounts import queries, services
from app.features.accounts.forms import RoleForm
from app.features.accounts.labels import (
    PERMISSIONS,
    REFUSALS,
    ROLE_HEADINGS,
    ROLE_TITLES,
    VIEW_WORDS,
    role_title,
)
from app.features.accounts.queries import RoleFacts
from app.features.accounts.rules import ALL_ROLES, Role
from app.features.accounts.views.history import history
from app.web import cells
from app.web.access import Tenant
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, Fact, Link, ShowPage

BASE = "/desk/roles"
KEEPERS = frozenset({Role.secadmin})
KINDS = {"declared": _l("内置"), "added": _l("自定义")}
KIND = sa.case((RoleRow.name.in_(ALL_ROLES), "declared"), else_="added")
PLACE = sa.case({str(role): place for place, role in enumerate(Role)}, value=RoleRow.name, else_=99)
USERS = (
    sa.select(sa.func.count())
    .where(assoc_user_role.c.role_id == RoleRow.id)
    .correlate(RoleRow)
    .scalar_subquery()
)


class RoleSource(ListSource):
    """Roles; what they grant is read for the page's rows together."""

    def rows(self, criteria: Criteria, names: Sequence[str]) -> list[Any]:
        found = super().rows(criteria, [name for name in names if name != "permissions"])
        return [
            SimpleNamespace(**row._mapping, permissions=titles(queries.pairs_of([row.name])))
            for row in found
        ]


class RoleView(RegisterView):
    """Roles with their permissions in words."""

    datamodel = SQLAInterface(RoleRow)
    route_base = BASE
    class_permission_name = "RoleView"
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": KEEPERS for name in ("list", "show", "add", "edit", "delete")
    }
    fields = (
        Field("name", ROLE_HEADINGS["name"], frozen=True, asked=False),
        Field("kind", ROLE_HEADINGS["kind"]),
        Field("users", ROLE_HEADINGS["users"], numeric=True),
        Field("permissions", ROLE_HEADINGS["permissions"], sortable=False),
    )
    filters = (ChoiceFilter("kind", ROLE_HEADINGS["kind"], KIND, options=tuple(KINDS.items())),)
    source = RoleSource(
        RoleRow,
        {"name": RoleRow.name, "kind": KIND, "users": USERS, "place": PLACE},
        search=(RoleRow.name,),
    )
    sorted_by = ("place", "asc")
    tab_filter = "kind"
    list_heading = _l("角色管理")
    section_label = _l("系统管理")
    unit_of = staticmethod(items)
    add_heading = _l("新增角色")
    edit_heading = _l("编辑角色")
    refusals = REFUSALS
    form_class = RoleForm
    form_sections = (("", ("name", "permissions")),)
    form_required = frozenset({"name"})
    form_hints: ClassVar[Mapping[str, Any]] = {
        "name": _l("用户看到的角色名称，例如“园区查阅员”"),
        "permissions": _l(
            "自定义角色最多拥有园区和企业用户的权限，只能看到所属园区的数据；工作台、修改密码等人人都有"
        ),
    }

    # -- list ----------------------------------------------------------------------------------
    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        query = sa.select(KIND, sa.func.count()).select_from(RoleRow).group_by(KIND)
        counted = {kind: number for kind, number in db.session.execute(query)}  # noqa: C416 - rows
        return [(kind, label, str(counted.get(kind, 0))) for kind, label in KINDS.items()]

    def row(self, found: Any, shown: Sequence[str]) -> Any:
        return replace(super().row(found, shown), name=role_title(found.name))

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        if name == "name":
            return Cell(role_title(value))
        if name == "kind":
            return Cell(KINDS[value], tag="info" if value == "added" else "muted")
        if name == "permissions":
            return Cell(_summary(value))
        if name == "users":
            return Cell(value)
        return cells.cell(value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if row.name in ALL_ROLES:
            return ()
        return super().row_acts(row)

    # -- record --------------------------------------------------------------------------------
    def record(self, pk: int) -> RoleFacts:
        return queries.role(pk)

    def record_name(self, item: Any) -> str:
        return role_title(item.name)

    def show_page(self, item: Any, tab: str) -> ShowPage:
        facts = (
            Fact(ROLE_HEADINGS["kind"], Cell(KINDS["declared" if item.declared else "added"])),
            Fact(
                ROLE_HEADINGS["users"],
                Cell(item.users, url=f"/desk/grants/list/?role={item.name}")
                if item.users
                else Cell(0),
            ),
        )
        granted = tuple(
            Fact(view_title(view), Cell(listed(words)), wide=True)
            for view, words in by_view(item.pairs).items()
        )
        notice = _("内置角色由系统定义，升级时自动更新，不能在此修改。") if item.declared else ""
        page = super().show_page(item, tab)
        sections = ((_("角色"), facts), (ROLE_HEADINGS["permissions"], granted))
        return replace(page, sections=sections, notice=notice)

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        return () if item.declared else super().show_acts(item)

    def past(self, item: Any) -> Any:
        return history("role", item.id)

    # -- form ----------------------------------------------------------------------------------
    def make_form(self, values: Mapping[str, Any] | None = None) -> RoleForm:
        form = RoleForm(data=values)
        choosable = queries.grantable_pairs() - queries.basic_pairs()
        form.permissions.choices = [
            (pair, f"{view_title(view)} / {PERMISSIONS.get(action, action)}")
            for action, view, pair in _ordered(choosable)
        ]
        return form

    def form_values(self, item: Any) -> dict[str, Any]:
        if item.declared:
            raise NotFound("declared roles belong to the code")
        known = item.pairs - queries.basic_pairs()
        return {"name": item.name, "permissions": [pair for *_ignored, pair in _ordered(known)]}

    def merge_words(self, name: str, value: Any) -> str:
        if name != "permissions":
            return super().merge_words(name, value)
        return listed(_words(pair) for *_ignored, pair in _ordered(value or ()))

    def create(self, actor: Any, values: dict[str, Any]) -> RoleFacts:
        return services.add_role(
            actor,
            name=values["name"] or "",
            pairs=with_menus(values["permissions"] or ()),
            taken=_titles_taken(),
        )

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> RoleFacts:
        return services.change_role(
            actor,
            pk,
            name=values["name"] or "",
            pairs=with_menus(values["permissions"] or ()),
            version=version,
            taken=_titles_taken(),
        )

    @staticmethod
    def remove(actor: Any, pk: int) -> RoleFacts:
        return services.delete_role(actor, pk)


def view_title(name: str) -> str:
    """What people call the page behind a permission."""
    if name in VIEW_WORDS:
        return str(VIEW_WORDS[name])
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]
        if view.class_permission_name == name:
            words = getattr(view, "list_heading", "") or getattr(view, "menu_label", "")
            return str(words or name)
    return name


def by_view(pairs: Iterable[str]) -> dict[str, list[str]]:
    """View -> words of what is allowed there, menus left out."""
    found: dict[str, list[str]] = {}
    for action, view, _pair in _ordered(pairs):
        found.setdefault(view, []).append(str(PERMISSIONS.get(action, action)))
    return found


def titles(pairs: Iterable[str]) -> tuple[str, ...]:
    """The pages that a role opens beyond those that everybody has."""
    own = frozenset(pairs) - queries.basic_pairs()
    return tuple(dict.fromkeys(view_title(view) for _action, view, _pair in _ordered(own)))


def with_menus(pairs: Collection[str]) -> frozenset[str]:
    """The pairs and the menu entries of the pages that they open."""
    wanted = set(pairs)
    for item, parents in _menu_items(current_app.appbuilder.menu.get_list()):  # type: ignore[attr-defined]
        view = item.baseview
        opening = f"can_{view.default_view} on {view.class_permission_name}" if view else ""
        if opening in wanted:
            wanted.update(f"menu_access on {name}" for name in (item.name, *parents))
    return frozenset(wanted)


def _menu_items(items: list[Any], parents: tuple[str, ...] = ()) -> Iterable[tuple[Any, Any]]:
    for item in items:
        if item.childs:
            yield from _menu_items(item.childs, (*parents, item.name))
        else:
            yield item, parents


def _ordered(pairs: Iterable[str]) -> list[tuple[str, str, str]]:
    """``(action, view, pair)`` in the order of the pages and of the acts on them."""
    views = [view.class_permission_name for view in current_app.appbuilder.baseviews]  # type: ignore[attr-defined]
    actions = list(PERMISSIONS)

    def place(action: str, view: str) -> tuple[int, int, str]:
        at = views.index(view) if view in views else len(views)
        return at, actions.index(action) if action in actions else len(actions), action

    split = [(*pair.split(" on ", 1), pair) for pair in pairs if pair.startswith("can_")]
    return sorted(split, key=lambda one: place(one[0], one[1]))  # type: ignore[arg-type]


def _words(pair: str) -> str:
    action, _on, view = pair.partition(" on ")
    return f"{view_title(view)} / {PERMISSIONS.get(action, action)}"


def _summary(names: Sequence[str]) -> str:
    return listed(names)


def _titles_taken() -> list[str]:
    return [str(title) for title in ROLE_TITLES.values()]
