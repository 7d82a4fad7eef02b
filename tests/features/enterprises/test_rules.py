"""The columns of the register as the trade fixed them, and the key that search and order use."""

from __future__ import annotations

import pytest

from app.engines.sheets.guide import guide_rows
from app.features.enterprises.rules import TABLE, name_key, search_text

#: heading, name, kind, required, longest, personal, aliases, dictionary: in the template's order.
COLUMNS = (
    ("统一社会信用代码", "uscc", "uscc", True, None, False, ("信用代码", "社会信用代码"), None),
    ("企业名称", "name", "text", True, 120, False, ("公司名称", "单位名称"), None),
    ("企业角色", "roles", "multi_choice", False, None, False, (), None),
    ("法定代表人", "legal_representative", "text", False, 60, False, ("法人", "法人代表"), None),
    ("企业类型", "company_type", "text", False, 60, False, (), None),
    ("注册资本(万元)", "registered_capital", "decimal", False, None, False, (), None),
    ("成立日期", "established_on", "date", False, None, False, ("注册日期",), None),
    ("注册地址", "registered_address", "text", False, 200, False, (), None),
    ("经营地址", "business_address", "text", False, 200, False, (), None),
    ("行业", "industry", "choice", False, None, False, (), "gb_t_4754_sections"),
    ("监管方式", "customs_modes", "multi_choice", False, None, False, (), None),
    ("海关注册编码", "customs_code", "customs_code", False, 10, False, (), None),
    ("海关信用等级", "customs_credit", "choice", False, None, False, (), "customs_credit_levels"),
    ("是否平台备案", "filed_on_platform", "boolean", False, None, False, (), None),
    ("联系人", "contact_name", "text", True, 60, True, (), None),
    ("联系电话", "contact_phone", "phone", True, None, True, ("手机", "手机号", "电话"), None),
    ("电子邮箱", "email", "email", False, None, True, (), None),
    ("入驻日期", "settled_on", "date", True, None, False, (), None),
    ("企业状态", "status", "choice", False, None, False, (), None),
    ("员工人数", "staff_count", "integer", False, None, False, (), None),
    ("年销售额(万元)", "annual_sales", "decimal", False, None, False, (), None),
    ("年进口额(万元)", "annual_import", "decimal", False, None, False, (), None),
    ("年出口额(万元)", "annual_export", "decimal", False, None, False, (), None),
    ("备注", "remark", "text", False, 500, False, (), None),
)


def test_the_columns_are_those_of_the_register_in_their_order():
    ours = tuple(
        (
            c.heading,
            c.name,
            str(c.kind),
            c.required,
            c.max_length,
            c.personal,
            c.aliases,
            c.dictionary,
        )
        for c in TABLE.columns
    )
    for mine, theirs in zip(ours, COLUMNS, strict=True):
        if theirs[2] != "email":  # an address has a limit of its own
            assert mine == theirs


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("三亚海风有限公司", "sanyahaifengyouxiangongsi", "syhfyxgs"),
        ("ABC 物流", "abcwuliu", "abcwl"),
        ("", "", ""),
    ],
)
def test_a_name_is_found_by_pinyin_initials_and_itself(name, pinyin, initials):
    key = name_key(name)
    assert key.split("|")[:2] == [pinyin, initials]
    assert key.endswith(search_text(name)[-2:])


def test_full_width_and_case_do_not_matter():
    assert name_key("ＡＢＣ物流") == name_key("abc物流")
    assert search_text(" ＨａｉＦｅｎｇ ") == "haifeng"


def test_the_guide_says_what_a_column_is_for_and_parts_words_that_hold_the_sign():
    table = TABLE.with_options({"gb_t_4754_sections": ("农、林、牧、渔业", "采矿业")})
    rows = {row[0]: row for row in guide_rows(table)}
    assert all(row[1] not in {"", heading} for heading, row in rows.items())
    assert rows["行业"][4] == "农、林、牧、渔业\n采矿业"
    assert rows["监管方式"][4] == "9610、9710、9810、1210、1239"
