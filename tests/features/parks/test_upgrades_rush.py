"""Two hundred companies apply in one minute: each ends in one true state, or is told why."""

from __future__ import annotations

import time
from collections import Counter

import sqlalchemy as sa

from app.core.errors import AppError
from app.engines import review
from app.engines.review import Revision, State
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts import services as account_services
from app.features.parks.models import Park
from app.features.parks.services import upgrades
from app.transaction import end_reading, transaction
from tests.features.parks import certified
from tests.features.parks.profiles import acting, apply, decide
from tests.support.owned import at_once

MANY, DOORS, MINUTE = 200, 10, 60
TWICE = 20  # whose form is sent a second time at the same moment
DECIDED = 10  # whose reviewer is there while the applicant takes it back


def companies() -> list[str]:
    """Accounts with a certified company each."""
    names = [f"rush{number}" for number in range(MANY)]
    with transaction():
        roles = accounts.roles_named(["enterprise_user"])
        for name in names:
            account_services.create_user(username=name, name=name, password=None, roles=roles)
    for number, name in enumerate(names):
        certified.certify(name, 1000 + number)
    end_reading()
    return names


def through(share: list[str], told: list[str]) -> None:
    """One worker of the platform: the applications that reach it, one after the other."""
    for who in share:
        try:
            apply(who, name=f"{who}产业园")
        except (AppError, review.Clash):  # a page with words: a refusal, or the 409 to merge
            told.append(who)


def revisions() -> list[Revision]:
    query = sa.select(Revision).where(Revision.kind == upgrades.KIND).order_by(Revision.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def test_two_hundred_in_a_minute_are_two_hundred_applications(owned):
    names = companies()
    told: list[str] = []
    again = names[:TWICE]
    shares = [*(names[one::DOORS] for one in range(DOORS)), again[::2], again[1::2]]
    began = time.monotonic()
    raised = at_once(owned, *(lambda share=share: through(share, told) for share in shares))
    assert time.monotonic() - began < MINUTE
    assert raised == [None] * len(shares)
    assert Counter(told) == Counter(again)  # one of the two clicks is told, whichever it was
    found = revisions()
    assert Counter(one.title for one in found) == {f"{who}产业园": 1 for who in names}
    assert {one.state for one in found} == {State.submitted}
    assert {one.content["name"] for one in found} == {one.title for one in found}
    _decided_while_taken_back(owned, names[:DECIDED])


def _decided_while_taken_back(owned, names: list[str]) -> None:
    """通过 and 撤回 at the same moment: one of them holds, and the park is there only then."""
    by_title = {one.title: one.id for one in revisions()}
    keys = {who: by_title[f"{who}产业园"] for who in names}
    end_reading()
    told = at_once(
        owned,
        *(lambda key=key: decide(review.approve, db.session.get(Revision, key)) for key in keys.values()),
        *(lambda who=who, key=key: acting(who, review.withdraw, key) for who, key in keys.items()),
    )  # fmt: skip
    assert all(isinstance(one, AppError) for one in told if one is not None), told
    parks = set(db.session.scalars(sa.select(Park.name)))
    for one in revisions():
        if one.id in keys.values():
            assert one.state in (State.passed, State.draft)
            assert (one.title in parks) is (one.state is State.passed)
            assert (one.park_id is not None) is (one.state is State.passed)
