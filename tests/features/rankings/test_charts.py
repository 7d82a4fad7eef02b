"""The ranking's charts: what is drawn equals the list that it leads to, and the figures published."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

from app.features.rankings import queries
from app.features.rankings.rules.rows import Published
from app.features.rankings.rules.spread import Band, band_of, bands, levels
from tests.features.rankings.test_pages import PAGE, park_id, told
from tests.support import people, rankings

COUNTED = r'<a data-counts href="([^"]+)"[^>]*>([\d,]+)</a>'
NAMES = r'<th scope="row"><a [^>]*>([^<]+)</a>'


def row(final: str | None, **blocks: str) -> Published:
    return Published(
        park_id=1, code="P01", name="样品", kind="park", rank=1, previous_rank=None, blocks=blocks,
        base=final, bonus=None, deduction=None, final=final, grade="good", computed_grade="good",
        veto=None, tie_order=1, steps=(),
    )  # fmt: skip


def test_an_interval_holds_its_lower_end_and_empty_ones_are_told_too() -> None:
    rows = [row("90.00"), row("89.99"), row("60"), row(None), row("-3.5")]
    assert bands(rows) == (
        *(Band(90, 1), Band(80, 1), Band(70, 0), Band(60, 1)),
        *(Band(low, 0) for low in (50, 40, 30, 20, 10, 0)),
        Band(-10, 1),
    )
    assert band_of("-3.5") == -10
    assert bands([row(None)]) == ()
    far = [row("1e40"), row("15")]  # a scheme may promise any bonus
    assert [(one.low, one.count) for one in bands(far)] == [(10**40, 1), (10, 1)]


def test_sections_are_told_in_per_cent_of_their_points() -> None:
    rows = [row("9", A="9"), row("6", A="6"), row("4", A="4"), row(None)]
    (one,) = levels(rows, {"A": "12"}, rows[1])
    assert (one.own, one.middle, one.best) == (Decimal("50.0"), Decimal("50.0"), Decimal("75.0"))
    (alone,) = levels(rows, {"A": "12"}, rows[3])
    assert alone.own is None
    assert levels([row(None)], {"A": "12"}, None) == ()


def test_every_number_of_a_chart_opens_the_list_that_it_counts(as_: Any, context: Any) -> None:
    rankings.published()
    browser = as_("operator")
    rows = queries.rows(queries.last().id)  # type: ignore[union-attr]
    for kind in ("", "base"):
        ranked = [one for one in rows if one.final and (not kind or one.kind == kind)]
        page = told(browser, f"{PAGE}?view=charts&kind={kind}")
        counted = re.findall(COUNTED, page)
        assert len(counted) >= 4, "every grade"
        spread = [int(number) for address, number in counted if "band=" in address]
        assert sum(spread) == len(ranked)
        for address, number in counted:
            listed = told(browser, html.unescape(address))
            assert len(re.findall(NAMES, listed)) == int(number), address
            assert "移除条件" in listed


def test_a_park_sees_its_sections_beside_the_middle_and_its_places(as_: Any, context: Any) -> None:
    rankings.published()
    page = told(as_("park1"), f"{PAGE}?view=charts")
    own = next(one for one in queries.rows(queries.last().id) if one.code == "P01")  # type: ignore[union-attr]
    sections = page.split('id="table-sections"')[1].split("</table>")[0]
    block, points = next(iter(own.blocks.items()))
    most = queries.last().head["blocks"][0]  # type: ignore[union-attr]
    assert most["code"] == block
    rate = (Decimal(points) * 100 / Decimal(most["max_score"])).quantize(Decimal("0.1"))
    assert f"<span data-value>{rate}%</span>" in sections
    assert people.park("P01").name in sections
    places = page.split('id="table-places"')[1]
    assert f">{own.rank}</a>" in places
    assert f"<span data-value>{own.final}</span>" in places


def test_the_zone_sees_the_places_of_the_park_that_it_opened(as_: Any, context: Any) -> None:
    rankings.published()
    browser = as_("operator")
    assert 'id="table-places"' not in told(browser, f"{PAGE}?view=charts")
    page = told(browser, f"{PAGE}?view=charts&park={park_id('P02')}")
    assert people.park("P02").name in page.split('id="chart-places"')[1].split("</h2>")[0]


def test_with_nobody_ranked_every_page_and_paper_is_there(as_: Any, context: Any) -> None:
    found, made = rankings.scored(("B01",))
    snapshot = rankings.publish(found, made)
    browser = as_("operator")
    for address in (
        *(PAGE, f"{PAGE}?view=charts", f"{PAGE}?park={park_id('B01')}&view=charts"),
        f"/desk/assessment-board/?round={found.id}",
        *(f"/desk/ranking-papers/{snapshot.id}/{kind}" for kind in ("print", "xlsx", "zip")),
    ):
        assert browser.get(address).status_code == 200, address
    assert "还没有参加排名的园区/基地" in told(browser, f"{PAGE}?view=charts")
