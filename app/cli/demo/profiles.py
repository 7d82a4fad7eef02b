"""Invented profiles, upgrades and yearly figures in every state, through the services people use."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw

from app.cli.demo.enterprises import GIVEN, SURNAMES
from app.cli.demo.news import Newsroom
from app.core import clock, scope
from app.core.actor import Actor
from app.engines import review
from app.extensions import db
from app.features.parks import queries
from app.features.parks.models import Park
from app.features.parks.services import figures, profiles, upgrades

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Story:
    """One park's profile in few words; the rest of its fields follows from them."""

    def __init__(  # noqa: PLR0913, PLR0917 - a line of the table below
        self, short: str, level: str, division: str, street: str, at: tuple[str, str], built: int,
        modes: str, services: str, goods: str, colour: str, said: str,
    ) -> None:  # fmt: skip
        self.short, self.level, self.division, self.street, self.at = (
            *(short, level, division, street, at),
        )
        self.built, self.modes, self.services = built, modes.split(), services.split()
        self.goods, self.colour, self.said = goods, colour, said


ALL = "register filing customs storage logistics finance tax training"
STORIES: Mapping[str, Story] = {
    "P01": Story(
        *("崖州湾园区", "provincial", "460205", "创新路 18 号", ("109.165200", "18.372100"), 68_400),
        *("9610 9710 1210", ALL, "热带水果制品、珍珠饰品、海产干货", "#0b62c4"),
        "以科技和种业出海为特色，配套保税展示、共享备货仓和一站式报关服务",
    ),
    "P02": Story(
        *("凤凰保税园", "national", "460204", "凤凰路 266 号", ("109.412800", "18.302600"), 128_000),
        *("1210 9610 9810", "customs storage logistics finance tax", "美妆个护、母婴用品", "#0f766e"),
        "紧邻机场货运区，以保税备货和跨境直邮为主导业态，设有公共分拣线和查验区",
    ),
    "P03": Story(
        *("吉阳数贸园", "city", "460203", "迎宾路 91 号", ("109.578300", "18.281200"), 42_000),
        *("9710 9810", "register filing finance tax legal", "数字服务、户外用品", "#7c3aed"),
        "面向独立站和数字服务出口企业，提供合规、结汇和知识产权服务",
    ),
    "P04": Story(
        *("天涯直播园", "city", "460204", "三亚湾路 158 号", ("109.372500", "18.291400"), 26_500),
        *("9610", "training marketing live talent", "潮玩文创、热带水果制品", "#b45309"),
        "以多语种直播和短视频为特色，设有公共直播间四十间和主播训练营",
    ),
    "P05": Story(
        *("海棠湾园区", "provincial", "460202", "海棠北路 6 号", ("109.743600", "18.334900"), 55_000),
        *("1210 9610", "customs storage marketing", "免税品、美妆个护", "#0b62c4"),
        "依托旅游消费场景，提供跨境商品展示、体验和保税仓配服务",
    ),
    "P06": Story(
        *("南山港园区", "city", "460205", "港兴路 18 号", ("109.190100", "18.341800"), 90_500),
        *("9810 1210", "customs storage logistics", "冷链水产、建材", "#0f766e"),
        "位于港口作业区，提供冷链查验、海运订舱和海外仓集货服务",
    ),
    "P07": Story(
        *("红沙供应链园", "district", "460203", "红沙路 33 号", ("109.566100", "18.238700"), 31_800),
        *("9710 9810", "storage logistics finance", "日用百货、渔具", "#7c3aed"),
        "服务中小卖家，提供拼箱集货、仓配一体和供应链金融",
    ),
    "P10": Story(
        *("鹿城服务园", "district", "460204", "解放路 508 号", ("109.505300", "18.246800"), 18_900),
        *("9710", "register tax legal talent", "软件、设计与内容服务", "#b45309"),
        "面向服务贸易和数字内容出口企业，提供办公场地和专业服务",
    ),
    "B01": Story(
        *("人才培训基地", "provincial", "460203", "学院路 2 号", ("109.521700", "18.269900"), 15_600),
        *("9610", "training talent live", "实训课程、师资输出", "#0b62c4"),
        "与院校共建实训岗位，每年培训运营、主播和报关人员两千余人次",
    ),
}  # fmt: skip
INTRODUCTION = (
    "<p>{name}{said}。园区实行一站受理、集中查验，企业从申报到放行的平均时间逐年缩短。</p>"
    "<h2>适合谁</h2><ul><li>主营{goods}的跨境电商企业</li><li>需要公共仓储和通关服务的中小卖家</li>"
    "<li>希望在本地落地的平台和服务商</li></ul>"
    "<p>可先预约参观，专人介绍场地、政策和办理流程。</p>"
)

