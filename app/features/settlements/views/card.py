"""On the 工作台: what waits for a first word, and what waited too long."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.actor import Actor
from app.extensions.phrases import items
from app.features.settlements import queries
from app.features.settlements.policy import VIEW

LIST = "/desk/settlements/list/"


def settlements_card(actor: Actor) -> dict[str, Any] | None:
    """待处理的入驻申请."""
    if not actor.can("can_list", VIEW):
        return None
    number = queries.state_counts().get("new", 0)
    return {
        "label": _("待处理的入驻申请"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{LIST}?state=new",
    }


def late_settlements_card(actor: Actor) -> dict[str, Any] | None:
    """超过首次联系时限."""
    if not actor.can("can_list", VIEW):
        return None
    number = queries.funnel_counts(clock.today())["overdue"]
    return {
        "label": _("超时未联系的入驻申请"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": f"{LIST}?focus=overdue",
    }
