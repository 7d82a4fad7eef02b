"""用户管理: accounts of staff. 系统管理员 makes, resets and deactivates them and gives no roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.core import clock
from app.core.errors import Refusal
from app.extensions.lists.criteria import Criteria
from app.extensions.phrases import items
from app.features.accounts import policy, queries, services
from app.features.accounts.forms import AddUserForm, EditUserForm
from app.features.accounts.labels import HEADINGS, REFUSALS, STATE_DOTS, STATE_WORDS
from app.features.accounts.queries import Account
from app.features.accounts.rules import Role
from app.features.accounts.services.passwords import issued
from app.features.accounts.views.history import history
from app.features.accounts.views.source import (
    FIELDS,
    RoleFilter,
    StateFilter,
    UserSource,
    account_cell,
    role_options,
)
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.page import Cell, FormPage, Link

BASE = "/desk/users"
KEEPERS = frozenset({Role.sysadmin})


class UserView(RegisterView):
    """Accounts. They are deactivated, never deleted: the trail names them for ever."""

    datamodel = SQLAInterface(User)
    route_base = BASE
    class_permission_name = "UserView"
    tenant = Tenant.zone
    access: ClassVar[dict[str, frozenset[str]]] = {
        f"can_{name}": KEEPERS
        for name in ("list", "show", "add", "edit", "reset", "reset_second", "force_out")
    }
    fields = FIELDS
    filters = (
        StateFilter("state", HEADINGS["state"], None, options=tuple(STATE_WORDS.items())),
        RoleFilter("role", HEADINGS["roles"], None, promoted=True, options=role_options),
    )
    source = UserSource()
    sorted_by = ("last_login", "desc")
    tab_filter = "state"
    status_field = "state"
    name_field = "username"
    list_heading = _l("用户管理")
    section_label = _l("系统管理")
    unit_of = staticmethod(items)
    search_label = _l("登录账号或姓名")
    add_heading = _l("新增用户")
    edit_heading = _l("编辑用户")
    refusals = REFUSALS
    show_sections = (
        (_l("账号"), ("username", "name", "state", "roles", "parks")),
        (
            lazy_pgettext("section", "登录"),
            (
                *("last_login", "login_count", "has_password", "must_change_password"),
                "second_factor",
            ),
        ),
    )
    show_labels = HEADINGS
    form_class = EditUserForm
    add_form_class = AddUserForm
    form_sections = (("", ("username", "name", "active")),)
    form_hints: ClassVar[Mapping[str, Any]] = {
        "username": _l("3–32 位小写字母、数字、点、短横线或下划线，以字母开头；保存后不能修改"),
        "active": _l("停用后立即下线，不能再登录"),
    }
    form_required = frozenset({"username", "name"})

    # -- list and record -----------------------------------------------------------------------
    def tab_counts(self, _criteria: Criteria) -> Sequence[tuple[str, Any, str]]:
        counted = queries.state_counts()
        return [(name, label, f"{counted.get(name, 0):,}") for name, label in STATE_WORDS.items()]

    def cell(self, name: str, value: Any, _row: Any) -> Cell:
        return account_cell(name, value)

    def record(self, pk: int) -> Account:
        return queries.account(pk)

    def record_name(self, item: Any) -> str:
        return str(item.name)

    def show_cell(self, item: Any, name: str) -> Cell:
        return account_cell(name, getattr(item, name))

    def show_status(self, item: Account) -> Cell:
        return Cell(STATE_WORDS[item.state], dot=STATE_DOTS[item.state])

    def past(self, item: Account) -> Any:
        return history("user", item.id)

    def show_acts(self, item: Account) -> tuple[Link, ...]:
        acts = []
        if item.id != current_actor().user_id:
            acts = [
                self._act(
                    item,
                    "force-out",
                    _("强制下线"),
                    _("确定结束“%(name)s”的全部登录吗？对方须重新登录。"),
                ),
                self._act(
                    item,
                    "reset",
                    _("重置密码"),
                    _("确定重置“%(name)s”的密码吗？原密码立即失效，全部登录结束。"),
                ),
                self._act(
                    item,
                    "deactivate",
                    _("停用"),
                    _("确定停用“%(name)s”吗？对方立即下线，不能再登录。"),
                    kind="danger",
                )
                if item.active
                else self._act(
                    item, "activate", _("启用"), _("确定启用“%(name)s”吗？对方可以重新登录。")
                ),
            ]
            if item.second_factor:
                words = _(
                    "确定重置“%(name)s”的两步验证吗？请先当面或电话核实本人。原验证器和恢复码立即失效，全部登录结束。"
                )
                acts.insert(2, self._act(item, "reset-second", _("重置两步验证"), words))
        if policy.viewing_as(current_actor(), item.id, item.roles, active=item.active) is None:
            acts.insert(0, Link(_("以此身份查看"), f"{BASE}/view-as/{item.id}", icon="eye"))
        return (*acts, *super().show_acts(item))

    def _act(self, item: Account, name: str, label: str, words: str, kind: str = "default") -> Link:
        return Link(
            label,
            f"{BASE}/{name}/{item.id}",
            kind=kind,
            post=True,
            confirm=words % {"name": item.name},
            confirm_label=label,
        )

    # -- form ----------------------------------------------------------------------------------
    def form_values(self, item: Account) -> dict[str, Any]:
        return {"name": item.name, "active": "1" if item.active else "0"}

    def locked(self, item: Account) -> dict[str, Any]:
        return {"username": _("登录账号不能修改")}

    def _form_page(self, form: Any, *, heading: Any, item: Any) -> FormPage:
        if item is not None:
            form.username.data = item.username
        return super()._form_page(form, heading=heading, item=item)

    def merge_words(self, name: str, value: Any) -> str:
        if name == "active":
            return str(STATE_WORDS["active" if value == "1" else "disabled"])
        return super().merge_words(name, value)

    def create(self, actor: Any, values: dict[str, Any]) -> services.Issued:
        user, password = services.add_staff(
            actor, username=values["username"] or "", name=values["name"] or ""
        )
        return issued(user, password)

    def update(self, actor: Any, pk: int, values: dict[str, Any], version: int) -> Account:
        active = values["active"] == "1"
        services.change(actor, pk, name=values["name"] or "", active=active, version=version)
        return queries.account(pk)

    def after_save(self, saved: Any) -> Any:
        if isinstance(saved, services.Issued):
            return self._show_once(
                saved,
                _("账号已建立"),
                note=_(
                    "该账号还没有角色，登录后看不到业务内容。角色由安全管理员在“用户授权”中授予。"
                ),
            )
        return super().after_save(saved)

    def _show_once(self, made: services.Issued, title: str, note: str = "") -> Any:
        """The answer itself shows the password: it is kept nowhere, so no other page can."""
        page = self.render(
            "accounts/password_once.html",
            title=title,
            note=note,
            made=made,
            record_url=f"{BASE}/show/{made.id}",
            breadcrumbs=(Link(self.list_heading, f"{BASE}/list/"),),
        )
        return page, 200, {"Cache-Control": "no-store"}

    # -- acts ----------------------------------------------------------------------------------
    @expose("/reset/<pk:pk>", methods=["POST"])
    @guarded("reset")
    def reset(self, pk: int) -> Any:
        """A new generated password, shown once; the person's sign-ins end."""
        self.record(pk)
        try:
            with transaction():
                made = services.reset_password(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            return self._refused(pk, refusal)
        return self._show_once(made, _("密码已重置"))

    @expose("/reset-second/<pk:pk>", methods=["POST"])
    @guarded("reset_second")
    def reset_second(self, pk: int) -> Any:
        """重置两步验证: for a lost authenticator; the person's sign-ins end."""
        item = self.record(pk)
        try:
            with transaction():
                services.reset_second_factor(current_actor(), pk)
        except Refusal as refusal:
            return self._refused(pk, refusal)
        flash(_("“%(name)s”的两步验证已重置，全部登录已结束。", name=item.name), "success")
        return self.go(f"{BASE}/show/{pk}")

    @expose("/force-out/<pk:pk>", methods=["POST"])
    @guarded("force_out")
    def force_out(self, pk: int) -> Any:
        """强制下线: every sign-in of the person ends."""
        item = self.record(pk)
        with transaction():
            services.force_out(current_actor(), pk)
        flash(_("“%(name)s”的全部登录已结束。", name=item.name), "success")
        return self.go(f"{BASE}/show/{pk}")

    @expose("/deactivate/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def deactivate(self, pk: int) -> Any:
        """停用: out at once."""
        return self._switch(pk, active=False)

    @expose("/activate/<pk:pk>", methods=["POST"])
    @guarded("edit")
    def activate(self, pk: int) -> Any:
        """启用: may sign in again."""
        return self._switch(pk, active=True)

    def _switch(self, pk: int, *, active: bool) -> Any:
        item = self.record(pk)
        try:
            with transaction():
                services.set_active(current_actor(), pk, active=active)
        except Refusal as refusal:
            return self._refused(pk, refusal)
        words = _("“%(name)s”已启用。") if active else _("“%(name)s”已停用，并已下线。")
        flash(words % {"name": item.name}, "success")
        return self.go(f"{BASE}/show/{pk}")

    def _refused(self, pk: int, refusal: Refusal) -> Any:
        flash(self.words_of(refusal.code, refusal.params), "danger")
        return self.go(f"{BASE}/show/{pk}")
