"""Steps of tests about the people of a park."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.core import clock, phones, scope
from app.engines import notices
from app.extensions import db
from app.features.accounts.models import Identity
from app.features.parks import services
from app.features.parks.models import ParkInvitation, ParkMembership
from app.transaction import transaction
from tests.support import people
from tests.support.forms import user_id

PHONE = "13912345678"


def bind(username: str, phone: str = PHONE) -> None:
    """The number is this person's, proven."""
    with scope.unscoped(), transaction():
        db.session.add(
            Identity(
                provider="phone",
                subject=notices.phone_index(phone),
                label=phones.mask_phone(phone),
                user_id=user_id(username),
            )
        )


def invite(by: str = "park1", phone: str = PHONE, role: str = "clerk", now: Any = None) -> Any:
    actor = people.actor(by)
    with scope.acting_as(actor), transaction():
        return services.invite(actor, phone=phone, name="小王", role=role, now=now or clock.now())


def act(username: str, service: Any, *args: Any, **more: Any) -> Any:
    """One service as this person, in the scope that a request of theirs would have."""
    actor = people.actor(username)
    with scope.acting_as(actor), transaction():
        return service(actor, *args, **more)


def member(username: str, park: str = "P01") -> ParkMembership | None:
    with scope.unscoped():
        return db.session.scalar(
            sa.select(ParkMembership).where(
                ParkMembership.user_id == user_id(username),
                ParkMembership.park_id == people.park(park).id,
            ),
            execution_options={"populate_existing": True},
        )


def join(username: str, role: str, park: str = "P01") -> int:
    """A membership that was there before the test begins."""
    operator = people.actor("operator")
    with scope.acting_as(operator), transaction():
        return services.add_member(
            operator, username=username, park_id=people.park(park).id, role=role
        ).id


def make(username: str, role: str, park: str = "P01") -> None:
    found = member(username, park)
    assert found is not None
    with scope.unscoped(), transaction():
        found.role = role


def messages(username: str) -> list[str]:
    return [one.kind for one in notices.messages_of(user_id(username))]


def invitations() -> list[ParkInvitation]:
    with scope.unscoped():
        return list(db.session.scalars(sa.select(ParkInvitation).order_by(ParkInvitation.id)))
