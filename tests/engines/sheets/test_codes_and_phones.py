"""Credit codes and phone numbers, against codes and tools that others made."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from app.core import phones, uscc
from tests.engines.sheets.samples import credit_code

REAL = ("91110000600037341L", "91350100M000100Y43", "9144030071526726XG")


@pytest.mark.parametrize("code", REAL)
def test_codes_of_real_companies_pass(code):
    assert uscc.fault(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "length"),
        ("91110000600037341", "length"),
        ("91110000600037341LL", "length"),
        ("9111000060003734IL", "alphabet"),
        ("91110000600037341l", "alphabet"),
        ("91A10000600037341L", "division"),
        ("9111000A600037341L", "division"),
        ("91110000600037341M", "check"),
        ("91350211M0000XUF46", "check"),
    ],
)
def test_the_first_fault_is_named(code, fault):
    assert uscc.fault(code) == fault


@given(st.text(uscc.ALPHABET, min_size=17, max_size=17))
def test_our_check_sign_is_that_of_stdnum(body):
    assert uscc.check_sign(body) == stdnum_uscc.calc_check_digit(body)


@given(st.integers(0, 99_999_999), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_sign_never_passes(number, place, sign):
    code = credit_code(number)
    wrong = code[:place] + sign + code[place + 1 :]
    assert wrong == code or uscc.fault(wrong) is not None


def test_the_organisation_code_inside_is_checked_apart():
    assert not uscc.organisation_fault("91110000600037341L")
    assert uscc.organisation_fault("91350211M0000XUF46") or uscc.fault("91350211M0000XUF46")
    body = "91460200" + "123456780"
    assert uscc.organisation_fault(body + uscc.check_sign(body))


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "+86 138 0013 8000",
        "(+86)138-0013-8000",
        "（86）13800138000",
        "１３８００１３８０００",
        " 138\u00a00013 8000 ",
    ],
)
def test_a_mobile_number_has_one_form(written):
    assert phones.normalise(written) == "13800138000"


@pytest.mark.parametrize(
    "written",
    ["0898-88812345", "089888812345", "(0898)88812345", "+86 898 8881 2345", "0086-898-88812345",
     "+86 0898 88812345", "０８９８－８８８１２３４５"],
)  # fmt: skip
def test_a_landline_has_one_form(written):
    assert phones.normalise(written) == "0898-88812345"


@pytest.mark.parametrize(
    "written",
    ["", "88812345", "89888812345", "1380013800", "138001380000", "013800138000", "14100138000",
     "10640013800", "12345678901", "13800138000/13900139000", "13800138000 转 8", "400-810-8888",
     "无", "+1 212 555 0100", "138****8000"],
)  # fmt: skip
def test_what_is_not_one_number_is_none(written):
    assert phones.normalise(written) is None


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
@example("11000002200")  # the package cannot even parse it
@example("13800138000")
def test_the_blocks_are_those_of_phonenumbers(number):
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number, "CN"))
    except phonenumbers.NumberParseException:
        kind = None
    is_mobile = kind == phonenumbers.PhoneNumberType.MOBILE
    assert (phones.normalise(number) == number) == is_mobile


def test_masks_leave_enough_to_recognise():
    assert phones.mask_phone("13800138000") == "138****8000"
    assert phones.mask_phone("0898-88812345") == "0898-****2345"
    assert phones.mask_phone("123") == "***"
    assert phones.mask_name("欧阳娜娜") == "欧***"
    assert phones.mask_name("张三") == "张*"
    assert phones.mask_name("") == ""
    assert phones.mask_email("zhang@example.com") == "z***@example.com"
    assert phones.mask_email("nonsense") == "***"
