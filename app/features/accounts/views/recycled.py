"""Added roles in the recycle bin: 安全管理员's, and only such as nobody holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.actor import Actor
from app.engines import recycling
from app.extensions.phrases import labelled
from app.features.accounts import queries, services
from app.features.accounts.labels import REFUSALS, ROLE_HEADINGS
from app.features.accounts.views.roles import BASE, titles_taken


def _facts(facts: Mapping[str, Any]) -> Sequence[Any]:
    number = int(facts.get("permissions") or 0)
    return (ngettext("%(num)s 项权限", "%(num)s 项权限", number),)


def _hanging(ids: Sequence[int]) -> dict[int, list[str]]:
    """Who holds a role: it cannot be deleted as long as somebody does."""
    held = queries.holders_of(ids)
    return {key: [labelled(ROLE_HEADINGS["users"], number)] for key, number in held.items()}


def _restore(actor: Actor, item: recycling.BinItem) -> Any:
    return services.restore_role(actor, item, titles_taken())


RECYCLED = recycling.Kind(
    "role",
    _l("角色"),
    "RoleView",
    register=f"{BASE}/list/",
    meet=lambda _actor, pk: queries.role(pk),
    restore=_restore,
    purge=recycling.thawed,
    facts=_facts,
    hanging=_hanging,
    refusals=REFUSALS,
)
