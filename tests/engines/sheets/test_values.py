"""Rules 4 to 10: one value, in a file or in a form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import uscc
from app.engines.sheets import Column, Kind, ValueRefused, format_value, parse_value
from tests.engines.sheets.samples import BY_NAME, TODAY, company, credit_code

CODE = credit_code(7)


def value(name, raw, **options):
    return parse_value(BY_NAME[name], raw, today=TODAY, **options)


def refused(name, raw, **options):
    with pytest.raises(ValueRefused) as caught:
        value(name, raw, **options)
    return caught.value.code


# 4 blank cells


def test_a_blank_cell_clears_an_optional_field():
    for name in ("legal_representative", "registered_capital", "roles", "email", "staff_count"):
        assert value(name, " \u3000\n") is None
        assert value(name, None) is None


def test_a_blank_cell_is_an_error_in_a_required_field():
    for name in ("uscc", "name", "contact_name", "contact_phone", "settled_on"):
        assert refused(name, "") == "required"


def test_a_blank_status_means_in_the_park():
    assert value("status", "") == "在园"


def test_a_blank_default_may_be_of_any_kind():
    column = Column("日", "day", Kind.date, default=dt.date(2024, 1, 1))
    assert parse_value(column, "", today=TODAY) == dt.date(2024, 1, 1)
    column = Column("项", "items", Kind.multi_choice, options=("a", "b"), default=("b",))
    assert parse_value(column, "", today=TODAY) == ("b",)


# 5 credit codes


@pytest.mark.parametrize(
    "raw", [CODE, CODE.lower(), f" {CODE[:4]} {CODE[4:]}\n", f"\u200b{CODE}\ufeff"]
)
def test_a_code_is_cleaned(raw):
    assert value("uscc", raw) == CODE


def test_full_width_codes_are_narrowed():
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in CODE)
    assert value("uscc", wide) == CODE


@pytest.mark.parametrize(
    "raw", [9.14602e17, 914602000000000078, True, "9.13E+17", "9.14602E17", "9e+17"]
)
def test_a_code_that_came_as_a_number_is_told_first(raw):
    assert refused("uscc", raw) == "uscc_number"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (CODE[:-1], "uscc_length"),
        ("O" * 17, "uscc_length"),
        (CODE[:17] + "O", "uscc_alphabet"),
        ("9I" + CODE[2:], "uscc_alphabet"),
        ("91A" + CODE[3:], "uscc_division"),
        (CODE[:8] + CODE[8:17] + ("1" if CODE[17] != "1" else "2"), "uscc_check"),
    ],
)
def test_faults_of_codes_in_their_order(raw, code):
    assert refused("uscc", raw) == code


def test_no_sign_is_corrected():
    with_letter_o = CODE.replace("0", "O", 1)
    assert refused("uscc", with_letter_o) == "uscc_alphabet"


def test_an_accepted_code_passes_its_check_sign_only():
    odd = "91350211M0000XUF46"
    assert refused("uscc", odd) == "uscc_check"
    assert value("uscc", odd, accepted_codes=frozenset({odd})) == odd
    assert (
        refused("uscc", "91A50211M0000XUF46", accepted_codes=frozenset({"91A50211M0000XUF46"}))
        == "uscc_division"
    )


# 6 dates


@pytest.mark.parametrize(
    "raw",
    ["2024-01-05", "2024/1/5", "2024.1.5", "2024年1月5日", "2024年01月05日", "20240105",
     20240105.0, 20240105, dt.date(2024, 1, 5),
     dt.datetime(2024, 1, 5, 8, 30),  # noqa: DTZ001 - cells know no zone
     "２０２４－０１－０５", " 2024-1-5 ", "2024-01-05 00:00:00"],
)  # fmt: skip
def test_days_that_stand_there_unmistakably(raw):
    assert value("settled_on", raw) == dt.date(2024, 1, 5)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("5/1/2024", "date"),
        ("05-01-2024", "date"),
        ("24-01-05", "date"),
        ("24年1月5日", "date"),
        ("2024-01", "date"),
        ("2024年1月", "date"),
        ("2024", "date"),
        ("2024-1/5", "date"),
        ("无", "date"),
        ("2024-01-05 08:30", "date"),
        (True, "date"),
        (dt.time(8, 30), "date"),
        (45296.0, "date_number"),
        (45296.5, "date_number"),
        ("2024-02-30", "date_impossible"),
        ("20241301", "date_impossible"),
        ("0001-01-01", "date_range"),
        (dt.date(1900, 2, 28), "date_range"),
        ("9999-12-31", "date_range"),
    ],
)
def test_days_that_do_not(raw, code):
    assert refused("settled_on", raw) == code


def test_only_the_founding_day_must_not_lie_ahead():
    tomorrow = TODAY + dt.timedelta(1)
    assert refused("established_on", tomorrow) == "date_future"
    assert refused("established_on", tomorrow.isoformat()) == "date_future"
    assert value("established_on", TODAY) == TODAY
    assert value("settled_on", tomorrow) == tomorrow


# 7 numbers


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (360.0, "360.00"),
        (0.1 + 0.2, "0.30"),
        (1234567890123.45, "1234567890123.45"),
        ("1234.5", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("１，２３４．５０", "1234.50"),
        ("0012", "12.00"),
        ("12.3400", "12.34"),
        ("+5", "5.00"),
        ("-0.00", "0.00"),
        (-0.0, "0.00"),
        (0, "0.00"),
        (123456789012, "123456789012.00"),
    ],
)
def test_amounts(raw, expected):
    got = value("registered_capital", raw)
    assert isinstance(got, Decimal)
    assert str(got) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (12.345, "number_decimals"),
        ("12.345", "number_decimals"),
        ("50%", "number_unit"),
        ("100万元", "number_unit"),
        ("￥100", "number_unit"),
        ("1,23,456", "number_thousands"),
        ("1234,567", "number_thousands"),
        ("1,5", "number_thousands"),
        ("1E5", "number_scientific"),
        (1e20, "number_scientific"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("(5)", "number"),
        ("12 34", "number"),
        ("1.2.3", "number"),
        ("五", "number"),
        ("٣", "number"),
        (True, "number"),
        (dt.date(2024, 1, 5), "number"),
        ("12345678901234", "number_overflow"),
        (-5.0, "number_minimum"),
        ("-0.01", "number_minimum"),
    ],
)
def test_what_is_no_amount(raw, code):
    assert refused("annual_sales", raw) == code


def test_negative_amounts_pass_where_nothing_forbids_them():
    column = Column("差额", "difference", Kind.decimal)
    assert parse_value(column, "-1,234.5", today=TODAY) == Decimal("-1234.50")
    assert parse_value(column, -0.3, today=TODAY) == Decimal("-0.30")


@pytest.mark.parametrize("raw", [12, 12.0, "12", "12.0", "１２", " 12 "])
def test_whole_numbers(raw):
    assert value("staff_count", raw) == 12


@pytest.mark.parametrize(
    ("raw", "code"),
    [("12.5", "integer_fraction"), (12.5, "integer_fraction"), ("-1", "number_minimum"),
     ("2147483648", "number_overflow"), ("约20", "number"), ("20人", "number_unit")],
)  # fmt: skip
def test_what_is_no_whole_number(raw, code):
    assert refused("staff_count", raw) == code


@given(st.decimals(0, 9_999_999_999, places=2))
def test_a_float_gives_back_the_two_decimals_it_was_made_of(amount):
    assert value("annual_sales", float(amount)) == amount


# 8 phones


@pytest.mark.parametrize("raw", ["13800138000", 13800138000, 13800138000.0, "+86 138-0013-8000"])
def test_a_mobile_also_as_a_number(raw):
    assert value("contact_phone", raw) == "13800138000"


@pytest.mark.parametrize("raw", [89888812345.0, "88812345", "13800138000、13900139000", True, 1.5])
def test_no_phone(raw):
    assert refused("contact_phone", raw) == "phone"


@pytest.mark.parametrize(
    ("name", "raw"),
    [("contact_phone", "138****8000"), ("contact_name", "张*"), ("email", "z***@example.com"),
     ("contact_name", "张＊")],
)  # fmt: skip
def test_a_masked_value_never_comes_back_in(name, raw):
    assert refused(name, raw) == "masked"


def test_a_star_elsewhere_is_only_a_star():
    assert value("name", "五*公司") == "五*公司"


# 9 choices


@pytest.mark.parametrize(
    "raw",
    ["卖家、平台", "平台,卖家", "平台，卖家", "平台;卖家", "平台；卖家；平台", " 平台 、 卖家 、"],
)
def test_several_choices_in_any_order(raw):
    assert value("roles", raw) == ("平台", "卖家")


def test_one_unknown_part_fails_the_cell():
    assert refused("roles", "平台、买家") == "choice"
    assert refused("roles", "、") == "choice"


@pytest.mark.parametrize("raw", [9610.0, "9610", "９６１０"])
def test_a_choice_may_come_as_a_number(raw):
    assert value("customs_modes", raw) == ("9610",)


def test_a_single_choice_is_never_split():
    assert value("industry", "交通运输、仓储和邮政业") == "交通运输、仓储和邮政业"
    assert refused("industry", "批发和零售业、交通运输、仓储和邮政业") == "choice"
    assert refused("status", "在园、迁出") == "choice"


@pytest.mark.parametrize("raw", ["是", "Y", "yes", "TRUE", "true", "1", 1.0, True, "ｙ"])
def test_yes(raw):
    assert value("filed_on_platform", raw) is True


@pytest.mark.parametrize("raw", ["否", "n", "No", "FALSE", "0", 0.0, False])
def test_no(raw):
    assert value("filed_on_platform", raw) is False


@pytest.mark.parametrize("raw", ["有", "2", "√", "是的", 2.0])
def test_neither(raw):
    assert refused("filed_on_platform", raw) == "boolean"


def test_a_choice_without_its_list_is_our_mistake():
    with pytest.raises(ValueError, match="with_options"):
        parse_value(Column("类", "kind", Kind.choice), "x", today=TODAY)


# 10 text and the rest


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("　 甲公司 \n", "甲公司"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("１２Ａ", "１２Ａ"),
        (360.0, "360"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.3"),
        (123456789012345.0, "123456789012345"),
        (True, "TRUE"),
        (dt.date(2024, 1, 5), "2024-01-05"),
        ("=1+1", "=1+1"),
        ("<b>x</b>", "<b>x</b>"),
        ("'=1+1", "'=1+1"),
    ],
)
def test_text_is_stored_as_typed(raw, expected):
    assert value("remark", raw) == expected


@pytest.mark.parametrize("raw", ["a\x00b", "a\tb", "a\x1bb", "a\x85b", "a\u202eb", "\x1fa"])
def test_control_signs_are_errors(raw):
    assert refused("remark", raw) == "control"


def test_length_counts_code_points():
    assert value("company_type", "𠮷" * 60) == "𠮷" * 60
    assert refused("company_type", "𠮷" * 61) == "too_long"


def test_digits_that_a_spreadsheet_lost_are_told():
    assert refused("remark", 6222020200012345678) == "number_precision"


def test_the_apostrophe_of_our_csv_goes_in_csv_only():
    for typed in ("=1+1", "+5", "-5", "@x", "'=x", "＝1", "＋1", "－1", "＠x", "'＝x"):
        assert value("remark", f"'{typed}", from_csv=True) == typed
        assert value("remark", f"'{typed}") == f"'{typed}"
    assert value("remark", "'quoted'", from_csv=True) == "'quoted'"


@pytest.mark.parametrize("raw", ["a@b.cn", "first.last+tag@sub.example.com", "ａ＠b.cn"])
def test_addresses(raw):
    assert value("email", raw).endswith((".cn", ".com"))


@pytest.mark.parametrize(
    "raw", ["a", "a@b", "a b@c.cn", "a@b..cn", "a@-b.cn", "a@b.cn, c@d.cn", ".a@b.cn", "a@b.cn\nx"]
)
def test_no_addresses(raw):
    assert refused("email", raw) == "email"


@pytest.mark.parametrize("raw", ["4602960001", 4602960001.0, "46029 6000a", "４６０２９６０００１"])
def test_customs_codes(raw):
    assert len(value("customs_code", raw)) == 10


@pytest.mark.parametrize("raw", ["460296000", "46029600011", "A602960001", "无"])
def test_no_customs_codes(raw):
    assert refused("customs_code", raw) == "customs_code"


@given(st.integers(1, 10**7), st.booleans())
def test_what_is_written_reads_back_the_same(number, from_csv):
    for name, expected in company(number).items():
        column = BY_NAME[name]
        written = format_value(column, expected)
        assert value(name, written, from_csv=from_csv) == expected
        assert value(name, format_value(column, value(name, written))) == expected


@given(st.text(max_size=40))
def test_any_text_is_read_the_same_twice_or_refused(raw):
    for name in ("remark", "contact_phone", "email", "settled_on", "annual_sales", "uscc", "roles"):
        column = BY_NAME[name]
        try:
            once = value(name, raw)
        except ValueRefused:
            continue
        assert once is None or value(name, format_value(column, once)) == once


def test_the_sample_codes_are_valid():
    assert uscc.fault(CODE) is None
