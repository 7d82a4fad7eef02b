"""Figure of the 工作台 for 平台运营."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.actor import Actor
from app.extensions.phrases import items
from app.features.parks import queries
from app.features.parks.views.parks import BASE


def parks_card(actor: Actor) -> dict[str, Any] | None:
    if not actor.can("can_list", "ParkView"):
        return None
    number = queries.status_counts().get("active", 0)
    url = f"{BASE}/list/?status=active"
    return {
        "label": _("运行中的园区/基地"),
        "value": f"{number:,}",
        "unit": items(number),
        "url": url,
    }
