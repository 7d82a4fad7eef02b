"""用户授权: which roles a person has. 安全管理员 assigns; nobody changes their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import structs

from app.core.errors import NotFound
from app.core.values import replace
from app.extensions.lists.criteria import Criteria
from app.extensions.phrases import items, listed
from app.features.accounts import queries, services
from app.features.accounts.forms import GrantForm
from app.features.accounts.labels import (
    HEADINGS,
    REFUSALS,
    STATE_DOTS,
    STATE_WORDS,
    role_title,
)
from app.features.accounts.queries import Account
from app.features.accounts.rules import Role, fingerprint
from app.features.accounts.views.history import history
from app.features.accounts.views.source import (
    FIELDS,
    NO_ROLE,
    GrantedFilter,
    RoleFilter,
    StateFilter,
    UserSource,
    account_cell,
    role_options,
)
from app.web.access import Tenant
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.page import Cell, FormPage, Link

BASE = "/desk/grants"
KEEPERS = frozenset({Role.secadmin})
GRANTED = (("granted", _l("已授权")), (NO_ROLE, _l("未授权")))


class Held(Account, frozen=True):
    """An account whose version stands for the roles it holds (``ab_user_role`` is FAB's table)."""


class GrantView(RegisterView):
    """Role assignment."""

    datamodel = SQLAInterface(User)
    route_base = BASE
    class_permission_name = "GrantView"
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": KEEPERS for name in ("list", "show", "edit")
    }
    fields = tuple(one for one in FIELDS if one.name != "login_count")
    filters = (
        GrantedFilter("granted", _l("授权"), None, options=GRANTED),
        RoleFilter("role", HEADINGS["roles"], None, promoted=True, options=role_options),
        StateFilter(
            "state", HEADINGS["state"], None, promoted=True, options=tuple(STATE_WORDS.items())
        ),
    )
    source = UserSource()
    sorted_by = ("username", "asc")
    tab_filter = "granted"
    status_field = "state"
    name_field = "username"
    list_heading = _l("用户授权")
    section_label = _l("系统管理")
    unit_of = staticmethod(items)
    search_label = _l("登录账号或姓名")
    edit_heading = _l("调整角色")
    refusals = REFUSALS
    form_class = GrantForm
    form_sections = (("", ("username", "roles")),)
    form_hints: ClassVar[Mapping[str, Any]] = {
        "roles": _l(
            "系统、安全、审计管理员三者分离：一个账号只能担任其中一个，且不能兼任其他角色；平台运营、审核员、评审专家不兼任园区角色或自定义角色"
        )
    }
    show_sections = ((_l("账号"), ("username", "name", "state", "roles", "parks")),)
    show_labels = HEADINGS

    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counts = queries.granted_counts()
        return [
            (value, label, f"{number:,}")
            for (value, label), number in zip(GRANTED, counts, strict=True)
        ]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        return account_cell(name, value)

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if row.pk == current_actor().user_id:
            hint = REFUSALS["own_roles"]
            return (Link(_("调整角色"), "", kind="link", disabled=True, hint=hint),)
        return (Link(_("调整角色"), f"{BASE}/edit/{row.pk}", kind="link"),)

    def record(self, pk: int) -> Held:
        found = queries.account(pk)
        return Held(**{**structs.asdict(found), "version": fingerprint(found.roles)})

    def record_name(self, item: Any) -> str:
        return str(item.name)

    def show_cell(self, item: Any, name: str) -> Cell:
        return account_cell(name, getattr(item, name))

    def show_status(self, item: Any) -> Cell:
        return Cell(STATE_WORDS[item.state], dot=STATE_DOTS[item.state])

    def show_acts(self, item: Any) -> tuple[Link, ...]:
        if item.id == current_actor().user_id:
            hint = REFUSALS["own_roles"]
            return (Link(_("调整角色"), "", kind="primary", disabled=True, hint=hint),)
        return tuple(replace(link, label=_("调整角色")) for link in super().show_acts(item))

    def past(self, item: Any) -> Any:
        return history("user", item.id, ("user.roles_changed",))

    # -- form ----------------------------------------------------------------------------------
    def make_form(self, values: Mapping[str, Any] | None = None) -> GrantForm:
        form = GrantForm(data=values)
        form.roles.choices = list(role_options())
        return form

    def form_values(self, item: Any) -> dict[str, Any]:
        return {"roles": list(item.roles)}

    def merge_words(self, name: str, value: Any) -> str:
        return listed(sorted(role_title(one) for one in value or ()))

    def locked(self, item: Any) -> dict[str, Any]:
        return {"username": item.name}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is None:
            raise NotFound("roles are given to accounts that exist")
        form.username.data = item.username
        return super()._form_page(form, heading=heading, item=item)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Account:
        return services.set_roles(actor, pk, roles=values["roles"] or (), version=version)
