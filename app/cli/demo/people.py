"""Parks, organisations and the demo accounts of product.md 1."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User

from app.core import clock, scope, uscc
from app.core.actor import Actor, system_actor
from app.engines import notices
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.accounts import services
from app.features.accounts.rules import Role
from app.features.accounts.services.hashing import matches
from app.features.parks import services as park_services
from app.features.parks.models import Organisation, Park, ParkMembership
from app.features.parks.services.people import PEOPLE as PEOPLE_PAGE
from app.transaction import transaction
from app.web.acting import person

PASSWORD = "Demo-2026-Sanya"  # noqa: S105 - the published password of the demo

#: user name -> (name, role, park codes)
PEOPLE: dict[str, tuple[str, Role, tuple[str, ...]]] = {
    "park1": ("陈海燕", Role.park_admin, ("P01",)),
    "park2": ("林志强", Role.park_admin, ("P02",)),
    "base1": ("符文博", Role.park_admin, ("B01",)),
    "clerk1": ("黎晓敏", Role.park_clerk, ("P01",)),
    "admin1": ("何美兰", Role.park_admin, ("P01",)),
    "clerk2": ("李文静", Role.park_clerk, ("P01",)),
    "reviewer": ("周立群", Role.reviewer, ()),
    "reviewer2": ("苏可欣", Role.reviewer, ()),
    "expert1": ("吴清妹", Role.expert, ()),
    "expert2": ("郑启航", Role.expert, ()),
    "expert3": ("王若琳", Role.expert, ()),
    "operator": ("邢雅静", Role.operator, ()),
    "operator2": ("黄国栋", Role.operator, ()),
    "sysadmin": ("系统管理", Role.sysadmin, ()),
    "secadmin": ("安全管理", Role.secadmin, ()),
    "auditor": ("审计管理", Role.auditor, ()),
    "user1": ("赵一鸣", Role.enterprise_user, ()),
    "enterprise1": ("钱海川", Role.enterprise_user, ()),
    "enterprise2": ("苏明珊", Role.enterprise_user, ()),
    "enterprise3": ("韦嘉禾", Role.enterprise_user, ()),
}
#: Whose company is certified: (end of the credit code, name, address).
CERTIFIED = {
    "enterprise1": (
        "MA5T70001",
        "三亚海丝跨境电子商务有限公司",
        "海南省三亚市崖州区创新路 8 号数字贸易大厦 12 层",
    ),
    "enterprise2": (
        "MA5T70002",
        "三亚珊瑚直播文化有限公司",
        "海南省三亚市天涯区三亚湾路 66 号 3 层",
    ),
    "enterprise3": (
        "MA5T70003",
        "三亚椰语跨境供应链有限公司",
        "海南省三亚市崖州区创新路 16 号 2 层",
    ),
}
#: Who looks after the people of a park beside its owner.
ADMINISTRATORS = frozenset({"admin1"})
#: Whom park1 has invited: (number, name, role).
INVITED = (("13976000011", "云海涛", "clerk"), ("13976000012", "", "admin"))
#: What park1 is told: (kind, parameters, link, whether it is read).
TOLD: tuple[tuple[str, dict[str, Any], str, bool], ...] = (
    ("account.second_removed", {}, "", True),
    (
        "park.invitation_refused",
        {"park": "崖州湾跨境电商产业园", "person": "吴小川"},
        PEOPLE_PAGE,
        True,
    ),
    (
        "park.invitation_accepted",
        {"park": "崖州湾跨境电商产业园", "person": "李文静"},
        PEOPLE_PAGE,
        False,
    ),
    (
        "organisation.changed",
        {"name": "崖州湾跨境电商产业园运营有限公司", "fields": ["registered_address"]},
        "/me/#company",
        False,
    ),
    (
        "account.new_device",
        {"device": "Chrome · Windows", "address": "203.0.113.7"},
        "/me/devices/list/",
        False,
    ),
)
PARKS = (
    ("P01", "崖州湾跨境电商产业园", "park"),
    ("P02", "凤凰保税物流园", "park"),
    ("P03", "吉阳数字贸易产业园", "park"),
    ("P04", "天涯直播电商产业园", "park"),
    ("P05", "海棠湾跨境消费产业园", "park"),
    ("P06", "南山港进出口产业园", "park"),
    ("P07", "红沙跨境供应链产业园", "park"),
    ("P08", "育才热带农产品出海园", "park"),
    ("P09", "迎宾创业孵化产业园", "park"),
    ("P10", "鹿城服务外包产业园", "park"),
    ("B01", "三亚跨境电商人才培训基地", "base"),
    ("B02", "南繁种业跨境服务基地", "base"),
)


def seed_people() -> None:
    """Everybody shares one hash: it is one password, and hashing takes its time."""
    with transaction():
        parks = {}
        for number, (code, name, kind) in enumerate(PARKS, 1):
            body = f"91460200MA5T{number:05d}"
            owner = Organisation(uscc=body + uscc.check_sign(body), name=f"{name}运营有限公司")
            parks[code] = Park(code=code, name=name, kind=kind, organisation_id=None)
            db.session.add(owner)
            db.session.flush()
            parks[code].organisation_id = owner.id
            db.session.add(parks[code])
        roles = {role.name: role for role in db.session.scalars(sa.select(RoleRow))}
        shared: str | None = None
        for username, (name, role, codes) in PEOPLE.items():
            user = services.create_user(
                username=username,
                name=name,
                password=None if shared else PASSWORD,
                roles=[roles[role]],
            )
            shared = user.password = shared or user.password
            db.session.flush()
            kind = "clerk" if role is Role.park_clerk else "owner"
            kind = "admin" if username in ADMINISTRATORS else kind
            for code in codes:
                db.session.add(ParkMembership(user_id=user.id, park_id=parks[code].id, role=kind))
            if username in CERTIFIED:
                db.session.flush()
                told = _company(username)
                park_services.certified(system_actor("system:demo"), user.id, told)


def seed_people_of_park1() -> None:
    """Invitations that wait for an answer, and messages read and unread."""
    user = accounts.by_username("park1")
    assert user is not None
    park1 = person(user)
    for phone, name, role in INVITED:
        with transaction():
            park_services.invite(park1, phone=phone, name=name, role=role, now=clock.now())
    for number, (kind, params, link, read) in enumerate(TOLD):
        with transaction():
            notices.tell([user.id], kind, params, link=link, cause=f"demo:{number}")
        if read:
            with transaction():
                notices.read_all(park1)


def acting(username: str) -> Actor:
    """Somebody of the demo, as when they are signed in."""
    with scope.unscoped():
        user = accounts.by_username(username)
    assert user is not None
    return person(user)


def certified_code(username: str) -> str:
    """The credit code of somebody's certified company."""
    body = f"91460200{CERTIFIED[username][0]}"
    return body + uscc.check_sign(body)


def _company(username: str) -> dict[str, str]:
    _end, name, address = CERTIFIED[username]
    code, owner = certified_code(username), PEOPLE[username][0]
    return {"name": name, "uscc": code, "representative": owner, "address": address}


def published_accounts() -> list[str]:
    """Names of the demo that still open with the demo's published password."""
    if not sa.inspect(db.engine).has_table("ab_user"):
        return []
    query = sa.select(User.username, User.password).where(User.username.in_(PEOPLE))
    stored = {username: password or "" for username, password in db.session.execute(query)}
    opened = {one for one in set(stored.values()) if one and matches(one, PASSWORD)}
    return sorted(username for username, password in stored.items() if password in opened)
