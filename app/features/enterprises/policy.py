"""May this actor do this to this enterprise: a ``Refusal`` with the reason, or ``None``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.features.enterprises.models import Enterprise, EnterpriseImport

VIEW = "EnterpriseView"
IMPORTS = "EnterpriseImportView"
CODES = "AcceptedCodeView"
WRITING = frozenset({"enterprise_apply", "enterprise_undo"})
UNDO_FOR = timedelta(days=30)
KEEP_PLAN = timedelta(days=30)  # an uploaded file that nobody confirms
#: What forbids moving an enterprise to the recycle bin.
GUARDS: list[Callable[[Enterprise], Refusal | None]] = []


def allowed(actor: Actor, action: str, view: str = VIEW) -> bool:
    """Whether this actor may: asked again by jobs and downloads, which come later than the click."""
    process = actor.user_id is None and actor.username.startswith("system")
    return process or actor.can(action, view)


def personal(actor: Actor) -> bool:
    """Whether this actor may see personal columns in full (decisions.md 8)."""
    return allowed(actor, "can_personal")


def require(actor: Actor, action: str, view: str = VIEW) -> None:
    """Raise ``Forbidden`` for an actor who may not (any more)."""
    if not allowed(actor, action, view):
        raise Forbidden(f"{action} on {view}")


def may_read_export(actor: Actor, file: Any) -> bool:
    """An export is its maker's, as long as they may make it: in that park, or in all of them."""
    inside = actor.sees_all if file.park_id is None else _reaches(actor, file.park_id)
    return actor.user_id == file.created_by and inside and allowed(actor, "can_export")


def may_read_personal_export(actor: Actor, file: Any) -> bool:
    return may_read_export(actor, file) and personal(actor)


def may_read_source(actor: Actor, file: Any) -> bool:
    """An uploaded file holds personal columns of its park."""
    inside = _reaches(actor, file.park_id)
    return inside and personal(actor) and allowed(actor, "can_show", IMPORTS)


def may_read_evidence(actor: Actor, _file: Any) -> bool:
    """What a code was accepted upon: for those who accept."""
    return allowed(actor, "can_show", CODES)


def _reaches(actor: Actor, park_id: int | None) -> bool:
    parks = actor.scope_park_ids
    return parks is None or park_id in parks


def busy(job: Any) -> Refusal | None:
    """A plan stays as it was confirmed while a job writes it."""
    return Refusal("import_busy") if job is not None and job.kind in WRITING else None


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
