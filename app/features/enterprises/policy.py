"""May this actor do this to this enterprise: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.core.actor import Actor
from app.core.errors import Refusal
from app.features.enterprises.models import Enterprise, EnterpriseImport

VIEW = "EnterpriseView"
UNDO_FOR = timedelta(days=30)
#: Dependents other features register: ``(enterprise) -> (label, number) | None``; shown before
#: deleting. A dependent that forbids deletion registers a guard.
DEPENDENTS: list[Callable[[Enterprise], tuple[Any, int] | None]] = []
GUARDS: list[Callable[[Enterprise], Refusal | None]] = []


def personal(actor: Actor) -> bool:
    """Whether this actor may see personal columns in full (decisions.md 8)."""
    process = actor.user_id is None and actor.username.startswith("system")
    return process or actor.can("can_personal", VIEW)


def discarding(enterprise: Enterprise) -> Refusal | None:
    return next((no for guard in GUARDS if (no := guard(enterprise)) is not None), None)


def undoing(found: EnterpriseImport, now: datetime) -> Refusal | None:
    if found.state != "applied" or found.applied_at is None:
        return Refusal("undo_not_applied")
    if now - found.applied_at > UNDO_FOR:
        return Refusal("undo_too_late")
    return None


def applying(found: EnterpriseImport) -> Refusal | None:
    if found.state == "planned":
        return None
    return Refusal("already_applied" if found.state in {"applied", "applying"} else "not_planned")
