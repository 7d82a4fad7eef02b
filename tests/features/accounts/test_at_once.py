"""Two administrators against each other, on two connections: one of them stays."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core.errors import Refusal, Stale
from app.extensions import db
from app.features.accounts import queries, services
from app.features.accounts.rules import fingerprint
from app.features.parks import queries as parks
from app.features.parks import services as park_services
from app.transaction import end_reading, transaction
from tests.support import people
from tests.support.forms import user_id
from tests.support.owned import at_once

PAIRS = {"sysadmin": ("sysadmin", "sysadmin2"), "secadmin": ("secadmin", "secadmin2")}


@pytest.fixture
def two_of_each(owned):
    """Two active holders of either role and nobody else."""
    with transaction():
        for role, names in PAIRS.items():
            rows = queries.roles_named([role])
            for name in names:
                user = queries.by_username(name) or services.create_user(
                    username=name, name=name, password=None, roles=rows
                )
                user.active, user.roles = True, rows
    return owned


@pytest.fixture
def together(monkeypatch):
    """Both look who else holds the role before either writes, if nothing keeps them apart."""
    both = threading.Barrier(2)
    real = queries.lone_roles

    def lone_roles(user_id):
        found = real(user_id)
        try:
            both.wait(1.5)
        except threading.BrokenBarrierError:
            both.reset()  # the other one waits for our lock, as it must
        return found

    monkeypatch.setattr(queries, "lone_roles", lone_roles)


def deactivate(by: str, whom: str):
    actor, pk = people.actor(by), user_id(whom)

    def act():
        with transaction():
            services.set_active(actor, pk, active=False)

    return act


def edit(by: str, whom: str):
    actor, account = people.actor(by), queries.account(user_id(whom))

    def act():
        with transaction():
            services.change(
                actor, account.id, name=account.name, active=False, version=account.version
            )

    return act


def grant(by: str, whom: str, *roles: str):
    actor, account = people.actor(by), queries.account(user_id(whom))

    def act():
        with transaction():
            services.set_roles(actor, account.id, roles=roles, version=fingerprint(account.roles))

    return act


def holders(role: str) -> list[str]:
    db.session.expire_all()
    query = sa.select(User.username).where(User.active.is_(True), queries.having_role(role))
    return list(db.session.scalars(query))


CASES = {
    "both deactivate": ("sysadmin", deactivate, deactivate),
    "one by the form": ("sysadmin", deactivate, edit),
    "both take the role": ("secadmin", grant, grant),
}


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("case", CASES)
def test_one_of_two_administrators_stays(two_of_each, case):
    role, first, second = CASES[case]
    one, other = PAIRS[role]
    acts = first(one, other), second(other, one)
    end_reading()
    raised = at_once(two_of_each, *acts)
    (refusal,) = [error for error in raised if error is not None]
    assert isinstance(refusal, Refusal)
    assert refusal.code == f"last_{role}"
    assert len(holders(role)) == 1


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("role", PAIRS)
def test_one_is_deactivated_while_the_other_loses_the_role(two_of_each, role):
    """Two different people act here, 系统管理员 on the one and 安全管理员 on the other."""
    one, other = PAIRS[role]
    by = {"sysadmin": ("sysadmin2", "secadmin"), "secadmin": ("sysadmin", "secadmin2")}[role]
    whom = (one, other) if role == "sysadmin" else (other, one)
    acts = deactivate(by[0], whom[0]), grant(by[1], whom[1])
    end_reading()
    raised = at_once(two_of_each, *acts)
    (refusal,) = [error for error in raised if error is not None]
    assert getattr(refusal, "code", refusal) == f"last_{role}"
    assert len(holders(role)) == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_zone_role_and_a_park_never_meet(owned, turn):
    name = f"between{turn}"
    with transaction():
        services.create_user(username=name, name="某人", password=None, roles=[])
    operator, park = people.actor("operator"), people.park("P01").id

    def join():
        with transaction():
            park_services.add_member(operator, username=name, park_id=park, role="clerk")

    give = grant("secadmin", name, "reviewer")
    end_reading()
    raised = at_once(owned, join, give)
    db.session.expire_all()
    (refusal,) = [error for error in raised if error is not None]
    assert isinstance(refusal, Refusal | Stale)
    member = parks.membership_of(user_id(name)) is not None
    assert member is not (queries.account(user_id(name)).roles == ("reviewer",))
