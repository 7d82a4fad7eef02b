"""撤回授权: WeChat tells that a person withdrew the authorisation; what came from there goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.actor import system_actor
from app.engines import trail
from app.extensions import db
from app.features.accounts import queries
from app.features.accounts.models import Identity
from app.features.accounts.services import sessions
from app.features.accounts.services.people import profile_of, ref
from app.features.accounts.services.ways_in import WECHAT, alias_of, first_use
from app.integrations.wechat_push import WechatEvent

REVOKED = frozenset({"user_authorization_revoke", "user_authorization_cancellation"})
MODIFIED = "user_info_modified"
SKEW = timedelta(minutes=1)  # between WeChat's clock and ours
ACTOR = system_actor("system:wechat")


def authorisation_changed(issuer: str, event: WechatEvent, *, now: datetime) -> None:
    """Do what an event asks for, once. Nothing for who is not known here or came anew since."""
    if event.name != MODIFIED and event.name not in REVOKED:
        return
    if not first_use(f"wechat:{event.mark}", now):
        return
    found = queries.wechat_identity(issuer, event.unionid, alias_of(event.openid))
    if found is None:
        return
    user = queries.locked(found.user_id)
    db.session.refresh(found)
    if event.at + SKEW < max(found.created_at, found.used_at or found.created_at):
        return  # WeChat sends again what we did not answer; the person has allowed it anew
    if event.name == MODIFIED:
        found.label = ""
        db.session.flush()
        trail.record(ACTOR, "identity.erased", ref(user), details={"provider": WECHAT})
        return
    _withdraw(found, now)


def _withdraw(found: Identity, now: datetime) -> None:
    user = queries.locked(found.user_id)
    db.session.delete(found)
    profile_of(user).withdrawn_at = now
    db.session.flush()
    sessions.end_by_way(user.id, WECHAT)
    trail.record(ACTOR, "identity.withdrawn", ref(user), details={"provider": WECHAT})
