"""Invented applications in every state, through the same services that people use."""

from __future__ import annotations

import io
import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.cli.demo.enterprises import GIVEN, SECOND, SURNAMES, THIRD, code_of
from app.core import clock, scope
from app.core.actor import NOBODY, Actor
from app.extensions import db
from app.features.parks.models import Park
from app.features.settlements import services
from app.features.settlements.rules import MODES, NEEDS, ROLES
from app.features.settlements.services.applying import privacy
from app.transaction import transaction
from app.web.acting import person

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GOODS = ("热带水果制品", "珍珠饰品", "潮玩文创", "美妆个护", "母婴用品", "户外用品", "海产干货")
MARKETS = ("东南亚", "日本、韩国", "欧盟", "北美", "中东", "俄罗斯")
#: Serial numbers of invented codes that no enterprise of the demo has.
FIRST_CODE = 700_000


@dataclass(frozen=True)
class Story:
    """An application: how many days ago it came, what became of it."""

    days: int
    end: str = ""
    note: str = ""
    code: str = ""
    proof: bool = False


STORIES = (
    Story(0),
    Story(1),
    Story(2),
    Story(12),
    Story(4, "follow", "已电话沟通，约定下周三到园区看仓库。"),
    Story(9, "follow", "企业正在准备公司注册材料，预计两周内再联系。"),
    Story(40, "land", "", "", True),
    Story(25, "land"),
    Story(33, "decline", "需要 3,000 平方米恒温仓，目前没有空置。", "space"),
    Story(50, "decline", "", "elsewhere"),
    Story(18, "withdraw"),
    Story(21, "move", "企业以直播业务为主，转到更合适的园区。"),
    Story(60, "reopen", "企业资金到位，重新启动入驻。", "plans"),
)


def seed_settlements() -> None:
    """Every state in the first park, a few in the second, one open in the base."""
    chance = random.Random(2027)  # noqa: S311 - the same demo every time
    handlers = {"P01": "park1", "P02": "park2", "B01": "base1"}
    serial = FIRST_CODE
    for code, username in handlers.items():
        park = db.session.scalar(sa.select(Park).where(Park.code == code))
        user = db.session.scalar(sa.select(User).where(User.username == username))
        assert park is not None
        handler = person(user)
        stories = STORIES if code == "P01" else STORIES[: 6 if code == "P02" else 1]
        with transaction():  # one for all: the demo starts quickly
            for story in stories:
                serial += 1
                _tell(park, handler, story, values_of(serial, chance))


def _tell(park: Park, handler: Actor, story: Story, values: dict[str, Any]) -> None:
    came = clock.now() - timedelta(days=story.days, hours=1)
    applicant = NOBODY
    if story.end == "withdraw" or story.days == 4:
        username = "enterprise1"
        applicant = person(db.session.scalar(sa.select(User).where(User.username == username)))
    policy = privacy(clock.today())
    plan = [services.Upload(io.BytesIO(PDF), "商业计划书.pdf")]
    made = services.apply(
        applicant,
        park,
        values,
        services.Sent(
            form_key=secrets.token_hex(32),
            address="127.0.0.1",
            document_id=policy.id if policy else None,
            uploads=plan if story.days % 2 == 0 else (),
        ),
        now=came,
    )
    if story.end:
        _act(story, made.id, handler if story.end != "withdraw" else applicant, values, came)


def _act(story: Story, key: int, actor: Actor, values: dict[str, Any], came: datetime) -> None:
    later = came + timedelta(days=min(3, story.days))
    with scope.acting_as(actor):
        if story.end == "withdraw":
            services.withdraw(actor, key, now=later)
            return
        note = story.note if story.end == "follow" else "首次电话沟通，了解面积和业务需求。"
        seen = _step(services.follow, actor, key, note, seen=1, now=later)
        later += timedelta(days=2)
        if story.end == "land":
            landing = services.Landing(
                uscc=values["uscc"],
                name=values["company"],
                settled_on=_day(later),
                proof=services.Upload(io.BytesIO(PDF), "入驻合同.pdf") if story.proof else None,
            )
            services.land(actor, key, landing, seen=seen, now=later)
        elif story.end in ("decline", "reopen"):
            seen = _step(services.decline, actor, key, story.code, story.note, seen=seen, now=later)
            if story.end == "reopen":
                later += timedelta(days=20)
                _step(services.reopen, actor, key, story.note, seen=seen, now=later)
        elif story.end == "move":
            with scope.unscoped():
                target = db.session.scalar(sa.select(Park.id).where(Park.code == "P04"))
            _step(services.move, actor, key, target, story.note, seen=seen, now=later)


def _step(act: Any, actor: Actor, key: int, *values: Any, seen: int, now: datetime) -> int:
    """The version after the act."""
    made = act(actor, key, *values, seen=seen, now=now)
    return int(made.version)


def values_of(serial: int, chance: random.Random) -> dict[str, Any]:
    """What the form would hold."""
    preparing = chance.random() < 0.15
    return {
        "company": f"海南{chance.choice(SECOND)}{chance.choice(THIRD)}有限公司",
        "preparing": preparing,
        "uscc": code_of(serial),
        "contact_name": chance.choice(SURNAMES) + chance.choice(GIVEN),
        "phone": f"13{chance.randrange(0, 10)}{chance.randrange(10_000_000, 100_000_000)}",
        "email": f"apply{serial}@example.com",
        "roles": sorted(chance.sample(ROLES, chance.choice((1, 2))), key=ROLES.index),
        "modes": sorted(chance.sample(MODES, chance.choice((1, 2)))),
        "needs": sorted(chance.sample(NEEDS, chance.choice((1, 2, 3))), key=NEEDS.index),
        "goods": chance.choice(GOODS),
        "markets": chance.choice(MARKETS),
        "office_area": chance.choice((50, 80, 120, 200, 350)),
        "warehouse_area": chance.choice((None, 300, 600, 1200)),
        "budget": Decimal(chance.randrange(10, 300)),
        "expected_on": clock.today() + timedelta(days=chance.randrange(60, 200)),
        "staff_count": chance.randrange(3, 60),
        "expected_value": Decimal(chance.randrange(100, 9000)),
        "message": chance.choice(("", "希望靠近保税仓，需要协助办理海关备案。")),
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.SHANGHAI).date()