ASKED = "<p>{name}以直播和独立站运营为主导业态，设有公共直播间和共享办公区。</p>"


class Office(Newsroom):
    """Each demo person as an actor; files are made once and used by whoever they belong to."""

    def proof(self, by: str, name: str) -> dict[str, str]:
        found = self.do(by, _upload, PDF, name, picture=False)
        return {"key": found.key, "name": found.name}

    def photo(self, by: str, colour: str, kind: int, alt: str) -> dict[str, str]:
        found = self.do(by, _upload, _drawn(colour, kind), "照片.png", picture=True)
        return {"key": found.key, "alt": alt}

    def judge(self, revision: review.Revision, verb: Any, **named: Any) -> None:
        with scope.unscoped():
            seen = review.get(self.actor("reviewer"), revision.id).version
        self.do("reviewer", verb, revision.id, seen=seen, **named)


def seed_profiles() -> None:
    """Profiles of most parks; changes of some that wait, came back or were refused; figures."""
    office, chance = Office(), random.Random(2028)  # noqa: S311 - the same demo every time
    with scope.unscoped():
        parks = {park.code: park for park in db.session.scalars(sa.select(Park))}
        writers = {"P01": "park1", "P02": "park2", "B01": "base1"}
        plain = []
        for number, (code, story) in enumerate(STORIES.items()):
            park, by = parks[code], writers.get(code, "")
            values = _profile(office, park, story, by, number, chance)
            if by:
                sent = office.do(by, profiles.propose, park.id, values, seen=0, send=True)
                office.judge(sent, review.approve)
            else:
                plain.append((park.id, values))
        office.do("operator", _at_once, plain)
    _changes(office, {code: parks[code].id for code in writers})
    office.do("operator", _figures, list(parks.values()), chance)  # one transaction: it is quick
    _upgrades(office)


def _at_once(actor: Actor, plain: list[tuple[int, dict[str, Any]]]) -> None:
    """Parks without a demo account begin with their profile, as an upgrade would leave them."""
    for park_id, values in plain:
        content = profiles.cleaned(values)
        profiles.put_in_force(actor, queries.locked(park_id), content, first=True)


