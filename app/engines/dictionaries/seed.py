"""The dictionaries that come with the product; ``flask deploy`` adds what is missing.

Sections of GB/T 4754-2017; customs credit levels by Order 251 (until 2026-03-31) and Order 282
(from 2026-04-01) of the General Administration of Customs.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import sqlalchemy as sa

from app.engines.dictionaries.models import DictionaryEntry as Entry
from app.extensions import db

SECTIONS = (
    ("A", "农、林、牧、渔业"),
    ("B", "采矿业"),
    ("C", "制造业"),
    ("D", "电力、热力、燃气及水生产和供应业"),
    ("E", "建筑业"),
    ("F", "批发和零售业"),
    ("G", "交通运输、仓储和邮政业"),
    ("H", "住宿和餐饮业"),
    ("I", "信息传输、软件和信息技术服务业"),
    ("J", "金融业"),
    ("K", "房地产业"),
    ("L", "租赁和商务服务业"),
    ("M", "科学研究和技术服务业"),
    ("N", "水利、环境和公共设施管理业"),
    ("O", "居民服务、修理和其他服务业"),
    ("P", "教育"),
    ("Q", "卫生和社会工作"),
    ("R", "文化、体育和娱乐业"),
    ("S", "公共管理、社会保障和社会组织"),
    ("T", "国际组织"),
)
#: What reviewers say most often when they return or refuse something.
PHRASES = (
    "数据与附件不符",
    "缺少证明材料",
    "图片来源不明",
    "表述不规范",
    "信息不完整",
    "与已公开内容重复",
)
NEWS = ("通知公告", "园区动态", "政策法规", "活动预告", "行业资讯")
ORDER_251_ENDS = date(2026, 3, 31)
ORDER_282_BEGINS = date(2026, 4, 1)


def seed() -> int:
    """Add missing entries, touch nothing that an operator changed; returns how many were added."""
    present = {(row.dictionary, row.code) for row in db.session.scalars(sa.select(Entry))}
    missing = [row for row in _entries() if (row.dictionary, row.code) not in present]
    db.session.add_all(missing)
    db.session.flush()
    return len(missing)


@cache
def shipped_codes() -> frozenset[tuple[str, str]]:
    """``(dictionary, code)`` of what comes with the product."""
    return frozenset((row.dictionary, row.code) for row in _entries())


def shipped(dictionary: str, code: str) -> bool:
    """Whether the entry comes with the product: a deploy would add it again."""
    return (dictionary, code) in shipped_codes()


def _entries() -> list[Entry]:
    sections = [
        Entry(dictionary="gb_t_4754_sections", code=code, label=label, position=place)
        for place, (code, label) in enumerate(SECTIONS, 1)
    ]
    levels = [
        ("251-1", "高级认证", None, ORDER_251_ENDS),
        ("251-2", "其他(常规)", None, ORDER_251_ENDS),
        ("251-3", "失信", None, ORDER_251_ENDS),
        ("282-1", "高级认证", ORDER_282_BEGINS, None),
        ("282-2", "认证", ORDER_282_BEGINS, None),
        ("282-3", "常规", ORDER_282_BEGINS, None),
        ("282-4", "失信", ORDER_282_BEGINS, None),
        ("282-5", "严重失信", ORDER_282_BEGINS, None),
    ]
    phrases = [
        Entry(dictionary="review_phrases", code=f"P{place}", label=label, position=place)
        for place, label in enumerate(PHRASES, 1)
    ]
    news = [
        Entry(dictionary="news_categories", code=f"N{place}", label=label, position=place)
        for place, label in enumerate(NEWS, 1)
    ]
    return (
        sections
        + phrases
        + news
        + [
            Entry(
                dictionary="customs_credit_levels",
                code=code,
                label=label,
                position=place,
                valid_from=begin,
                valid_to=end,
            )
            for place, (code, label, begin, end) in enumerate(levels, 1)
        ]
    )
