"""Companies as 海易办 certifies them, for the tests of the user centre."""

from __future__ import annotations

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from app.core import scope, uscc
from app.core.actor import Actor
from app.extensions import db
from app.features.parks import services
from app.transaction import transaction
from tests.support import people

ACCOUNT = "6222 0212-0100 1234"
DIGITS = "6222021201001234"


def code(number: int = 1) -> str:
    body = f"91460200MA5T7{number:04d}"
    return body + uscc.check_sign(body)


def company(number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "name": f"三亚认证{number}号有限公司",
        "uscc": code(number),
        "representative": "李法人",
        "address": "海南省三亚市崖州区一号",
        **changes,
    }


def user_id(username: str) -> int:
    with scope.unscoped():
        found = db.session.scalar(sa.select(User.id).where(User.username == username))
    assert found is not None
    return int(found)


def certify(username: str, number: int = 1, **changes: str) -> tuple[str, ...]:
    """As after a legal sign-in of the person."""
    key = user_id(username)
    actor = Actor(key, username, username=username)
    with transaction():  # in whatever scope: at a sign-in no park is in reach
        return services.certified(actor, key, company(number, **changes))


def bank(username: str, version: int, **changes: str) -> None:
    values = {"holder": "三亚认证1号有限公司", "account": ACCOUNT, "bank": "中国银行三亚分行"}
    actor = people.actor(username)
    with scope.unscoped(), transaction():
        services.change_bank(actor, **{**values, **changes}, version=version)
