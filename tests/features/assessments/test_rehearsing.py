"""A rehearsal is judged to its end by the zone alone, and nobody is led out of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock, scope
from app.features.assessments.queries import reviews
from app.features.assessments.services import rehearsal
from tests.support import assessments as made
from tests.support import judging

BASE = "/desk/filing-reviews"


@pytest.fixture
def copied(context: object) -> Any:
    """Two filed parks of a real round, and its copy."""
    judging.more_people()
    found = made.opened()
    for park, by in (("P01", "park1"), ("P02", "park2")):
        made.submitted(found, park, by=by)
    return judging.do("operator", rehearsal.copy, found.id, name="演练一", now=clock.now())


def finished(browser: Any, one: Any) -> str:
    seen = judging.fresh(one).version
    answer = browser.post(f"{BASE}/finish/{one.id}", data={"version": seen})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_next_filing_is_one_of_the_rehearsal_and_after_the_last_comes_its_board(
    copied: Any, as_: Any
) -> None:
    browser = as_("reviewer")
    first, second = (made.filing(copied, code) for code in ("P01", "P02"))
    for one in (first, second):
        judging.take(one)
        judging.pass_all(one)
    assert f"{BASE}/show/{second.id}" in browser.page(f"{BASE}/show/{first.id}")
    assert finished(browser, first).endswith(f"/show/{second.id}")
    assert finished(browser, second).endswith(f"/board/{copied.id}")


def test_what_is_sent_back_is_the_reviewers_again_at_once(copied: Any, as_: Any) -> None:
    one = made.filing(copied, "P01")
    judging.returned(one)
    assert "也不会补正" in as_("reviewer").page(f"{BASE}/show/{one.id}")
    judging.take(one)
    judging.pass_all(one)
    finished(as_("reviewer"), one)
    with scope.unscoped():
        assert one.id not in [each.id for each in reviews.unsettled(copied.id)]


def test_the_queue_offers_no_round_whose_filings_it_does_not_list(copied: Any, as_: Any) -> None:
    page = as_("reviewer").page(f"{BASE}/list/")
    assert "年度考核</option>" in page
    assert "演练一</option>" not in page
