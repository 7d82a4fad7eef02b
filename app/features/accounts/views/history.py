"""变更记录 of accounts and roles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.engines import trail
from app.extensions.phrases import labelled, listed
from app.features.accounts.labels import (
    ACTS,
    HEADINGS,
    PERMISSIONS,
    ROLE_HEADINGS,
    STATE_WORDS,
    role_title,
)
from app.web import cells
from app.web.listing.page import HistoryItem

WORDS = {**ROLE_HEADINGS, **HEADINGS}


def history(kind: str, pk: int, acts: Collection[str] = ()) -> tuple[HistoryItem, ...]:
    """Every act on the object, or only those named ``acts``."""
    return tuple(
        HistoryItem(
            at=entry.at,
            actor=entry.actor_name,
            action=ACTS.get(entry.action, entry.action),
            changes=tuple(
                (WORDS.get(name, name), value_words(name, old), value_words(name, new))
                for name, (old, new) in entry.changes.items()
            ),
        )
        for entry in trail.history(kind, pk)
        if not acts or entry.action in acts
    )


def value_words(name: str, value: Any) -> str:
    """A value of the trail in words."""
    if value is None:
        return ""
    if name == "roles":
        return listed(role_title(one) for one in value)
    if name == "active":
        return str(STATE_WORDS["active" if value else "disabled"])
    if name == "permissions":
        return listed(sorted({pair_words(one) for one in value if one.startswith("can_")}))
    return cells.words(value)


def pair_words(pair: str) -> str:
    """``can_edit on EnterpriseView`` as 企业管理：编辑."""
    from app.features.accounts.views.roles import view_title  # noqa: PLC0415 - both name pages

    action, _on, view = pair.partition(" on ")
    return labelled(view_title(view), PERMISSIONS.get(action, action))
