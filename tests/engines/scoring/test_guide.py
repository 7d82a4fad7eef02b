"""docs/scoring.md: its example is a scheme, and its arithmetic is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.engines import scoring
from app.engines.scoring.rules import KINDS

GUIDE = (Path(__file__).resolve().parents[3] / "docs/scoring.md").read_text()


@pytest.fixture(scope="module")
def outcomes():
    scheme_text, cohort_text = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    scheme = scoring.read_scheme(scheme_text)
    return scoring.score(scheme, scoring.read_cohort(scheme, cohort_text))


def test_the_example_comes_out_as_the_guide_says(outcomes):
    east, west, south = outcomes.values()
    assert (str(east.final), east.rank, east.grade) == ("100.50", 1, "excellent")
    assert {code: str(points) for code, points in west.items.items()} == {
        "A1": "16.00",
        "A2": "None",
        "B1": "20.00",
        "B2": "15.00",
    }
    assert (str(west.final), west.grade) == ("49.00", "fail")
    assert (south.veto, south.grade, south.rank) == ("V2", "fail", None)


def test_every_rule_and_its_settings_stand_in_the_guide():
    table = GUIDE.partition("## Rules")[2].partition("## Without")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", table, re.MULTILINE))
    assert set(rows) == set(KINDS)
    for kind, rule in KINDS.items():
        for key in set(rule.keys) - {"blind"}:
            assert key in rows[kind], (kind, key)
