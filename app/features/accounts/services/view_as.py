"""View-as: who looked as whom, why and how long, in the history of the account looked as."""

from __future__ import annotations

from datetime import datetime

from flask_appbuilder.security.sqla.models import User

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import trail
from app.features.accounts import policy, queries
from app.features.accounts.services.people import ref

REASON_MAX = 200


def begin_view(actor: Actor, user_id: int, *, reason: str, until: datetime) -> User:
    """以此账号身份查看, for a reason that is written down."""
    user = queries.locked(user_id)
    roles = queries.roles_of_many([user_id]).get(user_id, ())
    refuse_if(policy.viewing_as(actor, user_id, roles, active=bool(user.active)))
    reason = " ".join(reason.split())[:REASON_MAX]
    if len(reason) < 2:
        raise Refusal("view_reason", fields={"reason": "view_reason"})
    details = {"reason": reason, "until": f"{until.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"}
    trail.record(actor, "view_as.started", ref(user), details=details)
    return user


def end_view(actor: Actor) -> None:
    """结束查看 by whoever looks; ``actor`` is the one looked as."""
    assert actor.viewed_by is not None
    view_over(actor.real, actor.user_id or 0, "asked")


def view_over(actor: Actor, user_id: int, why: str) -> None:
    """A view ended: ``why`` is a key of ``labels.VIEW_ENDS``."""
    user = queries.by_id(user_id)
    target = ref(user) if user is not None else trail.Ref("user", user_id)
    trail.record(actor, "view_as.ended", target, details={"why": why})
