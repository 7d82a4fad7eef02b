"""Two requests at once about the people of one park: somebody is left, and a person joins once."""

from __future__ import annotations

import zlib

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.errors import Forbidden, Refusal
from app.extensions import db
from app.features.accounts import services as accounts
from app.features.accounts.rules import Role
from app.features.parks import queries, services
from app.features.parks.models import Park, ParkMembership
from app.transaction import end_reading, transaction
from tests.features.accounts.outside import outside
from tests.features.parks.invited import bind
from tests.support import people
from tests.support.owned import at_once, own, owned

__all__ = ["outside", "own", "owned"]


@pytest.fixture
def pair(owned, request):
    """A park of its own with two administrators: ``(park id, names)``."""
    word = f"{zlib.crc32(request.node.name.encode()) % 100_000}"
    names = (f"one{word}", f"two{word}")
    with transaction():
        park = Park(code=f"Q{word}", name=f"并发园区{word}")
        db.session.add(park)
        db.session.flush()
        for name in names:
            user = accounts.create_user(username=name, name=name, password=None, roles=[])
            db.session.add(ParkMembership(user_id=user.id, park_id=park.id, role="admin"))
            accounts.follow_parks(people.actor("operator"), user.id, {Role.park_admin})
    end_reading()
    return park.id, names


def removing(by, park_id, whom):
    actor = people.actor(by)
    target = membership(park_id, whom)

    def remove():
        with scope.acting_as(actor), transaction():
            services.remove_own_member(actor, target)

    return remove


def membership(park_id, name):
    user_id = people.actor(name).user_id
    return queries.membership_of(user_id, park_id).id


@pytest.mark.parametrize("turn", range(4))
def test_two_who_remove_each_other_leave_one(owned, pair, turn):
    park_id, (one, two) = pair
    acts = removing(one, park_id, two), removing(two, park_id, one)
    end_reading()
    raised = at_once(owned, *acts)
    (error,) = [found for found in raised if found is not None]
    assert isinstance(error, Forbidden)
    db.session.expire_all()
    assert len(queries.managers_of(park_id)) == 1


def leaving(name, park_id):
    actor, mine = people.actor(name), membership(park_id, name)

    def leave():
        with scope.acting_as(actor), transaction():
            services.leave(actor, mine)

    return leave


@pytest.mark.parametrize("turn", range(4))
def test_two_who_leave_at_once_leave_one(owned, pair, turn):
    park_id, names = pair
    acts = [leaving(name, park_id) for name in names]
    end_reading()
    raised = at_once(owned, *acts)
    (error,) = [found for found in raised if found is not None]
    assert isinstance(error, Refusal)
    assert error.code == "last_manager"
    db.session.expire_all()
    assert len(queries.managers_of(park_id)) == 1


def test_an_invitation_accepted_many_times_at_once_joins_once(owned, pair, outside):
    park_id, (one, _two) = pair
    bind("user1", "13987654321")
    inviter, guest = people.actor(one), people.actor("user1")
    with scope.acting_as(inviter), transaction():
        made = services.invite(
            inviter, phone="13987654321", name="", role="clerk", now=clock.now()
        ).id
    end_reading()

    def accept():
        with transaction():
            services.accept(guest, made, now=clock.now())

    raised = at_once(owned, *[accept] * 5)
    assert sorted(getattr(error, "code", "") for error in raised) == [
        "",
        *["invitation_closed"] * 4,
    ]
    db.session.expire_all()
    count = sa.select(sa.func.count()).select_from(ParkMembership)
    mine = ParkMembership.user_id == guest.user_id, ParkMembership.park_id == park_id
    assert db.session.scalar(count.where(*mine)) == 1
