"""考核看板: every figure of a round opens its list and equals it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from app.core import clock, scope
from app.features.objections import services
from app.transaction import transaction
from tests.features.desk.board import listed, strays
from tests.support import assessments, people, rankings

BOARD = "/desk/assessment-board/"
COUNTED = r'<a data-counts href="([^"]+)"[^>]*>([\d,]+)</a>'


def page(browser: Any, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, (address, answer.text[:300])
    return str(answer.text)


def rows_of(address: str, text: str) -> int:
    """Rows of the list that a figure opens: a ranking, the filings of a round, or cases."""
    if address.startswith("/desk/objections/"):
        return int(listed(text))
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL) or [""]
    return len(re.findall(r'<th scope="row">', body))


def test_without_a_round_it_says_what_will_stand_there(as_: Any, context: Any) -> None:
    assert "还没有开始的考核" in page(as_("operator"), BOARD)


@pytest.mark.parametrize("who", ["park1", "expert1", "auditor", "user1"])
def test_it_is_the_zones(as_: Any, who: str) -> None:
    page(as_(who), BOARD, 403)


def test_every_figure_opens_its_list_and_equals_it(as_: Any, context: Any) -> None:
    found, snapshot = rankings.published()
    actor = people.actor("park1")
    with scope.acting_as(actor), transaction():
        claim = services.Claim("total", "请核对总分。")
        services.file(actor, people.park("P01").id, snapshot.id, claim, now=clock.now())
    browser = as_("operator")
    text = page(browser, f"{BOARD}?round={found.id}")
    counted = re.findall(COUNTED, text)
    assert {one.split("?")[0].rsplit("/", 1)[0] for one, _number in counted} == {
        *("/desk/filing-reviews/board", "/desk/objections/list", "/desk/ranking"),
    }
    assert sum(number != "0" for _address, number in counted) > 6
    for address, number in counted:
        opened = html.unescape(address)
        assert rows_of(opened, page(browser, opened)) == int(number), address
    assert strays(text) == []


def test_a_round_that_is_filled_in_has_no_ranking_yet(as_: Any, context: Any) -> None:
    found = assessments.opened(("P01", "P02"))
    text = page(as_("reviewer"), BOARD)
    assert found.name in text
    assert "填报现在的状态" in text
    assert "等级分布" not in text
    counted = dict(re.findall(COUNTED, text))
    assert counted[f"/desk/filing-reviews/board/{found.id}?state=draft"] == "2"
    page(as_("reviewer"), f"{BOARD}?round=999999", 404)
