"""On the 工作台: 在园企业 (the number that the list's tab shows) and the way to the import."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from app.core.actor import Actor
from app.extensions.phrases import firms
from app.features.enterprises import queries
from app.features.enterprises.policy import IMPORTS, VIEW

IMPORTS_AT = "/desk/enterprises/imports"
STATUS = "在园"


def enterprises_card(actor: Actor) -> dict[str, Any] | None:
    """Park roles: their park; the zone: all."""
    if not actor.can("can_list", VIEW):
        return None
    number = queries.status_counts()[STATUS]
    url = f"/desk/enterprises/list/?{urlencode({'status': STATUS})}"
    return {"label": _("在园企业"), "value": f"{number:,}", "unit": firms(number), "url": url}


def import_door(actor: Actor) -> dict[str, Any] | None:
    """What a clerk does most: it has no line of its own in the side menu."""
    if not actor.can("can_upload", IMPORTS):
        return None
    return {
        "label": _("上传导入模板"),
        "group": _("企业管理"),
        "icon": "file-upload",
        "url": f"{IMPORTS_AT}/new",
    }
