"""首次联系时限: counted in working days, told once per application and day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.core.actor import system_actor
from app.extensions import db
from app.features.settlements import queries, services
from app.features.settlements.models import SettlementNudge
from app.features.settlements.services.telling import TELLERS
from app.transaction import transaction
from tests.support.settlements import made


def at(day: int, hour: int = 2) -> datetime:
    """November 2026: the 18th is a Wednesday, the 21st a Saturday."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def heard():
    told = []
    TELLERS.append(lambda _actor, one, what: told.append((one.number, what)))
    yield told
    TELLERS.pop()


def nudge(moment) -> int:
    with transaction():
        return services.nudge(system_actor("system:worker"), moment)


def test_once_a_day_from_the_day_it_is_due(context, heard):
    found = made("P01", now=at(18))
    answered = made("P01", now=at(18))
    with transaction():
        db.session.merge(answered).state = "following"
    assert found.due_on == date(2026, 11, 23)  # over the weekend
    heard.clear()
    assert [nudge(at(20)), nudge(at(21)), nudge(at(22))] == [0, 0, 0]
    assert [nudge(at(23)), nudge(at(23, 9)), nudge(at(24))] == [1, 0, 1]
    assert heard == [(found.number, "due"), (found.number, "late")]
    rows = db.session.execute(
        sa.select(SettlementNudge.day, SettlementNudge.late).order_by(SettlementNudge.day)
    )
    assert [tuple(row) for row in rows] == [(date(2026, 11, 23), 0), (date(2026, 11, 24), 1)]


def test_nobody_is_nudged_on_a_day_off(context):
    made("P01", now=at(2))
    assert nudge(at(21)) == 0  # a Saturday
    assert nudge(at(23)) == 1


def test_the_figure_counts_what_the_list_shows(context):
    made("P01", now=at(2))
    made("P01", now=at(18))
    assert queries.funnel_counts(date(2026, 11, 23))["overdue"] == 1
    assert queries.funnel_counts(date(2026, 11, 24))["overdue"] == 2
