"""Hostile numbers, exactness and the one rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engines import scoring
from app.engines.scoring.exact import (
    MODES,
    NotANumber,
    Rounding,
    decimal_of,
    exact_text,
    ratio_of_text,
)
from tests.support import schemes

REFUSED = {
    "1e309": "number_too_long",
    "-1e309": "number_too_long",
    "1e999999999999": "number_too_long",
    "1e-999999999999": "number_too_long",
    "9" * 61: "number_too_long",
    "9" * 300: "number_too_long",
    "NaN": "not_finite",
    ".nan": "not_finite",
    ".inf": "not_finite",
    "-Infinity": "not_finite",
    "１２３": "not_a_number",
    "٣": "not_a_number",
    "1,000": "not_a_number",
    "1，000": "not_a_number",
    "1_000": "not_a_number",
    "1 000": "not_a_number",
    "85%": "not_a_number",
    "85％": "not_a_number",
    "约100": "not_a_number",
    "100万元": "not_a_number",
    "12:30": "not_a_number",
    "--1": "not_a_number",
    "": "not_a_number",
    "true": "not_a_number",
}
READ = {
    "15000.00": "15000",
    "-0": "0",
    "-0.00": "0",
    "+7": "7",
    ".5": "0.5",
    "5.": "5",
    "010": "10",
    "1e3": "1000",
    "0x1F": "31",
    "0o17": "15",
    "123456789012345678901234567890": "123456789012345678901234567890",
    "0.100000000000000000000000000001": "0.100000000000000000000000000001",
}


@pytest.mark.parametrize(("text", "code"), REFUSED.items())
def test_what_is_no_number_is_refused_with_its_reason(text, code):
    with pytest.raises(NotANumber) as caught:
        decimal_of(text)
    assert caught.value.code == code


@pytest.mark.parametrize("value", [True, 1.5, None, [], float("nan"), Decimal("NaN")])
def test_a_binary_float_is_no_number(value):
    with pytest.raises(NotANumber):
        decimal_of(value)


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_a_number_is_read_digit_by_digit(text, number):
    assert decimal_of(text) == Decimal(number)
    assert not decimal_of(text).is_signed() or number.startswith("-")


@pytest.mark.parametrize("text", [text for text in REFUSED if "," not in text and text])
def test_a_park_with_such_a_value_is_refused_by_place(text):
    scheme = schemes.reference_scheme()
    source = f"subjects:\n- id: P-1\n  values:\n    trade_cur: {text}\n"
    with pytest.raises(scoring.Refused) as caught:
        scoring.read_cohort(scheme, source)
    (fault,) = caught.value.faults
    assert (fault.path, fault.line) == ("subjects.P-1.values.trade_cur", 4)


def test_a_thousands_sign_in_a_flow_mapping_is_not_read_as_two_keys():
    source = "subjects: [{id: P-1, values: {trade_cur: 12,000}}]"
    with pytest.raises(scoring.Refused) as caught:
        scoring.read_cohort(schemes.reference_scheme(), source)
    assert caught.value.faults[0].code == "thousands_sign"


def test_minus_nothing_is_nothing():
    data = schemes.small([{"code": "a", "value": "x", "rule": {"type": "relative_to_best"}}])
    assert schemes.points(data, "a", x="-0.00") == "0.00"


def test_thirty_digits_are_compared_by_their_last():
    rule = {"type": "percentile", "steps": [["0", "1"], ["0.5", "2"]], "min_cohort": "1"}
    data = schemes.small([{"code": "a", "value": "x", "rule": rule}])
    one, other = "100000000000000000000000000000.01", "100000000000000000000000000000.02"
    found = schemes.scored(data, {"x": one}, {"x": other})
    assert [park.as_json()["items"]["a"] for park in found] == ["1.00", "2.00"]


def test_a_step_with_endless_decimals_is_not_rounded_on_the_way():
    """Full marks 3 for 600 units: 5 units are exactly 0.025, so 0.03."""
    rule = {"type": "linear", "zero_at": "0", "full_at": "600"}
    data = schemes.small([{"code": "a", "value": "x", "max_score": "3", "rule": rule}])
    assert schemes.points(data, "a", x="5") == "0.03"


def test_one_rounding_after_spreading():
    """2.345 × 3/2 = 3.5175; rounded before spreading it would be 3.53."""
    rule = {"type": "per_unit", "points": "1"}
    na = {"code": "n", "value": "x / y", "on_zero_denominator": "not_applicable", "rule": rule}
    data = schemes.small([{"code": "a", "value": "x", "max_score": "20", "rule": rule}, na])
    assert schemes.points(data, "a", x="2.345", y="0") == "3.52"


@given(
    st.fractions(-1000, 1000, max_denominator=10**6),
    st.integers(0, 6),
    st.sampled_from(MODES),
)
def test_roundings_are_those_of_decimal(number, digits, mode):
    """Against the type's own rounding of a quotient with many more digits; a tie is exact there."""
    units = Rounding(digits, mode).units()(number.numerator, number.denominator)
    exact = number * 10**digits
    half = abs(exact - units)
    assert half < 1 if mode == "DOWN" else half <= Fraction(1, 2)
    if exact.denominator in (1, 2, 4, 5, 8, 10):
        quotient = Decimal(exact.numerator) / exact.denominator
        assert units == quotient.quantize(Decimal(1), f"ROUND_{mode}")


@given(st.fractions())
def test_exact_text_says_the_number(number):
    text = exact_text((number.numerator, number.denominator))
    assert Fraction(*ratio_of_text(text)) == number
    assert "e" not in text.lower()
