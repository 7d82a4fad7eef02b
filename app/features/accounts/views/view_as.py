"""以此账号身份查看: the page that asks for the reason. What follows is in ``web.viewing``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from flask import current_app, flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal, refuse_if
from app.features.accounts import policy, queries, services
from app.features.accounts.forms import ViewAsForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.rules import Role
from app.transaction import transaction
from app.web import viewing
from app.web.access import Tenant, guarded
from app.web.acting import VIEW_AS, current_actor
from app.web.listing.page import FormPage, Link
from app.web.pages import Page
from app.web.sessions import View

USERS = "/desk/users"


class ViewAsView(Page):
    """The way in; the way out is ``AuthView.end_view``, which whoever is looked as may call."""

    route_base = "/desk/users/view-as"
    class_permission_name = VIEW_AS
    tenant = Tenant.zone
    menu_label = _l("以他人身份查看")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": frozenset({Role.sysadmin})}

    @expose("/<pk:pk>", methods=["GET", "POST"])
    @guarded("index")
    def index(self, pk: int) -> Any:
        """Asks for the reason; POST begins."""
        account = queries.account(pk)
        form = ViewAsForm()
        try:
            refuse_if(policy.viewing_as(current_actor(), pk, account.roles, active=account.active))
            if not form.is_submitted():
                return self._page(account, form, 200)
            if not form.validate():
                return self._page(account, form, 400)
            until = clock.now() + timedelta(minutes=current_app.config["VIEW_AS_MINUTES"])
            with transaction():
                services.begin_view(current_actor(), pk, reason=form.reason.data or "", until=until)
                viewing.begin(View(pk, until))
        except Refusal as refusal:
            if refusal.fields:
                form.reason.errors = [str(REFUSALS[refusal.code])]
                return self._page(account, form, 400)
            flash(str(REFUSALS[refusal.code]), "danger")
            return self.go(f"{USERS}/show/{pk}")
        return self.go("/desk/")

    def _page(self, account: queries.Account, form: ViewAsForm, status: int) -> Any:
        page = FormPage(
            title=_("以“%(name)s”的身份查看", name=account.name),
            form=form,
            sections=(("", ("reason",)),),
            action=f"/desk/users/view-as/{account.id}",
            cancel_url=f"{USERS}/show/{account.id}",
            submit_label=_("开始查看"),
            required=frozenset({"reason"}),
            wide=frozenset({"reason"}),
            hints={"reason": _("会记入审计日志，例如：协助排查看不到导入按钮")},
            breadcrumbs=(Link(_("用户管理"), f"{USERS}/list/"),),
            notice=_(
                "您将看到对方的菜单和页面，只能看，不能操作、下载或导出；个人信息和业务数据以 *** 代替。%(n)s 分钟后自动结束。",
                n=current_app.config["VIEW_AS_MINUTES"],
            ),
        )
        return self.render("appbuilder/general/model/form.html", page=page), status
