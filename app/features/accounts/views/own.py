"""One's own password and sign-ins (我的)."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, flash, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.values import replace
from app.extensions import db
from app.extensions.lists.criteria import Criteria
from app.extensions.lists.source import ListSource
from app.extensions.phrases import devices
from app.features.accounts import services
from app.features.accounts.forms import OwnPasswordForm
from app.features.accounts.labels import REFUSALS
from app.features.accounts.rules import ALL_ROLES, PASSWORD_MIN
from app.features.accounts.views import cookies
from app.features.accounts.views.proof import has_password
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.listing.build import Field
from app.web.listing.page import Cell, FormPage, Link, ListPage
from app.web.pages import Page, see_other
from app.web.sessions import LoginSession, alive

MUST_CHANGE = "must_change_password"
#: Where a person with a password made by somebody else may go before changing it.
OPEN = frozenset(
    {
        *("OwnPasswordView.index", "AuthView.logout", "AuthView.login", "preferences"),
        *("static", "health_live", "health_ready"),
    }
)
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def hold_until_changed() -> Response | None:
    """Before each request: a password that somebody else made is changed first.

    The mark lies in the session row, which every request reads anyway.
    """
    if request.endpoint is None or request.endpoint in OPEN or not session.get(MUST_CHANGE):
        return None
    return see_other(url_for("OwnPasswordView.index")) if current_user.is_authenticated else None


class OwnPasswordView(Page):
    """修改密码."""

    route_base = "/me/password"
    tenant = Tenant.own
    menu_label = _l("修改密码")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """Asks for the current one; a good change ends one's other sign-ins."""
        form = OwnPasswordForm()
        if not form.is_submitted():
            if not has_password():  # what is sent all the same costs what a wrong password costs
                return self.render("accounts/no_password.html")
            return self._page(form, 200)
        if not form.validate():
            return self._page(form, 400)
        try:
            with transaction():
                refusal = services.change_own_password(
                    current_actor(),
                    current=form.current.data,
                    new=form.new.data,
                    keep_row=session.row_id,  # type: ignore[attr-defined]
                    now=clock.now(),
                    tokens=cookies.tokens(),
                )
        except Refusal as error:
            form.new.errors = [str(REFUSALS[error.code])]
            return self._page(form, 400)
        if refusal is not None:
            form.current.errors = [str(REFUSALS[refusal])]
            return self._page(form, 429 if refusal == "locked" else 400)
        session.pop(MUST_CHANGE, None)
        flash(_("密码已修改，其他设备上的登录已结束。"), "success")
        return self.go("/desk/")

    def _page(self, form: OwnPasswordForm, status: int) -> Any:
        forced = bool(session.get(MUST_CHANGE))
        page = FormPage(
            title=_("修改密码"),
            form=form,
            sections=((_("验证身份"), ("current",)), (_("新密码"), ("new", "repeat"))),
            action=url_for("OwnPasswordView.index"),
            cancel_url="/desk/",
            submit_label=_("修改密码"),
            hints={
                "new": _(
                    "至少 %(least)s 位，不含登录账号，不用常见密码；几个词连在一起最好记",
                    least=PASSWORD_MIN,
                )
            },
            required=frozenset({"current", "new", "repeat"}),
            notice=_notice(forced=forced),
        )
        return self.render("appbuilder/general/model/form.html", page=page), status


def _notice(*, forced: bool) -> str:
    if forced:
        return str(_("当前密码由管理员设置，请先改成只有您自己知道的密码。"))
    return ""


class DeviceSource(ListSource):
    """One's own sign-ins that still count."""

    def __init__(self) -> None:
        columns = {
            name: getattr(LoginSession, name)
            for name in ("agent", "address", "created_at", "seen_at")
        }
        super().__init__(LoginSession, columns, where=lambda _criteria: mine())


def mine() -> tuple[Any, ...]:
    return (LoginSession.user_id == current_actor().user_id, *alive())


class DevicesView(RegisterView):
    """登录设备: where one is signed in, and ending it."""

    found_by_palette = False
    datamodel = SQLAInterface(LoginSession)
    route_base = "/me/devices"
    class_permission_name = "DevicesView"
    tenant = Tenant.own
    access: ClassVar[dict[str, frozenset[str]]] = {
        "can_list": ALL_ROLES,
        "can_delete": ALL_ROLES,
        "can_end": ALL_ROLES,
    }
    roleless = frozenset(access)
    fields = (
        Field("agent", _l("设备"), frozen=True, sortable=False, asked=False),
        Field("address", _l("网络地址"), sortable=False),
        Field("created_at", _l("登录时间")),
        Field("seen_at", _l("最近使用")),
    )
    source = DeviceSource()
    sorted_by = ("seen_at", "desc")
    name_field = "agent"
    list_heading = _l("登录设备")
    section_label = _l("我的")
    unit_of = staticmethod(devices)

    def list_acts(self, _criteria: Criteria) -> tuple[Link, ...]:
        words = _("确定结束本机以外的全部登录吗？其他设备须重新登录。")
        url = f"{self.route_base}/end-others"
        label = _("结束其他登录")
        return (Link(label, url, icon="logout", post=True, confirm=words, confirm_label=label),)

    def list_page(self, criteria: Criteria) -> ListPage:
        """A handful of rows: neither views nor columns to choose."""
        page = super().list_page(criteria)
        return replace(page, save_view_url="", views=(), all_columns=(), conditions_url="")

    def cell(self, name: str, value: Any, row: Any) -> Cell:
        if name != "agent":
            return super().cell(name, value, row)
        own = row.pk == session.row_id  # type: ignore[attr-defined]
        return Cell(device_words(value), muted=_("本机") if own else "")

    def row_acts(self, row: Any) -> tuple[Link, ...]:
        if row.pk == session.row_id:  # type: ignore[attr-defined]
            return ()
        return (self.delete_link(row.pk, device_words(row.agent)),)

    def delete_link(self, pk: Any, name: str, kind: str = "danger") -> Link:
        return Link(
            _("结束登录"),
            f"{self.route_base}/delete/{pk}",
            kind=kind,
            post=True,
            confirm=_("确定结束“%(name)s”上的登录吗？该设备须重新登录。", name=name),
            confirm_label=_("结束登录"),
        )

    def record(self, pk: int) -> LoginSession:
        found = db.session.scalar(sa.select(LoginSession).where(LoginSession.id == pk, *mine()))
        if found is None:
            raise NotFound("sign-in")
        return found

    def record_name(self, item: Any) -> str:
        return device_words(item.agent)

    def deleted_words(self, name: str) -> str:
        return str(_("“%(name)s”上的登录已结束。", name=name))

    @staticmethod
    def remove(actor: Any, pk: int) -> None:
        services.end_own_session(actor, pk)

    @expose("/end-others", methods=["POST"])
    @guarded("end")
    def end(self) -> Any:
        """All but this one."""
        with transaction():
            services.end_own_others(current_actor(), keep_row=session.row_id)  # type: ignore[attr-defined]
        flash(_("其他登录已全部结束。"), "success")
        return self.go(f"{self.route_base}/list/")


def device_words(agent: str) -> str:
    return device_of(agent) or str(_("未知设备"))


def device_of(agent: str) -> str:
    """``Chrome · Windows`` from what a browser says of itself; "" when it says nothing known."""
    browser = next((word for sign, word in BROWSERS if sign in agent), "")
    system = next((word for sign, word in SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part)
