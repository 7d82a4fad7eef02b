"""用户中心: what people do to their own account: name and e-mail, another number, taking away what
is known of them, closing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.core import clock, phones
from app.core.actor import Actor
from app.core.errors import Refusal, Stale, refuse_if
from app.engines import documents, notices, trail
from app.extensions import db
from app.extensions.lists import prefs
from app.extensions.locks import lock
from app.features.accounts import policy, queries
from app.features.accounts.models import SEALED_PHONE, Identity, UserProfile
from app.features.accounts.services import sessions
from app.features.accounts.services.people import checked_name, name_of, profile_of, ref, split
from app.features.accounts.services.ways_in import LOCK_SPACE, Proof, of_phone

EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+")
EMAIL_MAX = 254
CLOSED_NAME = "已注销用户"
#: Of the person's acts: so many go into the export, the newest.
MOST_ACTS = 1_000
#: ``(actor, user id)``: what other features take away when an account is closed.
LEAVING: list[Callable[[Actor, int], object]] = []


def change_own_account(actor: Actor, *, name: str, email: str, version: int) -> None:
    """Save one's name and e-mail as edited on ``version``. An e-mail left masked stays."""
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    profile = profile_of(user)
    if profile.version != version:
        raise Stale(user)
    changes: dict[str, list[Any]] = {}
    before, name = name_of(user), checked_name(name)
    if name != before:
        if policy.named_by_others(actor.roles):
            raise Refusal("name_kept", fields={"name": "name_kept"})
        user.last_name, user.first_name = split(name)
        changes["name"] = [before, name]
    kept, email = profile.email, _email(profile, email)
    if email != kept:
        profile.email = email
        changes["email"] = [shown_email(kept), shown_email(email)]
    if changes:
        user.changed_by_fk = actor.user_id
        profile.changed_at = clock.now()
        db.session.flush()
        trail.record(actor, "user.own_changed", ref(user), changes=changes)


def shown_email(email: str) -> str:
    """As a page shows it: ``z***@example.com``."""
    return phones.mask_email(email) if email else ""


def _email(profile: UserProfile, text: str) -> str:
    text = text.strip()
    if text and text == shown_email(profile.email):
        return profile.email
    good = len(text) <= EMAIL_MAX and "*" not in text and EMAIL.fullmatch(text)
    if text and not good:
        raise Refusal("email_wrong", fields={"email": "email_wrong"})
    return text


# -- another number ----------------------------------------------------------------------------
def phone_number(found: Identity) -> str:
    """The number in full, to send a code to."""
    return SEALED_PHONE.open(found)


def change_phone(
    actor: Actor, phone: str, old: Proof, *, keep_row: int | None, now: datetime
) -> None:
    """Put a proven number in the place of the old one, proven as well; other sign-ins end.

    The old number is told, in case it is not its holder who does this.
    """
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    found = queries.phone_of(user.id)
    if found is None or (old.provider, old.subject) != ("phone", found.subject):
        raise Refusal("proof_gone")
    proof = of_phone(phone)
    if proof.subject == found.subject:
        raise Refusal("phone_same", fields={"phone": "phone_same"})
    lock(LOCK_SPACE, proof.subject)
    if queries.identity("phone", "", proof.subject) is not None:
        raise Refusal("phone_taken", fields={"phone": "phone_taken"})
    before, number = found.label, phone_number(found)
    found.subject, found.label = proof.subject, proof.label
    SEALED_PHONE.seal(found, phone)
    found.used_at = now
    db.session.flush()
    sessions.end_all(user.id, keep_row=keep_row)
    moment = f"{now.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    notices.queue(number, notices.SmsKind.security, {"event": "更换手机号", "time": moment})
    told = {"before": before, "after": proof.label}
    cause = f"phone:{found.id}:{now.timestamp()}"
    notices.tell([user.id], "account.phone_changed", told, link="/me/", cause=cause)
    changes = {"phone": [before, proof.label]}
    trail.record(actor, "identity.phone_changed", ref(user), changes=changes)


# -- what is known of me -----------------------------------------------------------------------
def own_facts(actor: Actor) -> dict[str, Any]:
    """Everything that the accounts keep about the actor, in plain values."""
    assert actor.user_id is not None
    found = queries.account(actor.user_id)
    profile = queries.profile(actor.user_id)
    return {
        "account": {
            "username": found.username,
            "name": found.name,
            "email": profile.email if profile else "",
            "roles": list(found.roles),
            "parks": list(found.parks),
            "last_login": found.last_login,
            "login_count": found.login_count,
        },
        "ways_in": [_way_in(one) for one in queries.identities_of(actor.user_id)],
        "messages": notices.facts_of(actor.user_id),
        "consents": [_consent(*pair) for pair in documents.consents_of(actor.user_id)],
        "acts": [
            {"at": row.at, "action": row.action, "address": row.address}
            for row in queries.acts_of(actor.user_id, MOST_ACTS)
        ],
    }


def _way_in(one: Identity) -> dict[str, Any]:
    return {
        "provider": one.provider,
        "label": phone_number(one) if one.provider == "phone" else one.label,
        "level": one.level,
        "bound_at": one.created_at,
        "used_at": one.used_at,
    }


def _consent(consent: documents.Consent, document: documents.Document) -> dict[str, Any]:
    return {
        "document": str(document),
        "sha256": document.sha256,
        "at": consent.at,
        "address": consent.address,
        "channel": consent.channel,
    }


def note_export(actor: Actor, *, count: int) -> None:
    """Before the file leaves the house."""
    assert actor.user_id is not None
    user = queries.locked(actor.user_id)
    trail.record(actor, "user.exported", ref(user), details={"count": count, "personal": True})


# -- closing the account -----------------------------------------------------------------------
def cancel_account(actor: Actor) -> None:
    """注销: ways in, consents, name and e-mail go, every sign-in ends; the trail stays."""
    assert actor.user_id is not None
    queries.lock_keepers()
    user = queries.locked(actor.user_id)
    refuse_if(policy.cancelling(user.id, queries.roles_of_many([user.id]).get(user.id, ())))
    for leave in LEAVING:
        leave(actor, user.id)
    for one in queries.identities_of(user.id):
        db.session.delete(one)
    documents.forget_consents(user.id)
    notices.forget_person(user.id)
    prefs.forget_person(user.id)
    profile = profile_of(user)
    profile.email, profile.changed_at = "", clock.now()
    user.last_name, user.first_name = split(CLOSED_NAME)
    user.active, user.password = False, None
    user.roles = []
    db.session.flush()
    sessions.end_all(user.id)
    trail.record(actor, "user.cancelled", ref(user))
