"""Schemes made to keep the reader busy or to stop it with an error: each is refused, in a moment."""

from __future__ import annotations

import pytest

from app.engines import scoring
from app.engines.scoring import checking, documents
from tests.support import schemes
from tests.support.schemes import faults

RULE = {"type": "per_unit", "points": "1"}


def with_value(value):
    return schemes.small([{"code": "a", "value": value, "rule": RULE}])


def with_item(**more):
    return {**with_value("x"), "data_items": [schemes.item("x"), schemes.item("y", **more)]}


@pytest.mark.parametrize("formula", ["+".join(["x"] * 900), "x" + "/x" * 900, "x+" * 251 + "x"])
def test_a_formula_of_endless_operations_is_refused(formula):
    assert ("indicators.a.value", "formula_operations") in faults(with_value(formula))
    check = with_item(check=f"{formula} <= x")
    assert ("data_items.y.check", "formula_operations") in faults(check)
    faults(with_item(computed=formula))  # prose or too long: not followed, and no error


def test_the_longest_formula_is_computed():
    scheme = scoring.read_scheme(with_value("x+" * 250 + "x"))
    found = scoring.score(scheme, scoring.read_cohort(scheme, cohort("0.01")), explain=True)
    assert "2.51" in str(scoring.explained(found["P"]))


def cohort(x):
    return {"subjects": [{"id": "P", "values": {"x": x, "y": "1"}}]}


def test_decimals_without_end_are_refused():
    assert ("data_items.y.digits", "too_large") in faults(with_item(digits="99999999999"))


def test_a_code_that_is_a_list_is_no_text():
    data = with_value("x")
    data["data_items"] = [*data["data_items"], {"code": ["x"], "type": "number"}]
    assert ("not_a_text") in {code for _path, code in faults(data)}


def test_a_fraction_of_thousands_of_digits_is_explained():
    scheme = scoring.read_scheme(with_value("y / (7 * " + "*".join(["x"] * 100) + ")"))
    found = scoring.score(scheme, scoring.read_cohort(scheme, cohort("9" * 60)), explain=True)
    assert scoring.explained(found["P"])


def computed(ways):
    return {
        **with_value("x"),
        "data_items": [schemes.item("x"), schemes.item("y")]
        + [schemes.item(code, computed=way) for code, way in ways.items()],
    }


@pytest.mark.timeout(20)
def test_a_chain_of_thousands_is_walked_at_once():
    chain = {f"c{n}": f"c{n + 1}" for n in range(5_000)}
    assert faults(computed({**chain, "c5000": "x"})) == []
    assert ("data_items.c0.computed", "circular") in faults(computed({**chain, "c5000": "c0"}))


def test_after_long_looking_one_circle_is_told(monkeypatch):
    monkeypatch.setattr(checking, "MOST_STEPS", 0)
    found = faults(computed({"p": "q", "q": "r", "r": "q"}))
    assert [code for _path, code in found] == ["circular"]


def aliases(number):
    child = "{code: A1, max_score: 1, value: a, rule: {type: per_unit, points: 1}}"
    children, blocks = ", ".join(["*k"] * number), ", ".join(["*b"] * number)
    return f"notes: [&k {child}, &b {{code: A, max_score: 100, children: [{children}]}}]\nindicators: [{blocks}]\n"


@pytest.mark.timeout(20)
def test_aliases_of_aliases_count_as_what_they_stand_for():
    assert {code for _path, code in faults(aliases(1_000))} == {"yaml_size"}
    assert ("", "yaml_size") not in faults(aliases(3))


def test_an_anchor_given_anew_counts_as_what_it_is_now(monkeypatch):
    monkeypatch.setattr(documents, "MOST_REPEATED", 5)
    data = documents.load("a: &x [1, 2, 3, 4, 5, 6]\nb: &x 1\nc: [*x, *x]")
    assert data["c"] == ["1", "1"]
