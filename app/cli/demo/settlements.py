"""Invented applications in every state, through the same services that people use."""

from __future__ import annotations

import io
import random
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from msgspec import Struct

from app.cli.demo.enterprises import GIVEN, SECOND, SURNAMES, THIRD, code_of
from app.core import clock, scope
from app.core.actor import NOBODY, Actor
from app.engines import notices
from app.extensions import db
from app.features.enterprises.models import Enterprise
from app.features.enterprises.rules import ROLES
from app.features.parks import queries as parks
from app.features.parks.models import Park
from app.features.parks.rules.profile import MODES
from app.features.settlements import services
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import NEEDS
from app.features.settlements.services.applying import privacy
from app.transaction import transaction
from app.web.acting import person

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GOODS = ("热带水果制品", "珍珠饰品", "潮玩文创", "美妆个护", "母婴用品", "户外用品", "海产干货")
MARKETS = ("东南亚", "日本、韩国", "欧盟", "北美", "中东", "俄罗斯")
#: Serial numbers of invented codes that no enterprise of the demo has.
FIRST_CODE = 700_000


class Story(Struct, frozen=True):
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
    Story(28, "link", "", "", True),
    Story(33, "decline", "需要 3,000 平方米恒温仓，目前没有空置。", "space"),
    Story(50, "decline", "", "elsewhere"),
    Story(44, "decline", "", "cost"),
    Story(37, "decline", "多次致电、发送邮件均无回复。", "no_contact"),
    Story(18, "withdraw"),
    Story(21, "move", "企业以直播业务为主，转到更合适的园区。"),
    Story(60, "reopen", "企业资金到位，重新启动入驻。", "plans"),
    Story(70, "regain", "园区腾出了仓库，企业决定入驻。", "space"),
    Story(80, "lose", "企业总部调整布局，退租。", "plans"),
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
        _read(park.id)


def _read(park_id: int) -> None:
    """Of what the park's people were told, they have read all but what is still to be done."""
    query = sa.select(SettlementApplication.number).where(SettlementApplication.state == "new")
    with transaction():
        waiting = set(db.session.scalars(query))
        for user_id in parks.managers_of(park_id):
            reader = person(db.session.get(User, user_id))
            for one in notices.messages_of(user_id, name="settlement.submitted", only_unread=True):
                if one.params["number"] not in waiting:
                    notices.read(reader, one.id)


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
    with scope.acting_as(actor):
        if story.end == "withdraw":
            services.withdraw(actor, key, now=came + timedelta(days=min(3, story.days)))
            return
        _Park(story, key, actor, values, came + timedelta(days=min(3, story.days))).play()


class _Park:
    """What the park does with one application, step after step, each some days later."""

    def __init__(
        self, story: Story, key: int, actor: Actor, values: dict[str, Any], at: datetime
    ) -> None:
        self.story, self.key, self.actor, self.values, self.at = story, key, actor, values, at
        self.seen = 1

    def play(self) -> None:
        story = self.story
        note = story.note if story.end == "follow" else "首次电话沟通，了解面积和业务需求。"
        self._do(services.follow, note, days=2)
        if story.end in ("land", "link", "lose"):
            self._land()
        if story.end in ("decline", "reopen", "regain"):
            self._do(services.decline, story.code, "" if story.end == "regain" else story.note)
        if story.end in ("reopen", "regain", "lose"):
            self._do(services.reopen, story.note, days=20)
        if story.end == "regain":
            self._land()
        if story.end == "lose":
            self._do(services.decline, story.code, story.note)
        if story.end == "move":
            with scope.unscoped():
                target = db.session.scalar(sa.select(Park.id).where(Park.code == "P04"))
            self._do(services.move, target, story.note)

    def _land(self) -> None:
        """As a new enterprise, or linked with one that is in the register already."""
        firm = _of_register() if self.story.end == "link" else None
        landing = services.Landing(
            uscc=firm.uscc if firm else self.values["uscc"],
            name=firm.name if firm else self.values["company"],
            settled_on=_day(self.at),
            proof=services.Upload(io.BytesIO(PDF), "入驻合同.pdf") if self.story.proof else None,
        )
        self._do(services.land, landing)

    def _do(self, act: Any, *values: Any, days: int = 1) -> None:
        made = act(self.actor, self.key, *values, seen=self.seen, now=self.at)
        found = made[0] if isinstance(made, tuple) else made
        self.seen = int(found.version)
        self.at += timedelta(days=days)


def _of_register() -> Enterprise | None:
    """An enterprise of the park that has settled there; none where the demo has no enterprises."""
    query = sa.select(Enterprise).where(
        Enterprise.status == "在园", Enterprise.deleted_at.is_(None)
    )
    return db.session.scalar(query.order_by(Enterprise.id).limit(1))


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
        "modes": sorted(chance.sample(MODES, chance.choice((1, 2))), key=MODES.index),
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
