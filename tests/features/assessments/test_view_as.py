"""Who looks as somebody else reads no business value of an assessment (decisions.md 23)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.accounts.test_view_as import looking
from tests.support import assessments


@pytest.mark.parametrize("page", ["", "/check", "/what-if", "/workbook"])
def test_the_pages_of_a_filing_are_closed_to_who_only_looks(
    as_: Any, context: Any, page: str
) -> None:
    mine = assessments.filing(assessments.opened(), "P01")
    assessments.fill_value(mine, "employees", "7654")
    address = f"/desk/filings/{mine.id}{page}"
    assert as_("park1").get(address).status_code == 200
    seen = looking(as_, "park1").get(address)
    assert seen.status_code == 403
    assert "7,654" not in seen.text
    assert "7654" not in seen.text


@pytest.mark.parametrize("who", ["operator", "reviewer"])
def test_the_zones_pages_too(as_: Any, context: Any, who: str) -> None:
    found = assessments.opened()
    one = assessments.submitted(found, "P01")
    for address in (
        f"/desk/filing-reviews/show/{one.id}",
        f"/desk/assessment-rounds/values/{found.id}",
    ):
        assert as_(who).get(address).status_code == 200
        assert looking(as_, who).get(address).status_code == 403
