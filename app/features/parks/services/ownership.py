"""转让所有权: the owner offers, another of the park's people takes; both prove who they are first."""

from __future__ import annotations

from datetime import datetime

from app.core import scope
from app.core.actor import Actor
from app.core.errors import Forbidden, Refusal
from app.engines import notices, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.parks import queries
from app.features.parks.models import Park, ParkTransfer
from app.features.parks.rules import OPEN_FOR
from app.features.parks.services.people import PEOPLE, follow, managed, member_of


def offer_ownership(actor: Actor, membership_id: int, *, now: datetime) -> ParkTransfer:
    """Offer the actor's own park to another of its people; it is theirs once they take it."""
    park, mine = managed(actor)
    found = member_of(park, membership_id)
    if mine.role != "owner":
        raise Forbidden
    if found.user_id == actor.user_id:
        raise Refusal("transfer_self")
    open_one = queries.open_transfer(park.id)
    if open_one is not None and open_one.expires_at > now:
        raise Refusal("transfer_open")
    if open_one is not None:
        open_one.state = "withdrawn"
    person = accounts.locked(found.user_id)
    if not person.active:
        raise Refusal("inactive_person")
    made = ParkTransfer(
        park_id=park.id,
        from_user_id=actor.user_id,
        to_user_id=person.id,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.session.add(made)
    db.session.flush()
    link, cause = f"/me/ownership/{made.id}", f"transfer:{made.id}"
    params = {"park": park.name, "person": actor.name}
    notices.tell([person.id], "park.ownership_offered", params, link=link, cause=cause)
    changes = {"username": [actor.username, person.username]}
    trail.record(actor, "park.ownership_offered", _ref(park), changes=changes)
    return made


def take_ownership(actor: Actor, transfer_id: int, *, now: datetime) -> Park:
    """接受: the actor owns the park; who owned it is one of its administrators."""
    with scope.unscoped():
        found, park = _answerable(actor, transfer_id, now)
        for user_id in sorted((found.from_user_id, found.to_user_id)):
            accounts.locked(user_id)
        before = queries.membership_of(found.from_user_id, park.id)
        after = queries.membership_of(found.to_user_id, park.id)
        if before is None or before.role != "owner" or after is None:
            raise Refusal("transfer_closed")
        before.role, after.role = "admin", "owner"
        _close(found, "taken", now)
        params = {"park": park.name, "person": actor.name}
        cause = f"transfer-answered:{found.id}"
        kind = "park.ownership_taken"
        notices.tell([found.from_user_id], kind, params, link=PEOPLE, cause=cause)
        gone = accounts.by_id(found.from_user_id)
        changes = {"username": [gone.username if gone else "", actor.username]}
        trail.record(actor, "park.ownership_taken", _ref(park), changes=changes)
        for user_id in (found.from_user_id, found.to_user_id):
            follow(actor, user_id)
    return park


def decline_ownership(actor: Actor, transfer_id: int, *, now: datetime) -> Park:
    """不接受: everything stays as it is."""
    with scope.unscoped():
        found, park = _answerable(actor, transfer_id, now)
        _close(found, "refused", now)
        params = {"park": park.name, "person": actor.name}
        cause = f"transfer-answered:{found.id}"
        kind = "park.ownership_refused"
        notices.tell([found.from_user_id], kind, params, link=PEOPLE, cause=cause)
        trail.record(actor, "park.ownership_refused", _ref(park))
    return park


def withdraw_ownership(actor: Actor, transfer_id: int, *, now: datetime) -> Park:
    """撤回, by who offered."""
    with scope.unscoped():
        found, park = _locked(actor, transfer_id)
        if found.from_user_id != actor.user_id:
            raise Refusal("transfer_not_yours")
        _close(found, "withdrawn", now)
        trail.record(actor, "park.ownership_withdrawn", _ref(park))
    return park


def _answerable(actor: Actor, transfer_id: int, now: datetime) -> tuple[ParkTransfer, Park]:
    found, park = _locked(actor, transfer_id)
    if found.to_user_id != actor.user_id:
        raise Refusal("transfer_not_yours")
    if found.expires_at <= now:
        raise Refusal("transfer_closed")
    return found, park


def _locked(actor: Actor, transfer_id: int) -> tuple[ParkTransfer, Park]:
    """The open offer that the actor made or was made, read after the park is locked."""
    user_id = actor.user_id or 0
    park = queries.locked(queries.transfer_of(user_id, transfer_id)[1].id)
    found: ParkTransfer = queries.transfer_of(user_id, transfer_id)[0]
    if found.state != "open":
        raise Refusal("transfer_closed")
    return found, park


def _close(found: ParkTransfer, state: str, now: datetime) -> None:
    found.state, found.decided_at = state, now
    db.session.flush()


def _ref(park: Park) -> trail.Ref:
    return trail.Ref("park", park.id, label=park.name, park_id=park.id)
