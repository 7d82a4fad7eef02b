"""Working days with 调休: the State Council's arrangement of 2026 and 2025 as it was published."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal, Stale
from app.engines import calendar, trail
from app.engines.calendar import CalendarDay, CalendarYear, rules
from app.extensions import db
from app.transaction import transaction
from tests.support import people

DAYS = st.dates(date(2025, 6, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 14), True),  # a Saturday before the Spring Festival
        (date(2026, 2, 17), False),  # first day of the year, a Tuesday
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday made up for
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 11, 23), True),
        (date(2025, 1, 26), True),  # a Sunday made up for
    ],
)
def test_known_days(context, day, working):
    assert calendar.is_working(day) is working


def test_waiting_counts_days_of_shanghai(context):
    friday_evening_utc = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # Saturday 01:00 in Shanghai
    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert calendar.waited(friday_evening_utc, monday) == 1
    assert calendar.due(monday, 3) == date(2026, 11, 26)
    assert calendar.left(date(2026, 11, 30), today=date(2026, 11, 27)) == 1
    assert calendar.left(date(2026, 11, 20), today=date(2026, 11, 23)) == -1


@given(start=DAYS, number=st.integers(0, 60))
def test_adding_and_counting_agree(start, number):
    off = {date(2025, 10, day): False for day in range(1, 9)}
    assert rules.between(start, rules.add(start, number, off), off) == number


@given(end=DAYS, number=st.integers(0, 60))
def test_going_back_finds_the_earliest_day_of_that_wait(end, number):
    off = {date(2025, 10, day): False for day in range(1, 9)}
    first = rules.back(end, number, off)
    assert rules.between(first, end, off) == number
    assert rules.between(first - rules.ONE, end, off) == number + 1


@given(start=DAYS, end=DAYS)
def test_counting_back_is_counting_forth_with_a_minus(start, end):
    assert rules.between(start, end, {}) == -rules.between(end, start, {})


def test_seeding_again_adds_nothing_and_leaves_changes(context):
    assert calendar.seed() == 0
    assert 2026 in calendar.known_years()
    day = db.session.scalar(sa.select(CalendarDay).where(CalendarDay.day == date(2026, 10, 1)))
    day.name = "改过"
    db.session.flush()
    calendar.seed()
    assert db.session.get(CalendarDay, day.id).name == "改过"


def test_a_year_nobody_entered_is_named(context):
    assert calendar.missing_years((2026, 2051)) == (2051,)
    with transaction():
        calendar.add(people.actor("operator"), day=date(2051, 1, 2), working=False, name="元旦")
    assert calendar.missing_years((2051,)) == ()
    assert not calendar.is_working(date(2051, 1, 2))


@pytest.mark.parametrize(
    ("day", "working", "name", "code"),
    [
        (date(1999, 1, 4), False, "", "calendar_day_range"),
        (date(2051, 1, 2), True, "", "calendar_day_same"),  # a Monday
        (date(2051, 1, 1), False, "", "calendar_day_same"),  # a Sunday
        (date(2051, 1, 2), False, "长" * 41, "calendar_name_long"),
        (date(2026, 10, 1), False, "", "calendar_day_taken"),
    ],
)
def test_what_makes_no_sense_is_refused(context, day, working, name, code):
    with pytest.raises(Refusal) as told, transaction():
        calendar.add(people.actor("operator"), day=day, working=working, name=name)
    assert told.value.code == code


def test_changes_are_written_down_and_versions_asked(context):
    actor = people.actor("operator")
    with transaction():
        made = calendar.add(actor, day=date(2051, 1, 2), working=False, name="元旦")
    with pytest.raises(Stale), transaction():
        calendar.change(actor, made.id, working=False, name="新年", version=9)
    with transaction():
        calendar.change(actor, made.id, working=False, name="新年", version=made.version)
    with transaction():
        calendar.delete(actor, made.id)
    told = [entry.action for entry in trail.history("calendar_day", made.id)]
    assert sorted(told) == ["calendar.added", "calendar.changed", "calendar.deleted"]
    assert calendar.is_working(date(2051, 1, 2))
    assert db.session.scalar(sa.select(CalendarYear).where(CalendarYear.year == 2051)) is not None
