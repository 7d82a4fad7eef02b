"""Invitations by phone: whoever holds the number answers, signed in by nothing less than a proof.

Neither the answer to the inviter nor the message differs for a number that is registered already.
"""

from __future__ import annotations

from datetime import datetime

from app.core import phones, scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, refuse_if
from app.engines import notices, trail
from app.extensions import db
from app.extensions.locks import lock
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.parks import policy, queries
from app.features.parks.models import (
    INVITED_ROLES,
    SEALED_INVITED,
    Park,
    ParkInvitation,
    ParkMembership,
)
from app.features.parks.rules import (
    DAY,
    INVITATION_DAYS,
    MOST_SENDS,
    OPEN_FOR,
    PARK_A_DAY,
    PER_NUMBER,
    PERSON_MAX,
    RESEND_AFTER,
)
from app.features.parks.services import closing
from app.features.parks.services.people import PEOPLE, follow, label_of, managed

LOCK_SPACE = 7_272


def invite(actor: Actor, *, phone: str, name: str, role: str, now: datetime) -> ParkInvitation:
    """Invite the holder of a number into the actor's own park; a text message tells them."""
    number = account_services.mobile(phone)
    name = " ".join(name.split())
    if len(name) > PERSON_MAX:
        raise _no("name", "person_long")
    if role not in INVITED_ROLES:
        raise _no("role", "required")
    park, _ = managed(actor)
    refuse_if(policy.taking_in(park))
    index = notices.phone_index(number)
    lock(LOCK_SPACE, index)  # two parks at once share the number's budget
    known = queries.open_invitation(park.id, index)
    if known is not None and known.expires_at > now:
        raise _no("phone", "invitation_open")
    if known is not None:
        closing.close(known, "expired", now)
    _within_budget(park, index, now)
    made = ParkInvitation(
        park_id=park.id,
        role=role,
        name=name,
        phone_index=index,
        phone_masked=phones.mask_phone(number),
        invited_by=actor.user_id,
        created_at=now,
        sent_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.session.add(made)
    db.session.flush()
    SEALED_INVITED.seal(made, number)
    _send(made, park, number)
    changes = {"phone": [None, made.phone_masked], "role": [None, role]}
    trail.record(actor, "invitation.sent", made, changes=changes)
    return made


def resend(actor: Actor, invitation_id: int, *, now: datetime) -> ParkInvitation:
    """重新发送: the message goes out once more and the invitation is open for as long again."""
    park, _ = managed(actor)
    refuse_if(policy.taking_in(park))
    found = _waiting(park, invitation_id)
    if found.sends >= MOST_SENDS:
        raise Refusal("resend_most", number=MOST_SENDS)
    if now - found.sent_at < RESEND_AFTER:
        raise Refusal("resend_soon", minutes=int(RESEND_AFTER.total_seconds() // 60))
    lock(LOCK_SPACE, found.phone_index)
    _within_budget(park, found.phone_index, now)
    found.sends, found.sent_at, found.expires_at = found.sends + 1, now, now + OPEN_FOR
    db.session.flush()
    _send(found, park, SEALED_INVITED.open(found))
    trail.record(actor, "invitation.resent", found)
    return found


def withdraw_invitation(actor: Actor, invitation_id: int, *, now: datetime) -> ParkInvitation:
    """撤回: nobody can answer it any more."""
    park, _ = managed(actor)
    found = _waiting(park, invitation_id)
    closing.withdraw(actor, found, park, now)
    return found


def accept(actor: Actor, invitation_id: int, *, now: datetime) -> ParkMembership:
    """接受: the person works for the park from the next request on."""
    assert actor.user_id is not None
    with scope.unscoped():  # it is no park of theirs yet
        found, park = _mine(actor, invitation_id, now)
        refuse_if(policy.taking_in(park))
        held = accounts.roles_of_many([actor.user_id]).get(actor.user_id, ())
        refuse_if(policy.joining(held))
        if queries.membership_of(actor.user_id, park.id) is not None:
            raise Refusal("in_park_already")
        made = ParkMembership(user_id=actor.user_id, park_id=park.id, role=found.role)
        db.session.add(made)
        closing.close(found, "accepted", now)
        _tell_park(actor, found, park, "park.invitation_accepted")
        changes = {
            "username": [None, actor.username],
            "park": [None, park.code],
            "role": [None, made.role],
        }
        trail.record(actor, "membership.added", made, label=label_of(made), changes=changes)
        trail.record(actor, "invitation.accepted", found)
        follow(actor, actor.user_id)
    return made


def decline(actor: Actor, invitation_id: int, *, now: datetime) -> ParkInvitation:
    """不接受."""
    with scope.unscoped():
        found, park = _mine(actor, invitation_id, now)
        closing.close(found, "refused", now)
        _tell_park(actor, found, park, "park.invitation_refused")
        trail.record(actor, "invitation.refused", found)
    return found


# -- the steps ----------------------------------------------------------------------------------
def _mine(actor: Actor, invitation_id: int, now: datetime) -> tuple[ParkInvitation, Park]:
    """The open invitation of a number that is the actor's own at this moment; refuses."""
    user_id = actor.user_id or 0
    park = queries.locked(queries.invitation_to(user_id, invitation_id)[1].id)
    accounts.locked(user_id)  # a change of the number waits, or is seen by the next line
    found: ParkInvitation = queries.invitation_to(user_id, invitation_id)[0]
    if found.state != "open" or found.invited_by not in queries.managers_of(park.id):
        raise Refusal("invitation_closed")
    if found.expires_at <= now:
        raise Refusal("invitation_expired")
    return found, park


def _waiting(park: Park, invitation_id: int) -> ParkInvitation:
    found = queries.locked_invitation(invitation_id)
    if found.park_id != park.id:
        raise NotFound(f"invitation {invitation_id}")
    if found.state != "open":
        raise Refusal("invitation_closed")
    return found


def _within_budget(park: Park, index: str, now: datetime) -> None:
    if queries.invitations_sent(park.id, now - DAY) >= PARK_A_DAY:
        raise _no("phone", "invitations_park")
    for window, most in PER_NUMBER:
        if notices.queued_since(index, notices.SmsKind.invitation, now - window) >= most:
            raise _no("phone", "invitations_number")


def _send(found: ParkInvitation, park: Park, number: str) -> None:
    """A text message, and a message inside for who is here already."""
    values = {"park": park.name, "days": str(INVITATION_DAYS)}
    notices.queue(number, notices.SmsKind.invitation, values)
    closing.tell_holder(found, park, "park.invited", f"invitation:{found.id}")


def _tell_park(actor: Actor, found: ParkInvitation, park: Park, kind: str) -> None:
    params = {"park": park.name, "person": found.name or found.phone_masked}
    people = queries.managers_of(park.id, but=actor.user_id)
    notices.tell(people, kind, params, link=PEOPLE, cause=f"invitation-answered:{found.id}")


def _no(field: str, code: str) -> Refusal:
    return Refusal(code, fields={field: code})
