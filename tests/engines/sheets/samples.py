"""The register as the tests use it, and rows for it."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from app.core import uscc
from app.engines.sheets import Column, Kind, Limits, Table

TODAY = dt.date(2026, 11, 20)
LIMITS = Limits()
SECRET = b"a secret of the tests"

REGISTER = Table(
    title="企业",
    key="uscc",
    template_id="enterprise",
    template_version="1",
    columns=(
        Column(
            "统一社会信用代码",
            "uscc",
            Kind.uscc,
            required=True,
            aliases=("信用代码", "社会信用代码"),
        ),
        Column(
            "企业名称",
            "name",
            Kind.text,
            required=True,
            max_length=120,
            aliases=("公司名称", "单位名称"),
        ),
        Column(
            "企业角色", "roles", Kind.multi_choice, options=("平台", "卖家", "服务商", "生产企业")
        ),
        Column(
            "法定代表人",
            "legal_representative",
            Kind.text,
            max_length=60,
            aliases=("法人", "法人代表"),
        ),
        Column("企业类型", "company_type", Kind.text, max_length=60),
        Column("注册资本(万元)", "registered_capital", Kind.decimal, minimum=0),
        Column("成立日期", "established_on", Kind.date, not_future=True, aliases=("注册日期",)),
        Column("注册地址", "registered_address", Kind.text, max_length=200),
        Column("经营地址", "business_address", Kind.text, max_length=200),
        Column(
            "行业",
            "industry",
            Kind.choice,
            dictionary="industries",
            options=("批发和零售业", "交通运输、仓储和邮政业", "信息传输、软件和信息技术服务业"),
        ),
        Column(
            "监管方式",
            "customs_modes",
            Kind.multi_choice,
            options=("9610", "9710", "9810", "1210", "1239"),
        ),
        Column("海关注册编码", "customs_code", Kind.customs_code, max_length=10),
        Column(
            "海关信用等级",
            "customs_credit",
            Kind.choice,
            dictionary="levels",
            options=("高级认证", "认证", "常规"),
        ),
        Column("是否平台备案", "filed_on_platform", Kind.boolean),
        Column("联系人", "contact_name", Kind.text, required=True, max_length=60, personal=True),
        Column(
            "联系电话",
            "contact_phone",
            Kind.phone,
            required=True,
            personal=True,
            aliases=("手机", "手机号", "电话"),
        ),
        Column("电子邮箱", "email", Kind.email, personal=True),
        Column("入驻日期", "settled_on", Kind.date, required=True),
        Column(
            "企业状态",
            "status",
            Kind.choice,
            options=("在园", "迁出", "暂停", "注销"),
            default="在园",
        ),
        Column("员工人数", "staff_count", Kind.integer, minimum=0, yearly=True),
        Column("年销售额(万元)", "annual_sales", Kind.decimal, minimum=0, yearly=True),
        Column("年进口额(万元)", "annual_import", Kind.decimal, minimum=0, yearly=True),
        Column("年出口额(万元)", "annual_export", Kind.decimal, minimum=0, yearly=True),
        Column("备注", "remark", Kind.text, max_length=500),
    ),
)
BY_NAME = REGISTER.by_name()


def credit_code(number: int) -> str:
    """A valid code for every number; the organisation code inside is valid as well."""
    body = f"{number:08d}"
    total = sum(int(s) * w for s, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    seventeen = f"91460200{body}{'0123456789X0'[11 - total % 11]}"
    return seventeen + uscc.check_sign(seventeen)


def company(number: int) -> dict[str, object]:
    """The values of one good row."""
    chance = random.Random(number)
    return {
        "uscc": credit_code(number),
        "name": f"三亚跨境电商第{number}号有限公司",
        "roles": ("平台", "卖家")[: 1 + number % 2],
        "legal_representative": f"王{number}",
        "company_type": "有限责任公司",
        "registered_capital": Decimal(chance.randrange(10_000_000)) / 100 + Decimal("0.00"),
        "established_on": dt.date(2001, 1, 1) + dt.timedelta(chance.randrange(8000)),
        "registered_address": f"海南省三亚市吉阳区迎宾路{number}号",
        "business_address": f"三亚市天涯区解放路{number % 777}号",
        "industry": BY_NAME["industry"].options[number % 3],
        "customs_modes": ("9610", "9710"),
        "customs_code": f"46029{number % 100000:05d}",
        "customs_credit": "常规",
        "filed_on_platform": bool(number % 2),
        "contact_name": f"李{number % 999}",
        "contact_phone": f"138{number:08d}",
        "email": f"user{number}@example.com",
        "settled_on": dt.date(2020, 1, 1) + dt.timedelta(chance.randrange(2000)),
        "status": "在园",
        "staff_count": number % 500,
        "annual_sales": Decimal(chance.randrange(10_000_000)) / 100 + Decimal("0.00"),
        "annual_import": Decimal(chance.randrange(10_000_000)) / 100 + Decimal("0.00"),
        "annual_export": Decimal(chance.randrange(10_000_000)) / 100 + Decimal("0.00"),
        "remark": None if number % 3 else "=1+1 是文字",
    }
