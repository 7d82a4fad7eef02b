"""From a round's page to its work and back: links, crumbs, the head of a phone."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.features.assessments.services import rehearsal, rounds
from tests.support import assessments as made
from tests.support import judging

BASE = "/desk/assessment-rounds"
VALUES = f"{BASE}/values"


def test_the_rounds_page_leads_to_its_work_and_its_tabs_name_it(context: object, as_: Any) -> None:
    found, browser = made.opened(), as_("operator")
    page = browser.page(f"{BASE}/show/{found.id}")
    places = (
        f"/desk/assessment-board/?round={found.id}",
        f"/desk/filing-reviews/board/{found.id}",
        f"/desk/filing-reviews/list/?round={found.id}",
        f"/desk/expert-panel/lead/{found.id}",
        f"/desk/scoring/round/{found.id}",
        f"/desk/publications/{found.id}",
    )
    for address in places:
        assert f'href="{address}"' in page, address
        browser.page(address)
    for tab in (f"{BASE}/parks", f"{BASE}/sources", VALUES):
        page = browser.page(f"{tab}/{found.id}")
        assert f"<b>{found.name}</b>" in page  # the head of a phone
        assert f'<a href="{BASE}/show/{found.id}">{found.name}</a>' in page
    copy = judging.do("operator", rehearsal.copy, found.id, name="演练一", now=clock.now())
    page = browser.page(f"{BASE}/show/{copy.id}")
    assert f"/desk/filing-reviews/board/{copy.id}" in page
    assert f"/desk/publications/{copy.id}" not in page


def test_a_head_without_acts_has_no_bar_for_them(context: object, as_: Any) -> None:
    found = made.opened()
    judging.do("operator", rounds.cancel, found.id, "不再考核", now=None)
    assert 'class="page-acts"' not in as_("operator").page(f"/desk/scoring/round/{found.id}")
