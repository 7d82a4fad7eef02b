"""Commits are real here: ten reviewers, and an author who withdraws, in the same moment."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from app.core import scope
from app.core.errors import AppError
from app.engines import review
from app.extensions import db
from app.transaction import end_reading, transaction
from tests.engines.review.sample import PUBLISHED, Loop, who
from tests.support.owned import at_once

FRESH = 78


@pytest.fixture
def loop(owned):
    made = Loop()
    made.app = owned
    for table in (review.ReviewEvent, review.Revision):
        with transaction():
            db.session.execute(sa.delete(table))
    return made


def test_ten_reviewers_one_decision(loop):
    found = loop.in_state(review.State.submitted)
    seen = found.version
    people = ["reviewer", "reviewer2", "zone"] * 4

    def decide(number):
        actor = who(people[number])
        with scope.acting_as(actor), transaction():
            review.approve(actor, found.id, seen=seen)

    outcomes = at_once(loop.app, *(partial(decide, number) for number in range(len(people))))
    assert [one for one in outcomes if one is None] == [None]
    assert all(isinstance(one, AppError) for one in outcomes if one is not None)
    end_reading()
    assert loop.fresh(found).state is review.State.passed
    assert len(PUBLISHED) == 1


def test_an_approval_while_the_author_withdraws_has_one_outcome(loop):
    found = loop.in_state(review.State.submitted)
    seen = found.version

    def act(number):
        name = ("author", "reviewer")[number % 2]
        actor = who(name)
        with scope.acting_as(actor), transaction():
            if name == "author":
                review.withdraw(actor, found.id)
            else:
                review.approve(actor, found.id, seen=seen)

    outcomes = at_once(loop.app, partial(act, 0), partial(act, 1))
    assert outcomes.count(None) == 1
    end_reading()
    done = loop.fresh(found)
    assert done.state in (review.State.draft, review.State.passed)
    assert (done.state is review.State.passed) == bool(PUBLISHED) == done.in_force


def test_two_people_who_begin_share_one_draft(loop):
    def begin(number):
        name = ("author", "colleague")[number % 2]
        actor = who(name)
        with scope.acting_as(actor), transaction():
            review.begin(
                actor, "sample", FRESH, park_id=min(actor.park_ids), title="样品", content={}
            )

    assert at_once(loop.app, *(partial(begin, number) for number in range(6))) == [None] * 6
    assert review.count(review.Revision.subject_id == FRESH) == 1
