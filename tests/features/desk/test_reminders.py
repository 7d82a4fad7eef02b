"""催办: once a working day, of what waited too long, to those who could decide it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.engines import calendar, notices, review
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.desk import tasks
from app.transaction import transaction
from tests.engines.review.sample import CONTENT, KIND
from tests.support import people


@pytest.fixture
def waiting(context, monkeypatch):
    """A revision of park1 that has waited for a month, on a working day."""
    monkeypatch.setattr(calendar, "is_working", lambda _day: True)
    review.register(replace(KIND, name="sample_page", author_view="EnterpriseView"))
    actor = people.actor("park1")
    thing = review.Subject("sample_page", 1, min(actor.park_ids), "样品", dict(CONTENT))
    with scope.acting_as(actor), transaction():
        made = review.propose(actor, thing, {}, seen=0, send=True)
    with transaction():
        made.submitted_at = clock.now() - timedelta(days=30)
    return made


def told():
    query = sa.select(InboxMessage).where(InboxMessage.kind == tasks.KIND)
    return list(db.session.scalars(query))


def remind():
    with transaction():
        return tasks.remind_reviewers()


def test_reviewers_are_told_once_a_day(waiting):
    assert remind() == 3  # reviewer, operator, operator2
    assert remind() == 0
    assert len(told()) == 3
    assert notices.said(told()[0])[1].startswith("有 1 件待您审核的事项已等待超过 3 个工作日")


def test_nothing_is_late_within_the_days(waiting):
    with transaction():
        waiting.submitted_at = clock.now()
    assert remind() == 0


def test_nobody_is_told_on_a_day_off(waiting, monkeypatch):
    monkeypatch.setattr(calendar, "is_working", lambda _day: False)
    assert remind() == 0
