"""Invented news of the zone and its parks, in every state, through the services that people use."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

from PIL import Image, ImageDraw

from app.core import clock, scope
from app.core.actor import Actor
from app.engines import review, settings
from app.features.accounts import queries as accounts
from app.features.news import rules, services
from app.transaction import transaction
from app.web.acting import person

#: (who writes, category, title)
PUBLIC = (
    ("operator", "通知公告", "关于开展跨境电商综试区线上综合服务平台试运行的通知"),
    ("operator", "政策法规", "跨境电商零售进口商品清单调整要点解读"),
    ("operator", "通知公告", "关于组织园区填报本季度发展数据的通知"),
    ("operator", "活动预告", "跨境电商选品对接会将在三亚举行"),
    ("operator", "行业资讯", "跨境电商出口退货便利化措施问答"),
    ("operator", "政策法规", "跨境电商企业对企业出口监管方式办事指南"),
    ("operator", "通知公告", "关于征集跨境电商公共服务需求的通知"),
    ("operator", "行业资讯", "海外仓建设与备案常见问题"),
    ("park1", "园区动态", "崖州湾产业园新增三家跨境电商服务商"),
    ("park1", "园区动态", "园区公共直播间对入驻企业开放预约"),
    ("park1", "活动预告", "跨境电商合规经营培训班开始报名"),
    ("park1", "园区动态", "备货仓二期投入使用，日均处理能力提升"),
    ("park1", "通知公告", "关于园区班车线路调整的通知"),
    ("park1", "园区动态", "园区与职业院校共建跨境电商实训岗位"),
    ("park2", "园区动态", "凤凰保税物流园完成分拣线升级"),
    ("park2", "通知公告", "关于保税仓库盘点期间业务安排的通知"),
    ("park2", "行业资讯", "保税备货模式下的商品备案流程"),
    ("park2", "园区动态", "首批网购保税进口水果从园区发出"),
    ("park2", "活动预告", "跨境物流企业开放日活动安排"),
    ("base1", "活动预告", "跨境电商运营实训营第三期招生"),
    ("base1", "园区动态", "人才培训基地本年度培训人次创新高"),
    ("base1", "行业资讯", "独立站运营入门：从选品到投放"),
    ("base1", "园区动态", "基地师资走进乡镇开展助农直播培训"),
)
OTHERS = (
    ("draft", "park1", "园区动态", "园区食堂改造工程进展"),
    ("draft", "park2", "园区动态", "冷链查验区建设进展"),
    ("draft", "operator", "通知公告", "关于年度考核工作安排的通知（拟稿）"),
    ("waiting", "park1", "活动预告", "东盟买家采购对接会报名启动"),
    ("waiting", "park2", "园区动态", "园区智慧通关系统上线"),
    ("waiting", "base1", "活动预告", "小语种主播训练营开营"),
    ("waiting", "operator2", "政策法规", "数据跨境流动合规指引解读"),
    ("stage 1", "park1", "通知公告", "关于开展园区安全生产检查的通知"),
    ("stage 2", "park2", "通知公告", "关于保税区域进出管理的通知"),
    ("stage 3", "base1", "通知公告", "关于实训场地开放时间的通知"),
    ("taken back", "park1", "活动预告", "跨境支付沙龙活动安排"),
    ("picked", "park1", "园区动态", "园区企业亮相进口博览会"),
    ("returned", "park1", "园区动态", "入驻企业可享六个月免租"),
    ("returned", "base1", "行业资讯", "短视频带货方法论"),
    ("refused", "park2", "行业资讯", "某平台佣金政策点评"),
    ("revoked", "park1", "通知公告", "关于临时停电的通知"),
    ("editing", "park1", "园区动态", "园区获评省级跨境电商示范园区"),
    ("updating", "park2", "园区动态", "凤凰园区二期招商公告"),
    ("later", "operator", "通知公告", "关于元旦假期服务安排的通知"),
    ("later", "park1", "活动预告", "年货节直播专场预告"),
    ("expired", "park1", "通知公告", "关于系统维护的通知"),
    ("deleted", "park1", "园区动态", "重复发布的一篇动态"),
)
COLOURS = ("#0b62c4", "#0f766e", "#b45309", "#7c3aed")
BODY = (
    "<p>{title}。{owner}介绍，相关工作已经准备就绪，将按计划分步实施。</p><h2>主要内容</h2>"
    "<ul><li>面向跨境电商企业提供一站式服务</li><li>线上办理，全程可查</li>"
    "<li>安排专人对接，三个工作日内答复</li></ul>"
    "<p>企业可登录线上综合服务平台了解办理条件和所需材料，也可向所在园区咨询。</p>"
)


class Newsroom:
    """Each demo person as an actor, read once; every act in a transaction of its own."""

    def __init__(self) -> None:
        self.people: dict[str, Actor] = {}
        self.pictures: dict[str, dict[str, str]] = {}
        self.written = 0

    def actor(self, username: str) -> Actor:
        if username not in self.people:
            user = accounts.by_username(username)
            assert user is not None
            self.people[username] = person(user)
        return self.people[username]

    def do(self, username: str, verb: Any, *args: Any, **named: Any) -> Any:
        actor = self.actor(username)
        with scope.acting_as(actor), transaction():
            return verb(actor, *args, **named)

    def write(self, by: str, category: str, title: str, *, send: bool, **more: Any) -> int:
        self.written += 1
        values = {
            "title": title,
            "category": category,
            "summary": f"{title}，详情见正文。",
            "body": BODY.format(title=title, owner=self.actor(by).name),
            "source": "综试区办公室" if by.startswith("operator") else "园区办公室",
            "cover": self.cover(by) if self.written % 3 else None,
            **more,
        }
        made = self.do(by, services.write, values, token=uuid4().hex, send=send)
        return int(made.id)

    def cover(self, by: str) -> dict[str, str]:
        """A small picture for each writer, drawn when first needed."""
        if by not in self.pictures:
            colour = COLOURS[len(self.pictures) % len(COLOURS)]
            self.pictures[by] = self.do(by, _keep, colour)
        return self.pictures[by]

    def decide(self, verb: Any, article: int, *, by: str = "reviewer", **named: Any) -> None:
        found = review.pending(rules.KIND, article)
        assert found is not None
        self.do(by, verb, found.id, **named, seen=found.version)

    def approved(self, by: str, category: str, title: str, **more: Any) -> int:
        made = self.write(by, category, title, send=True, **more)
        self.decide(review.approve, made)
        return made


def seed_news() -> None:
    """About forty articles; dates are counted from today."""
    room = Newsroom()
    for number, (by, category, title) in enumerate(PUBLIC):
        since = _at(-26 * number - 3)
        room.approved(by, category, title, publish_at=since, top=number in (0, 8))
    for state, by, category, title in OTHERS:
        if not state.startswith("stage"):
            _other(room, state, by, category, title)
    _three_stages(room)


def _three_stages(room: Newsroom) -> None:
    """三审: while the setting says three stages, one article is sent to each of them."""
    key = review.stages_key(rules.KIND)
    was = settings.get(key)
    room.do("operator", settings.change, {key: 3}, settings.versions((key,)))
    for state, by, category, title in OTHERS:
        if not state.startswith("stage"):
            continue
        made = room.write(by, category, title, send=True)
        for reviewer in ("reviewer", "reviewer2")[: int(state[-1]) - 1]:
            room.decide(review.approve, made, by=reviewer)
    room.do("operator", settings.change, {key: was}, settings.versions((key,)))


def _other(room: Newsroom, state: str, by: str, category: str, title: str) -> None:
    if state in ("draft", "waiting", "taken back", "picked", "returned", "refused"):
        made = room.write(by, category, title, send=state != "draft")
        if state == "taken back":
            room.do(by, services.withdraw, made)
        if state == "picked":
            found = review.pending(rules.KIND, made)
            assert found is not None
            room.do("reviewer2", review.pick, found.id)
        if state == "returned":
            reason = "标题与附件不符，请核对后修改"
            room.decide(review.send_back, made, reason=reason, fields=("title", "summary"))
        if state == "refused":
            room.decide(review.refuse, made, reason="与综试区业务无关")
        return
    more = {
        "later": {"publish_at": _at(24 * 9)},
        "expired": {"publish_at": _at(-24 * 20), "expire_at": _at(0.02)},
    }.get(state, {"publish_at": _at(-24 * 12)})
    made = room.approved(by, category, title, **more)
    if state == "revoked":
        found = review.in_force(rules.KIND, made)
        assert found is not None
        room.do("operator", review.revoke, found.id, seen=found.version, reason="内容已过时")
    elif state in ("editing", "updating"):
        values = {"title": f"{title}（更新）", "summary": "补充了最新进展。"}
        room.do(by, services.change, made, values, seen=0, send=state == "updating")
    elif state == "deleted":
        room.do(by, services.remove, made, reason="重复发布")


def _keep(actor: Actor, colour: str) -> dict[str, str]:
    raw = io.BytesIO(_drawn(colour))
    key = services.cover_picture(actor, raw, "cover.png", park_id=actor.acting_park_id, max_mb=5)
    return {"key": key, "alt": "园区仓库与码头的示意画"}


def _drawn(colour: str) -> bytes:
    """A harbour of a few shapes, small."""
    picture = Image.new("RGB", (640, 320), "#e6f0fa")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((500, 40, 570, 110), fill="#f2a65a")
    pen.rectangle((0, 250, 640, 320), fill=colour)
    for left in (60, 210, 360):
        pen.polygon([(left, 160), (left + 60, 110), (left + 120, 160)], fill=colour)
        pen.rectangle((left, 160, left + 120, 250), fill="#ffffff", outline=colour, width=4)
        pen.rectangle((left + 40, 200, left + 80, 250), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _at(hours: float) -> str:
    moment = clock.now() + timedelta(hours=hours)
    return moment.astimezone(clock.SHANGHAI).strftime(rules.MOMENT)
