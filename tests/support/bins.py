"""The recycle bin in tests: what lies there, and as if it lay there for long.

A test module that needs the fixtures imports them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role

from app.core import clock, scope
from app.engines import notices
from app.engines.recycling import BinItem
from app.extensions import db
from app.features.accounts import services as accounts
from app.features.enterprises import services as enterprises
from app.features.parks.models import ParkMembership
from app.transaction import transaction
from tests.support import enterprises as made
from tests.support import people

BIN = "/desk/bin"
LIST = f"{BIN}/list/"
NAME = "三亚海风跨境电商有限公司"
GONE = "该记录不在回收站"


def item(kind: str, subject_id: int) -> int:
    """The key under which the bin holds a record; 0: it does not."""
    query = sa.select(BinItem.id).where(BinItem.kind == kind, BinItem.subject_id == subject_id)
    with scope.unscoped():
        return int(db.session.scalar(query) or 0)


def address(app: Any, act: str, kind: str, subject_id: int) -> str:
    """Of an act on a record in the bin."""
    with app.app_context():
        return f"{BIN}/{act}/{item(kind, subject_id)}"


def aged(kind: str, subject_id: int, days: int = 181) -> int:
    """As if it had been deleted so many days ago; answers with its key in the bin."""
    key = item(kind, subject_id)
    with scope.unscoped(), transaction():
        db.session.get_one(BinItem, key).deleted_at = clock.now() - timedelta(days=days)
    return key


@pytest.fixture
def two_parks(app):
    """One enterprise in P01, one in P02."""
    with app.app_context(), scope.unscoped():
        return made.add("P01", 1, name=NAME).id, made.add("P02", 2, name="凤凰保税仓储有限公司").id


@pytest.fixture
def second_admin(app):
    """admin9 looks after P01 beside park1."""
    with app.app_context(), scope.unscoped(), transaction():
        roles = list(db.session.scalars(sa.select(Role).where(Role.name == "park_admin")))
        user = accounts.create_user(username="admin9", name="测九", password=None, roles=roles)
        db.session.add(ParkMembership(user_id=user.id, park_id=people.park("P01").id, role="admin"))


@pytest.fixture
def lying(app, two_parks, second_admin):
    """park1's enterprise in the bin for 181 days: its key there."""
    with app.app_context():
        with made.acting("park1") as actor, transaction():
            enterprises.discard(actor, two_parks[0], reason="重复登记", now=clock.now())
        return aged("enterprise", two_parks[0])


def version(app, key: int) -> int:
    with app.app_context(), scope.unscoped():
        return db.session.get_one(BinItem, key).version


def proposed(app, browser, key: int, reason: str = "误登记") -> int:
    """What the first person does; the version that the second one reads."""
    answer = browser.post(f"/desk/bin/propose/{key}", data={"reason": reason})
    assert answer.status_code == 303
    return version(app, key)


def inbox(app, username: str) -> list[str]:
    with app.app_context():
        found = notices.messages_of(people.actor(username).user_id)
        return [one.kind for one in found if one.kind.startswith("bin.")]
