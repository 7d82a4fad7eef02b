"""为什么: the role that an act takes. What a state or a window stands against: ``extensions.why``.

Which acts are looked for is the page's to say: those of the sides that the person is on, never
everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from msgspec import Struct

from app.extensions.phrases import listed
from app.extensions.why import Why, grouped
from app.web.acting import current_actor

#: (permission, view) -> names of the roles that hold it now.
Holders = Callable[[str, str], Sequence[str]]


class _Told(Struct, frozen=True):
    holders: Holders
    title: Callable[[str], str]


_told: list[_Told] = []


def init(holders: Holders, title: Callable[[str], str]) -> None:
    """Who knows the roles (features do; this layer does not)."""
    _told[:] = [_Told(holders, title)]


def by_role(act: Any, permission: str, view: str) -> tuple[Why, ...]:
    """The act needs a role that the person does not have; nothing when the person may."""
    return by_roles({permission: act}, view)


def by_roles(acts: Mapping[str, Any], view: str) -> tuple[Why, ...]:
    """Of ``acts`` (permission -> words) those that need other roles, one line per reason."""
    actor = current_actor()
    return grouped(
        (label, role_reason(permission, view))
        for permission, label in acts.items()
        if not actor.can(permission, view)
    )


def role_reason(permission: str, view: str) -> str:
    """需要角色：…, from who holds the right now."""
    told = _told[0]
    names = [told.title(name) for name in told.holders(permission, view)]
    if not names:
        return str(_("目前没有角色可以进行此操作，请联系安全管理员。"))
    return str(_("需要角色：%(roles)s。如需开通，请联系安全管理员。", roles=listed(names)))


def refused_page() -> str:
    """For the page of a refusal: the role that this address asks for, and one's own; "" if unknown."""
    asked, actor = g.get("refused_right"), g.get("actor")
    if asked is None or actor is None or not actor.roles:
        return ""
    own = listed(sorted(_told[0].title(name) for name in actor.roles))
    reason = role_reason(*asked)
    return str(_("%(reason)s您现在的角色：%(own)s。", reason=reason, own=own))