def _profile(
    office: Office, park: Park, story: Story, by: str, number: int, chance: random.Random
) -> dict[str, Any]:
    usable = int(story.built * 0.85)
    leasable = int(usable * 0.6)
    return {
        "name": park.name,
        "short_name": story.short,
        "kind": park.kind,
        "subtype": chance.choice(("cluster", "supervision", "logistics", "incubation")),
        "level": story.level,
        "title_no": f"琼商电〔{2019 + number % 5}〕{10 + number} 号",
        "title_on": f"{2019 + number % 5}-06-01",
        "division": story.division,
        "address": story.street,
        "longitude": story.at[0],
        "latitude": story.at[1],
        "customs_area": "1210" in story.modes,
        "customs_area_name": f"{story.short}保税仓" if "1210" in story.modes else "",
        "built_area": str(story.built),
        "usable_area": str(usable),
        "cbec_area": str(int(usable * 0.7)),
        "leasable_area": str(leasable),
        "leased_area": str(int(leasable * 0.62)),
        "warehouses": [
            {"kind": "bonded" if "1210" in story.modes else "plain",
             "area": str(usable // 6), "operator": f"{park.name}运营有限公司"},
            {"kind": "cold", "area": str(usable // 20), "operator": ""},
        ],
        **_operator_of(park, chance),
        "opened_on": f"{2016 + number % 6}-0{1 + number % 9}-15",
        "investment": str(chance.randrange(3_000, 40_000)),
        "customs_modes": story.modes,
        "services": story.services,
        **_text_of(park, story, number),
        **_files(office, park, story, by, number == 0),
    }  # fmt: skip


def _operator_of(park: Park, chance: random.Random) -> dict[str, Any]:
    owner = queries.owner_of(park)
    assert owner is not None
    return {
        "operator_name": owner.name,
        "uscc": owner.uscc,
        "legal_representative": chance.choice(SURNAMES) + chance.choice(GIVEN),
        "nature": chance.choice(("state", "private", "mixed")),
        "contact_name": chance.choice(SURNAMES) + chance.choice(GIVEN),
        "contact_phone": f"1397600{chance.randrange(1000, 9999)}",
        "email": f"{park.code.lower()}@example.com",
        "staff_count": str(chance.randrange(8, 60)),
    }


def _text_of(park: Park, story: Story, number: int) -> dict[str, Any]:
    return {
        "categories": story.goods,
        "markets": "东南亚、日本、韩国",
        "platforms": "自建独立站及主流跨境电商平台",
        "rent_range": f"办公 {30 + number * 3}–{55 + number * 3} 元/㎡·月",
        "policies": "首年租金减半；通过园区完成海关备案的企业享受一次性奖励；培训场地免费使用。",
        "introduction": INTRODUCTION.format(name=park.name, said=story.said, goods=story.goods),
        "service_phone": f"0898-8860{1000 + number}",
        "hours": "工作日 8:30–12:00，14:30–17:30",
        "transport": "公交数贸线至园区南门站；距高速出口约 3 公里，货车走北门。",
    }


def _files(office: Office, park: Park, story: Story, by: str, first: bool) -> dict[str, Any]:
    """Photos and evidence of a park with a demo account; the first has a mark and a second photo."""
    if not by:
        return {}
    photos = [office.photo(by, story.colour, 0, f"{park.name}正门与仓库的示意画")]
    evidence = [office.proof(by, "载体产权证明.pdf"), office.proof(by, "运营方案.pdf")]
    if not first:
        return {"photos": photos, "evidence": evidence}
    photos.append(office.photo(by, story.colour, 1, f"{park.name}公共仓储区的示意画"))
    logo = office.photo(by, story.colour, 2, f"{park.name}标志")
    return {"photos": photos, "evidence": evidence, "logo": logo}


def _changes(office: Office, parks: Mapping[str, int]) -> None:
    """Of P01 one that waits, of P02 one that came back with two fields, of B01 one refused."""

    def propose(by: str, code: str, **changed: Any) -> review.Revision:
        with scope.unscoped():
            before = queries.content_of(queries.by_id(parks[code]))
        values = {**before, **changed}
        sent: review.Revision = office.do(
            by, profiles.propose, parks[code], values, seen=0, send=True
        )
        return sent

    propose(
        "park1", "P01",
        leasable_area="31200", hours="每日 8:30–18:00",
        policies="首年租金减半；直播团队另享设备补贴。培训场地免费使用。",
    )  # fmt: skip
    back = propose("park2", "P02", leased_area="40100", rent_range="面议", staff_count="52")
    reason = "租金水平请写明区间，并核对已出租面积"
    office.judge(back, review.send_back, reason=reason, fields=("rent_range", "leased_area"))
    no = propose("base1", "B01", level="national", evidence=[office.proof("base1", "说明.pdf")])
    office.judge(no, review.refuse, reason="所附材料不是国家级认定文件")


def _figures(actor: Actor, parks: list[Park], chance: random.Random) -> None:
    """Three years; the zone has verified the older ones, and the newest of some."""
    last = clock.last_full_year()
    for number, park in enumerate(parks):
        base = chance.randrange(3_000, 40_000)
        for step, year in enumerate((last - 2, last - 1, last)):
            if year == last and number % 4 == 3:
                continue  # some have not told the newest yet
            made = figures.add(actor, park.id, year, _year(base, step, chance))
            if year < last or number % 2 == 0:
                figures.verify(actor, made.id, version=made.version, now=clock.now())


def _year(base: int, step: int, chance: random.Random) -> dict[str, str]:
    grown = Decimal(base) * (100 + 18 * step) / 100
    firms = 20 + base // 400 + step * 6
    return {
        "firms": str(firms),
        "cbec_firms": str(firms * 7 // 10),
        "import_value": f"{grown * chance.randrange(20, 60) / 100:.2f}",
        "export_value": f"{grown:.2f}",
        "jobs": str(firms * 9),
        "tax": f"{grown * chance.randrange(2, 5) / 100:.2f}",
        "origin": "园区统计月报汇总",
    }


def _upgrades(office: Office) -> None:
    """The certified company's application waits; that of a second one came back."""
    waiting = office.do(
        "enterprise1", upgrades.apply,
        _asked(office, "enterprise1", "海丝数字贸易产业园", "海丝园"), seen=0, send=True,
    )  # fmt: skip
    assert waiting.state is review.State.submitted
    back = office.do(
        "enterprise2", upgrades.apply,
        _asked(office, "enterprise2", "珊瑚跨境直播基地", "珊瑚基地", kind="base"), seen=0, send=True,
    )  # fmt: skip
    reason = "请补充开园日期的依据，简介写明已入驻的机构"
    office.judge(back, review.send_back, reason=reason, fields=("opened_on", "introduction"))


def _asked(office: Office, by: str, name: str, short: str, kind: str = "park") -> dict[str, Any]:
    return {
        "name": name,
        "short_name": short,
        "kind": kind,
        "level": "none",
        "division": "460204",
        "address": "三亚湾路 66 号",
        "built_area": "12000",
        "usable_area": "10500",
        "cbec_area": "8000",
        "leasable_area": "5200",
        "contact_name": "林知远",
        "contact_phone": "13976001234",
        "opened_on": "2024-03-01",
        "customs_modes": ["9610", "9710"],
        "services": ["training", "live", "marketing"],
        "introduction": ASKED.format(name=name),
        "evidence": [
            office.proof(by, "租赁合同.pdf"),
            office.proof(by, "运营方案（2026–2028）.pdf"),
        ],
    }


def _upload(actor: Actor, data: bytes, name: str, *, picture: bool) -> Any:
    file = profiles.Upload(io.BytesIO(data), name)
    return profiles.upload(actor, file, picture=picture, park_id=actor.acting_park_id)


def _drawn(colour: str, kind: int) -> bytes:
    """0 a harbour, 1 shelves, 2 a mark: a few shapes, small."""
    size = (160, 160) if kind == 2 else (800, 400)
    picture = Image.new("RGB", size, "#ffffff" if kind == 2 else "#e6f0fa")
    pen = ImageDraw.Draw(picture)
    if kind == 0:
        pen.ellipse((640, 40, 730, 130), fill="#f2a65a")
        pen.polygon([(0, 260), (200, 190), (420, 250), (640, 180), (800, 240), (800, 400), (0, 400)],
                    fill="#b9d4ee")  # fmt: skip
        pen.rectangle((0, 330, 800, 400), fill=colour)
        for left in (70, 260, 450):
            pen.polygon([(left, 230), (left + 80, 170), (left + 160, 230)], fill=colour)
            pen.rectangle((left, 230, left + 160, 330), fill="#ffffff", outline=colour, width=4)
            pen.rectangle((left + 55, 265, left + 105, 330), fill=colour)
    elif kind == 1:
        for top in (90, 190, 290):
            pen.rectangle((60, top + 70, 740, top + 80), fill="#5f6f81")
            for place in range(8):
                shade = colour if (place + top // 100) % 3 else "#f2a65a"
                pen.rectangle((80 + place * 82, top + 10, 140 + place * 82, top + 70), fill=shade)
    else:
        pen.rounded_rectangle((8, 8, 152, 152), 30, fill=colour)
        pen.polygon([(36, 84), (80, 44), (124, 84)], fill="#ffffff")
        pen.rectangle((48, 84, 112, 122), fill="#ffffff")
        pen.rectangle((70, 96, 90, 122), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
