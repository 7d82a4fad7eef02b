"""Invented enterprises, imported through the real import: files, plans and trail included."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.core import clock, uscc
from app.core.actor import Actor, system_actor
from app.core.values import replace
from app.engines.sheets.model import Limits
from app.extensions import db
from app.features.enterprises.rules import ROLES, TABLE
from app.features.enterprises.rules.sameness import same_key
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import plan
from app.features.parks.models import Park
from app.features.parks.rules.profile import MODES
from app.transaction import transaction

FIRST = ("三亚", "海南", "崖州", "南海", "鹿城", "椰风", "凤凰", "天涯", "海棠", "亚龙")
SECOND = (
    "海风",
    "启航",
    "云帆",
    "星澜",
    "黎锦",
    "椰岛",
    "热岛",
    "蓝途",
    "珊瑚",
    "丰源",
    "海丝",
    "碧屿",
    "沉香",
    "山兰",
    "鹿回头",
    "蜈支洲",
    "凤凰木",
    "南繁",
    "深海",
    "远洋",
    "朝阳",
    "明珠",
    "九州",
    "通达",
    "汇丰",
    "金椰",
    "银帆",
    "白鹭",
    "红树",
    "青岛礁",
)
THIRD = (
    "跨境电商",
    "供应链管理",
    "国际贸易",
    "品牌管理",
    "信息技术",
    "生鲜出口",
    "通关服务",
    "物流",
    "食品进出口",
    "文创出海",
    "数字科技",
    "文旅商贸",
    "种业",
    "健康产业",
    "免税品贸易",
)
SURNAMES = "陈林黄符王李吴郑周苏邢黎韩何罗梁谢许冯曾"
GIVEN = (
    "海燕",
    "志强",
    "文博",
    "晓敏",
    "立群",
    "可欣",
    "清妹",
    "启航",
    "若琳",
    "雅静",
    "国栋",
    "秀英",
    "明德",
    "建华",
    "丽娟",
    "伟",
    "芳",
    "敏",
    "静",
    "磊",
)
INDUSTRIES = (
    "批发和零售业",
    "交通运输、仓储和邮政业",
    "信息传输、软件和信息技术服务业",
    "租赁和商务服务业",
    "制造业",
    "农、林、牧、渔业",
)
STATUSES = ("在园",) * 17 + ("迁出", "暂停", "注销")
KINDS = ("有限责任公司", "股份有限公司", "个人独资企业", "外商投资企业")
CREDIT = ("高级认证", "认证", "常规", "常规", "常规")


def seed_enterprises(number: int) -> None:
    """About ``number`` enterprises over all parks, the first park with 128."""
    parks = list(db.session.scalars(sa.select(Park).order_by(Park.code)))
    rest = max(0, number - 128) // max(1, len(parks) - 1)
    chance = random.Random(2026)  # noqa: S311 - the same demo every time
    serial = 1
    names: set[str] = set()
    for park in parks:
        count = min(128, number) if park.code == "P01" else rest
        if count == 0:
            continue
        _import(
            replace(system_actor("system:demo"), name="演示数据"),
            park,
            csv_of(count, serial, chance, names),
        )
        serial += count


def _import(actor: Actor, park: Park, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{park.name}企业名录.csv"
        path.write_bytes(content)
        with transaction():
            found = plan.begin(
                actor,
                park.id,
                filename=path.name,
                file_key=None,
                sha256=plan.digest_of(path),
                year=clock.last_full_year(),
            )
        plan.stage(actor, found.id, plan.Source(path, Limits()), unit=transaction)
        with transaction():
            applying.apply(actor, found.id, mode="all", now=clock.now())


def csv_of(count: int, serial: int, chance: random.Random, names: set[str] | None = None) -> bytes:
    """A csv of the register's columns with ``count`` invented rows; ``names``: those that are given
    already, of which none is given again."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.heading for column in TABLE.columns])
    for offset in range(count):
        row = _row(serial + offset, chance)
        if names is not None:
            row[1] = _another(row[1], names)
        writer.writerow(row)
    return text.getvalue().encode()


def code_of(serial: int) -> str:
    """An invented credit code whose two check signs are right; up to a million of them."""
    organisation = f"MA{serial:06d}"
    body = f"91460200{organisation}{uscc.organisation_sign(organisation)}"
    return body + uscc.check_sign(body)


def _another(name: str, names: set[str]) -> str:
    """The name, with a second word before its third where it is given already."""
    words = iter(SECOND)
    found = name
    while same_key(found) in names:
        found = f"{name[:4]}{next(words)}{name[4:]}"
    names.add(same_key(found))
    return found


def _row(serial: int, chance: random.Random) -> list[str]:
    settled = clock.today() - timedelta(days=chance.randrange(1, 1800))
    founded = settled - timedelta(days=chance.randrange(30, 3000))
    sales = chance.randrange(5_000, 3_000_000)
    modes = sorted(chance.sample(MODES, chance.choice((1, 1, 1, 2))))
    person = chance.choice(SURNAMES) + chance.choice(GIVEN)
    name = chance.choice(FIRST) + chance.choice(SECOND) + chance.choice(THIRD)
    return [
        code_of(serial),
        f"{name}有限公司",
        "、".join(sorted(chance.sample(ROLES, chance.choice((1, 1, 2))), key=ROLES.index)),
        chance.choice(SURNAMES) + chance.choice(GIVEN),
        chance.choice(KINDS),
        f"{chance.randrange(1_000, 500_000) / 100:.2f}",
        _day(founded),
        f"三亚市崖州区创新路{chance.randrange(1, 200)}号",
        f"三亚市吉阳区迎宾路{chance.randrange(1, 400)}号{chance.randrange(1, 30)}层",
        chance.choice(INDUSTRIES),
        "、".join(modes),
        f"46029{chance.randrange(10_000, 99_999)}",
        chance.choice(CREDIT),
        chance.choice("是是否"),
        person,
        f"13{chance.randrange(0, 10)}{chance.randrange(10_000_000, 100_000_000)}",
        f"contact{serial}@example.com",
        _day(settled),
        chance.choice(STATUSES),
        str(chance.randrange(3, 220)),
        f"{sales / 100:.2f}",
        f"{sales * chance.randrange(0, 40) / 10_000:.2f}",
        f"{sales * chance.randrange(20, 90) / 10_000:.2f}",
        "",
    ]


def _day(day: date) -> str:
    return day.isoformat()
