"""在园企业 on the 工作台: the number that the list's tab shows, and the way there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from app.core.actor import Actor
from app.features.enterprises import queries
from app.features.enterprises.policy import VIEW

STATUS = "在园"


def enterprises_card(actor: Actor) -> dict[str, Any] | None:
    """Park roles: their park; the zone: all."""
    if not actor.can("can_list", VIEW):
        return None
    number = queries.status_counts()[STATUS]
    url = f"/desk/enterprises/list/?{urlencode({'status': STATUS})}"
    return {"label": _("在园企业"), "value": f"{number:,}", "unit": _("家"), "url": url}
