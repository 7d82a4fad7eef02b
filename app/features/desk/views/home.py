"""工作台 of each role."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.features.accounts.rules import ALL_ROLES
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

#: Cards a feature adds to the 工作台: ``card(actor) -> dict | None`` with label, value, unit, url.
CARDS: list[Any] = []
#: 常用入口 beyond the side menu: ``door(actor) -> dict | None`` with label, group, icon, url.
DOORS: list[Any] = []


class DeskView(Page):
    """工作台."""

    route_base = "/desk"
    tenant = Tenant.own
    menu_label = _l("工作台")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": ALL_ROLES}
    roleless = frozenset({"can_index"})

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        actor = current_actor()
        if not actor.roles:
            return self.render("desk/no_role.html")
        cards = [card for make in CARDS if (card := make(actor)) is not None]
        more = [door for make in DOORS if (door := make(actor)) is not None]
        return self.render("desk/desk.html", cards=cards, more_doors=more)
