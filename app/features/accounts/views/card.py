"""Figures of the 工作台 for 系统管理员 and 安全管理员; each is what the linked list counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _

from app.core.actor import Actor
from app.extensions.phrases import items
from app.features.accounts import queries
from app.features.accounts.labels import HEADINGS, STATE_WORDS
from app.features.accounts.views.grants import BASE as GRANTS
from app.features.accounts.views.source import NO_ROLE, role_options
from app.features.accounts.views.users import BASE as USERS
from app.web.board import Chart, Number, Row, Series

TONES = {"active": "green", "locked": "amber", "disabled": "grey"}


def users_card(actor: Actor) -> dict[str, Any] | None:
    return _users(actor, "active", _("可用账号"))


def locked_card(actor: Actor) -> dict[str, Any] | None:
    return _users(actor, "locked", _("已锁定账号"))


def _users(actor: Actor, state: str, label: str) -> dict[str, Any] | None:
    if not actor.can("can_list", "UserView"):
        return None
    number = queries.state_counts().get(state, 0)
    url = f"{USERS}/list/?state={state}"
    return {"label": label, "value": f"{number:,}", "unit": items(number), "url": url}


def ungranted_card(actor: Actor) -> dict[str, Any] | None:
    if not actor.can("can_list", "GrantView"):
        return None
    number = queries.granted_counts()[1]
    url = f"{GRANTS}/list/?granted={NO_ROLE}"
    return {"label": _("未授权账号"), "value": f"{number:,}", "unit": items(number), "url": url}


def users_chart(actor: Actor) -> Chart | None:
    """All accounts by state."""
    if not actor.can("can_list", "UserView"):
        return None
    counted = queries.state_counts()
    return Chart(
        name="users",
        title=_("账号状态"),
        heading=HEADINGS["state"],
        series=(Series(_("账号")),),
        rows=tuple(
            Row(
                words,
                (Number(counted.get(state, 0), f"{USERS}/list/?state={state}"),),
                TONES[state],
            )
            for state, words in STATE_WORDS.items()
        ),
        shape="ring",
        unit=items(2),
    )


def roles_held_chart(actor: Actor) -> Chart | None:
    """Accounts by role; somebody with two of them counts in both."""
    if not actor.can("can_list", "GrantView"):
        return None
    counted = queries.role_counts()
    return Chart(
        name="roles-held",
        title=_("各角色的账号"),
        heading=HEADINGS["roles"],
        series=(Series(_("账号")),),
        rows=tuple(
            Row(words, (Number(counted.get(name, 0), f"{GRANTS}/list/?role={quote(name)}"),))
            for name, words in role_options()
        ),
        unit=items(2),
    )
