"""工作日历 as 平台运营 keeps it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core import clock
from app.engines.calendar import CalendarYear
from app.extensions import db
from app.transaction import transaction
from tests.support.forms import errors, save

BASE = "/desk/calendar"
YEAR = clock.today().year
DAY = {"day": "2031-01-01", "working": "0", "name": "元旦"}  # a Wednesday


def test_a_day_is_entered_changed_and_taken_back(as_):
    browser = as_("operator")
    made = browser.post(f"{BASE}/add", data=DAY)
    assert made.status_code == 303, errors(made.text)
    assert "2031-01-01" in browser.page(f"{BASE}/list/?year=2031")
    assert "2031-01-01" not in browser.page(f"{BASE}/list/?year={YEAR}")
    save(browser, made.location.replace("/show/", "/edit/"), working="0", name="新年")
    assert "新年" in browser.page(f"{made.location}?tab=history")
    assert browser.post(made.location.replace("/show/", "/delete/")).status_code == 303
    assert "元旦" not in browser.page(f"{BASE}/list/?year=2031")
    assert browser.get(made.location).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [({"working": "1"}, "本来就是如此"), ({"day": "1999-01-01"}, "2000 年至 2099 年")],
)
def test_refusals_stand_beside_the_field(as_, values, words):
    answer = as_("operator").post(f"{BASE}/add", data={**DAY, **values})
    assert answer.status_code == 400
    assert words in errors(answer.text)[0]


def test_a_year_that_nobody_entered_is_warned_of(as_, context):
    with transaction():
        db.session.execute(sa.delete(CalendarYear).where(CalendarYear.year == YEAR + 1))
    page = as_("operator").page(f"{BASE}/list/")
    assert f"{YEAR + 1} 年的放假调休安排" in page
    with transaction():
        have = set(db.session.scalars(sa.select(CalendarYear.year)))
        missing = {YEAR, YEAR + 1} - have
        db.session.add_all([CalendarYear(year=year, source="zone") for year in missing])
    assert "放假调休安排" not in as_("operator").page(f"{BASE}/list/")


@pytest.mark.parametrize("who", ["park1", "reviewer", "sysadmin"])
def test_others_do_not_keep_the_calendar(as_, who):
    as_(who).page(f"{BASE}/list/", status=403)
