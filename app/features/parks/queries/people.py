"""Every SELECT on the people of a park: who they are, whom it invited, to whom it is offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core.errors import NotFound
from app.extensions import by_key, db
from app.features.accounts import queries as accounts
from app.features.accounts.models import Identity
from app.features.parks.models import (
    MANAGERS,
    Park,
    ParkInvitation,
    ParkMembership,
    ParkTransfer,
)


def people_of(park_id: int) -> list[Any]:
    """Rows ``(id, version, role, since, user_id, username, person, phone, active)``: owner first."""
    phone = (
        sa.select(Identity.label)
        .where(Identity.user_id == User.id, Identity.provider == "phone")
        .correlate(User)
        .limit(1)
        .scalar_subquery()
    )
    place = sa.case({"owner": 0, "admin": 1}, value=ParkMembership.role, else_=2)
    query = (
        sa.select(
            *(ParkMembership.id, ParkMembership.version, ParkMembership.role),
            *(ParkMembership.since, ParkMembership.user_id, User.username, User.active),
            accounts.FULL_NAME.label("person"),
            phone.label("phone"),
        )
        .join(User, User.id == ParkMembership.user_id)
        .where(ParkMembership.park_id == park_id)
        .order_by(place, ParkMembership.id)
    )
    return list(db.session.execute(query))


def managers_of(park_id: int, but: int | None = None) -> list[int]:
    """Ids of the active people who look after the park's people."""
    query = (
        sa.select(ParkMembership.user_id)
        .join(User, User.id == ParkMembership.user_id)
        .where(
            ParkMembership.park_id == park_id,
            ParkMembership.role.in_(MANAGERS),
            ParkMembership.user_id != (but or 0),
            User.active.is_(True),
        )
    )
    return list(db.session.scalars(query.order_by(ParkMembership.user_id)))


def roles_in_parks(user_id: int) -> frozenset[str]:
    """What the person is in any park."""
    query = sa.select(ParkMembership.role).where(ParkMembership.user_id == user_id)
    return frozenset(db.session.scalars(query))


def invitations_of_park(park_id: int) -> list[Any]:
    """``(invitation, inviter's name)`` of what waits for an answer, the newest first."""
    query = (
        sa.select(ParkInvitation, accounts.FULL_NAME)
        .join(User, User.id == ParkInvitation.invited_by)
        .where(ParkInvitation.park_id == park_id, ParkInvitation.state == "open")
        .order_by(ParkInvitation.id.desc())
    )
    return [tuple(row) for row in db.session.execute(query)]


def locked_invitation(invitation_id: int) -> ParkInvitation:
    return by_key.locked(ParkInvitation, invitation_id)


def open_invitation(park_id: int, index: str) -> ParkInvitation | None:
    """What waits for an answer of a number (its blind index) in a park."""
    query = sa.select(ParkInvitation).where(
        ParkInvitation.park_id == park_id,
        ParkInvitation.phone_index == index,
        ParkInvitation.state == "open",
    )
    return db.session.scalar(query, execution_options={"populate_existing": True})


def invitations_around(park_id: int, user_id: int) -> list[ParkInvitation]:
    """What waits for an answer and was sent by this person, or to their number."""
    own = sa.select(Identity.subject).where(
        Identity.user_id == user_id, Identity.provider == "phone"
    )
    query = sa.select(ParkInvitation).where(
        ParkInvitation.park_id == park_id,
        ParkInvitation.state == "open",
        sa.or_(ParkInvitation.invited_by == user_id, ParkInvitation.phone_index.in_(own)),
    )
    return list(db.session.scalars(query.order_by(ParkInvitation.id)))


def invitations_sent(park_id: int, since: datetime) -> int:
    """How many invitations of the park went out: those sent again count as often."""
    query = sa.select(sa.func.coalesce(sa.func.sum(ParkInvitation.sends), 0)).where(
        ParkInvitation.park_id == park_id, ParkInvitation.sent_at > since
    )
    return int(db.session.scalar(query) or 0)


def invitations_to(user_id: int, *, now: datetime) -> list[Any]:
    """``(invitation, park, inviter's name)`` for the number that this person has proven."""
    query = _invited(user_id).where(ParkInvitation.state == "open", ParkInvitation.expires_at > now)
    return [tuple(row) for row in db.session.execute(query.order_by(ParkInvitation.id.desc()))]


def invitation_to(user_id: int, invitation_id: int) -> Any:
    """The same of one invitation in any state, or ``NotFound``: only for the number's holder."""
    query = _invited(user_id).where(ParkInvitation.id == invitation_id)
    row = db.session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise NotFound(f"invitation {invitation_id}")
    return tuple(row)


def _invited(user_id: int) -> Any:
    same = sa.and_(Identity.subject == ParkInvitation.phone_index, Identity.provider == "phone")
    return (
        sa.select(ParkInvitation, Park, accounts.FULL_NAME)
        .join(Identity, same)
        .join(Park, Park.id == ParkInvitation.park_id)
        .join(User, User.id == ParkInvitation.invited_by)
        .where(Identity.user_id == user_id)
    )


def open_transfer(park_id: int) -> ParkTransfer | None:
    """The offer to hand the park over that waits for an answer."""
    query = sa.select(ParkTransfer).where(
        ParkTransfer.park_id == park_id, ParkTransfer.state == "open"
    )
    return db.session.scalar(query, execution_options={"populate_existing": True})


def transfers_of(user_id: int) -> list[Any]:
    """``(offer, park)`` that wait for this person's answer, or that this person made."""
    query = _transfers(user_id).where(ParkTransfer.state == "open")
    return [tuple(row) for row in db.session.execute(query.order_by(ParkTransfer.id))]


def transfer_of(user_id: int, transfer_id: int) -> Any:
    """``(offer, park)`` for who made it and whom it was made to, or ``NotFound``."""
    query = _transfers(user_id).where(ParkTransfer.id == transfer_id)
    row = db.session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise NotFound(f"transfer {transfer_id}")
    return tuple(row)


def _transfers(user_id: int) -> Any:
    mine = sa.or_(ParkTransfer.from_user_id == user_id, ParkTransfer.to_user_id == user_id)
    return sa.select(ParkTransfer, Park).join(Park, Park.id == ParkTransfer.park_id).where(mine)
