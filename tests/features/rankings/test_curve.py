"""A rule's line gives the points that the engine gave, at every value."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.features.rankings import queries
from app.features.rankings.rules.curve import curve
from app.features.rankings.views.drawing import HEIGHT, WIDTH, drawing, shown
from tests.features.rankings.test_pages import PAGE, park_id, told
from tests.support import rankings

LINEAR = {"type": "linear", "zero_at": "50", "full_at": "90"}
FALLING = {"type": "linear", "zero_at": "90", "full_at": "50"}
BROKEN = {"type": "piecewise", "points": [["-20", "0"], ["0", "4"], ["30", "8"]]}
BANDS = {"type": "bands", "bounds": "[)",
         "bands": [{"min": "0", "score": "0"}, {"min": "1000", "score": "2"}, {"min": "3000", "score": "4"}]}  # fmt: skip


def item(rule: dict[str, Any], value: str | None, most: str = "4") -> dict[str, Any]:
    return {"rule": rule, "value": value, "max_score": most, "absence": None, "unit": "%"}


@pytest.mark.parametrize(
    ("rule", "value", "most", "points"),
    [
        (LINEAR, "70", "4", "2"),
        (LINEAR, "40", "4", "0"),
        (LINEAR, "182425/2027", "4", "16215/4054"),
        (LINEAR, "95", "4", "4"),
        (FALLING, "60", "4", "3"),
        (BROKEN, "-25", "8", "0"),
        (BROKEN, "0", "8", "4"),
        (BROKEN, "22", "8", "104/15"),
        (BROKEN, "31", "8", "8"),
        (BANDS, "999.99", "4", "0"),
        (BANDS, "1000", "4", "2"),
        (BANDS, "3000", "4", "4"),
    ],
)
def test_the_value_stands_where_the_rule_puts_it(
    rule: dict[str, Any], value: str, most: str, points: str
) -> None:
    found = curve(item(rule, value, most))
    assert found is not None
    assert found.at == (Fraction(value), Fraction(points))
    assert found.line[0][0] < found.at[0] < found.line[-1][0], "the value lies within the picture"
    made = drawing(found, "%")
    assert 0 < made.dot[0] < WIDTH
    assert 0 < made.dot[1] < HEIGHT


@pytest.mark.parametrize(
    "one",
    [
        item({"type": "relative_to_best"}, "3"),
        item(LINEAR, None),
        item(LINEAR, "none"),
        item({**LINEAR, "min_units": "8"}, "60"),
        item({**BANDS, "bounds": "(]"}, "3"),
        {**item(LINEAR, "70"), "absence": "not_applicable"},
    ],
)
def test_what_has_no_line_is_not_drawn(one: dict[str, Any]) -> None:
    assert curve(one) is None


def test_numbers_are_told_short() -> None:
    assert [shown(Fraction(one), "%") for one in ("22", "25/2", "1/3", "12345")] == [
        *("22%", "12.5%", "0.33%", "12,345%"),
    ]
    assert shown(Fraction(3), "㎡") == "3"


def test_every_line_of_a_scored_round_goes_through_the_points_of_the_engine(
    as_: Any, context: Any
) -> None:
    """Whatever the engine gave, before it is limited to the most of the indicator."""
    found, snapshot = rankings.published()
    items = queries.result_of(snapshot.run_id, park_id("P01")).explanation["items"]
    drawn = {code: line for code, one in items.items() if (line := curve(one))}
    assert len(drawn) > 3
    for code, line in drawn.items():
        limit = Fraction(Decimal(items[code]["limit"]))
        given = min(max(Fraction(items[code]["points"]), Fraction(0)), limit)
        assert line.at[1] == given, code
    code = next(iter(drawn))
    page = told(as_("park1"), f"{PAGE}?round={found.id}&park={park_id('P01')}&code={code}")
    assert f'd="{drawing(drawn[code], items[code]["unit"]).path}"' in page
