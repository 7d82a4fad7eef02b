"""Many companies apply and are approved in the same minute: each becomes one park, or is told why."""

from __future__ import annotations

from types import SimpleNamespace

from app.core import scope
from app.core.errors import AppError, Refusal
from app.engines import review
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.parks import queries
from app.features.parks.models import Park
from app.transaction import end_reading, transaction
from tests.features.parks import certified
from tests.features.parks.profiles import apply, decide
from tests.support import people
from tests.support.owned import at_once

MANY = 8


def applicant(number: int) -> str:
    name = f"firm{number}"
    with transaction():
        roles = accounts.roles_named(["enterprise_user"])
        account_services.create_user(username=name, name=name, password=None, roles=roles)
    certified.certify(name, number)
    return name


def test_many_at_once_get_one_code_each_and_one_name_is_given_once(owned):
    names = [applicant(100 + number) for number in range(MANY)]
    park_names = [f"同时{number}号产业园" for number in range(MANY - 1)]
    park_names.append(park_names[0])  # two want the same name: both may ask, one gets it
    calls = [
        lambda who=who, name=name: apply(who, name=name)
        for who, name in zip(names, park_names, strict=True)
    ]
    assert at_once(owned, *calls) == [None] * MANY
    with scope.unscoped():
        sent = [
            SimpleNamespace(id=review.pending("park_upgrade", company.id).id)
            for who in names
            for company in [queries.organisation_of(certified.user_id(who))]
        ]
    end_reading()
    raised = at_once(
        owned,
        *(lambda one=one: decide(review.approve, one) for one in sent),
        *(lambda one=one: decide(review.approve, one, by="operator2") for one in sent),
    )
    told = [error for error in raised if error is not None]
    assert all(isinstance(error, AppError) for error in told), told
    db.session.expire_all()
    codes = sorted(park.code for park in queries.all_by_code() if park.name.startswith("同时"))
    assert codes == [f"P{number:02d}" for number in range(3, 3 + MANY - 1)]
    owners = [people.actor(who).park_ids for who in names]
    assert sorted(len(parks) for parks in owners) == [0, *[1] * (MANY - 1)]
    assert len(frozenset().union(*owners)) == MANY - 1
    refused = [error for error in told if isinstance(error, Refusal)]
    assert any(error.code == "review_name_taken" for error in refused)
    assert isinstance(db.session.get(Park, min(owners[1])), Park)
