"""Formulas and YAML: what is read, what is refused, and that nothing in them runs."""

from __future__ import annotations

import pytest

from app.engines import scoring
from app.engines.scoring import documents
from tests.support import schemes
from tests.support.schemes import faults

FORMULAS = {
    "x + ": "formula_end",
    "": "formula_end",
    "(x": "formula_open",
    "x)": "formula_sign",
    "x y": "formula_sign",
    "x ** 2": "formula_sign",
    "x % 2": "formula_sign",
    "x.__class__": "formula_sign",
    "__import__('os')": "formula_sign",
    "__import__(os)": "formula_function",
    "open(x)": "formula_function",
    "x if x else 0": "formula_sign",
    "[x]": "formula_sign",
    "x; x": "formula_sign",
    "1e5 * x": "unknown_item",
    "sum(x)": "formula_no_sum",
    "sum(1)": "formula_sum",
    "sum()": "formula_sum",
    "lambda": "unknown_item",
    "(" * 41 + "x" + ")" * 41: "formula_deep",
    "-" * 41 + "x": "formula_deep",
    "x+" * 1001 + "x": "formula_long",
    "x × 2": "formula_sign",
    "x，y": "formula_sign",
    "１ + x": "formula_sign",
}
GOOD_FORMULAS = ["x", " ( x ) ", "-x", "+x", "x/y/2", "x * .5", "x-1.50", "xx + x_x + x2 - 2x"]


@pytest.mark.parametrize(("formula", "code"), FORMULAS.items())
def test_a_formula_that_is_none_is_refused(formula, code):
    rule = {"type": "per_unit", "points": "1"}
    data = schemes.small([{"code": "a", "value": formula, "rule": rule}])
    assert ("indicators.a.value", code) in faults(data)


@pytest.mark.parametrize("formula", GOOD_FORMULAS)
def test_a_sound_formula_is_read(formula):
    items = [schemes.item(code) for code in ("x", "y", "xx", "x_x", "x2", "2x")]
    rule = {"type": "per_unit", "points": "1"}
    data = schemes.small([{"code": "a", "value": formula, "rule": rule}], items)
    assert scoring.read_scheme(data).by_code["a"].value.text == formula


YAMLS = {
    "a: 1\na: 2": "duplicate_key",
    "a: {b: 1, 'b': 2}": "duplicate_key",
    "a: [": "yaml_syntax",
    "a: !!python/object/apply:os.system [ls]": "yaml_tag",
    "a: !!timestamp 2024-01-01": "yaml_tag",
    "--- a\n--- b": "yaml_documents",
    "a: &x [*x]": "yaml_alias",
    "a: *x": "yaml_alias",
    "? [a]\n: 1": "yaml_key",
    "a: " + "[" * 60 + "]" * 60: "yaml_depth",
    "- 1": "not_a_mapping",
    "text": "not_a_mapping",
    "": "not_a_mapping",
}


@pytest.mark.parametrize(("text", "code"), YAMLS.items())
def test_yaml_that_is_no_scheme_is_refused(text, code):
    assert code in {one for _path, one in faults(text)}


def test_other_encodings_and_huge_files_are_refused():
    assert faults("名: 值".encode("gb18030")) == [("", "not_utf8")]
    assert faults(b"#" * (5 * 2**20 + 1)) == [("", "scheme_size")]


def test_aliases_that_multiply_cost_nothing():
    """The billion laughs: nine levels of ten aliases each."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    assert {code for _path, code in faults("a0: &a0 [x]\n" + levels)} == {"yaml_size"}


def test_the_place_of_a_key_twice_is_told():
    text = "a:\n- b: 1\n- c: {d: 1, d: 2}\n"
    with pytest.raises(scoring.Refused) as caught:
        scoring.read_scheme(text)
    (fault,) = caught.value.faults
    assert (fault.path, fault.line, fault.code) == ("a.1.c.d", 3, "duplicate_key")


def test_a_file_of_endless_parts_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_NODES", 100)
    assert faults(schemes.REFERENCE.read_bytes()) == [("procedure.edges.3.guard", "yaml_size")]


def test_a_utf8_mark_at_the_start_is_no_error():
    source = b"\xef\xbb\xbf" + schemes.REFERENCE.read_bytes()
    assert scoring.read_scheme(source) == schemes.reference_scheme()


def test_words_of_yaml_1_1_are_plain_words():
    data = documents.load("a: [yes, no, on, off, 1_000, 12:30, 2024-01-01, ~, '~']")
    assert data["a"] == ["yes", "no", "on", "off", "1_000", "12:30", "2024-01-01", None, "~"]
