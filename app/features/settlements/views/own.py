"""我的入驻申请: what a person applied for, how it stands, and 撤回."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from flask import flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.extensions.phrases import items
from app.features.accounts.rules import TENANT_ROLES
from app.features.settlements import policy, queries, services
from app.features.settlements.labels import (
    PREPARING,
    REASON_WORDS,
    REFUSALS,
    STATE_DOTS,
    STATE_WORDS,
)
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import Act
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

BASE = "/me/applications"


class OwnApplicationsView(Page):
    """/me/applications/."""

    route_base = BASE
    tenant = Tenant.own
    menu_label = _l("我的入驻申请")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": TENANT_ROLES}

    @expose("/")
    @guarded("index")
    def index(self) -> str:
        actor = current_actor()
        found, number = queries.own(actor.user_id or 0), queries.own_count(actor.user_id or 0)
        words = _("共 %(total)s %(unit)s", total=f"{number:,}", unit=items(number))
        return self.render("settlements/own.html", applications=shown(found), count=words)

    @expose("/<pk:pk>/withdraw", methods=["POST"])
    @guarded("index")
    def withdraw(self, pk: int) -> Any:
        """撤回, until the park has decided."""
        try:
            with transaction():
                found = services.withdraw(current_actor(), pk, now=clock.now())
        except Refusal as refusal:
            flash(str(REFUSALS[refusal.code]), "danger")
        else:
            flash(_("申请 %(number)s 已撤回。", number=found.number), "success")
        return self.go(f"{BASE}/")


def shown(found: list[SettlementApplication]) -> list[SimpleNamespace]:
    """Each application as the applicant reads it: outcomes and their reasons, no notes of the park."""
    actor = current_actor()
    origins = queries.origins([one.origin_id for one in found if one.origin_id is not None])
    ids = {one.park_id for one in found} | set(origins.values())
    names = queries.park_names(sorted(ids))
    return [
        SimpleNamespace(
            id=one.id,
            number=one.number,
            park=names[one.park_id],
            company=str(PREPARING) if one.preparing else one.company,
            state=STATE_WORDS[one.state],
            dot=STATE_DOTS[one.state],
            submitted_at=one.submitted_at,
            due_on=one.due_on if one.state == "new" else None,
            decided_at=one.decided_at,
            why=REASON_WORDS[one.reason_code] if one.reason_code else "",
            reason=one.reason,
            came_from=names[origins[one.origin_id]] if one.origin_id in origins else "",
            may_withdraw=Act.withdraw in policy.acts(actor, one),
        )
        for one in found
    ]
