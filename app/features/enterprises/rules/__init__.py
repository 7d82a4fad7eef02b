"""The columns of the register, declared once for template, import, export and form; name keys."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from operator import add

from app.core.values import replace
from app.engines.sheets.model import Column, Kind, Table
from app.features.parks.rules.profile import MODES

ROLES = ("平台", "卖家", "服务商", "生产企业")
STATUSES = ("在园", "迁出", "暂停", "注销")
DEFAULT_STATUS = "在园"
#: Of a row that undoing an import leaves as it is: somebody worked on it since, or (``kept_…``)
#: something hangs on the enterprise that it would take away.
KEPT = "kept"
INDUSTRIES = "gb_t_4754_sections"
CREDIT_LEVELS = "customs_credit_levels"

#: 含义: what a column is for, in the guide and beside the heading of the template.
MEANINGS = {
    "uscc": "营业执照上的代码，企业在本园区的唯一标识；校验不符而确属特例的，由平台运营人工核验",
    "name": "营业执照上的全称",
    "roles": "企业在跨境电商中的身份，可以有几种",
    "legal_representative": "营业执照上的法定代表人姓名",
    "company_type": "营业执照上的类型",
    "registered_capital": "营业执照上的注册资本，单位为万元",
    "established_on": "营业执照上的成立日期",
    "registered_address": "营业执照上的住所",
    "business_address": "实际办公或经营的地点",
    "industry": "按国民经济行业分类（GB/T 4754）的门类",
    "customs_modes": "企业开展业务所用的海关监管方式代码，可以有几种",
    "customs_code": "海关备案时取得的编码",
    "customs_credit": "海关认定的企业信用等级；等级有有效期，只能填当前有效的",
    "filed_on_platform": "是否已在线上综合服务平台备案",
    "contact_name": "园区日常联系的人；属个人信息",
    "contact_phone": "联系人的手机或座机；属个人信息",
    "email": "联系人的邮箱；属个人信息",
    "settled_on": "企业入驻本园区或基地的日期",
    "status": "企业目前在园区的状态",
    "staff_count": "所选数据年度末的员工人数",
    "annual_sales": "所选数据年度的跨境电商销售额，单位为万元",
    "annual_import": "所选数据年度的进口额，单位为万元",
    "annual_export": "所选数据年度的出口额，单位为万元",
    "remark": "其他需要说明的情况",
}

#: data/enterprise-columns.yaml, in its order; tests/features/enterprises/test_rules.py compares.
_COLUMNS = Table(
    title="企业管理",
    template_id="enterprises",
    columns=(
        Column(
            "统一社会信用代码",
            "uscc",
            Kind.uscc,
            required=True,
            aliases=("信用代码", "社会信用代码"),
            example="91460200MA5TXXXXXX",
        ),
        Column(
            "企业名称",
            "name",
            Kind.text,
            required=True,
            max_length=120,
            aliases=("公司名称", "单位名称"),
            example="某某海风跨境电商有限公司",
        ),
        Column("企业角色", "roles", Kind.multi_choice, options=ROLES, example="卖家、服务商"),
        Column(
            "法定代表人",
            "legal_representative",
            Kind.text,
            max_length=60,
            aliases=("法人", "法人代表"),
            example="张三",
        ),
        Column("企业类型", "company_type", Kind.text, max_length=60, example="有限责任公司"),
        Column("注册资本(万元)", "registered_capital", Kind.decimal, minimum=0, example="500.00"),
        Column(
            "成立日期",
            "established_on",
            Kind.date,
            not_future=True,
            aliases=("注册日期",),
            example="2021-03-18",
        ),
        Column("注册地址", "registered_address", Kind.text, max_length=200),
        Column("经营地址", "business_address", Kind.text, max_length=200),
        Column("行业", "industry", Kind.choice, dictionary=INDUSTRIES, example="批发和零售业"),
        Column(
            "监管方式",
            "customs_modes",
            Kind.multi_choice,
            options=MODES,
            example="9610、9710",
        ),
        Column(
            "海关注册编码", "customs_code", Kind.customs_code, max_length=10, example="4602960123"
        ),
        Column("海关信用等级", "customs_credit", Kind.choice, dictionary=CREDIT_LEVELS),
        Column(
            "是否平台备案", "filed_on_platform", Kind.boolean, options=("是", "否"), example="是"
        ),
        Column(
            "联系人",
            "contact_name",
            Kind.text,
            required=True,
            max_length=60,
            personal=True,
            example="李四",
        ),
        Column(
            "联系电话",
            "contact_phone",
            Kind.phone,
            required=True,
            personal=True,
            aliases=("手机", "手机号", "电话"),
            example="13800000000",
        ),
        Column(
            "电子邮箱",
            "email",
            Kind.email,
            personal=True,
            max_length=120,
            example="lisi@example.com",
        ),
        Column("入驻日期", "settled_on", Kind.date, required=True, example="2022-05-01"),
        Column("企业状态", "status", Kind.choice, options=STATUSES, default=DEFAULT_STATUS),
        Column("员工人数", "staff_count", Kind.integer, minimum=0, yearly=True, example="36"),
        Column(
            "年销售额(万元)",
            "annual_sales",
            Kind.decimal,
            minimum=0,
            yearly=True,
            example="8642.35",
        ),
        Column("年进口额(万元)", "annual_import", Kind.decimal, minimum=0, yearly=True),
        Column("年出口额(万元)", "annual_export", Kind.decimal, minimum=0, yearly=True),
        Column("备注", "remark", Kind.text, max_length=500),
    ),
)

TABLE = replace(
    _COLUMNS, columns=tuple(replace(one, note=MEANINGS[one.name]) for one in _COLUMNS.columns)
)

BY_NAME = TABLE.by_name()
HEADING_OF = {column.name: column.heading for column in TABLE.columns}
YEARLY = tuple(column.name for column in TABLE.columns if column.yearly)
PERSONAL = tuple(column.name for column in TABLE.columns if column.personal)
PLAIN = tuple(column.name for column in TABLE.columns if not column.yearly)
#: Masked values carry this sign; a personal cell with it never overwrites (decisions.md 8).
MASK = "*"


def name_key(name: str) -> str:
    """``pinyin|initials|name`` in lower case: what the search box and the name order use.

    Each sign has its first reading; the unreadable stay as they are.
    """
    folded = unicodedata.normalize("NFKC", name).lower()
    readings = [_reading(sign) for sign in folded]
    initials = "".join([reading[:1] for reading in readings])
    return f"{''.join(readings)}|{initials}|{folded}"[:600]


@lru_cache(maxsize=20_000)
def _reading(sign: str) -> str:
    if sign.isascii():
        return sign if not sign.isspace() else ""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - its tables take 0.3 s and 20 MiB

    return pinyin(sign, style=Style.NORMAL)[0][0].lower()


def search_text(text: str) -> str:
    """The search box's text in the form of ``name_key``: white space out, folded."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def tokens(text: str) -> str:
    """Pairs of neighbouring signs, and the last sign, as the search index holds them: in hex, apart
    by spaces."""
    signs = [_hex(sign) for sign in text]
    return " ".join(map(add, signs, [*signs[1:], ""]))


@lru_cache(maxsize=20_000)
def _hex(sign: str) -> str:
    return sign.encode().hex().upper()


def contact_text(text: str) -> str:
    """A contact as the search index holds it: only Latin letters folded, as SQLite's ``lower`` does."""
    return text.encode().lower().decode()


def years(last: int) -> tuple[int, ...]:
    """数据年度 one can choose: the year under way, the last full one and eight before."""
    return tuple(range(last + 1, last - 9, -1))


def is_kept(outcome: str | None) -> bool:
    """Whether undoing the import left what the row wrote."""
    return outcome == KEPT or (outcome or "").startswith(f"{KEPT}_")
