"""催办: once a working day, of what waited too long, to those who could decide it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock, scope
from app.core.values import replace
from app.engines import calendar, notices, review, settings
from app.engines.notices import InboxMessage
from app.extensions import db
from app.features.desk import tasks
from app.features.desk.site import remind_after
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


def sat(key, value):
    with transaction():
        settings.change(people.actor("operator"), {key: value}, {})


def test_reviewers_are_nudged_before_the_promise_ends(waiting):
    """However the two are set: what is due today was spoken of before."""
    sat("review.answer_within", 2)
    with transaction():
        waiting.submitted_at = clock.beginning_of(calendar.since(2))
    assert review.promised(waiting) <= clock.today()
    assert remind_after() == 1
    assert remind() == 3


def test_author_and_reviewers_read_one_date(waiting, as_):
    """The promise of the author is the reviewer's deadline: on the list, the screen, 工作台."""
    with transaction():
        waiting.submitted_at = clock.now()
    day = calendar.due(waiting.submitted_at, 5).isoformat()
    assert review.promised(waiting).isoformat() == day
    reviewer = as_("reviewer")
    assert f"{day} 前答复" in reviewer.page("/desk/reviews/list/")
    assert f"{day} 前答复" in as_("park1").page("/desk/reviews/list/")
    assert f"{day} 前答复" in reviewer.page(f"/desk/reviews/show/{waiting.id}")
    assert f'<time datetime="{day}">' in reviewer.page("/desk/")


def test_nobody_waits_for_an_answer_that_was_given(waiting, as_):
    actor = people.actor("reviewer")
    with scope.acting_as(actor), transaction():
        review.approve(actor, waiting.id, seen=waiting.version)
    assert review.promised(review.get(actor, waiting.id)) is None
    assert "前答复" not in as_("reviewer").page(f"/desk/reviews/show/{waiting.id}")
