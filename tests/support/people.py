"""The people of product.md 1, one per role and two parks, for every test."""

from __future__ import annotations

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role, User

from app.core import scope
from app.core.actor import Actor
from app.extensions import db
from app.features.accounts import services
from app.features.parks.models import Park, ParkMembership
from app.transaction import transaction
from app.web.acting import person

PASSWORD = "Demo-2026-Sanya"
#: user name -> (role, park codes)
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "user1": ("enterprise_user", ()),
    "park1": ("park_admin", ("P01",)),
    "park2": ("park_admin", ("P02",)),
    "base1": ("park_admin", ("B01",)),
    "clerk1": ("park_clerk", ("P01",)),
    "clerk2": ("park_clerk", ("P02",)),
    "both": ("park_admin", ("P01", "P02")),
    "reviewer": ("reviewer", ()),
    "expert1": ("expert", ()),
    "operator": ("operator", ()),
    "operator2": ("operator", ()),
    "sysadmin": ("sysadmin", ()),
    "secadmin": ("secadmin", ()),
    "auditor": ("auditor", ()),
}
PARKS = {
    "P01": ("鹿回头测试园区", "park"),
    "P02": ("凤凰岛测试园区", "park"),
    "B01": ("崖州测试基地", "base"),
}


def make_everybody() -> None:
    """Parks and people; the password hash is cheap (tests sign in through rows)."""
    with transaction():
        parks = {
            code: Park(code=code, name=name, kind=kind) for code, (name, kind) in PARKS.items()
        }
        db.session.add_all(parks.values())
        roles = {role.name: role for role in db.session.scalars(sa.select(Role))}
        db.session.flush()
        for username, (role, codes) in PEOPLE.items():
            user = services.create_user(
                username=username, name=f"测{username}", password=None, roles=[roles[role]]
            )
            db.session.flush()
            kind = "clerk" if role == "park_clerk" else "admin"
            for code in codes:
                db.session.add(ParkMembership(user_id=user.id, park_id=parks[code].id, role=kind))


def actor(username: str) -> Actor:
    """The ``Actor`` that a request of this person would carry."""
    with scope.unscoped():
        user = db.session.scalar(sa.select(User).where(User.username == username))
    assert user is not None
    return person(user)


def park(code: str) -> Park:
    with scope.unscoped():
        found = db.session.scalar(sa.select(Park).where(Park.code == code))
    assert found is not None
    return found
